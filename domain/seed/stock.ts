import { bulkComponents, pieceComponents, planCell } from './cell-plan.ts';
import {
  componentCost,
  componentUnit,
  currency,
  supplierName,
  supplierOf,
  supplierCount,
} from './foundation.ts';
import { keys, type PlantSetting } from './setting.ts';
import type { PutRow } from './tables.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const hourMs = 3_600_000;

/** Components come once a week, before it begins; what is begun in it is made from them. */
export function weekOf({ time }: PlantSetting, instant: number): number {
  return Math.floor((instant - time.historyStartsAt) / weekMs);
}

function deliveredAt({ time }: PlantSetting, week: number): number {
  return time.historyStartsAt + week * weekMs - 36 * hourMs;
}

/**
 * The component lots of a cell, as they came and as much as is left of them: lots, stock and what it
 * cost agree with each other and with the edges of the genealogy.
 */
export function putStock(setting: PlantSetting, cell: number, put: PutRow): void {
  const { organizationId: own, plantId, code, time, now } = setting;
  const components = bulkComponents + pieceComponents;
  const weeks = weekOf(setting, now + 36 * hourMs) + 1;
  const used = Array.from({ length: components }, () => Array.from({ length: weeks }, () => 0));
  for (const order of planCell(setting, cell)) {
    const week = weekOf(setting, time.startAt(order.operations[0]?.starts ?? 0));
    for (const { component, quantity } of order.uses) {
      const ofComponent = used[component];
      if (ofComponent !== undefined) ofComponent[week] = (ofComponent[week] ?? 0) + quantity;
    }
  }
  const userId = setting.id(keys.planner);
  const ids = setting.ids(`stock ${cell}`);
  for (let component = 0; component < components; component += 1) {
    const materialId = setting.id(keys.component(cell, component));
    const unit = componentUnit(component);
    const cost = componentCost(component);
    const layerId = setting.id(`layer ${cell} ${component}`);
    let onHand = 0;
    let last = { id: '', at: 0 };
    for (let week = 0; week < weeks; week += 1) {
      const at = deliveredAt(setting, week);
      if (at > now) break;
      const lotId = setting.id(keys.componentLot(cell, component, week));
      const gone = used[component]?.[week] ?? 0;
      const quantity = Math.ceil(gone / 8) * 10 + 20;
      const supplier = component % supplierCount;
      put('trace.lots', at, [
        own,
        lotId,
        plantId,
        `LOT-${code}-${cell + 1}${String(component + 1).padStart(2, '0')}-${String(week + 1).padStart(2, '0')}`,
        materialId,
        null,
        quantity,
        unit,
        'released',
        supplierName(supplier),
        supplierOf(setting, component),
        at,
        null,
        quantity - gone,
      ]);
      const movement = (kind: string, change: number, movedAt: number) => {
        const id = ids(movedAt);
        const into = change > 0;
        put('material.transactions', movedAt, [
          own,
          id,
          plantId,
          materialId,
          lotId,
          kind,
          change,
          unit,
          into ? cost : null,
          into ? currency : null,
          into ? supplierOf(setting, component) : null,
          userId,
          movedAt,
          movedAt + 200,
        ]);
        return id;
      };
      last = { id: movement('receipt', quantity, at), at };
      let movedAt = at;
      if (gone > 0) {
        movedAt = Math.min(now, time.historyStartsAt + (week + 1) * weekMs - 3 * hourMs);
        const id = movement('issue', -gone, movedAt);
        put('material.transaction_costs', movedAt, [
          own,
          ids(movedAt),
          plantId,
          materialId,
          id,
          layerId,
          gone,
          cost,
          currency,
          movedAt,
        ]);
      }
      onHand += quantity - gone;
      put('material.inventory', movedAt, [
        own,
        ids(at),
        plantId,
        materialId,
        lotId,
        unit,
        quantity - gone,
        movedAt,
      ]);
    }
    // By the average: the newest receipt's layer holds all that is left.
    put('material.cost_layers', last.at, [
      own,
      layerId,
      plantId,
      materialId,
      last.id,
      last.at,
      onHand,
      cost,
      currency,
    ]);
  }
}
