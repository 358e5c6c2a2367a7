import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import { layGround } from './ground.fixture.ts';
import type { Ground } from './ground.fixture.ts';
import { actAs, addPerson } from './person.fixture.ts';

let database: TestDatabase;
let owner: pg.Client;
let ground: Ground;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  ground = await layGround(owner);
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

async function insert(table: string, values: Record<string, unknown>, client: pg.Client = owner) {
  const all = Object.entries({ organization_id: ground.organizationId, ...values });
  const places = all.map((_, at) => `$${at + 1}`).join();
  await client.query(
    `INSERT INTO ${table} (${all.map(([name]) => name).join()}) VALUES (${places})`,
    all.map(([, value]) => value),
  );
}

async function select<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
  const { rows } = await owner.query<Row>(text, [...values]);
  return rows;
}

let made = 0;
async function material(values: Record<string, unknown> = {}): Promise<string> {
  const id = uuidv7();
  const code = `M-${++made}`;
  await insert('material.materials', {
    id,
    plant_id: ground.plantId,
    code,
    name: code,
    kind: 'part',
    unit: 'pcs',
    currency: 'EUR',
    ...values,
  });
  return id;
}

async function supplier(): Promise<string> {
  const id = uuidv7();
  await insert('material.suppliers', { id, code: `S-${++made}`, name: 'Supplier' });
  return id;
}

const circle = { code: 'LW001', message: 'refusal.would-form-circle' };

describe('what leads back to itself is refused', () => {
  const contains = (parent_id: string, component_id: string, client = owner) =>
    insert('material.compositions', { parent_id, component_id, quantity: 1, unit: 'pcs' }, client);

  test('a recipe, through however many levels', async () => {
    const [pump, motor, rotor] = [await material(), await material(), await material()];
    await contains(pump, motor);
    await contains(motor, rotor);
    await contains(pump, rotor);
    await expect(contains(rotor, pump)).rejects.toMatchObject(circle);
    await expect(contains(motor, pump)).rejects.toMatchObject(circle);
  });

  test('two halves that two people add at the same time', async () => {
    const [left, right] = [await material(), await material()];
    const other = new pg.Client({ connectionString: database.ownerUrl });
    await other.connect();
    try {
      await owner.query('BEGIN');
      await contains(left, right);
      const second = contains(right, left, other).then(
        () => 'added',
        (error: Error) => error.message,
      );
      // Long enough to see that the second one waits for the first.
      await Promise.race([second, sleep(500)]);
      await owner.query('COMMIT');
      expect(await second).toBe('refusal.would-form-circle');
    } finally {
      await owner.query('ROLLBACK');
      await other.end();
    }
  });

  test('a chain of suppliers', async () => {
    const [mine, smelter, foundry] = [await supplier(), await supplier(), await supplier()];
    const supplies = (supplier_id: string, supplies_to_id: string) =>
      insert('material.supplier_links', { supplier_id, supplies_to_id });
    await supplies(mine, smelter);
    await supplies(smelter, foundry);
    await expect(supplies(foundry, mine)).rejects.toMatchObject(circle);
  });

  test('a category that is moved under its own branch', async () => {
    const [root, branch] = [uuidv7(), uuidv7()];
    await insert('material.categories', { id: root, code: 'ROOT', name: 'Root' });
    await insert('material.categories', { id: branch, code: 'BRANCH', name: 'Branch', parent_id: root });
    await expect(
      owner.query('UPDATE material.categories SET parent_id = $1 WHERE id = $2', [branch, root]),
    ).rejects.toMatchObject(circle);
  });
});

describe('versions of a material', () => {
  const versions = (id: string) =>
    select<{ number: number; name: string; valid_from: Date; valid_to: Date | null }>(
      'SELECT number, name, valid_from, valid_to FROM material.material_versions WHERE material_id = $1 ORDER BY number',
      [id],
    );
  const rename = (id: string, name: string) =>
    owner.query('UPDATE material.materials SET name = $2 WHERE id = $1', [id, name]);

  test('follow one another without a gap, the last one open', async () => {
    const id = await material({ name: 'first' });
    await owner.query(`UPDATE material.materials SET name = 'second' WHERE id = '${id}';
      UPDATE material.materials SET name = 'third' WHERE id = '${id}'`);
    const all = await versions(id);
    expect(all.map(({ number, name }) => [number, name])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'third'],
    ]);
    const gaps = await select(
      `SELECT FROM material.material_versions a JOIN material.material_versions b
         ON b.material_id = a.material_id AND b.number = a.number + 1
       WHERE a.material_id = $1 AND a.valid_to IS DISTINCT FROM b.valid_from`,
      [id],
    );
    expect(gaps).toEqual([]);
    expect(all.at(-1)?.valid_to).toBeNull();
  });

  test('are not made by what no fact asks about', async () => {
    const id = await material();
    await owner.query(`UPDATE material.materials SET erp_number = '4711', name = name WHERE id = $1`, [id]);
    expect(await versions(id)).toHaveLength(1);
  });

  test('a fact finds the one that held at its time, or the first where it is older than all', async () => {
    const id = await material({ name: 'first' });
    await rename(id, 'second');
    const found = await select<{ name: string }>(
      `SELECT (material.version_at(v.organization_id, v.material_id, times.at)).name
       FROM material.material_versions v,
         LATERAL (VALUES (v.valid_from - interval '1 year'), (v.valid_from), (v.valid_to - interval '1 microsecond'),
                         (v.valid_to), ('infinity'::timestamptz)) AS times(at)
       WHERE v.material_id = $1 AND v.number = 1 ORDER BY times.at`,
      [id],
    );
    expect(found.map(({ name }) => name)).toEqual(['first', 'first', 'first', 'second', 'second']);
  });

  test('never overlap', async () => {
    const id = await material();
    await rename(id, 'second');
    await expect(
      owner.query(
        `UPDATE material.material_versions SET valid_to = valid_to + interval '1 day' WHERE material_id = $1 AND number = 1`,
        [id],
      ),
    ).rejects.toMatchObject({ code: '23P01' });
  });

  test('are opened afterwards where a load ran without triggers', async () => {
    await owner.query('SET session_replication_role = replica');
    const id = await material();
    await owner.query('SET session_replication_role = origin');
    expect(await versions(id)).toEqual([]);
    await owner.query(`SELECT material.open_missing_versions('2026-01-01Z')`);
    expect(await versions(id)).toMatchObject([{ number: 1, valid_from: new Date('2026-01-01Z') }]);
    const again = await select<{ opened: number }>(
      'SELECT material.open_missing_versions(now())::int AS opened',
    );
    expect(again).toEqual([{ opened: 0 }]);
  });
});

describe('stock', () => {
  const startedAt = Date.now() - 86_400_000;
  let step = 0;
  const movement = (
    material_id: string,
    kind: string,
    quantity: number,
    more: Record<string, unknown> = {},
  ) => ({
    id: uuidv7(),
    plant_id: ground.plantId,
    material_id,
    kind,
    quantity,
    unit: 'pcs',
    user_id: ground.userId,
    at: new Date(startedAt + ++step * 1000),
    ...more,
  });
  const post = async (...given: Parameters<typeof movement>) => {
    const row = movement(...given);
    await insert('material.transactions', row);
    return row;
  };
  const receive = (id: string, quantity: number, unit_cost: number) =>
    post(id, 'receipt', quantity, { unit_cost, currency: 'EUR' });
  const stock = async (id: string) => {
    const [row] = await select<{ on_hand: number; reserved: number; available: number }>(
      `SELECT sum(quantity_on_hand)::float8 AS on_hand, sum(quantity_reserved)::float8 AS reserved,
              sum(quantity_available)::float8 AS available
       FROM material.inventory WHERE material_id = $1`,
      [id],
    );
    return row;
  };
  const costOf = async ({ id }: { id: string }) => {
    const [row] = await select<{ cost: number }>(
      'SELECT sum(quantity * unit_cost)::float8 AS cost FROM material.transaction_costs WHERE transaction_id = $1',
      [id],
    );
    return row?.cost;
  };

  const addPlace = async () => {
    const id = uuidv7();
    const place = { id, plant_id: ground.plantId, code: `L-${++made}`, name: 'Shelf', kind: 'storage' };
    await insert('org.locations', place);
    return id;
  };
  /** Each over a connection of its own. */
  const atOnce = async (rows: readonly Record<string, unknown>[]) => {
    const clients = rows.map(() => new pg.Client({ connectionString: database.ownerUrl }));
    await Promise.all(clients.map((client) => client.connect()));
    const outcomes = await Promise.allSettled(
      rows.map((row, at) => insert('material.transactions', row, clients[at])),
    );
    await Promise.all(clients.map((client) => client.end()));
    return outcomes;
  };

  test('is what came in less what went out', async () => {
    const id = await material();
    await post(id, 'receipt', 100);
    await post(id, 'issue', -30);
    await post(id, 'adjustment', -5, { reference_kind: 'stock_count' });
    expect(await stock(id)).toEqual({ on_hand: 65, reserved: 0, available: 65 });
    const [counted] = await select<{ last_counted_at: Date; last_moved_at: Date }>(
      'SELECT last_counted_at, last_moved_at FROM material.inventory WHERE material_id = $1',
      [id],
    );
    expect(counted?.last_counted_at).toEqual(counted?.last_moved_at);
  });

  test('is posted by who may issue, and written by hand by nobody', async () => {
    const id = await material({ costing_method: 'fifo' });
    const plants = [ground.plantId];
    const keeper = await addPerson(owner, ground.organizationId, ['material:issue'], plants);
    const planner = await addPerson(owner, ground.organizationId, ['material:write'], plants);
    const desk = new pg.Client({ connectionString: database.appUrl });
    await desk.connect();
    try {
      const receipt = () => insert('material.transactions', movement(id, 'receipt', 7), desk);
      await expect(actAs(desk, planner, receipt)).rejects.toMatchObject({ code: '42501' });
      await actAs(desk, keeper, receipt);
      await actAs(desk, keeper, () => insert('material.transactions', movement(id, 'issue', -2), desk));
      expect(await stock(id)).toMatchObject({ on_hand: 5 });
      for (const statement of [
        'UPDATE material.inventory SET quantity_on_hand = 99',
        'UPDATE material.transactions SET quantity = 99',
        'DELETE FROM material.transactions',
      ])
        await expect(actAs(desk, keeper, () => desk.query(statement))).rejects.toMatchObject({
          code: '42501',
        });
    } finally {
      await desk.end();
    }
  });

  test('counts a movement once, however often it is sent', async () => {
    const id = await material();
    const row = await post(id, 'receipt', 10);
    const all = Object.entries({ organization_id: ground.organizationId, ...row });
    await owner.query(
      `INSERT INTO material.transactions (${all.map(([name]) => name).join()})
       VALUES (${all.map((_, at) => `$${at + 1}`).join()}) ON CONFLICT DO NOTHING`,
      all.map(([, value]) => value),
    );
    await expect(insert('material.transactions', row)).rejects.toMatchObject({ code: '23505' });
    await expect(
      insert('material.transactions', { ...row, at: new Date(row.at.getTime() + 1) }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(await stock(id)).toMatchObject({ on_hand: 10 });
  });

  test('is never below nothing, unless the material may be issued ahead of its receipt', async () => {
    const strict = await material();
    await post(strict, 'receipt', 3);
    await expect(post(strict, 'issue', -4)).rejects.toMatchObject({
      code: 'LW001',
      message: 'refusal.stock-not-there',
    });
    await expect(post(strict, 'adjustment', -4)).rejects.toMatchObject({ code: 'LW001' });
    expect(await stock(strict)).toMatchObject({ on_hand: 3 });
    const lenient = await material({ negative_stock_allowed: true });
    await post(lenient, 'issue', -4);
    expect(await stock(lenient)).toMatchObject({ on_hand: -4 });
  });

  test('is not given out twice to people who ask at the same time', async () => {
    const id = await material({ costing_method: 'fifo' });
    await receive(id, 2, 1);
    await receive(id, 3, 2);
    const outcomes = await atOnce(Array.from({ length: 8 }, () => movement(id, 'issue', -1)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await stock(id)).toMatchObject({ on_hand: 0 });
    const [spent] = await select<{ cost: number }>(
      'SELECT sum(quantity * unit_cost)::float8 AS cost FROM material.transaction_costs WHERE material_id = $1',
      [id],
    );
    expect(spent).toEqual({ cost: 8 });
  });

  test('that goes out of several places at once takes each cost once', async () => {
    const id = await material({ costing_method: 'fifo' });
    const places: string[] = [];
    while (places.length < 6) places.push(await addPlace());
    for (const [at, location_id] of places.entries())
      await post(id, 'receipt', 1, { location_id, unit_cost: at + 1, currency: 'EUR' });
    const issues = places.map((location_id) => movement(id, 'issue', -1, { location_id }));
    const outcomes = await atOnce(issues);
    expect(outcomes.map(({ status }) => status)).toEqual(issues.map(() => 'fulfilled'));
    const costs: (number | undefined)[] = [];
    for (const issue of issues) costs.push(await costOf(issue));
    expect(costs.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('moves within a plant as a whole or not at all', async () => {
    const id = await material();
    const place = await addPlace();
    await receive(id, 10, 2);
    const transfer = async (out: number, into: number) => {
      const transfer_id = uuidv7();
      const halves = [
        movement(id, 'transfer', -out, { transfer_id, location_id: null }),
        movement(id, 'transfer', into, { transfer_id, location_id: place }),
      ].map((half) => ({ organization_id: ground.organizationId, ...half }));
      await owner.query(
        `INSERT INTO material.transactions SELECT * FROM jsonb_populate_recordset(NULL::material.transactions, $1)`,
        [JSON.stringify(halves.map((half) => ({ ...half, recorded_at: half.at })))],
      );
    };
    await expect(transfer(4, 5)).rejects.toMatchObject({ message: 'refusal.transfer-unbalanced' });
    await transfer(4, 4);
    expect(
      await select(
        'SELECT location_id, quantity_on_hand::float8 AS n FROM material.inventory WHERE material_id = $1 ORDER BY 2',
        [id],
      ),
    ).toEqual([
      { location_id: place, n: 4 },
      { location_id: null, n: 6 },
    ]);
    expect(
      await select(
        'SELECT quantity_remaining::float8 AS n FROM material.cost_layers WHERE material_id = $1',
        [id],
      ),
    ).toEqual([{ n: 10 }]);
  });

  test('that is reserved is given to nobody else', async () => {
    const id = await material();
    await post(id, 'receipt', 10);
    const reservation = uuidv7();
    await insert('material.reservations', {
      id: reservation,
      plant_id: ground.plantId,
      material_id: id,
      quantity: 8,
      unit: 'pcs',
      reference_kind: 'other',
    });
    expect(await stock(id)).toEqual({ on_hand: 10, reserved: 8, available: 2 });
    await expect(post(id, 'issue', -3)).rejects.toMatchObject({ message: 'refusal.stock-reserved' });
    await post(id, 'issue', -5, { reservation_id: reservation });
    expect(await stock(id)).toEqual({ on_hand: 5, reserved: 3, available: 2 });
    // A count finds what it finds.
    await post(id, 'adjustment', -3, { reference_kind: 'stock_count' });
    expect(await stock(id)).toEqual({ on_hand: 2, reserved: 3, available: -1 });
    await post(id, 'issue', -2, { reservation_id: reservation });
    await owner.query(`UPDATE material.reservations SET status = 'released' WHERE id = $1`, [reservation]);
    expect(await stock(id)).toEqual({ on_hand: 0, reserved: 0, available: 0 });
    await post(id, 'receipt', 5);
    await expect(post(id, 'issue', -1, { reservation_id: reservation })).rejects.toMatchObject({
      message: 'refusal.reservation-not-there',
    });
  });

  test('cannot be reserved beyond what is there', async () => {
    const id = await material();
    await post(id, 'receipt', 10);
    const reserve = (quantity: number) =>
      insert('material.reservations', {
        id: uuidv7(),
        plant_id: ground.plantId,
        material_id: id,
        quantity,
        unit: 'pcs',
        reference_kind: 'other',
      });
    await reserve(6);
    await expect(reserve(5)).rejects.toMatchObject({ message: 'refusal.stock-reserved' });
    await reserve(4);
  });

  test('keeps its unit and currency once it was posted in them', async () => {
    const id = await material();
    await expect(post(id, 'receipt', 1, { unit: 'kg' })).rejects.toMatchObject({ code: '23503' });
    await expect(post(id, 'receipt', 1, { unit_cost: 1, currency: 'USD' })).rejects.toMatchObject({
      code: '23503',
    });
    await receive(id, 1, 1);
    for (const change of [`unit = 'kg'`, `currency = 'USD'`])
      await expect(
        owner.query(`UPDATE material.materials SET ${change} WHERE id = $1`, [id]),
      ).rejects.toMatchObject({ code: '23503' });
  });

  // Bought 10 at 1.00 and 10 at 2.00; 15 go out, then 5.
  test.each([
    ['fifo', {}, 20, 10],
    ['lifo', {}, 25, 5],
    ['average', {}, 22.5, 7.5],
    ['standard', { standard_cost: 3 }, 45, 15],
  ])('costs what it should: %s', async (costing_method, more, first, second) => {
    const id = await material({ costing_method, ...more });
    await receive(id, 10, 1);
    await receive(id, 10, 2);
    expect(await costOf(await post(id, 'issue', -15))).toBe(first);
    expect(await costOf(await post(id, 'issue', -5))).toBe(second);
  });

  test('issued ahead costs what was last known, and the receipt gives only its rest', async () => {
    const id = await material({ costing_method: 'fifo', negative_stock_allowed: true });
    await receive(id, 2, 5);
    expect(await costOf(await post(id, 'issue', -6))).toBe(30);
    await receive(id, 10, 7);
    expect(
      await select(
        `SELECT quantity_remaining::float8 AS n FROM material.cost_layers
         WHERE material_id = $1 AND quantity_remaining > 0`,
        [id],
      ),
    ).toEqual([{ n: 6 }]);
  });

  test('and its cost layers add up, whatever happens in whatever order', async () => {
    for (const costing_method of ['fifo', 'lifo', 'average']) {
      const id = await material({ costing_method });
      let onHand = 0;
      let spent = 0;
      for (let turn = 1; turn <= 40; turn++) {
        const quantity = (turn * 7919) % 13;
        if (quantity === 0) continue;
        if (turn % 3 === 1 || quantity > onHand) {
          await receive(id, quantity, (turn * 31) % 17);
          onHand += quantity;
          spent += quantity * ((turn * 31) % 17);
        } else {
          const issue = await post(id, 'issue', -quantity);
          onHand -= quantity;
          spent -= (await costOf(issue)) ?? Number.NaN;
        }
      }
      const [layers] = await select<{ quantity: number; value: number }>(
        `SELECT sum(quantity_remaining)::float8 AS quantity, sum(quantity_remaining * unit_cost)::float8 AS value
         FROM material.cost_layers WHERE material_id = $1`,
        [id],
      );
      expect(await stock(id)).toMatchObject({ on_hand: onHand });
      expect(layers?.quantity).toBe(onHand);
      // The running average is kept to four decimals.
      expect(layers?.value).toBeCloseTo(spent, costing_method === 'average' ? 1 : 6);
    }
  });
});
