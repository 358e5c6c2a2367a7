import { intersect } from './spans.ts';
import type { QualityDefinition } from './definition.ts';
import { minuteMs } from './facts.ts';
import type { Place, PlannedOperation } from './orders.ts';
import type { Random } from './random.ts';

/** What the lane did for a while. `machine` is the one that stopped. */
export interface Span {
  readonly kind: 'setup' | 'running' | 'break' | 'stop' | 'breakdown';
  readonly startsAt: number;
  readonly endsAt: number;
  readonly machine: number;
  readonly fault: Fault | undefined;
}

export type Fault = QualityDefinition['faults'][number];

/** What a person reported; quantities since the report before. */
interface Report {
  readonly event: 'start' | 'pause' | 'resume' | 'complete' | 'report' | 'issue';
  readonly at: number;
  readonly good: number;
  readonly scrap: number;
  readonly note: string | null;
}

/** An operation that has begun, told up to now. */
export interface Run {
  readonly operation: PlannedOperation;
  readonly place: Place;
  readonly status: 'running' | 'paused' | 'completed';
  readonly startedAt: number;
  readonly completedAt: number | undefined;
  /** Units that came in. */
  readonly input: number;
  /** As reported. */
  readonly good: number;
  readonly scrap: number;
  readonly reports: readonly Report[];
  /** Until `knownUntil`, with gaps where no shift works. */
  readonly spans: readonly Span[];
  /** The end, or where it was paused, or now. */
  readonly knownUntil: number;
  /** What the machines have counted by then. */
  countedAt(instant: number): { readonly good: number; readonly scrap: number };
  /** When this part (0..1) of the units was through; undefined when that is still to come. */
  instantAt(fraction: number): number | undefined;
}

/**
 * Lets a placed operation run: set-up, then work with breaks, short stops and breakdowns, in the
 * shifts of its lane, to its planned end or until now. Undefined when it has not begun by now.
 * `mustRun`: nothing stops it just now, so that each plant has something that runs.
 */
export function runOperation(
  operation: PlannedOperation,
  input: number,
  quality: QualityDefinition,
  { now, mustRun }: { readonly now: number; readonly mustRun: boolean },
): Run | undefined {
  const { place, order } = operation;
  if (place === undefined || order.cancelled) return undefined;
  const { random } = order;
  const startedAt = place.startsAt + random.whole(0, 150) * 1000;
  const wholeEndsAt = place.endsAt - random.whole(0, 100) * 1000;
  if (startedAt > now) return undefined;

  const pieces = intersect(place.lane.stretches, { startsAt: startedAt, endsAt: wholeEndsAt });
  const faults = quality.faults.filter((fault) => fault.areas.includes(place.lane.area));
  const machineCount = place.lane.capacity > 1 ? 1 : place.lane.machines.length;
  const spans = pieces.flatMap((piece, at) =>
    spansOf(piece, at === 0 ? operation.setupS * 1000 + (place.runsAt - place.startsAt) : 0, {
      random,
      faults,
      machineCount,
      keepsRunningAt: mustRun ? now : undefined,
    }),
  );
  const scrapInAll = scrapOf(operation, input);
  const goodInAll = input - scrapInAll;
  const productive = productiveTime(spans);
  const counted = (instant: number) => {
    const done = productive.fractionAt(instant);
    return { good: Math.floor(goodInAll * done + 1e-9), scrap: Math.floor(scrapInAll * done + 1e-9) };
  };

  const current = spans.find((span) => span.startsAt <= now && span.endsAt > now);
  const pausedHere = random.chance(0.2);
  const pauseNote = random.pick(quality.notes.paused);
  let knownUntil = Math.min(wholeEndsAt, now);
  let paused = false;
  if (pausedHere && !mustRun && current?.kind === 'running' && now - current.startsAt > 10 * minuteMs) {
    paused = true;
    knownUntil = Math.max(current.startsAt + 5 * minuteMs, now - random.whole(3, 35) * minuteMs);
  }
  const reports = reportsOf(spans, pieces, { startedAt, endsAt: wholeEndsAt, random, quality, counted });
  const told = reports.filter((report) => report.at <= knownUntil);
  if (paused) {
    const before = sumOf(told);
    const then = counted(knownUntil);
    told.push({
      event: 'pause',
      at: knownUntil,
      good: then.good - before.good,
      scrap: then.scrap - before.scrap,
      note: pauseNote,
    });
  }
  const completed = wholeEndsAt <= now;
  const last = told.at(-1)?.event;
  const sums = sumOf(told);
  return {
    operation,
    place,
    status: completed ? 'completed' : last === 'pause' || last === 'issue' ? 'paused' : 'running',
    startedAt,
    completedAt: completed ? wholeEndsAt : undefined,
    input,
    good: sums.good,
    scrap: sums.scrap,
    reports: told,
    spans: spans
      .filter((span) => span.startsAt < knownUntil)
      .map((span) => (span.endsAt > knownUntil ? { ...span, endsAt: knownUntil } : span)),
    knownUntil,
    countedAt: (instant) => counted(Math.min(instant, knownUntil)),
    instantAt: (fraction) => {
      const instant = productive.instantAt(fraction);
      return instant > knownUntil ? undefined : instant;
    },
  };
}

/** A unit or two, seldom more; never so much that those who wait for the parts go short. */
function scrapOf({ order, position }: PlannedOperation, input: number): number {
  const { random, needed } = order;
  const wanted = random.chance(0.55) ? Math.ceil(input * random.between(0, 0.025)) : 0;
  const stepsLeft = order.operations.length - position;
  const spare = needed > 0 ? Math.floor((input - needed) / stepsLeft) : Math.floor(input * 0.1);
  return Math.max(0, Math.min(wanted, spare));
}

function spansOf(
  piece: { readonly startsAt: number; readonly endsAt: number },
  setupMs: number,
  {
    random,
    faults,
    machineCount,
    keepsRunningAt = Infinity,
  }: {
    random: Random;
    faults: readonly Fault[];
    machineCount: number;
    keepsRunningAt: number | undefined;
  },
): Span[] {
  const plain = { machine: 0, fault: undefined };
  const spans: Span[] = [];
  let at = piece.startsAt;
  if (setupMs > 0) {
    const endsAt = at + Math.min(setupMs, Math.floor((piece.endsAt - at) * 0.0006) * 1000);
    if (endsAt > at) spans.push({ kind: 'setup', startsAt: at, endsAt, ...plain });
    at = endsAt;
  }
  for (;;) {
    const stopsAt = at + random.whole(40 * 60, 170 * 60) * 1000;
    const draw = random.next();
    const kind = draw < 0.5 ? 'stop' : draw < 0.82 ? 'break' : 'breakdown';
    const lengthS =
      kind === 'stop'
        ? random.whole(90, 480)
        : kind === 'break'
          ? random.whole(900, 1800)
          : random.whole(900, 4200);
    const resumesAt = stopsAt + lengthS * 1000;
    const machine = random.whole(0, machineCount - 1);
    const fault = kind === 'break' || faults.length === 0 ? undefined : random.pick(faults);
    if (resumesAt + 6 * minuteMs > piece.endsAt) break;
    if (stopsAt <= keepsRunningAt && keepsRunningAt < resumesAt) break;
    spans.push({ kind: 'running', startsAt: at, endsAt: stopsAt, ...plain });
    spans.push({ kind, startsAt: stopsAt, endsAt: resumesAt, machine, fault });
    at = resumesAt;
  }
  if (piece.endsAt > at) spans.push({ kind: 'running', startsAt: at, endsAt: piece.endsAt, ...plain });
  return spans;
}

/** How far work had come at an instant, and when it had come so far; only `running` counts. */
function productiveTime(spans: readonly Span[]) {
  const running = spans.filter((span) => span.kind === 'running');
  const totalMs = running.reduce((sum, span) => sum + span.endsAt - span.startsAt, 0);
  const endsAt = running.at(-1)?.endsAt ?? 0;
  return {
    fractionAt(instant: number): number {
      if (instant >= endsAt || totalMs === 0) return 1;
      let doneMs = 0;
      for (const span of running) {
        if (span.startsAt >= instant) break;
        doneMs += Math.min(instant, span.endsAt) - span.startsAt;
      }
      return doneMs / totalMs;
    },
    instantAt(fraction: number): number {
      let leftMs = fraction * totalMs;
      for (const span of running) {
        const lengthMs = span.endsAt - span.startsAt;
        if (leftMs <= lengthMs) return Math.ceil(span.startsAt + leftMs);
        leftMs -= lengthMs;
      }
      return endsAt;
    },
  };
}

function reportsOf(
  spans: readonly Span[],
  pieces: readonly { readonly endsAt: number }[],
  run: {
    readonly startedAt: number;
    readonly endsAt: number;
    readonly random: Random;
    readonly quality: QualityDefinition;
    readonly counted: (instant: number) => { readonly good: number; readonly scrap: number };
  },
): Report[] {
  const { random, quality, counted } = run;
  const reports: Report[] = [];
  let before = { good: 0, scrap: 0 };
  const tell = (event: Report['event'], at: number, note: string | null = null) => {
    const then = counted(at);
    reports.push({ event, at, good: then.good - before.good, scrap: then.scrap - before.scrap, note });
    before = then;
  };
  const shiftEnds = new Set(pieces.map((piece) => piece.endsAt));
  let nextReportAt = run.startedAt + random.whole(60, 110) * minuteMs;
  let stopped = false;
  for (const [at, span] of spans.entries()) {
    if (at === 0) tell('start', span.startsAt);
    else if (stopped && (span.kind === 'running' || span.kind === 'setup')) tell('resume', span.startsAt);
    stopped = false;
    if (span.kind === 'break' || span.kind === 'breakdown') {
      tell('pause', span.startsAt, span.kind === 'break' ? quality.notes.break : (span.fault?.name ?? null));
      if (span.fault !== undefined)
        tell('issue', span.startsAt + 45_000, `${span.fault.code} ${span.fault.name}`);
      stopped = true;
    }
    if (span.kind === 'running') {
      for (
        let due = Math.max(nextReportAt, span.startsAt + minuteMs);
        due < span.endsAt - minuteMs;
        due = nextReportAt
      ) {
        tell('report', due);
        nextReportAt = due + random.whole(60, 110) * minuteMs;
      }
    }
    if (span.endsAt === run.endsAt) tell('complete', span.endsAt);
    else if (shiftEnds.has(span.endsAt)) {
      tell('pause', span.endsAt, quality.notes.endOfShift);
      stopped = true;
    }
  }
  return reports;
}

function sumOf(reports: readonly Report[]): { good: number; scrap: number } {
  let good = 0;
  let scrap = 0;
  for (const report of reports) {
    good += report.good;
    scrap += report.scrap;
  }
  return { good, scrap };
}
