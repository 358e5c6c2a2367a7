import { describe, expect, test } from 'vitest';
import { mergeIntervals } from '../calendars/intervals.ts';
import { shiftWindows } from '../calendars/shifts.ts';
import { finishAfter, windowAt } from '../calendars/working-time.ts';
import { coverNeeds } from '../scheduling/coverage.ts';
import { indexSetups } from '../scheduling/setup-rules.ts';
import company from '../../resources/demo/company.json' with { type: 'json' };
import products from '../../resources/demo/materials.json' with { type: 'json' };
import people from '../../resources/demo/people.json' with { type: 'json' };
import planning from '../../resources/demo/planning.json' with { type: 'json' };
import quality from '../../resources/demo/quality.json' with { type: 'json' };
import { type DemoRows, generateDemoPlant } from './generate-demo-plant.ts';

const definition = { company, products, people, quality, planning };
const generate = (seed: number, instant: string) =>
  generateDemoPlant({ definition, seed, now: Date.parse(instant) });
const groupBy = <Row>(rows: readonly Row[], key: (row: Row) => string) => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
};
const dayMs = 86_400_000;

// A weekday, a Sunday on which Berlin loses an hour, and one on which Chicago gains one.
const examples = [
  { seed: 1, instant: '2026-11-19T10:20:00Z' },
  { seed: 7, instant: '2026-03-29T07:05:00Z' },
  { seed: 42, instant: '2026-11-01T21:40:00Z' },
].map((one) => ({ ...one, now: Date.parse(one.instant), rows: generate(one.seed, one.instant) }));

describe('the same on every machine', () => {
  test('the same seed and instant give the same rows, another seed others', { timeout: 60_000 }, () => {
    const text = (seed: number) => JSON.stringify(generate(seed, '2026-11-19T10:20:00Z'));
    expect(text(1) === text(1)).toBe(true);
    expect(text(1) === text(2)).toBe(false);
  });

  test('later on the same day what was done before stands as it was', { timeout: 60_000 }, () => {
    const morning = generate(5, '2026-11-19T06:00:00Z');
    const evening = generate(5, '2026-11-19T18:00:00Z');
    const before = Date.parse('2026-11-18T00:00:00Z');
    const logs = (rows: DemoRows) =>
      rows['production.logs']
        .filter((log) => log.at < before)
        .map(
          ({ operation_id, event, at, good_quantity }) => `${operation_id} ${event} ${at} ${good_quantity}`,
        )
        .sort();
    expect(logs(morning).length).toBeGreaterThan(5000);
    expect(logs(evening)).toEqual(logs(morning));
    expect(evening['production.work_orders'].map((order) => order.number)).toEqual(
      morning['production.work_orders'].map((order) => order.number),
    );
  });
});

describe.each(examples)('seed $seed at $instant', ({ rows, now }) => {
  const operations = rows['production.operations'];
  const placed = operations.filter((one) => one.lane_id !== null);
  const stretches = new Map<unknown, Parameters<typeof finishAfter>[0]>(stretchesOf(rows));
  /** A lane may be set up while the operation before still runs elsewhere. */
  const runsAt = ({ lane_id, starts_at, setup_s }: (typeof operations)[number]): number =>
    finishAfter(stretches.get(lane_id) ?? [], starts_at ?? 0, setup_s) ?? Infinity;

  test('is the plant that was promised', () => {
    const count = (table: keyof DemoRows) => rows[table].length;
    expect([count('org.plants'), count('production.lanes'), count('equipment.machines')]).toEqual([
      3, 14, 24,
    ]);
    expect(count('material.materials')).toBe(40);
    expect(count('production.work_orders')).toBeGreaterThan(350);
    expect(count('quality.measurements')).toBeGreaterThan(14_000);
    expect(count('trace.genealogy')).toBeGreaterThan(15_000);
    const first = Math.min(...placed.map((one) => one.starts_at ?? 0));
    const last = Math.max(...placed.map((one) => one.ends_at ?? 0));
    expect((now - first) / dayMs).toBeGreaterThan(54);
    expect((last - now) / dayMs).toBeGreaterThan(38);
  });

  test('every reference leads to a row of the same plant, every key is given once', () => {
    const references: readonly (readonly [keyof DemoRows, string, keyof DemoRows])[] = [
      ['org.areas', 'plant_id', 'org.plants'],
      ['identity.users', 'home_plant_id', 'org.plants'],
      ['identity.user_roles', 'role_id', 'identity.roles'],
      ['identity.user_roles', 'user_id', 'identity.users'],
      ['material.compositions', 'parent_id', 'material.materials'],
      ['material.compositions', 'component_id', 'material.materials'],
      ['production.lanes', 'area_id', 'org.areas'],
      ['production.closures', 'lane_id', 'production.lanes'],
      ['equipment.machines', 'lane_id', 'production.lanes'],
      ['production.setup_transitions', 'lane_id', 'production.lanes'],
      ['production.setup_transitions', 'to_family_id', 'production.setup_families'],
      ['production.operations', 'setup_family_id', 'production.setup_families'],
      ['production.operation_lanes', 'operation_id', 'production.operations'],
      ['production.operation_links', 'predecessor_id', 'production.operations'],
      ['production.operation_links', 'successor_id', 'production.operations'],
      ['production.schedule_entries', 'schedule_version_id', 'production.schedule_versions'],
      ['production.schedule_entries', 'operation_id', 'production.operations'],
      ['material.inventory', 'material_id', 'material.materials'],
      ['material.transactions', 'supplier_id', 'material.suppliers'],
      ['material.expected_receipts', 'material_id', 'material.materials'],
      ['quality.characteristics', 'material_id', 'material.materials'],
      ['production.work_orders', 'material_id', 'material.materials'],
      ['production.work_orders', 'lot_id', 'trace.lots'],
      ['production.operations', 'work_order_id', 'production.work_orders'],
      ['production.operations', 'lane_id', 'production.lanes'],
      ['production.logs', 'operation_id', 'production.operations'],
      ['production.logs', 'lane_id', 'production.lanes'],
      ['production.logs', 'user_id', 'identity.users'],
      ['equipment.status_history', 'machine_id', 'equipment.machines'],
      ['equipment.downtime_events', 'machine_id', 'equipment.machines'],
      ['quality.measurements', 'operation_id', 'production.operations'],
      ['quality.measurements', 'characteristic_id', 'quality.characteristics'],
      ['quality.measurements', 'user_id', 'identity.users'],
      ['trace.lots', 'material_id', 'material.materials'],
      ['trace.lots', 'work_order_id', 'production.work_orders'],
      ['trace.serials', 'lot_id', 'trace.lots'],
      ['trace.serials', 'material_id', 'material.materials'],
      ['logistics.packing_units', 'material_id', 'material.materials'],
      ['logistics.packing_units', 'shipment_id', 'logistics.shipments'],
      ['logistics.packing_unit_serials', 'serial_id', 'trace.serials'],
      ['logistics.packing_unit_serials', 'packing_unit_id', 'logistics.packing_units'],
      ['trace.labels', 'packing_unit_id', 'logistics.packing_units'],
    ];
    const plain = (table: keyof DemoRows): readonly Readonly<Record<string, unknown>>[] =>
      rows[table].map((row) => Object.fromEntries(Object.entries(row)));
    const plantOf = new Map<string, unknown>();
    const wrong: string[] = [];
    for (const table of Object.keys(rows) as (keyof DemoRows)[]) {
      for (const row of plain(table)) {
        if (row['id'] === undefined) continue;
        const key = `${table} ${String(row['id'])}`;
        if (plantOf.has(key)) wrong.push(`${key} twice`);
        plantOf.set(key, row['plant_id']);
      }
    }
    for (const [table, column, target] of references) {
      for (const row of plain(table)) {
        if (row[column] === null) continue;
        const key = `${target} ${String(row[column])}`;
        const there = plantOf.get(key);
        if (!plantOf.has(key)) wrong.push(`${table}.${column}: no ${key}`);
        const elsewhere = there !== undefined && row['plant_id'] !== undefined && row['plant_id'] !== there;
        if (elsewhere) wrong.push(`${table}.${column}: ${key} is of another plant`);
      }
    }
    expect(wrong).toEqual([]);
    expect(placed.filter((one) => !one.eligible_lane_ids.includes(one.lane_id ?? ''))).toEqual([]);
  });

  test('operations begin in a shift and end when set-up and working time are over', () => {
    const times = new Map(
      rows['production.operation_lanes'].map((row) => [
        `${String(row['operation_id'])} ${String(row['lane_id'])}`,
        Number(row['setup_s']) + Number(row['run_s']),
      ]),
    );
    const wrong = [...stretches].flatMap(([laneId, open]) =>
      placed.filter(({ id, lane_id, starts_at, ends_at, setup_s, duration_s }) => {
        if (lane_id !== laneId) return false;
        const startsAt = starts_at ?? 0;
        const worksS = setup_s + (times.get(`${id} ${lane_id}`) ?? duration_s);
        return windowAt(open, startsAt) === undefined || finishAfter(open, startsAt, worksS) !== ends_at;
      }),
    );
    expect(wrong.map((one) => one.code)).toEqual([]);
    expect(placed.filter(({ setup_s }) => setup_s > 0).length).toBeGreaterThan(100);
  });

  test('a lane is set up as its matrix says, and nothing more', () => {
    const { between } = indexSetups(
      rows['production.setup_transitions'].map((row) => ({
        laneId: row['lane_id'] as string | null,
        fromFamilyId: row['from_family_id'] as string | null,
        toFamilyId: String(row['to_family_id']),
        durationS: Number(row['duration_s']),
        cost: Number(row['cost']),
      })),
    );
    const wrong: string[] = [];
    for (const lane of rows['production.lanes'].filter(({ capacity }) => capacity === 1)) {
      let family: string | undefined;
      const own = placed.filter(({ lane_id }) => lane_id === lane['id']);
      for (const one of own.toSorted((a, b) => (a.starts_at ?? 0) - (b.starts_at ?? 0))) {
        const to = one.setup_family_id ?? undefined;
        if (between(String(lane['id']), family, to).durationS !== one.setup_s) wrong.push(one.code);
        family = to ?? family;
      }
    }
    expect(wrong).toEqual([]);
  });

  test('what is linked waits as long as its link says', () => {
    const byId = new Map(operations.map((one) => [one.id, one]));
    const wrong = rows['production.operation_links'].filter((link) => {
      const from = byId.get(String(link['predecessor_id']));
      const to = byId.get(String(link['successor_id']));
      if (from === undefined || to === undefined) return true;
      if (from.ends_at === null || to.starts_at === null || to.status === 'cancelled') return false;
      return runsAt(to) - from.ends_at < Number(link['min_lag_s']) * 1000;
    });
    expect(wrong).toEqual([]);
    expect(rows['production.operation_links'].length).toBeGreaterThan(50);
  });

  test('each plant has a published version that is what stands, under a signature', () => {
    const entries = rows['production.schedule_entries'];
    const open = operations.filter(({ status }) => status !== 'completed' && status !== 'cancelled');
    expect(entries).toHaveLength(open.length);
    const byOperation = new Map(entries.map((entry) => [entry['operation_id'], entry]));
    for (const { id, lane_id, starts_at, ends_at, setup_s, locked } of open) {
      expect(byOperation.get(id)).toMatchObject({ lane_id, starts_at, ends_at, setup_s, is_fixed: locked });
    }
    expect(
      rows['production.schedule_versions'].map(({ status, number }) => `${String(status)} ${String(number)}`),
    ).toEqual(['published 1', 'published 1', 'published 1']);
    const signed = new Map(rows['identity.signatures'].map((one) => [one['id'], one['subject']]));
    for (const version of rows['production.schedule_versions']) {
      expect(signed.get(version['signature_id'])).toBe(
        `production.schedule_versions/${String(version['id'])}`,
      );
    }
    expect(operations.filter(({ locked }) => locked)).toHaveLength(3);
  });

  test('of some components there is not enough for all, and nothing stands before its own are there', () => {
    const supplies = rows['material.inventory'].map((row) => ({
      materialId: String(row['material_id']),
      onHand: Number(row['quantity_on_hand']),
      receipts: rows['material.expected_receipts']
        .filter(({ material_id }) => material_id === row['material_id'])
        .map((one) => ({ at: Number(one['expected_at']), quantity: Number(one['quantity']) })),
    }));
    const orders = rows['production.work_orders']
      .filter(({ status }) => status === 'planned' || status === 'released')
      .toSorted((a, b) => a.due_at - b.due_at || (a.number < b.number ? -1 : 1));
    const needs = orders.flatMap((order) =>
      rows['material.compositions']
        .filter(({ parent_id }) => parent_id === order.material_id)
        .map((part) => ({
          orderId: order.id,
          materialId: String(part['component_id']),
          quantity: order.quantity * Number(part['quantity']),
        })),
    );
    const covered = coverNeeds(needs, supplies);
    const states = [...covered.values()];
    expect(states.filter(({ state }) => state === 'available').length).toBeGreaterThan(20);
    expect(states.filter(({ state, at }) => state === 'short' && at !== undefined).length).toBeGreaterThan(2);
    expect(states.filter(({ state, at }) => state === 'short' && at === undefined).length).toBeGreaterThan(2);
    const early = placed.filter(
      ({ work_order_id, starts_at }) =>
        (starts_at ?? Infinity) < (covered.get(work_order_id)?.at ?? -Infinity),
    );
    expect(early.map(({ code }) => code)).toEqual([]);
  });

  test('no lane holds more operations than it has places, none precedes the one before it', () => {
    const wrong: string[] = [];
    for (const lane of rows['production.lanes']) {
      const edges: { at: number; step: number; code: string }[] = [];
      for (const one of placed) {
        if (one.lane_id !== lane['id']) continue;
        edges.push({ at: one.starts_at ?? 0, step: 1, code: one.code });
        edges.push({ at: one.ends_at ?? 0, step: -1, code: one.code });
      }
      let load = 0;
      for (const edge of edges.sort((a, b) => a.at - b.at || a.step - b.step)) {
        load += edge.step;
        if (load > Number(lane['capacity'])) wrong.push(`${String(lane['code'])} at ${edge.code}`);
      }
    }
    for (const own of groupBy(placed, (one) => one.work_order_id).values()) {
      own.sort((a, b) => a.number - b.number);
      for (const [at, one] of own.entries()) {
        if (runsAt(one) < (own[at - 1]?.ends_at ?? 0)) wrong.push(`${one.code} precedes`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('reports follow what may follow what, and add up to the operation', () => {
    const logs = groupBy(rows['production.logs'], (log) => log.operation_id);
    const allowed: Record<string, readonly string[]> = {
      '': ['start'],
      running: ['pause', 'report', 'complete'],
      paused: ['resume', 'issue'],
      completed: [],
    };
    const wrong: string[] = [];
    for (const operation of operations) {
      let state = '';
      let good = 0;
      let scrap = 0;
      for (const log of (logs.get(operation.id) ?? []).sort((a, b) => a.at - b.at)) {
        if (!allowed[state]?.includes(log.event))
          wrong.push(`${operation.code}: ${log.event} while ${state}`);
        if (log.at > now) wrong.push(`${operation.code}: ${log.event} in the future`);
        if (log.event === 'start' || log.event === 'resume') state = 'running';
        if (log.event === 'pause') state = 'paused';
        if (log.event === 'complete') state = 'completed';
        good += log.good_quantity;
        scrap += log.scrap_quantity;
      }
      if (good !== operation.good_quantity || scrap !== operation.scrap_quantity)
        wrong.push(`${operation.code}: sum`);
      const begun = ['running', 'paused', 'completed'].includes(operation.status);
      if (state !== (begun ? operation.status : ''))
        wrong.push(`${operation.code}: ${operation.status}, not ${state}`);
    }
    const orders = new Map(rows['production.work_orders'].map((order) => [order.id, order]));
    for (const own of groupBy(operations, (one) => one.work_order_id).values()) {
      let input = orders.get(own[0]?.work_order_id ?? '')?.quantity ?? 0;
      for (const one of own.sort((a, b) => a.number - b.number)) {
        if (one.status !== 'completed') break;
        if (one.good_quantity + one.scrap_quantity !== input) wrong.push(`${one.code}: not what came in`);
        input = one.good_quantity;
      }
    }
    expect(wrong).toEqual([]);
    expect(logs.size).toBeGreaterThan(600);
  });

  test('machines ran when an operation ran on their lane, and only then', () => {
    const laneOf = new Map(rows['equipment.machines'].map((machine) => [machine['id'], machine['lane_id']]));
    const begun = groupBy(
      operations.filter((one) => one.started_at !== null),
      (one) => one.lane_id ?? '',
    );
    const ran = new Set<string>();
    const downRows = new Set<string>();
    const wrong: string[] = [];
    for (const [machineId, history] of groupBy(rows['equipment.status_history'], (row) => row.machine_id)) {
      const onLane = begun.get(String(laneOf.get(machineId))) ?? [];
      for (const [at, row] of history.entries()) {
        const before = history[at - 1];
        if (before !== undefined && row.at <= before.at) wrong.push(`${row.id}: not after`);
        if (before !== undefined && row.good_count < before.good_count) wrong.push(`${row.id}: counts down`);
        if (row.state === before?.state) wrong.push(`${row.id}: no change`);
        if (row.state === 'down') downRows.add(`${machineId} ${row.at}`);
        if (row.state !== 'running' && row.state !== 'setup') continue;
        const until = history[at + 1]?.at ?? now;
        // On a lane with two places either may be the one.
        const those = onLane.filter(
          (own) => (own.started_at ?? 0) <= row.at && (own.completed_at ?? now) >= until,
        );
        if (those.length === 0) wrong.push(`${row.id}: ran by itself`);
        if (row.state === 'running') for (const one of those) ran.add(one.id);
      }
    }
    for (const one of operations) {
      if (one.status === 'completed' && !ran.has(one.id)) wrong.push(`${one.code}: no machine ran`);
    }
    for (const event of rows['equipment.downtime_events']) {
      if (!downRows.has(`${event.machine_id} ${event.started_at}`)) wrong.push(`${event.id}: was not down`);
    }
    expect(wrong).toEqual([]);
    expect(rows['equipment.downtime_events'].some((event) => event.reason_code === null)).toBe(true);
  });

  test('machines of a lane stood still while its operation was paused', () => {
    const single = new Set(
      rows['production.lanes'].filter((lane) => lane['capacity'] === 1).map((lane) => lane['id']),
    );
    const pauses = new Map<string, { from: number; to: number }[]>();
    for (const own of groupBy(rows['production.logs'], (log) => log.operation_id).values()) {
      for (const [at, log] of own.entries()) {
        if (log.event !== 'pause') continue;
        const to = own.slice(at).find((later) => later.event === 'resume')?.at ?? now;
        pauses.set(log.lane_id, [...(pauses.get(log.lane_id) ?? []), { from: log.at, to }]);
      }
    }
    const laneOf = new Map(
      rows['equipment.machines'].map((machine) => [machine['id'], String(machine['lane_id'])]),
    );
    const wrong: string[] = [];
    for (const [machineId, history] of groupBy(rows['equipment.status_history'], (row) => row.machine_id)) {
      const laneId = laneOf.get(machineId) ?? '';
      if (!single.has(laneId)) continue;
      for (const [at, row] of history.entries()) {
        if (row.state !== 'running') continue;
        const until = history[at + 1]?.at ?? now;
        const pause = pauses.get(laneId)?.find(({ from, to }) => from < until && to > row.at);
        if (pause !== undefined) wrong.push(`${machineId} at ${new Date(pause.from).toISOString()}`);
      }
    }
    expect(pauses.size).toBe(14);
    expect(wrong).toEqual([]);
  });

  test('measurements were taken while the operation ran, most of them inside', () => {
    const byId = new Map(operations.map((one) => [one.id, one]));
    const all = rows['quality.measurements'];
    const early = all.filter((one) => one.at < (byId.get(one.operation_id)?.started_at ?? Infinity));
    const late = all.filter((one) => one.at > (byId.get(one.operation_id)?.completed_at ?? now));
    expect([...early, ...late]).toEqual([]);
    const outside = all.filter((one) => !one.inside).length / all.length;
    expect(outside).toBeGreaterThan(0.001);
    expect(outside).toBeLessThan(0.03);
  });

  test('the future is mostly planned, part of it late, part without a place', () => {
    const open = operations.filter((one) => one.status === 'planned' || one.status === 'ready');
    const share = open.filter((one) => one.lane_id === null).length / open.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.25);
    const dueAt = new Map(rows['production.work_orders'].map((order) => [order.id, order.due_at]));
    expect(
      open.filter((one) => (one.ends_at ?? 0) > (dueAt.get(one.work_order_id) ?? 0)).length,
    ).toBeGreaterThan(10);
    expect(operations.filter((one) => one.eligible_lane_ids.length > 1).length).toBeGreaterThan(200);
  });
});

test(
  'at any hour of the week the pumps plant has work that runs, that waits, and pumps to pack',
  { timeout: 60_000 },
  () => {
    for (let hour = 0; hour < 168; hour += 19) {
      const now = Date.parse('2026-11-16T00:00:00Z') + hour * 3_600_000 + 1_140_000;
      const rows = generateDemoPlant({ definition, seed: 1, now });
      const plantId = rows['org.plants'].find((plant) => plant['code'] === 'PUMPS')?.['id'];
      const own = rows['production.operations'].filter((one) => one.plant_id === plantId);
      const running = own.filter((one) => one.status === 'running');
      const waiting = own.filter((one) => one.status === 'ready' && one.lane_id !== null);
      const toPack = rows['trace.serials'].filter(
        (one) => one.plant_id === plantId && one.status === 'released',
      );
      const toMeasure = running.filter((operation) => {
        const order = rows['production.work_orders'].find((one) => one.id === operation.work_order_id);
        const due = rows['quality.characteristics']
          .filter(
            (one) =>
              one['material_id'] === order?.material_id && one['operation_number'] === operation.number,
          )
          .reduce((sum, one) => sum + Number(one['measurements_due']), 0);
        return rows['quality.measurements'].filter((one) => one.operation_id === operation.id).length < due;
      });
      expect({
        at: new Date(now).toISOString(),
        running: running.length > 0,
        waiting: waiting.length > 2,
        toPack: toPack.length >= 40,
        toMeasure: toMeasure.length > 0,
      }).toEqual({
        at: new Date(now).toISOString(),
        running: true,
        waiting: true,
        toPack: true,
        toMeasure: true,
      });
    }
  },
);

/** Working stretches of each lane from the rows alone. */
function stretchesOf(rows: DemoRows) {
  return rows['production.lanes'].map((lane) => {
    const ofPlant = (row: Readonly<Record<string, unknown>>) => row['plant_id'] === lane['plant_id'];
    const codes = lane['shift_codes'] as readonly string[];
    const plant = rows['org.plants'].find((one) => one['id'] === lane['plant_id']);
    const windows = shiftWindows({
      timeZone: String(plant?.['time_zone']),
      shifts: rows['production.shifts']
        .filter((shift) => ofPlant(shift) && codes.includes(String(shift['code'])))
        .map((shift) => ({
          code: String(shift['code']),
          startTime: String(shift['starts_at']),
          endTime: String(shift['ends_at']),
          weekdays: shift['weekdays'] as readonly number[],
        })),
      closures: rows['production.closures']
        .filter((one) => ofPlant(one) && (one['lane_id'] === null || one['lane_id'] === lane['id']))
        .map((one) => ({ startsAt: Number(one['starts_at']), endsAt: Number(one['ends_at']) })),
      range: {
        startsAt: Math.min(...rows['production.logs'].map((log) => log.at)) - 7 * dayMs,
        endsAt: Math.max(...rows['production.operations'].map((one) => one.ends_at ?? 0)) + 7 * dayMs,
      },
    });
    return [lane['id'], mergeIntervals(windows)] as const;
  });
}
