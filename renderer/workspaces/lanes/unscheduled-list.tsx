import { useDeferredValue, useMemo, useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { IconChecklist, IconGripVertical, IconHandGrab, IconSearch } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { BoardOperation } from '#domain/scheduling/types';
import { EmptyState } from '../../ui/blocks.tsx';
import { useText } from '../../ui/messages.ts';
import { useDurationText, useNow } from '../../ui/time.tsx';

/** More rows than anyone reads: the search narrows them down. */
const mostShown = 200;

/** What waits for a place, earliest due first: dragged onto the board, or carried there by keyboard. */
export function UnscheduledList({
  operations,
  readOnly,
  onOpen,
  onDragStart,
  onDragEnd,
  onCarry,
}: {
  readonly operations: readonly BoardOperation[];
  readonly readOnly: boolean;
  readonly onOpen: (operationId: string) => void;
  readonly onDragStart: (operation: BoardOperation) => void;
  readonly onDragEnd: () => void;
  readonly onCarry: (operation: BoardOperation) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const now = useNow(60_000);
  const [search, setSearch] = useState('');
  const sought = useDeferredValue(search.trim().toLocaleLowerCase());
  const waiting = useMemo(
    () =>
      operations
        .filter(
          (operation) =>
            !operation.placement && operation.status !== 'completed' && operation.status !== 'cancelled',
        )
        .sort((a, b) => a.dueAt - b.dueAt || a.code.localeCompare(b.code)),
    [operations],
  );
  const found = useMemo(
    () =>
      sought
        ? waiting.filter((each) =>
            `${each.code} ${each.name} ${each.materialCode} ${each.materialName}`
              .toLocaleLowerCase()
              .includes(sought),
          )
        : waiting,
    [waiting, sought],
  );

  return (
    <div className="lanes-list">
      <header>
        <h2>{text('lanes.unscheduled')}</h2>
        <span className="lw-dim">{intl.formatNumber(waiting.length)}</span>
      </header>
      <TextInput
        aria-label={text('lanes.search')}
        placeholder={text('lanes.search')}
        leftSection={<IconSearch aria-hidden size={16} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {found.length === 0 ? (
        <EmptyState
          icon={IconChecklist}
          title={text(waiting.length === 0 ? 'lanes.all-placed' : 'lanes.none-found')}
        >
          {text(waiting.length === 0 ? 'lanes.all-placed-detail' : 'lanes.none-found-detail')}
        </EmptyState>
      ) : (
        <ul aria-label={text('lanes.unscheduled')} tabIndex={-1}>
          {found.slice(0, mostShown).map((operation) => (
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging; the button does the same by keyboard.
            <li
              key={operation.operationId}
              draggable={!readOnly}
              onDragStart={(event) => {
                event.dataTransfer.setData('text/plain', operation.code);
                event.dataTransfer.effectAllowed = 'move';
                onDragStart(operation);
              }}
              onDragEnd={onDragEnd}
            >
              {!readOnly && <IconGripVertical aria-hidden size={16} className="lanes-grip" />}
              <div className="lanes-waiting">
                <button
                  type="button"
                  className="lanes-link"
                  aria-label={text('lanes.open', { operation: operation.code })}
                  onClick={() => onOpen(operation.operationId)}
                >
                  {operation.code}
                </button>
                <span className="lanes-waiting-name">
                  {operation.name} · {operation.materialName}
                </span>
                <span className="lw-dim">
                  {intl.formatNumber(operation.quantity)} {operation.unit} ·{' '}
                  {duration(operation.durationS * 1000)}
                </span>
                <span className={operation.dueAt < now ? 'lanes-late' : 'lw-dim'}>
                  {operation.dueAt < now
                    ? text('lanes.overdue', { duration: duration(now - operation.dueAt) })
                    : text('lanes.due', { due: operation.dueAt })}
                </span>
              </div>
              {!readOnly && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconHandGrab aria-hidden size={14} />}
                  aria-label={text('lanes.place-on-board', { operation: operation.code })}
                  onClick={() => onCarry(operation)}
                >
                  {text('lanes.place')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {found.length > mostShown && (
        <p className="lw-dim lanes-more">{text('lanes.more', { count: found.length - mostShown })}</p>
      )}
    </div>
  );
}
