import { finishAfter, workingSecondsBetween } from '../calendars/working-time.ts';
import { durationOn } from './board-index.ts';
import type { BoardOperation, Interval, Placement } from './types.ts';

/**
 * When a started operation will end, epoch ms, as far as is known at `now`; never before its planned end.
 * The last report says best how much is left, and what has been worked since is taken off it; without any
 * report, the time that has been worked on it does. What is left once the estimate is used up is not known:
 * then it ends now.
 *
 * @param stretches unbroken working stretches of the lane, by start.
 */
export function expectedEndAt(
  operation: BoardOperation,
  placement: Placement,
  stretches: readonly Interval[],
  now: number,
): number {
  const { progress, progressAt, status } = operation;
  const runS = durationOn(operation, placement.laneId);
  const isReported = progress > 0;
  const knownAt = isReported
    ? (progressAt ?? now)
    : (operation.startedAt ?? placement.setupEndsAt ?? placement.startsAt);
  // A paused one stands since its report.
  const workedS = isReported && status === 'paused' ? 0 : workingSecondsBetween(stretches, knownAt, now);
  const leftS = Math.max(0, (1 - Math.min(1, progress)) * runS - workedS);
  const endsAt = finishAfter(stretches, now, leftS) ?? stretches.at(-1)?.endsAt ?? now;
  return Math.max(placement.endsAt, endsAt);
}
