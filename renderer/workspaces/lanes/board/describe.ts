import type { BoardOperation } from '#domain/scheduling/types';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';

/** How late a placed operation ends after its work order is due, milliseconds; 0 when in time. */
export function latenessMs(operation: BoardOperation): number {
  if (operation.placement === undefined || operation.status === 'cancelled') return 0;
  return Math.max(0, operation.placement.endsAt - operation.dueAt);
}

/** How long the lane is set up before the run, by the clock; 0 without a set-up of its own. */
export function setupMs({ placement }: BoardOperation): number {
  return placement === undefined ? 0 : (placement.setupEndsAt ?? placement.startsAt) - placement.startsAt;
}

/**
 * An operation in one spoken sentence: code first, so that it is found by its name, then what, where
 * and when, and what is wrong with it.
 */
export function describeOperation(
  operation: BoardOperation,
  laneName: string,
  axis: TimeAxis,
  formatMessage: FormatMessage,
  frozenUntil = -Infinity,
): string {
  const { placement } = operation;
  const setup = setupMs(operation);
  const status = formatMessage({ id: `board.status.${operation.status}` });
  const late = latenessMs(operation);
  return formatMessage(
    { id: 'board.operation' },
    {
      code: operation.code,
      name: operation.name,
      material: operation.materialName,
      status,
      progress: operation.progress,
      placed: placement === undefined ? 'no' : 'yes',
      lane: laneName,
      range: placement === undefined ? '' : axis.formatRange(placement.startsAt, placement.endsAt),
      late: late > 0 ? 'yes' : 'no',
      lateness: axis.formatDuration(late),
      setup: setup > 0 ? 'yes' : 'no',
      setupDuration: axis.formatDuration(setup),
      locked: operation.locked === true ? 'yes' : 'no',
      frozen: placement !== undefined && placement.startsAt < frozenUntil ? 'yes' : 'no',
      short: operation.material === 'short' ? 'yes' : 'no',
      part: operation.part ?? 0,
    },
  );
}
