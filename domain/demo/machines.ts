import { dayMs, historyDays, type LaneFacts, minuteMs, type Plant } from './facts.ts';
import { type Random } from './random.ts';
import type { DowntimeRow, StatusRow } from './rows.ts';
import type { Fault, Run, Span } from './run.ts';

type State = StatusRow['state'];

interface Change {
  readonly at: number;
  readonly state: State;
  /** Of two at the same instant the greater one stands. */
  readonly rank: number;
  readonly fault: Fault | undefined;
  readonly run: Run | undefined;
}

/** A stop that is worth a reason. */
const downtimeFromMs = 5 * minuteMs;

/**
 * What every machine of a lane said of itself until now: off between shifts, idle between operations,
 * and in an operation what the run tells. Counters go up with the operations' units.
 */
export function machineHistory(
  lane: LaneFacts,
  runs: readonly Run[],
  context: {
    readonly organizationId: string;
    readonly newId: (at: number) => string;
    readonly random: Random;
    readonly now: number;
  },
): { status: StatusRow[]; downtime: DowntimeRow[] } {
  const status: StatusRow[] = [];
  const downtime: DowntimeRow[] = [];
  const from = lane.plant.today - historyDays * dayMs;
  for (const [position, machine] of lane.machines.entries()) {
    const own = lane.capacity > 1 ? runs.filter((run) => run.place.slot === position) : runs;
    const changes: Change[] = [];
    const add = (at: number, state: State, rank: number, run?: Run, fault?: Fault) =>
      changes.push({ at, state, rank, fault, run });
    for (const stretch of lane.stretches) {
      if (stretch.endsAt <= from) continue;
      if (stretch.startsAt > context.now) break;
      add(Math.max(from, stretch.startsAt), 'idle', 0);
      add(stretch.endsAt, 'offline', 1);
    }
    for (const run of own) {
      for (const [at, span] of run.spans.entries()) {
        const state = stateIn(span, lane.capacity > 1 ? 0 : position);
        add(span.startsAt, state, 2, run, state === 'down' ? span.fault : undefined);
        if (run.spans[at + 1]?.startsAt !== span.endsAt) add(span.endsAt, 'idle', 0, run);
      }
    }
    changes.sort((a, b) => a.at - b.at || b.rank - a.rank);
    addRows(changes, { ...context, plant: lane.plant, machineId: machine.id, status, downtime });
  }
  return { status, downtime };
}

function stateIn(span: Span, machine: number): State {
  if (span.kind === 'setup' || span.kind === 'running') return span.kind;
  if (span.kind === 'break') return 'idle';
  if (span.machine === machine) return 'down';
  // A short stop of one machine is over before its neighbour notices.
  return span.kind === 'stop' ? 'running' : 'idle';
}

function addRows(
  changes: readonly Change[],
  context: {
    readonly organizationId: string;
    readonly plant: Plant;
    readonly machineId: string;
    readonly newId: (at: number) => string;
    readonly random: Random;
    readonly now: number;
    readonly status: StatusRow[];
    readonly downtime: DowntimeRow[];
  },
): void {
  const { organizationId, plant, machineId, newId, random, now } = context;
  const own = { organization_id: organizationId, plant_id: plant.id, machine_id: machineId };
  let counted = { good: 0, scrap: 0 };
  let counting: { readonly run: Run; readonly from: { good: number; scrap: number } } | undefined;
  let state: State | undefined;
  let lastAt = -Infinity;
  let down: { readonly at: number; readonly fault: Fault } | undefined;
  for (const change of changes) {
    if (change.at > now || change.at === lastAt || change.state === state) continue;
    if (change.run !== undefined && change.run !== counting?.run) {
      if (counting !== undefined) counted = countedBy(counting, Infinity);
      counting = { run: change.run, from: counted };
    }
    const counters = counting === undefined ? counted : countedBy(counting, change.at);
    context.status.push({
      ...own,
      id: newId(change.at),
      state: change.state,
      fault_code: change.fault?.code ?? null,
      good_count: counters.good,
      reject_count: counters.scrap,
      at: change.at,
      recorded_at: change.at + random.whole(40, 900),
    });
    if (down !== undefined && change.at - down.at >= downtimeFromMs) addDowntime(down, change.at);
    down =
      change.state === 'down' && change.fault !== undefined
        ? { at: change.at, fault: change.fault }
        : undefined;
    state = change.state;
    lastAt = change.at;
  }
  if (down !== undefined && now - down.at >= downtimeFromMs) addDowntime(down, null);

  function addDowntime(stop: { readonly at: number; readonly fault: Fault }, endedAt: number | null) {
    // Some of the last days' stops still wait for someone to say why.
    const explained = !(random.chance(0.3) && stop.at > now - 6 * dayMs);
    context.downtime.push({
      ...own,
      id: newId(stop.at),
      reason_code: explained ? stop.fault.reason : null,
      started_at: stop.at,
      ended_at: endedAt,
      note: explained ? `${stop.fault.code} ${stop.fault.name}` : null,
    });
  }
}

function countedBy(
  { run, from }: { readonly run: Run; readonly from: { good: number; scrap: number } },
  instant: number,
): { good: number; scrap: number } {
  const counted = run.countedAt(instant);
  return { good: from.good + counted.good, scrap: from.scrap + counted.scrap };
}
