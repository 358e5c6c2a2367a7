/** The planner's workspace: the lane board, what waits beside it, and the bar at hand. */
import './lanes.css';
import { useCallback, useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ComponentType } from 'react';
import { ActionIcon, Button, SegmentedControl, Tooltip, useComputedColorScheme } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowsMaximize,
  IconCalendarDot,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { Loading, WorkspaceHead } from '../../ui/blocks.tsx';
import { ErrorNotice, useErrorText } from '../../ui/error-notice.tsx';
import { locale, useText } from '../../ui/messages.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useSession } from '../../ui/session.ts';
import { LaneBoard } from './board/lane-board.tsx';
import type { LaneBoardHandle } from './board/lane-board.tsx';
import type { FormatMessage } from './board/tools/tool.ts';
import { boardLooks } from './board-look.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { OperationPanel } from './operation-panel.tsx';
import { UnscheduledList } from './unscheduled-list.tsx';
import { usePlan } from './use-plan.ts';

const densities = ['comfortable', 'compact', 'overview'] as const;
type Density = (typeof densities)[number];
const present = () => Date.now();
/** The axis reads 24 hours, as everything else does (Unicode TR 35, key `hc`). */
const boardLocale = `${locale}-u-hc-h23`;

export function Lanes() {
  const text = useText();
  const intl = useIntl();
  const notify = useNotify();
  const errorText = useErrorText();
  const { plant, may } = useSession();
  const scheme = useComputedColorScheme('light');
  const handle = useRef<LaneBoardHandle>(null);
  const [openId, setOpenId] = useState<string | null>(null);
  const [density, setDensity] = useState<Density>('comfortable');
  const plan = usePlan(plant.id, { onFailed: (error) => notify.failed(error) });
  const { board } = plan;
  const offline = board.data?.source === 'cache';
  const readOnly = !may('schedule:write') || !plant.mayWrite || offline;
  const opened = plan.operations.find((operation) => operation.operationId === openId);

  // The board remembers what it rendered by this function: a new one only with a new language or zone.
  const formatMessage = useCallback<FormatMessage>(
    (descriptor, values) => intl.formatMessage({ id: descriptor.id }, values),
    [intl],
  );

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented || readOnly) return;
    if (event.target instanceof HTMLElement && event.target.matches('input, textarea')) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && event.shiftKey) plan.redo();
    else if (key === 'z') plan.undo();
    else if (key === 'y') plan.redo();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  return (
    <>
      <WorkspaceHead title={text('app.workspace.lanes')} freshness={board.data}>
        {!readOnly && (
          <ActionIcon.Group>
            <Tool
              label={text('app.undo')}
              icon={IconArrowBackUp}
              onClick={plan.undo}
              disabled={!plan.canUndo}
            />
            <Tool
              label={text('app.redo')}
              icon={IconArrowForwardUp}
              onClick={plan.redo}
              disabled={!plan.canRedo}
            />
          </ActionIcon.Group>
        )}
        <SegmentedControl
          size="xs"
          aria-label={text('lanes.density')}
          value={density}
          onChange={(value) => setDensity(densities.find((each) => each === value) ?? 'comfortable')}
          data={densities.map((value) => ({ value, label: text(`lanes.density.${value}`) }))}
        />
        <ActionIcon.Group>
          <Tool
            label={text('lanes.zoom-out')}
            icon={IconZoomOut}
            onClick={() => handle.current?.zoomBy(1 / 1.6)}
          />
          <Tool label={text('lanes.zoom-in')} icon={IconZoomIn} onClick={() => handle.current?.zoomBy(1.6)} />
          <Tool label={text('lanes.fit')} icon={IconArrowsMaximize} onClick={() => handle.current?.fit()} />
        </ActionIcon.Group>
        <Button
          variant="default"
          leftSection={<IconCalendarDot aria-hidden size={18} />}
          onClick={() => handle.current?.goToNow()}
        >
          {text('lanes.today')}
        </Button>
      </WorkspaceHead>
      {board.error && (
        <div className="lanes-error">
          <ErrorNotice error={board.error} onRetry={() => board.refetch()} compact />
        </div>
      )}
      {board.isPending ? (
        <Loading rows={10} />
      ) : (
        board.data && (
          <div className="lanes">
            <div className="lanes-board">
              <LaneBoard
                key={plant.id}
                ref={handle}
                lanes={plan.lanes}
                operations={plan.operations}
                timeZone={board.data.timeZone}
                locale={boardLocale}
                now={present}
                range={plan.range}
                colorScheme={scheme}
                theme={boardLooks[scheme]}
                density={density}
                readOnly={readOnly}
                consequences={plan.consequences}
                onEdit={plan.edit}
                onOpen={(operationId) => setOpenId(operationId)}
                onSelect={(operationId) => openId && operationId && setOpenId(operationId)}
                onUndo={plan.undo}
                onRedo={plan.redo}
                formatMessage={formatMessage}
                conflict={
                  plan.conflict
                    ? {
                        operationId: plan.conflict.theirs.operationId,
                        message: errorText(plan.conflict.error),
                      }
                    : undefined
                }
              />
            </div>
            <aside className="lanes-side" aria-label={text(opened ? 'lanes.details' : 'lanes.unscheduled')}>
              {opened ? (
                <OperationPanel
                  operation={opened}
                  lanes={plan.lanes}
                  readOnly={readOnly}
                  check={plan.check}
                  onClose={() => {
                    setOpenId(null);
                    handle.current?.focus();
                  }}
                  onShow={() => handle.current?.reveal(opened.operationId)}
                  onPlace={(move) => plan.move(move).then(() => handle.current?.reveal(move.operationId))}
                  onUnschedule={() => plan.unschedule(opened.operationId)}
                />
              ) : (
                <UnscheduledList
                  operations={plan.operations}
                  readOnly={readOnly}
                  onOpen={setOpenId}
                  onDragStart={(operation) => handle.current?.beginExternalDrag(operation)}
                  onDragEnd={() => handle.current?.endExternalDrag()}
                  onCarry={(operation) => handle.current?.beginExternalCarry(operation)}
                />
              )}
            </aside>
          </div>
        )
      )}
      <ConflictDialog plan={plan} />
    </>
  );
}

function Tool({
  label,
  icon: Icon,
  onClick,
  disabled = false,
}: {
  readonly label: string;
  readonly icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={36} variant="default" aria-label={label} onClick={onClick} disabled={disabled}>
        <Icon aria-hidden size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
