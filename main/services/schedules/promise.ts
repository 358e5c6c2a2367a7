/** Capable to promise: the earliest date for a quantity, by lanes, materials and calendars, with nothing moved. */
import { notFound, refused } from '#contract/errors';
import type { PromiseAnswer } from '#contract/schedules';
import { stockOf, take } from '#domain/scheduling/coverage';
import type { Lot } from '#domain/scheduling/coverage';
import type { ProblemLink, ProblemOperation } from '#domain/scheduling/model/problem';
import type { DatabaseTransaction } from '#main/services/core';
import { readNeeds, readSupplies } from '#main/services/lanes/materials';
import { planOf } from '#main/services/lanes/plan-source';
import { askPromise } from '#main/solver/ask-worker';
import { onTheClock } from './check.ts';
import { horizonDays, noObjective, problemOf } from './problem.ts';
import { readRecipe, readRoute } from './route.ts';

export interface PromiseWish {
  readonly plantId: string;
  readonly materialId: string;
  readonly quantity: number;
  readonly notBefore: number | null;
}

type MaterialLine = PromiseAnswer['materials'][number];

interface Collected {
  readonly operations: ProblemOperation[];
  readonly links: ProblemLink[];
  readonly materials: Map<string, MaterialLine>;
  readonly names: Map<string, string>;
}

const orderId = 'promise';
/** Parts of parts: deeper than any bill of materials that is made in one plant. */
const deepest = 6;

/**
 * Finds the earliest date, parts that are made here and not kept in stock included. Throws `NotFound`, and
 * `Refused` where the plant has never made the material.
 */
export async function findPromise(
  transaction: DatabaseTransaction,
  wish: PromiseWish,
  now: number,
): Promise<PromiseAnswer> {
  const { plantId, materialId, quantity, notBefore } = wish;
  const plan = await planOf(transaction, plantId);
  const { problem, schedule, originAt, lanes } = await problemOf(transaction, plan, {
    now,
    objective: noObjective,
    begun: 'expected',
  });
  const stock = stockOf(await readSupplies(transaction, plantId));
  // What is planned already is served before what is only asked for.
  for (const need of await readNeeds(transaction, plantId))
    take(stock.get(need.materialId) ?? [], need.quantity);
  const collected: Collected = { operations: [], links: [], materials: new Map(), names: new Map() };
  await collect(transaction, { plantId, stock, collected }, { materialId, quantity, depth: 0, feeds: null });

  const materials = [...collected.materials.values()];
  const nothing = { materialId, quantity, readyAt: null, steps: [], materials };
  const unknown = materials.find(({ availableAt }) => availableAt === null);
  if (unknown !== undefined) {
    const { code, name, needed, available, unit } = unknown;
    const values = { code, name, needed, available, unit };
    return { ...nothing, binding: { cause: 'material-unknown', values } };
  }
  const materialAt = Math.max(...materials.map(({ availableAt }) => availableAt ?? 0));
  const seconds = (instant: number) => Math.max(0, Math.ceil((instant - originAt) / 1000));
  const laneIds = new Set(lanes.map(({ id }) => id));
  const answer = await askPromise({
    problem,
    schedule,
    request: {
      order: {
        id: orderId,
        name: '',
        weight: 1,
        ...(notBefore === null ? {} : { release: seconds(notBefore) }),
      },
      operations: collected.operations.map((operation) => ({
        ...operation,
        choices: operation.choices.filter(({ lane }) => laneIds.has(lane)),
      })),
      links: collected.links,
      ...(materialAt > now ? { materialAt: seconds(materialAt) } : {}),
    },
  });
  if (!answer.ok) return { ...nothing, binding: { cause: 'no-room', values: { days: horizonDays } } };
  const { binding } = answer;
  return {
    ...nothing,
    readyAt: originAt + answer.readyAt * 1000,
    steps: answer.assignments
      .toSorted((a, b) => a.start - b.start)
      .map(({ operation, lane, start, end }) => ({
        laneId: lane,
        operationName: collected.names.get(operation) ?? '',
        startsAt: originAt + start * 1000,
        endsAt: originAt + end * 1000,
      })),
    binding:
      binding === undefined ? null : { cause: binding.cause, values: onTheClock(binding.values, originAt) },
  };
}

interface Search {
  readonly plantId: string;
  readonly stock: ReadonlyMap<string, readonly Lot[]>;
  readonly collected: Collected;
}

/** The operations of a material, and of the parts that are made for it; its first ones wait for the parts. */
async function collect(
  transaction: DatabaseTransaction,
  search: Search,
  wanted: {
    readonly materialId: string;
    readonly quantity: number;
    readonly depth: number;
    readonly feeds: string | null;
  },
): Promise<void> {
  const { plantId, collected } = search;
  const { materialId, quantity, depth, feeds } = wanted;
  const route = await readRoute(transaction, plantId, materialId);
  if (route === undefined) throw await neverMade(transaction, materialId);
  const keyOf = (operationId: string) => `${collected.operations.length}-${depth}-${operationId}`;
  const keys = new Map(route.steps.map(({ operationId }) => [operationId, keyOf(operationId)]));
  for (const step of route.steps) {
    const key = keys.get(step.operationId) ?? step.operationId;
    const share = quantity / step.quantity;
    collected.names.set(key, step.name);
    collected.operations.push({
      id: key,
      name: step.name,
      order: orderId,
      choices: step.lanes.map(({ laneId, setupS, runS }) => ({
        lane: laneId,
        run: Math.max(1, Math.ceil(setupS + runS * share)),
      })),
      ...(step.family === null ? {} : { family: step.family }),
      ...(step.interruptible ? {} : { interruptible: false }),
    });
  }
  const named = new Set(route.links.map(({ from, to }) => `${from} ${to}`));
  for (const { from, to, kind, minLagS, maxLagS } of route.links) {
    collected.links.push({
      from: keys.get(from) ?? from,
      to: keys.get(to) ?? to,
      kind,
      minLag: minLagS,
      ...(maxLagS === null ? {} : { maxLag: maxLagS }),
    });
  }
  for (const [at, step] of route.steps.entries()) {
    const before = route.steps[at - 1];
    if (before === undefined || named.has(`${before.operationId} ${step.operationId}`)) continue;
    const from = keys.get(before.operationId) ?? '';
    collected.links.push({ from, to: keys.get(step.operationId) ?? '', kind: 'finish_start' });
  }
  const [first, last] = [route.steps[0], route.steps.at(-1)];
  if (feeds !== null && last !== undefined) {
    collected.links.push({ from: keys.get(last.operationId) ?? '', to: feeds, kind: 'finish_start' });
  }
  for (const line of await readRecipe(transaction, materialId)) {
    const needed = line.quantity * quantity;
    const lots = search.stock.get(line.materialId);
    if (lots !== undefined) {
      collected.materials.set(line.materialId, takeOf(line, lots, needed, collected));
      continue;
    }
    const isMade = depth < deepest && (await readRoute(transaction, plantId, line.materialId)) !== undefined;
    if (!isMade || first === undefined) continue;
    await collect(transaction, search, {
      materialId: line.materialId,
      quantity: needed,
      depth: depth + 1,
      feeds: keys.get(first.operationId) ?? null,
    });
  }
}

function takeOf(
  line: Awaited<ReturnType<typeof readRecipe>>[number],
  lots: readonly Lot[],
  needed: number,
  { materials }: Collected,
): MaterialLine {
  const before = materials.get(line.materialId);
  const free = lots.filter(({ at }) => at === -Infinity).reduce((sum, { quantity }) => sum + quantity, 0);
  const at = take(lots, needed);
  const { code, name, unit } = line;
  return {
    code,
    name,
    unit,
    needed: needed + (before?.needed ?? 0),
    available: before?.available ?? free,
    availableAt:
      at === undefined || before?.availableAt === null ? null : Math.max(at, before?.availableAt ?? 0, 0),
  };
}

async function neverMade(transaction: DatabaseTransaction, materialId: string) {
  const material = await transaction
    .selectFrom('material.materials')
    .select('code')
    .where('id', '=', materialId)
    .executeTakeFirst();
  if (material === undefined) return notFound('error.unknown-material');
  return refused('refusal.no-route', { material: material.code });
}
