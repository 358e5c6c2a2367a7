import type { DemoDefinition } from './definition.ts';
import { aheadDays, dayMs, type Foundation, get, hourMs, type Plant } from './facts.ts';
import type { Order } from './orders.ts';
import { transferMs } from './plan.ts';
import { idMaker, randomStream } from './random.ts';
import type { OperationRow, PlainRow, WorkOrderRow } from './rows.ts';

export const planningTables = [
  'production.operation_lanes',
  'production.operation_links',
  'identity.signatures',
  'production.schedule_versions',
  'production.schedule_entries',
  'material.suppliers',
  'material.inventory',
  'material.transactions',
  'material.expected_receipts',
] as const;
export type PlanningTable = (typeof planningTables)[number];

interface Made {
  readonly definition: DemoDefinition;
  readonly foundation: Foundation;
  readonly orders: readonly Order[];
  readonly workOrders: readonly WorkOrderRow[];
  readonly operations: readonly OperationRow[];
  readonly seed: number;
  readonly now: number;
}

/** What planners work with beside the plan itself: times by lane, links, the published version, and stock. */
export function planningRows(made: Made): Record<PlanningTable, PlainRow[]> {
  return {
    'production.operation_lanes': laneTimes(made),
    'production.operation_links': links(made),
    ...publishedVersions(made),
    ...stock(made),
  };
}

/** Where an operation has a choice, the first lane is quicker than the others. */
function laneTimes({ orders, foundation }: Made): PlainRow[] {
  return orders.flatMap((order) =>
    order.operations
      .filter(({ eligible }) => eligible.length > 1)
      .flatMap((operation) =>
        operation.eligible.map((lane, at) => ({
          organization_id: foundation.organizationId,
          operation_id: operation.id,
          lane_id: lane.id,
          plant_id: order.material.plant.id,
          setup_s: operation.setupS,
          run_s: operation.durationOn(lane) - operation.setupS,
          preference: at === 0 ? 80 : 50,
        })),
      ),
  );
}

/** Waits in an order, and from the orders that make parts to those that take them, while any of it is to come. */
function links({ orders, operations, foundation }: Made): PlainRow[] {
  const statuses = new Map(operations.map(({ id, status }) => [id, status]));
  const isOpen = (id: string) => !['completed', 'cancelled'].includes(statuses.get(id) ?? '');
  return orders.flatMap((order) => {
    const own = { organization_id: foundation.organizationId, plant_id: order.material.plant.id };
    const link = (predecessor: string, successor: string, lagMs: number) => ({
      ...own,
      predecessor_id: predecessor,
      successor_id: successor,
      kind: 'finish_start',
      min_lag_s: lagMs / 1000,
    });
    const within = order.operations.flatMap((operation, at) => {
      const before = order.operations[at - 1];
      return before !== undefined && operation.lagMs > 0 && isOpen(operation.id)
        ? [link(before.id, operation.id, operation.lagMs)]
        : [];
    });
    const [first] = order.operations;
    const between = order.needs.flatMap((need) => {
      const last = need.operations.at(-1);
      return first !== undefined && last !== undefined && isOpen(first.id)
        ? [link(last.id, first.id, transferMs)]
        : [];
    });
    return [...within, ...between];
  });
}

/** Version 1 of each plant: what stands, signed by the planner this morning. */
function publishedVersions({ definition, foundation, operations, seed, now }: Made) {
  const { planning, people } = definition;
  const own = { organization_id: foundation.organizationId };
  const planner = people.people.find(({ role }) => role === 'planner');
  const plannerId = get(foundation.userIds, planner?.login ?? '');
  const newId = idMaker(randomStream(seed, 'schedule ids'));
  const signatures: PlainRow[] = [];
  const versions: PlainRow[] = [];
  const entries: PlainRow[] = [];
  for (const plant of foundation.plants) {
    const publishedAt = Math.min(now, plant.today + 5 * hourMs);
    const [id, signatureId] = [newId(publishedAt), newId(publishedAt)];
    signatures.push({
      ...own,
      id: signatureId,
      user_id: plannerId,
      login: planner?.login ?? '',
      display_name: planner?.displayName ?? '',
      meaning: 'published',
      subject: `production.schedule_versions/${id}`,
      reason: planning.publishReason,
      signed_at: publishedAt,
      session_id: newId(publishedAt),
      station_code: foundation.stationCode,
    });
    versions.push({
      ...own,
      id,
      plant_id: plant.id,
      number: 1,
      name: planning.versionName,
      status: 'published',
      starts_at: plant.today,
      ends_at: plant.today + aheadDays * dayMs,
      frozen_until: plant.today,
      published_at: publishedAt,
      published_by: plannerId,
      publish_reason: planning.publishReason,
      signature_id: signatureId,
    });
    for (const operation of operations) {
      if (operation.plant_id !== plant.id || !isToBeMade(operation)) continue;
      entries.push(entryOf(operation, id, newId(publishedAt)));
    }
  }
  return {
    'identity.signatures': signatures,
    'production.schedule_versions': versions,
    'production.schedule_entries': entries,
  };
}

function isToBeMade({ status }: OperationRow): boolean {
  return status !== 'completed' && status !== 'cancelled';
}

function entryOf(operation: OperationRow, versionId: string, id: string): PlainRow {
  return {
    organization_id: operation.organization_id,
    id,
    plant_id: operation.plant_id,
    schedule_version_id: versionId,
    work_order_id: operation.work_order_id,
    operation_id: operation.id,
    part: 1,
    lane_id: operation.lane_id,
    starts_at: operation.starts_at,
    ends_at: operation.ends_at,
    setup_s: operation.setup_s,
    is_fixed: operation.locked,
    plan_lane_id: operation.lane_id,
    plan_starts_at: operation.starts_at,
    plan_fixed: operation.locked,
    status: operation.started_at === null ? 'scheduled' : 'in_progress',
  };
}

/**
 * Of some components the plant has enough for most orders. The rest is promised for the day before it is
 * wanted; where nothing is to spare, nobody knows yet where the last orders' come from.
 */
function stock(made: Made) {
  const { definition, foundation, seed } = made;
  const newId = idMaker(randomStream(seed, 'stock ids'));
  const rows = {
    'material.suppliers': [] as PlainRow[],
    'material.inventory': [] as PlainRow[],
    'material.transactions': [] as PlainRow[],
    'material.expected_receipts': [] as PlainRow[],
  };
  for (const { material: code, supplier, order: reference, spare } of definition.planning.stock) {
    const material = get(foundation.materials, code);
    const { plant } = material;
    const wanted = needsOf(made, code, plant);
    const unknown = spare === undefined ? 3 : 0;
    const stocked = wanted.slice(0, -3 - unknown);
    const promised = wanted.slice(stocked.length, wanted.length - unknown);
    const sum = (needs: readonly Need[]) =>
      Math.ceil(needs.reduce((total, { quantity }) => total + quantity, 0));
    const countedAt = plant.today - 2 * dayMs;
    const supplierId = newId(countedAt);
    const own = { organization_id: foundation.organizationId, plant_id: plant.id, material_id: material.id };
    const { unit } = material.definition;
    rows['material.suppliers'].push({
      organization_id: foundation.organizationId,
      id: supplierId,
      code: supplier.toUpperCase().replaceAll(' ', '-'),
      name: supplier,
    });
    const quantity = sum(stocked);
    if (quantity > 0) {
      rows['material.inventory'].push({
        ...own,
        id: newId(countedAt),
        unit,
        quantity_on_hand: quantity,
        last_moved_at: countedAt,
      });
      rows['material.transactions'].push({
        ...own,
        id: newId(countedAt),
        kind: 'receipt',
        quantity,
        unit,
        supplier_id: supplierId,
        reference_kind: 'purchase_order',
        reference_number: `${reference}-1`,
        user_id: plant.operatorIds[0] ?? '',
        at: countedAt,
        recorded_at: countedAt,
      });
    }
    if (promised.length === 0) continue;
    const neededAt = Math.min(...promised.map(({ startsAt }) => startsAt));
    rows['material.expected_receipts'].push({
      ...own,
      id: newId(countedAt),
      supplier_id: supplierId,
      quantity: sum(promised) + (spare ?? 0),
      unit,
      expected_at: Math.floor(Math.max(neededAt - dayMs, countedAt) / hourMs) * hourMs,
      reference_number: `${reference}-2`,
    });
  }
  return rows;
}

interface Need {
  readonly quantity: number;
  readonly startsAt: number;
}

/** What open orders take of a component, in the order in which they are served: the first due comes first. */
function needsOf({ orders, workOrders }: Made, code: string, plant: Plant): Need[] {
  const rows = new Map(workOrders.map((row) => [row.id, row]));
  return orders
    .filter(({ id, material }) => {
      const status = rows.get(id)?.status;
      return material.plant === plant && (status === 'planned' || status === 'released');
    })
    .toSorted((a, b) => a.dueAt - b.dueAt || (a.number < b.number ? -1 : 1))
    .flatMap((order) => {
      const part = order.material.recipe.find(({ component }) => component.definition.code === code);
      if (part === undefined) return [];
      const startsAt = order.operations[0]?.place?.runsAt ?? Infinity;
      return [{ quantity: order.quantity * part.quantity, startsAt }];
    });
}
