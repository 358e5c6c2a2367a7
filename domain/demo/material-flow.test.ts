import { describe, expect, test } from 'vitest';
import { parseSscc } from '../gs1/check-digit.ts';
import company from '../../resources/demo/company.json' with { type: 'json' };
import products from '../../resources/demo/materials.json' with { type: 'json' };
import people from '../../resources/demo/people.json' with { type: 'json' };
import planning from '../../resources/demo/planning.json' with { type: 'json' };
import quality from '../../resources/demo/quality.json' with { type: 'json' };
import { generateDemoPlant } from './generate-demo-plant.ts';

const definition = { company, products, people, quality, planning };
const sumBy = <Row>(rows: readonly Row[], key: (row: Row) => string, value: (row: Row) => number) => {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + Math.round(value(row) * 1000));
  return sums;
};

describe.each([1, 2, 3])('seed %i', (seed) => {
  const now = Date.parse('2026-11-19T10:20:00Z');
  const rows = generateDemoPlant({ definition, seed, now });
  const genealogy = rows['trace.genealogy'];
  const lots = new Map(rows['trace.lots'].map((lot) => [lot.id, lot]));
  const serials = new Map(rows['trace.serials'].map((serial) => [serial.id, serial]));

  test('both ends of each edge exist and are of the kind that it says, each pair once', () => {
    const kinds = new Map<string, string>([
      ...rows['trace.lots'].map((row) => [row.id, 'lot'] as const),
      ...rows['trace.serials'].map((row) => [row.id, 'serial'] as const),
      ...rows['logistics.packing_units'].map((row) => [row.id, 'carton'] as const),
      ...rows['logistics.shipments'].map((row) => [row.id, 'shipment'] as const),
    ]);
    const wrong = genealogy.filter(
      (edge) =>
        kinds.get(edge.parent_id) !== edge.parent_kind || kinds.get(edge.child_id) !== edge.child_kind,
    );
    expect(wrong).toEqual([]);
    expect(new Set(genealogy.map((edge) => edge.parent_id + edge.child_id)).size).toBe(genealogy.length);
    for (const kind of ['consumed', 'produced', 'assembled_into', 'packed_into', 'shipped_to']) {
      expect(genealogy.filter((edge) => edge.kind === kind).length).toBeGreaterThan(200);
    }
  });

  test('nothing is made of itself, however many steps back', () => {
    const children = new Map<string, string[]>();
    const parents = new Map<string, number>();
    for (const edge of genealogy) {
      children.set(edge.parent_id, [...(children.get(edge.parent_id) ?? []), edge.child_id]);
      parents.set(edge.child_id, (parents.get(edge.child_id) ?? 0) + 1);
      if (!parents.has(edge.parent_id)) parents.set(edge.parent_id, 0);
    }
    const free = [...parents].filter(([, count]) => count === 0).map(([id]) => id);
    let seen = 0;
    for (let id = free.pop(); id !== undefined; id = free.pop()) {
      seen += 1;
      for (const child of children.get(id) ?? []) {
        const left = (parents.get(child) ?? 0) - 1;
        parents.set(child, left);
        if (left === 0) free.push(child);
      }
    }
    expect(seen).toBe(parents.size);
  });

  test('no lot gives more than it had, nor before it was there, nor after it expired', () => {
    const given = sumBy(
      genealogy.filter((edge) => edge.parent_kind === 'lot'),
      (edge) => edge.parent_id,
      (edge) => edge.quantity ?? 0,
    );
    const overdrawn = [...given].filter(([id, quantity]) => quantity > (lots.get(id)?.quantity ?? 0) * 1000);
    expect(overdrawn.map(([id]) => lots.get(id)?.number)).toEqual([]);
    const wrongTime = genealogy.filter((edge) => {
      const lot = lots.get(edge.parent_id);
      if (edge.kind !== 'consumed' || lot === undefined) return false;
      return lot.made_at > edge.at || (lot.expires_at ?? Infinity) <= edge.at;
    });
    expect(wrongTime).toEqual([]);
  });

  test('what a completed order took is what its recipe asks for the units it put through', () => {
    const lotOfChild = (edge: { child_id: string }) => serials.get(edge.child_id)?.lot_id ?? edge.child_id;
    const taken = sumBy(
      genealogy.filter((edge) => edge.kind === 'consumed' || edge.kind === 'assembled_into'),
      (edge) => `${lotOfChild(edge)} ${lots.get(edge.parent_id)?.material_id}`,
      (edge) => edge.quantity ?? 0,
    );
    const codes = new Map(rows['material.materials'].map((one) => [one['id'], one['code']]));
    const ids = new Map(rows['material.materials'].map((one) => [one['code'], one['id']]));
    let checked = 0;
    const wrong: string[] = [];
    for (const order of rows['production.work_orders']) {
      if (order.status !== 'completed' && order.status !== 'closed') continue;
      const operations = rows['production.operations'].filter((one) => one.work_order_id === order.id);
      const material = products.materials.find((one) => one.code === codes.get(order.material_id));
      for (const line of material?.recipe ?? []) {
        const operation = operations.find((one) => one.number === line.operation);
        const units = (operation?.good_quantity ?? 0) + (operation?.scrap_quantity ?? 0);
        const key = `${order.lot_id} ${String(ids.get(line.component))}`;
        const wanted = Math.round(units * line.quantity * 1000);
        if (taken.get(key) !== wanted)
          wrong.push(`${order.number} ${line.component}: ${taken.get(key)}, not ${wanted}`);
        checked += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(1000);
  });

  test('serials go one way: those packed are in one carton, those shipped in one that left', () => {
    const unitOf = new Map(
      rows['logistics.packing_unit_serials'].map((one) => [one.serial_id, one.packing_unit_id]),
    );
    const units = new Map(rows['logistics.packing_units'].map((one) => [one.id, one]));
    const wrong = [...serials.values()].filter((serial) => {
      const unit = units.get(unitOf.get(serial.id) ?? '');
      const isPacked = serial.status === 'packed' || serial.status === 'shipped';
      if (unit === undefined || !isPacked) return isPacked || unit !== undefined;
      return (
        (unit.status === 'shipped') !== (serial.status === 'shipped') ||
        unit.material_id !== serial.material_id ||
        unit.opened_at <= serial.made_at
      );
    });
    expect(wrong).toEqual([]);
    for (const order of rows['production.work_orders']) {
      const own = [...serials.values()].filter((one) => one.lot_id === order.lot_id);
      if (own.length === 0 || order.status !== 'completed') continue;
      const last = rows['production.operations'].findLast((one) => one.work_order_id === order.id);
      expect(own.filter((one) => one.status !== 'scrapped')).toHaveLength(last?.good_quantity ?? -1);
    }
  });

  test('each closed carton has an SSCC of its own with the right check digit, and one valid label', () => {
    const closed = rows['logistics.packing_units'].filter((unit) => unit.status !== 'open');
    expect(closed.length).toBeGreaterThan(300);
    expect(new Set(closed.map((unit) => unit.sscc)).size).toBe(closed.length);
    for (const unit of closed) {
      expect(parseSscc(unit.sscc ?? '').ok).toBe(true);
      const valid = rows['trace.labels'].filter(
        (label) => label.packing_unit_id === unit.id && label.outcome === 'printed',
      );
      expect(valid.map((label) => label.sscc)).toEqual([unit.sscc]);
      expect(valid[0]?.zpl).toContain(unit.sscc);
    }
    expect(rows['logistics.packing_units'].some((unit) => unit.status === 'open')).toBe(true);
    expect(rows['trace.labels'].some((label) => label.outcome === 'voided')).toBe(true);
  });
});

test('no seed runs out of what is made here', { timeout: 60_000 }, () => {
  for (let seed = 10; seed < 20; seed += 1) {
    const now = Date.parse('2026-11-19T10:20:00Z') + seed * 13 * 3_600_000;
    expect(() => generateDemoPlant({ definition, seed, now })).not.toThrow();
  }
});
