import { aheadDays } from './calendar.ts';
import type { PlantSetting } from './setting.ts';
import { lanesPerCell, shareOf } from './size.ts';

/** One operation of a work order on its lane, told up to now. Times are working time (`WorkingTime`). */
export interface OperationPlan {
  /** On the board: when it was to begin and end. */
  readonly slotStarts: number;
  readonly slotEnds: number;
  /** As it went. */
  readonly starts: number;
  readonly ends: number;
  readonly state: 'ahead' | 'running' | 'paused' | 'done';
  /** What comes of it in all; what came of it by now. */
  readonly goodInAll: number;
  readonly scrapInAll: number;
  readonly good: number;
  readonly scrap: number;
  /** Counted on the machine before it began. */
  readonly goodBefore: number;
  readonly scrapBefore: number;
  /** How many reports it has. */
  readonly logs: number;
  readonly breakdown: { readonly starts: number; readonly ends: number; readonly fault: number } | undefined;
}

export interface WorkOrderPlan {
  /** In its cell. */
  readonly index: number;
  readonly quantity: number;
  readonly cancelled: boolean;
  readonly quarantined: boolean;
  readonly operations: readonly OperationPlan[];
  /** Units that have a serial number by now. */
  readonly serials: number;
  /** The first of them in the cell. */
  readonly firstSerial: number;
  /** How far it came after the last operation. */
  readonly packed: boolean;
  readonly shipped: boolean;
  readonly delivered: boolean;
  readonly packing: { readonly starts: number; readonly ends: number };
  /** Working time at which it leaves. */
  readonly leaves: number;
  readonly uses: readonly Use[];
}

/** A component that goes into the lot (`serial` undefined) or into one of its units. */
export interface Use {
  readonly component: number;
  readonly serial: number | undefined;
  readonly quantity: number;
}

/** Kilograms go into the lot, pieces into the unit. */
export const bulkComponents = 4;
export const pieceComponents = 8;
export const unitsPerCarton = 6;

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Serial numbers stand after this one of the four operations. */
const assembly = 2;

/**
 * What happens in a cell: work order k is on lane j in slot k + j, so that each lane has one at a time
 * and each operation begins when the one before it has ended. Logs, serials and edges are shared out
 * among what has happened by now so that they add up to what the size says, whatever the hour.
 */
export function planCell(setting: PlantSetting, cell: number): WorkOrderPlan[] {
  const { size, time, now } = setting;
  const count = size.workOrders;
  const until = time.workedBy(now + aheadDays * dayMs);
  const slotMs = Math.floor(until / (count + lanesPerCell - 1) / minuteMs) * minuteMs;
  if (slotMs < 10 * minuteMs) throw new RangeError('There is no time for so many work orders in a cell');
  const worked = time.workedBy(now);
  const working = time.worksAt(now);

  const drafts = Array.from({ length: count }, (_, index) => {
    const random = setting.random(`order ${cell} ${index}`);
    const operations = Array.from({ length: lanesPerCell }, (__, position) => {
      const slotStarts = (index + position) * slotMs;
      const starts = slotStarts + Math.floor(slotMs * random.between(0.005, 0.03));
      const ends = slotStarts + slotMs - Math.floor(slotMs * random.between(0.005, 0.03));
      const begun = time.startAt(starts) <= now;
      const state: OperationPlan['state'] =
        ends <= worked ? 'done' : !begun ? 'ahead' : working ? 'running' : 'paused';
      const told = Math.min(1, Math.max(0, (worked - starts) / (ends - starts)));
      const scrapInAll = random.chance(0.25) ? random.whole(1, 2) : 0;
      const stopStarts = starts + Math.floor((ends - starts) * random.between(0.2, 0.6));
      const stopEnds = stopStarts + Math.floor(Math.min(random.whole(5, 20) * minuteMs, slotMs / 10));
      const stops = random.chance(0.25);
      const fault = random.whole(0, 5);
      const breakdown =
        stops && state === 'done' && time.homeGoings(stopStarts - 1, stopEnds + 1).length === 0
          ? { starts: stopStarts, ends: stopEnds, fault }
          : undefined;
      return { slotStarts, slotEnds: slotStarts + slotMs, starts, ends, state, told, scrapInAll, breakdown };
    });
    return {
      index,
      operations,
      cancelled: random.chance(0.02) && operations[0]?.state === 'ahead',
      quarantined: random.chance(0.02),
    };
  });

  // Shares of what there is to tell: one report to begin with, one to end with, the rest by how long it took.
  const begun = drafts.flatMap((draft) => draft.operations.filter(({ state }) => state !== 'ahead'));
  const assembled = drafts.filter((draft) => draft.operations[assembly]?.state === 'done').length;
  const least = (state: OperationPlan['state']) => (state === 'running' ? 1 : 2);
  const weightOf = ({ told }: { readonly told: number }) => Math.round(told * 1000);
  const spare =
    size.logsPerWorkOrder * count - begun.reduce((sum, operation) => sum + least(operation.state), 0);
  const weights = begun.reduce((sum, operation) => sum + weightOf(operation), 0);
  if (spare < 0 || weights === 0 || assembled === 0)
    throw new RangeError('Too little has happened to tell so much of it');

  const goodCounts = Array.from({ length: lanesPerCell }, () => 0);
  const scrapCounts = Array.from({ length: lanesPerCell }, () => 0);
  const serialsInAll = size.serialsPerWorkOrder * count;
  const usual = Math.max(1, Math.round(serialsInAll / assembled));
  let assembledBefore = 0;
  let weightBefore = 0;
  let firstSerial = 0;
  return drafts.map((draft): WorkOrderPlan => {
    const hasSerials = draft.operations[assembly]?.state === 'done';
    const units = hasSerials ? shareOf(serialsInAll, assembledBefore, assembled) : usual;
    const scraps = draft.operations.map(({ scrapInAll }, position) =>
      position > assembly ? Math.min(scrapInAll, Math.max(0, units - 1)) : scrapInAll,
    );
    const quantity = units + scraps.slice(0, assembly + 1).reduce((sum, scrap) => sum + scrap, 0);
    let input = quantity;
    const operations = draft.operations.map((operation, position): OperationPlan => {
      const { state, told } = operation;
      const scrapInAll = scraps[position] ?? 0;
      const goodInAll = input - scrapInAll;
      input = goodInAll;
      const good = state === 'ahead' ? 0 : Math.floor(goodInAll * told);
      const scrap = state === 'ahead' ? 0 : Math.floor(scrapInAll * told);
      const goodBefore = goodCounts[position] ?? 0;
      const scrapBefore = scrapCounts[position] ?? 0;
      goodCounts[position] = goodBefore + good;
      scrapCounts[position] = scrapBefore + scrap;
      let logs = 0;
      if (state !== 'ahead') {
        const weight = weightOf(operation);
        logs =
          least(state) +
          Math.floor(((weightBefore + weight) * spare) / weights) -
          Math.floor((weightBefore * spare) / weights);
        weightBefore += weight;
      }
      const { slotStarts, slotEnds, starts, ends, breakdown } = operation;
      return {
        slotStarts,
        slotEnds,
        starts,
        ends,
        state,
        goodInAll,
        scrapInAll,
        good,
        scrap,
        goodBefore,
        scrapBefore,
        logs,
        breakdown: logs >= 6 ? breakdown : undefined,
      };
    });
    const last = operations.at(-1);
    const done = last?.state === 'done';
    const endOfWork = last?.slotEnds ?? 0;
    const packing = {
      starts: endOfWork + Math.floor(slotMs * 0.1),
      ends: endOfWork + Math.floor(slotMs * 0.8),
    };
    const leaves = endOfWork + 2 * slotMs + Math.floor(slotMs * 0.5);
    const packed = done && !draft.quarantined && packing.ends <= worked;
    const shipped = packed && leaves <= worked;
    const good = last?.good ?? 0;
    const edges = hasSerials
      ? shareOf(size.edgesPerWorkOrder * count, assembledBefore, assembled) -
        units -
        (packed ? good : 0) -
        (shipped ? Math.ceil(good / unitsPerCarton) : 0)
      : 0;
    const plan: WorkOrderPlan = {
      index: draft.index,
      quantity,
      cancelled: draft.cancelled,
      quarantined: draft.quarantined && done,
      operations,
      serials: hasSerials ? units : 0,
      firstSerial,
      packed,
      shipped,
      delivered: shipped && leaves + 4 * slotMs <= worked && time.endAt(leaves) + 2 * dayMs <= now,
      packing,
      leaves,
      uses: usesOf(edges, units),
    };
    if (hasSerials) {
      assembledBefore += 1;
      firstSerial += units;
    }
    return plan;
  });
}

/** So many edges: a few into the lot, then a piece into each unit, round by round. */
function usesOf(edges: number, units: number): Use[] {
  if (edges < 0 || edges > bulkComponents + pieceComponents * units) {
    throw new RangeError('Edges and serials do not go together');
  }
  return Array.from({ length: edges }, (_, at): Use => {
    if (at < bulkComponents) return { component: at, serial: undefined, quantity: (units * (at + 1)) / 8 };
    const piece = at - bulkComponents;
    return { component: bulkComponents + Math.floor(piece / units), serial: piece % units, quantity: 1 };
  });
}
