/* oxlint-disable typescript/no-non-null-assertion -- indices are bounded by the compiled problem */
import { minutes } from '../checker/violation.ts';
import type { Problem, Schedule } from '../model/problem.ts';
import { layOut, runOf, type Laid } from './waits.ts';

export const whyLateCauses = [
  'predecessor',
  'lane-busy',
  'setup',
  'lane-closed',
  'resource-busy',
  'material',
  'release',
  'pinned',
  'now',
  'choice',
] as const;
export type WhyLateCause = (typeof whyLateCauses)[number];

/**
 * Why an operation did not begin earlier: `why-late.<cause>` with the values is the text for people. Values
 * that end in `At` are seconds from the origin, those in `Minutes` are lengths.
 */
export interface WhyStep {
  readonly operation: string;
  readonly lane: string;
  /** Seconds from the origin. */
  readonly start: number;
  readonly end: number;
  readonly cause: WhyLateCause;
  readonly values: Readonly<Record<string, string | number>>;
  /** Id of the operation that stood in the way; the next step is about it. */
  readonly by?: string | undefined;
  /** Seconds between its end, or the date, and this start. */
  readonly waited: number;
}

/** Something that an operation had to wait for, and when its run could have begun for all that. */
interface Wait {
  readonly cause: WhyLateCause;
  readonly at: number;
  readonly by?: number | undefined;
  readonly values: Readonly<Record<string, string | number>>;
}

/**
 * The chain from the last operation of an order back to what it all began with: at each step what kept the
 * operation from starting earlier. Ends at a date, a pinned operation or where nothing held it. Empty when
 * nothing of the order is placed.
 */
export function whyLate(problem: Problem, schedule: Schedule, orderId: string): WhyStep[] {
  const laid = layOut(problem, schedule);
  const { at } = laid;
  let operation = -1;
  for (const [index, { order }] of problem.operations.entries()) {
    if (order !== orderId || at[index] === undefined) continue;
    if (operation < 0 || at[index].end > at[operation]!.end) operation = index;
  }
  const steps: WhyStep[] = [];
  const seen = new Set<number>();
  while (operation >= 0 && !seen.has(operation)) {
    seen.add(operation);
    const { by, ...step } = whyThen(laid, operation);
    const other = by === undefined ? undefined : problem.operations[by]!.id;
    steps.push(other === undefined ? step : { ...step, by: other });
    operation = by ?? -1;
  }
  return steps;
}

function whyThen(laid: Laid, operation: number): Omit<WhyStep, 'by'> & { readonly by?: number } {
  const { compiled, at } = laid;
  const { start, setupEnd, end, lane } = at[operation]!;
  const subject = compiled.problem.operations[operation]!;
  const laneIndex = compiled.laneIndexOf.get(lane)!;
  const where = compiled.problem.lanes[laneIndex]!;
  const about = { operation: subject.id, lane, start, end };
  const named = { operation: subject.name, lane: where.name, startsAt: start };
  if (subject.pin !== undefined) {
    return { ...about, cause: 'pinned', values: { ...named, why: subject.pin.why }, waited: 0 };
  }
  const run = runOf(laid, operation);
  const calendar = compiled.calendars[laneIndex]!;
  const canRun = (from: number) =>
    subject.interruptible === false ? calendar.fitting(from, run) : calendar.next(from);
  let binding: Wait = { cause: 'choice', at: -Infinity, values: {} };
  // Between equals the first one is told: what a planner can act on comes before dates.
  for (const wait of waitsOf(laid, operation)) if (wait.at > binding.at) binding = wait;
  const since = binding.by === undefined ? binding.at : at[binding.by]!.end;
  const step = {
    ...about,
    ...(binding.by === undefined ? {} : { by: binding.by }),
    waited: Number.isFinite(since) ? Math.max(0, start - since) : 0,
  };
  if (binding.at === -Infinity || setupEnd > canRun(binding.at)) {
    const earliest = binding.at === -Infinity ? setupEnd : canRun(binding.at);
    return { ...step, cause: 'choice', values: { ...named, earliestAt: earliest } };
  }
  if (canRun(binding.at) > binding.at) {
    const closed = { fromAt: binding.at, untilAt: setupEnd };
    const blocked = where.blocked?.find((span) => span.start < setupEnd && span.end > binding.at);
    const why = blocked?.reason ?? (calendar.next(binding.at) > binding.at ? 'shift' : 'too-short');
    // Texts choose by it, and ICU selectors know no hyphens.
    const reason = why.replaceAll('-', '_');
    const values = { ...named, ...closed, reason, label: blocked?.label ?? 'none' };
    return { ...step, cause: 'lane-closed', values };
  }
  return { ...step, cause: binding.cause, values: { ...named, ...binding.values } };
}

function waitsOf(laid: Laid, operation: number): Wait[] {
  const { compiled, at } = laid;
  const { problem } = compiled;
  const subject = problem.operations[operation]!;
  const { lane, start, setupEnd } = at[operation]!;
  const laneIndex = compiled.laneIndexOf.get(lane)!;
  const calendar = compiled.calendars[laneIndex]!;
  const setup = calendar.between(start, setupEnd);
  const run = runOf(laid, operation);
  const name = (index: number) => problem.operations[index]!.name;
  const waits: Wait[] = [];
  for (const link of problem.links) {
    if (link.to !== subject.id) continue;
    const from = compiled.indexOf.get(link.from)!;
    const other = at[from];
    if (other === undefined) continue;
    const since = (link.kind === 'start_start' ? other.setupEnd : other.end) + (link.minLag ?? 0);
    waits.push({
      cause: 'predecessor',
      at: link.kind === 'finish_finish' ? calendar.startToEndAt(since, run) : since,
      by: from,
      values: {
        other: name(from),
        otherEndsAt: other.end,
        lagMinutes: minutes(link.minLag ?? 0),
        kind: link.kind,
      },
    });
  }
  waits.push(...laneWaits(laid, operation, laneIndex, setup), ...resourceWaits(laid, operation));
  const order = problem.orders[compiled.orderOf[operation]!]!;
  if (order.materialAt !== undefined) {
    waits.push({ cause: 'material', at: order.materialAt, values: { materialAt: order.materialAt } });
  }
  const release = Math.max(order.release ?? -Infinity, subject.release ?? -Infinity);
  if (release > -Infinity) waits.push({ cause: 'release', at: release, values: { releaseAt: release } });
  const now = problem.now ?? 0;
  waits.push({ cause: 'now', at: setup > 0 ? calendar.finish(now, setup) : now, values: { nowAt: now } });
  return waits;
}

function laneWaits(laid: Laid, operation: number, lane: number, setup: number): Wait[] {
  const { compiled, at, onLane, before } = laid;
  const { problem } = compiled;
  const calendar = compiled.calendars[lane]!;
  const { setupEnd } = at[operation]!;
  const { capacity } = problem.lanes[lane]!;
  if (capacity === 1) {
    const other = before[operation]!;
    if (other < 0) return [];
    const since = at[other]!.end;
    const named = { other: problem.operations[other]!.name, otherEndsAt: since };
    if (setup <= 0) return [{ cause: 'lane-busy', at: since, by: other, values: named }];
    const families = {
      from: problem.operations[other]!.family ?? '',
      to: problem.operations[operation]!.family ?? '',
      setupMinutes: minutes(setup),
    };
    return [
      { cause: 'setup', at: calendar.finish(since, setup), by: other, values: { ...named, ...families } },
    ];
  }
  // The last that ended before, when the lane was full until then.
  const earlier = onLane[lane]!.filter((one) => one !== operation && at[one]!.end <= setupEnd);
  const last = latest(laid, earlier);
  if (last < 0) return [];
  const since = at[last]!.end;
  const together = onLane[lane]!.filter((one) => at[one]!.start < since && since <= at[one]!.end);
  if (together.length < capacity) return [];
  const values = { other: problem.operations[last]!.name, otherEndsAt: since };
  return [{ cause: 'lane-busy', at: since, by: last, values }];
}

function resourceWaits(laid: Laid, operation: number): Wait[] {
  const { compiled, at, holding } = laid;
  const { setupEnd, resources } = at[operation]!;
  return [...new Set(resources)].flatMap((id): Wait[] => {
    const resource = compiled.problem.resources.find((one) => one.id === id);
    if (resource === undefined) return [];
    const waits: Wait[] = [];
    const holders = (holding.get(id) ?? []).filter((one) => one !== operation);
    const last = latest(
      laid,
      holders.filter((one) => at[one]!.end <= setupEnd),
    );
    if (last >= 0) {
      const since = at[last]!.end;
      const together = holders.filter((one) => at[one]!.setupEnd < since && since <= at[one]!.end);
      const units = together.flatMap((one) =>
        (at[one]!.resources ?? []).filter((held) => held === id),
      ).length;
      const values = {
        resource: resource.name,
        other: compiled.problem.operations[last]!.name,
        otherEndsAt: since,
        why: 'busy',
      };
      if (units >= resource.units) waits.push({ cause: 'resource-busy', at: since, by: last, values });
    }
    const arrives = resource.windows?.find(({ start, end }) => start <= setupEnd && setupEnd < end);
    if (arrives !== undefined) {
      const values = { resource: resource.name, other: '', otherEndsAt: arrives.start, why: 'away' };
      waits.push({ cause: 'resource-busy', at: arrives.start, values });
    }
    return waits;
  });
}

function latest({ at }: Laid, operations: readonly number[]): number {
  return operations.reduce((last, one) => (last < 0 || at[one]!.end > at[last]!.end ? one : last), -1);
}
