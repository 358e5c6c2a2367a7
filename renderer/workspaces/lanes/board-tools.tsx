/** The tools over the board: take back, find, zoom, view. */
import { useRef } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconCalendarDot,
  IconClockQuestion,
  IconSearch,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useText } from '../../ui/messages.ts';
import type { LaneBoardHandle } from './board/lane-board.tsx';
import type { Plan } from './use-plan.ts';

export function BoardTools({
  plan,
  readOnly,
  board,
  search,
  onSearch,
  found,
  onFound,
  nameOf,
  onPromise,
  children,
}: {
  readonly plan: Plan;
  readonly readOnly: boolean;
  readonly board: () => LaneBoardHandle | null;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** Ids of what is on the board and matches, from the left; null: nothing is sought. */
  readonly found: readonly string[] | null;
  /** Shows one of them. */
  readonly onFound: (operationId: string) => void;
  /** What a change is called. */
  readonly nameOf: (name: NonNullable<Plan['names']['undo']>) => string;
  readonly onPromise: () => void;
  readonly children: ReactNode;
}) {
  const text = useText();
  const { names } = plan;
  /** Which of what is found was shown last. */
  const at = useRef(-1);
  return (
    <>
      <TextInput
        size="sm"
        type="search"
        className="lanes-find"
        aria-label={text('lanes.find')}
        placeholder={text('lanes.find')}
        leftSection={<IconSearch aria-hidden size={16} />}
        value={search}
        onChange={(event) => {
          at.current = -1;
          onSearch(event.currentTarget.value);
        }}
        rightSectionWidth={76}
        rightSection={
          found !== null && (
            <output className="lanes-found">{text('lanes.found', { count: found.length })}</output>
          )
        }
        onKeyDown={(event) => {
          if (event.key === 'Escape') onSearch('');
          if (event.key !== 'Enter' || found === null || found.length === 0) return;
          const next = event.shiftKey ? Math.max(at.current, 0) - 1 : at.current + 1;
          at.current = (next + found.length) % found.length;
          const operationId = found[at.current];
          if (operationId !== undefined) onFound(operationId);
        }}
      />
      {!readOnly && (
        <ActionIcon.Group>
          <Tool
            name={text('app.undo')}
            hint={names.undo ? text('lanes.undo-named', { what: nameOf(names.undo) }) : text('app.undo')}
            icon={IconArrowBackUp}
            onClick={plan.undo}
            disabled={!plan.canUndo}
          />
          <Tool
            name={text('app.redo')}
            hint={names.redo ? text('lanes.redo-named', { what: nameOf(names.redo) }) : text('app.redo')}
            icon={IconArrowForwardUp}
            onClick={plan.redo}
            disabled={!plan.canRedo}
          />
        </ActionIcon.Group>
      )}
      <ActionIcon.Group>
        <Tool name={text('lanes.zoom-out')} icon={IconZoomOut} onClick={() => board()?.zoomBy(1 / 1.6)} />
        <Tool name={text('lanes.zoom-in')} icon={IconZoomIn} onClick={() => board()?.zoomBy(1.6)} />
        <Tool name={text('lanes.fit')} icon={IconArrowsMaximize} onClick={() => board()?.fit()} />
      </ActionIcon.Group>
      {children}
      <Tool name={text('lanes.promise')} icon={IconClockQuestion} onClick={onPromise} />
      <Button
        variant="default"
        leftSection={<IconCalendarDot aria-hidden size={18} />}
        onClick={() => board()?.goToNow()}
      >
        {text('lanes.today')}
      </Button>
    </>
  );
}

function Tool({
  name,
  hint = name,
  icon: Icon,
  onClick,
  disabled = false,
}: {
  readonly name: string;
  /** Says more than the name where there is more to say. */
  readonly hint?: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}) {
  return (
    <Tooltip label={hint}>
      <ActionIcon size={36} variant="default" aria-label={name} onClick={onClick} disabled={disabled}>
        <Icon aria-hidden size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
