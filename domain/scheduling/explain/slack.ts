/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import type { Problem, Schedule } from '../model/problem.ts';
import type { LaneCalendar } from '../rich/lane-calendar.ts';
import { layOut, runOf, type Laid } from './waits.ts';

/**
 * How many seconds later each placed operation could end, all else keeping its order, before an order that
 * depends on it ends after it is due or a pinned operation is in the way. Negative: an order is late by
 * that; what is at 0 or below is the critical path. Infinity: nothing with a due date depends on it.
 */
export function slackOf(problem: Problem, schedule: Schedule): Map<string, number> {
  const laid = layOut(problem, schedule);
  const { compiled, at } = laid;
  const count = compiled.operationCount;
  const latestEnd = Float64Array.from({ length: count }, (_, i) => compiled.due[compiled.orderOf[i]!]!);
  const followers = followersOf(laid);
  const latest: Times[] = Array.from({ length: count }, () => never);
  const waiting = new Int32Array(count);
  const leaders = Array.from({ length: count }, (): number[] => []);
  for (const [i, list] of followers.entries()) {
    waiting[i] = list.length;
    for (const { to } of list) leaders[to]!.push(i);
  }
  const ready = [...at.keys()].filter((i) => at[i] !== undefined && waiting[i] === 0);
  const slack = new Map<string, number>();
  for (let i = ready.pop(); i !== undefined; i = ready.pop()) {
    const { end, start, setupEnd, lane } = at[i]!;
    const subject = compiled.problem.operations[i]!;
    const calendar = compiled.calendars[compiled.laneIndexOf.get(lane)!]!;
    for (const { to, bind } of followers[i]!) latestEnd[i] = Math.min(latestEnd[i]!, bind(latest[to]!));
    const due = latestEnd[i]!;
    latest[i] =
      subject.pin === undefined
        ? latestTimes(
            calendar,
            due,
            runOf(laid, i),
            calendar.between(start, setupEnd),
            subject.interruptible === false,
          )
        : { start, run: setupEnd, end };
    slack.set(subject.id, due - end);
    for (const leader of leaders[i]!) {
      waiting[leader] = waiting[leader]! - 1;
      if (waiting[leader] === 0) ready.push(leader);
    }
  }
  return slack;
}

/** Latest times of an operation. */
interface Times {
  readonly start: number;
  readonly run: number;
  readonly end: number;
}
const never: Times = { start: Infinity, run: Infinity, end: Infinity };

/** What has to wait for an operation, and how late that lets it end. */
interface Follower {
  readonly to: number;
  readonly bind: (latest: Times) => number;
}

function followersOf(laid: Laid): Follower[][] {
  const { compiled, at, before, holding } = laid;
  const followers = Array.from({ length: compiled.operationCount }, (): Follower[] => []);
  const add = (from: number, to: number, bind: Follower['bind']) => followers[from]!.push({ to, bind });
  for (const { from, to, kind, minLag = 0 } of compiled.problem.links) {
    const first = compiled.indexOf.get(from)!;
    const second = compiled.indexOf.get(to)!;
    if (at[first] === undefined || at[second] === undefined) continue;
    const length = at[first].end - at[first].setupEnd;
    if (kind === 'finish_finish') add(first, second, ({ end }) => end - minLag);
    else add(first, second, ({ run }) => run - minLag + (kind === 'start_start' ? length : 0));
  }
  for (const [to, from] of before.entries()) if (from >= 0) add(from, to, ({ start }) => start);
  for (const list of holding.values()) {
    for (const [index, to] of list.entries()) {
      const from = list[index - 1];
      if (from !== undefined && at[from]!.end <= at[to]!.setupEnd) add(from, to, ({ run }) => run);
    }
  }
  return followers;
}

/** The latest times that end by `due`. */
function latestTimes(
  calendar: LaneCalendar,
  due: number,
  work: number,
  setup: number,
  whole: boolean,
): Times {
  if (due === Infinity) return never;
  let run = calendar.latestStart(due, work);
  // What may not be interrupted ends with the window before, when it would begin before the one it ends in.
  while (whole && run > -Infinity && calendar.closes(run) < run + work) {
    run = calendar.latestStart(calendar.closes(run), work);
  }
  return { start: setup > 0 ? calendar.latestStart(run, setup) : run, run, end: due };
}
