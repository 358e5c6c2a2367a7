import type { WorkingTime } from './calendar.ts';
import type { OperationPlan } from './cell-plan.ts';

/** What was reported of an operation, in order of time. */
export interface OperationEvent {
  readonly event: 'start' | 'pause' | 'resume' | 'complete' | 'report' | 'issue';
  /** Why it paused: the shift ended, or something broke. */
  readonly cause?: 'home' | 'breakdown';
  readonly at: number;
  /** Since the event before. */
  readonly good: number;
  readonly scrap: number;
  /** By then. */
  readonly goodSoFar: number;
  readonly scrapSoFar: number;
}

type Moment = Pick<OperationEvent, 'event' | 'cause'> & { readonly worked: number; readonly ends: boolean };

const issueAfterMs = 45_000;

/** As many as the plan has logs, all of them within shifts. */
export function operationEvents(operation: OperationPlan, time: WorkingTime, now: number): OperationEvent[] {
  const { starts, ends, state, breakdown, logs } = operation;
  if (state === 'ahead') return [];
  const until = state === 'done' ? ends : time.workedBy(now);
  const moments: Moment[] = [{ event: 'start', worked: starts, ends: false }];
  if (state === 'done') moments.push({ event: 'complete', worked: ends, ends: true });
  // The plant went home just now: that is where it stands.
  if (state === 'paused') moments.push({ event: 'pause', cause: 'home', worked: until, ends: true });
  if (breakdown !== undefined) {
    moments.push(
      { event: 'pause', cause: 'breakdown', worked: breakdown.starts, ends: false },
      {
        event: 'issue',
        cause: 'breakdown',
        worked: Math.min(breakdown.starts + issueAfterMs, breakdown.ends - 1),
        ends: false,
      },
      { event: 'resume', cause: 'breakdown', worked: breakdown.ends, ends: false },
    );
  }
  for (const home of time.homeGoings(starts, until)) {
    if (moments.length + 2 > logs) break;
    moments.push(
      { event: 'pause', cause: 'home', worked: home, ends: true },
      { event: 'resume', cause: 'home', worked: home, ends: false },
    );
  }
  const reports = logs - moments.length;
  const stoodMs = breakdown === undefined ? 0 : breakdown.ends - breakdown.starts;
  const busyMs = until - starts - stoodMs;
  for (let report = 1; report <= reports; report += 1) {
    const busy = starts + Math.floor((busyMs * report) / (reports + 1));
    const worked = breakdown !== undefined && busy >= breakdown.starts ? busy + stoodMs : busy;
    moments.push({ event: 'report', worked, ends: false });
  }
  moments.sort((a, b) => a.worked - b.worked || Number(b.ends) - Number(a.ends));
  // At one instant the beginning comes first and the end last.
  moments.sort((a, b) => Number(b.event === 'start') - Number(a.event === 'start'));
  moments.sort((a, b) => Number(a.event === 'complete') - Number(b.event === 'complete'));

  let goodSoFar = 0;
  let scrapSoFar = 0;
  return moments.map(({ event, cause, worked, ends: isEnd }, at): OperationEvent => {
    const isLast = at === moments.length - 1;
    const part = partDone(operation, worked, until);
    const good = isLast ? operation.good : Math.floor(operation.good * part);
    const scrap = isLast ? operation.scrap : Math.floor(operation.scrap * part);
    const told: OperationEvent = {
      event,
      ...(cause === undefined ? {} : { cause }),
      at: isEnd ? time.endAt(worked) : time.startAt(worked),
      good: good - goodSoFar,
      scrap: scrap - scrapSoFar,
      goodSoFar: good,
      scrapSoFar: scrap,
    };
    goodSoFar = good;
    scrapSoFar = scrap;
    return told;
  });
}

/** How much of what was done until then was done by an instant, all three as working time; broken, it does nothing. */
export function partDone({ starts, breakdown }: OperationPlan, worked: number, until: number): number {
  const stood = (by: number) =>
    breakdown === undefined ? 0 : Math.max(0, Math.min(by, breakdown.ends) - Math.min(by, breakdown.starts));
  const busy = (by: number) => by - starts - stood(by);
  return busy(until) > 0 ? busy(worked) / busy(until) : 0;
}
