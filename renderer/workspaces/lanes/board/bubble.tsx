import type { ReactElement } from 'react';
import type { BoardOperation } from '#domain/scheduling/types';
import { latenessMs, setupMs } from './describe.ts';
import { effectLines } from './describe-effects.ts';
import { boundsOf, type Box } from './hit-test.ts';
import type { BoardState, BoardStore, Ghost } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';
import styles from './lane-board.module.css';

interface BubbleProps {
  readonly store: BoardStore;
  readonly state: BoardState;
  readonly axis: TimeAxis;
  readonly formatMessage: FormatMessage;
  /** The pointer has rested on the hovered bar. */
  readonly hasRested: boolean;
}

interface Saying {
  readonly accent: 'selected' | 'refused' | 'conflict';
  readonly beside: Box | undefined;
  readonly content: ReactElement;
}

/** What the board has to say right now, beside what it is about: one thing at a time. */
export function Bubble(props: BubbleProps): ReactElement | null {
  const saying = sayingOf(props);
  if (saying === undefined) return null;
  return (
    <div
      role="tooltip"
      className={styles['bubble']}
      data-accent={saying.accent}
      style={{ transform: placeBeside(props.state, saying.beside) }}
    >
      {saying.content}
    </div>
  );
}

function sayingOf({ store, state, axis, formatMessage, hasRested }: BubbleProps): Saying | undefined {
  const { ghost, split, menu, pointer, notice, conflict, hoveredId } = state;
  const atPointer = pointer === undefined ? undefined : { x: pointer.x, y: pointer.y, width: 0, height: 0 };
  if (ghost !== undefined) {
    const held = ghost.heldBy === 'pointer' ? atPointer : boxOfGhost(state);
    return {
      accent: ghost.check.ok ? 'selected' : 'refused',
      beside: held,
      content: <Held state={state} ghost={ghost} axis={axis} formatMessage={formatMessage} />,
    };
  }
  if (split !== undefined) {
    const { keeps, rest } = split;
    const unit = store.shown(split.operationId)?.unit ?? '';
    const id = rest > 0 ? 'board.split' : 'board.split.all';
    return {
      accent: 'selected',
      beside: atPointer,
      content: <strong>{formatMessage({ id }, { keeps, rest, unit })}</strong>,
    };
  }
  if (notice !== undefined) {
    return {
      accent: 'refused',
      beside: atPointer ?? boundsOf(state, notice.operationId),
      content: (
        <>
          <strong>{formatMessage({ id: 'board.refused' })}</strong>
          <div className={styles['alert']}>
            {formatMessage({ id: `refusal.${notice.refusal.reason}` }, notice.refusal.values)}
          </div>
        </>
      ),
    };
  }
  if (conflict !== undefined) {
    return {
      accent: 'conflict',
      beside: boundsOf(state, conflict.operationId),
      content: (
        <>
          <strong>{formatMessage({ id: 'board.conflict' })}</strong>
          <div>{conflict.message}</div>
        </>
      ),
    };
  }
  const hovered = hoveredId === undefined ? undefined : store.shown(hoveredId);
  if (hovered?.placement === undefined || !hasRested || atPointer === undefined || menu !== undefined)
    return undefined;
  return {
    accent: 'selected',
    beside: atPointer,
    content: <Details operation={hovered} axis={axis} formatMessage={formatMessage} />,
  };
}

/** Bars in the hand: where the leading one would stand, what else that does, or why it may not. */
function Held(props: {
  readonly state: BoardState;
  readonly ghost: Ghost;
  readonly axis: TimeAxis;
  readonly formatMessage: FormatMessage;
}): ReactElement {
  const { state, ghost, axis, formatMessage } = props;
  const { check } = ghost;
  const lane = state.lanes.find((candidate) => candidate.id === ghost.laneId)?.name ?? '';
  const count = state.preview?.held.length ?? 1;
  const effects =
    check.ok && state.preview !== undefined ? effectLines(state.preview, axis, formatMessage) : [];
  return (
    <>
      <strong>
        {lane}
        {count > 1 && ` · ${formatMessage({ id: 'board.held-many' }, { count })}`}
      </strong>
      <span className={styles['dim']}>{axis.formatRange(ghost.startsAt, ghost.endsAt)}</span>
      {effects.map((line) => (
        <div key={line}>{line}</div>
      ))}
      {!check.ok && (
        <div className={styles['alert']}>
          {formatMessage({ id: `refusal.${check.refusal.reason}` }, check.refusal.values)}
        </div>
      )}
    </>
  );
}

function Details(props: {
  readonly operation: BoardOperation;
  readonly axis: TimeAxis;
  readonly formatMessage: FormatMessage;
}): ReactElement {
  const { operation, axis, formatMessage } = props;
  const late = latenessMs(operation);
  const setup = setupMs(operation);
  const status = formatMessage({ id: `board.status.${operation.status}` });
  return (
    <>
      <strong>
        {operation.code} · {operation.name}
      </strong>
      <div>
        {operation.materialCode} {operation.materialName}
      </div>
      <div>
        {formatMessage({ id: 'board.quantity' }, { quantity: operation.quantity, unit: operation.unit })} ·{' '}
        {status} · {formatMessage({ id: 'board.progress' }, { progress: operation.progress })}
      </div>
      {operation.placement !== undefined && (
        <div>{axis.formatRange(operation.placement.startsAt, operation.placement.endsAt)}</div>
      )}
      <div className={styles['dim']}>
        {formatMessage({ id: 'board.due' }, { time: axis.formatDateTime(operation.dueAt) })}
      </div>
      {late > 0 && (
        <div className={styles['alert']}>
          {formatMessage({ id: 'board.late' }, { lateness: axis.formatDuration(late) })}
        </div>
      )}
      {setup > 0 && (
        <div className={styles['dim']}>
          {formatMessage({ id: 'board.setup' }, { duration: axis.formatDuration(setup) })}
        </div>
      )}
      {operation.material === 'short' && (
        <div className={styles['alert']}>
          {formatMessage(
            { id: 'board.material-short' },
            {
              expected: operation.materialAt === undefined ? 'no' : 'yes',
              time: operation.materialAt === undefined ? '' : axis.formatDateTime(operation.materialAt),
            },
          )}
        </div>
      )}
      {operation.locked === true && <div>{formatMessage({ id: 'board.locked' })}</div>}
    </>
  );
}

function boxOfGhost(state: BoardState): Box | undefined {
  const { ghost, viewport, metrics, layout } = state;
  const row = ghost === undefined ? undefined : layout.rowByLaneId.get(ghost.laneId);
  if (ghost === undefined || row === undefined) return undefined;
  return {
    x: metrics.labelWidth + (ghost.startsAt - viewport.startsAt) / viewport.msPerPx,
    y: metrics.axisHeight + row.top - viewport.scrollY,
    width: 0,
    height: row.height,
  };
}

const offsetPx = 16;

/** Below and to the right of what it is about; on the other side where there is more room there. */
function placeBeside(state: BoardState, box: Box | undefined): string {
  const { x, y, width, height } = box ?? { x: state.width / 2, y: state.height / 3, width: 0, height: 0 };
  const middle = Math.min(Math.max(x + width / 2, state.metrics.labelWidth), state.width);
  const toLeft = middle > state.width * 0.6;
  const above = y + height > state.height * 0.7;
  const left = toLeft ? Math.min(x + width, state.width) - offsetPx : Math.max(x, 0) + offsetPx;
  const top = above ? Math.min(y, state.height) - offsetPx : Math.max(y + height, 0) + offsetPx;
  return `translate(${Math.round(left)}px, ${Math.round(top)}px) translate(${toLeft ? '-100%' : '0'}, ${above ? '-100%' : '0'})`;
}
