import { plantDay } from '../calendars/shifts.ts';
import { workingSecondsBetween } from '../calendars/working-time.ts';
import type { DemoDefinition } from './definition.ts';
import { dayMs, type Foundation, type FoundationTable, get, hourMs, type Plant } from './facts.ts';
import { layFoundation } from './foundation.ts';
import { machineHistory } from './machines.ts';
import { followMaterial, type MaterialFlow } from './material-flow.ts';
import { makeProcesses, measureRun } from './measurements.ts';
import { makeOrders, type Order, type PlannedOperation } from './orders.ts';
import { type Finished, packAndShip } from './packing.ts';
import { beginWaitingWork, placeOperations, settleDueDates, settleSetups } from './plan.ts';
import { planningRows, type PlanningTable } from './planning.ts';
import { idMaker, randomStream } from './random.ts';
import type { ActivityRows, LogRow, OperationRow, PlainRow, WorkOrderRow } from './rows.ts';
import { type Run, runOperation } from './run.ts';

/**
 * Rows by table, columns named as in the migrations; instants (`at`, `*_at`) are epoch milliseconds.
 * `identity.users` lacks `password_hash`: secrets are the loader's business.
 */
export type DemoRows = ActivityRows & Readonly<Record<FoundationTable | PlanningTable, readonly PlainRow[]>>;

/**
 * The demo plant: eight weeks of history that hangs together and six weeks of plan.
 *
 * Everything is placed relative to the plants' today, so that the plan and what was made in the days
 * before are the same for the same seed and day; the instant `now` within the day only decides how far
 * the work of today has come. The same arguments give the same rows on every machine.
 */
export function generateDemoPlant(options: {
  readonly definition: DemoDefinition;
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly now: number;
}): DemoRows {
  const { definition, seed, now } = options;
  const foundation = layFoundation(definition, seed, now);
  const orders = makeOrders(definition, foundation, seed);
  placeOperations(orders, foundation.setups);
  beginWaitingWork(orders, randomStream(seed, 'waiting work'), now);
  settleDueDates(orders, now);
  settleSetups(orders, foundation.setups);

  const runs = runAll(orders, definition, now);
  const flow = followMaterial(runs, foundation, seed, now);
  const packed = packAndShip(finishedGoods(runs, flow), {
    foundation,
    packerLogin: roleLogin(definition, 'packer'),
    reprintReason: definition.quality.notes.reprint,
    seed,
    now,
  });
  const machines = [...foundation.lanes.values()].map((lane) =>
    machineHistory(
      lane,
      [...runs.values()]
        .flat()
        .filter((run) => run.place.lane === lane)
        .sort((a, b) => a.startedAt - b.startedAt),
      {
        organizationId: foundation.organizationId,
        newId: idMaker(randomStream(seed, `machine ids ${lane.code}`)),
        random: randomStream(seed, `machines ${lane.code}`),
        now,
      },
    ),
  );
  const genealogy = [...flow.genealogy, ...packed.genealogy];
  const workOrders = orders.map((order) => workOrderRow(order, runs.get(order) ?? [], flow, foundation, now));
  const operations = orders.flatMap((order) => operationRows(order, runs.get(order) ?? [], foundation, now));
  lockOne(operations, now);
  return {
    ...foundation.rows,
    'production.work_orders': workOrders,
    'production.operations': operations,
    ...planningRows({ definition, foundation, orders, workOrders, operations, seed, now }),
    'production.logs': logRows(runs, foundation, seed),
    'equipment.status_history': machines.flatMap((one) => one.status),
    'equipment.downtime_events': machines.flatMap((one) => one.downtime),
    'quality.measurements': measurementRows(runs, flow, { foundation, definition, seed }),
    'trace.lots': flow.lots,
    'trace.serials': flow.serials,
    'logistics.shipments': packed.shipments,
    'logistics.packing_units': packed.units,
    'logistics.packing_unit_serials': packed.packedSerials,
    'trace.genealogy': genealogy,
    'trace.labels': packed.labels,
  };
}

function roleLogin({ people }: DemoDefinition, role: string): string {
  const person = people.people.find((one) => one.role === role);
  if (person === undefined) throw new RangeError(`The demo has no ${role}`);
  return person.login;
}

function runAll(
  orders: readonly Order[],
  definition: DemoDefinition,
  now: number,
): Map<Order, readonly Run[]> {
  const all = new Map<Order, readonly Run[]>();
  const busy = new Set<Plant>();
  for (const order of orders) {
    const runs: Run[] = [];
    let input = order.quantity;
    for (const operation of order.operations) {
      const { plant } = order.material;
      const mustRun = !busy.has(plant);
      const run = runOperation(operation, input, definition.quality, { now, mustRun });
      if (run === undefined) break;
      if (run.status === 'running') busy.add(plant);
      runs.push(run);
      input = run.good;
      if (run.status !== 'completed') break;
    }
    if (runs.length > 0) all.set(order, runs);
  }
  return all;
}

function isFinished(order: Order, runs: readonly Run[]): boolean {
  return runs.length === order.operations.length && runs.every((run) => run.status === 'completed');
}

function finishedGoods(runs: ReadonlyMap<Order, readonly Run[]>, flow: MaterialFlow): Finished[] {
  return [...runs].flatMap(([order, done]) => {
    const made = flow.made.get(order);
    const last = done.at(-1);
    if (made === undefined || last?.completedAt === undefined || !isFinished(order, done)) return [];
    return [{ order, made, good: last.good, at: last.completedAt }];
  });
}

/** Released ahead of its first operation, so that the floor can see it come. */
const releasedAheadMs = 4 * dayMs;

function isReleased(order: Order, now: number): boolean {
  const startsAt = order.operations[0]?.place?.startsAt ?? order.releaseAt;
  return startsAt < now + releasedAheadMs;
}

function workOrderRow(
  order: Order,
  runs: readonly Run[],
  flow: MaterialFlow,
  { organizationId }: Foundation,
  now: number,
): WorkOrderRow {
  const finishedAt = isFinished(order, runs) ? runs.at(-1)?.completedAt : undefined;
  const status =
    finishedAt !== undefined
      ? finishedAt < now - 14 * dayMs
        ? 'closed'
        : 'completed'
      : runs.length > 0
        ? 'in_progress'
        : order.cancelled
          ? 'cancelled'
          : isReleased(order, now)
            ? 'released'
            : 'planned';
  const { material } = order;
  return {
    organization_id: organizationId,
    id: order.id,
    plant_id: material.plant.id,
    number: order.number,
    material_id: material.id,
    quantity: order.quantity,
    unit: material.definition.unit,
    status,
    priority: order.dueAt % 7 === 0 ? 80 : 50,
    due_at: order.dueAt,
    planned_start_on: plantDay(order.releaseAt, material.plant.definition.timeZone).date,
    customer: order.customer,
    lot_id: flow.made.get(order)?.lot.id ?? null,
    created_at: order.createdAt,
    updated_at: finishedAt ?? runs.at(-1)?.startedAt ?? order.createdAt,
  };
}

function operationRows(
  order: Order,
  runs: readonly Run[],
  { organizationId }: Foundation,
  now: number,
): OperationRow[] {
  return order.operations.map((operation): OperationRow => {
    const run = runs[operation.position];
    const before = runs[operation.position - 1];
    const isNext = operation.position === 0 ? isReleased(order, now) : before?.status === 'completed';
    return {
      organization_id: organizationId,
      id: operation.id,
      plant_id: order.material.plant.id,
      work_order_id: order.id,
      number: operation.number,
      code: `${order.number}/${operation.number}`,
      name: operation.name,
      status: run?.status ?? (order.cancelled ? 'cancelled' : isNext ? 'ready' : 'planned'),
      duration_s: operation.durationS,
      eligible_lane_ids: operation.eligible.map((lane) => lane.id),
      lane_id: operation.place?.lane.id ?? null,
      starts_at: operation.place?.startsAt ?? null,
      ends_at: operation.place?.endsAt ?? null,
      setup_s: setupOf(operation),
      setup_family_id: operation.family?.id ?? null,
      locked: false,
      good_quantity: run?.good ?? 0,
      scrap_quantity: run?.scrap ?? 0,
      started_at: run?.startedAt ?? null,
      completed_at: run?.completedAt ?? null,
      created_at: order.createdAt,
      updated_at: run?.completedAt ?? run?.startedAt ?? order.createdAt,
    };
  });
}

function setupOf({ place }: PlannedOperation): number {
  return place === undefined ? 0 : workingSecondsBetween(place.lane.stretches, place.startsAt, place.runsAt);
}

/** A bar that the planner holds where it stands, in each plant. */
function lockOne(operations: readonly OperationRow[], now: number): void {
  for (const own of Map.groupBy(operations, ({ plant_id: plantId }) => plantId).values()) {
    const held = own.find(({ starts_at: startsAt }) => (startsAt ?? 0) > now + 4 * dayMs);
    if (held !== undefined) held.locked = true;
  }
}

function logRows(runs: ReadonlyMap<Order, readonly Run[]>, foundation: Foundation, seed: number): LogRow[] {
  const newId = idMaker(randomStream(seed, 'log ids'));
  const random = randomStream(seed, 'logs');
  return [...runs.values()].flat().flatMap((run) => {
    const { plant } = run.operation.order.material;
    return run.reports.map((report): LogRow => {
      const shift = Math.floor((report.at - plant.today) / (8 * hourMs));
      const { operatorIds } = plant;
      return {
        organization_id: foundation.organizationId,
        id: newId(report.at),
        plant_id: plant.id,
        operation_id: run.operation.id,
        lane_id: run.place.lane.id,
        event: report.event,
        good_quantity: report.good,
        scrap_quantity: report.scrap,
        note: report.note,
        user_id: operatorIds.at(shift % operatorIds.length) ?? get(foundation.userIds, ''),
        station_code: foundation.stationCode,
        source: report.event === 'report' || report.event === 'issue' ? 'typed' : 'serial',
        at: report.at,
        recorded_at: report.at + random.whole(20, 400),
      };
    });
  });
}

function measurementRows(
  runs: ReadonlyMap<Order, readonly Run[]>,
  flow: MaterialFlow,
  context: { readonly foundation: Foundation; readonly definition: DemoDefinition; readonly seed: number },
) {
  const { foundation, definition, seed } = context;
  const processes = makeProcesses(seed);
  const newId = idMaker(randomStream(seed, 'measurement ids'));
  const userId = get(foundation.userIds, roleLogin(definition, 'inspector'));
  const inTime = [...runs.values()]
    .flat()
    .sort((a, b) => a.startedAt - b.startedAt || compareIds(a.operation, b.operation));
  return inTime.flatMap((run) => {
    const made = flow.made.get(run.operation.order);
    const units =
      made?.serials.filter((serial) => (made.lostAt.get(serial) ?? Infinity) >= run.operation.position) ?? [];
    return measureRun(run, processes, {
      organizationId: foundation.organizationId,
      newId,
      userId,
      stationCode: foundation.stationCode,
      operationId: run.operation.id,
      serialAt: (fraction) =>
        units[Math.min(units.length - 1, Math.floor(fraction * run.input))]?.number ?? null,
    });
  });
}

function compareIds(a: PlannedOperation, b: PlannedOperation): number {
  return a.id < b.id ? -1 : 1;
}
