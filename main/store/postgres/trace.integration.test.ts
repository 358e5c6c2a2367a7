import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import { fillTwoWorks, outcome, type Row, type TwoWorks } from '../../../tests/support/two-works.ts';

let at: TwoWorks;
beforeAll(async () => {
  at = await fillTwoWorks(await createTestDatabase());
});
afterAll(() => at.drop());

let made = 0;
const own = () => ({ organization_id: at.pumps.organizationId, plant_id: at.pumps.plantId });
const lot = (more: Row = {}) =>
  at.insert('trace.lots', {
    ...own(),
    number: `LOT-${++made}`,
    material_id: at.pumps.materialId,
    quantity: 5,
    unit: 'pcs',
    status: 'active',
    made_at: new Date(),
    ...more,
  });
const serial = (more: Row = {}) =>
  at.insert('trace.serials', {
    ...own(),
    number: `SN-${++made}`,
    material_id: at.pumps.materialId,
    status: 'released',
    made_at: new Date(),
    ...more,
  });

test('a lot leaves quarantine by a signature given for it, after it was put there, for that outcome', async () => {
  const id = await lot({ status: 'quarantined' });
  const release = (signatureId: string | null) =>
    outcome(
      at.owner.query(
        `UPDATE trace.lots SET status = 'released', disposition_signature_id = $2 WHERE id = $1`,
        [id, signatureId],
      ),
    );
  const no = 'refusal.disposition-needs-signature';
  expect(await release(null)).toBe(no);
  expect(await release(await at.sign('quality', 'rejected', `trace.lots/${id}`))).toBe(no);
  expect(await release(await at.sign('quality', 'released', `trace.lots/${await lot()}`))).toBe(no);
  const signatureId = await at.sign('quality', 'released', `trace.lots/${id}`);
  expect(await release(signatureId)).toBe('ok');
  await at.owner.query(`UPDATE trace.lots SET status = 'quarantined' WHERE id = $1`, [id]);
  expect(await release(signatureId)).toBe(no);
});

describe('genealogy', () => {
  const edge = (
    kind: string,
    parent: readonly [string, string],
    child: readonly [string, string],
    more: Row = {},
  ) => ({
    ...own(),
    kind,
    parent_kind: parent[0],
    parent_id: parent[1],
    child_kind: child[0],
    child_id: child[1],
    at: new Date(),
    ...more,
  });
  const add = (...edges: Row[]) =>
    outcome(
      at.owner.query(
        `INSERT INTO trace.genealogy (organization_id, plant_id, kind, parent_kind, parent_id, child_kind, child_id, quantity, unit, at)
         SELECT organization_id, plant_id, kind, parent_kind, parent_id, child_kind, child_id, quantity, unit, at
         FROM jsonb_populate_recordset(NULL::trace.genealogy, $1)`,
        [JSON.stringify(edges)],
      ),
    );

  test('names only what is there, in its own organization', async () => {
    const id = await lot();
    const nothing = '01900000-0000-7000-8000-000000000000';
    expect(await add(edge('consumed', ['lot', nothing], ['lot', id]))).toBe('genealogy_ends');
    expect(await add(edge('produced', ['lot', id], ['serial', await lot()]))).toBe('genealogy_ends');
    const foreign = await lot({
      organization_id: at.mill.organizationId,
      plant_id: at.mill.plantId,
      material_id: at.mill.materialId,
    });
    expect(await add(edge('consumed', ['lot', foreign], ['lot', id]))).toBe('genealogy_ends');
  });

  test('never leads back, not in three steps and not in one statement', async () => {
    const [flour, dough, bread, crumbs] = [await lot(), await lot(), await lot(), await lot()];
    const into = (from: string, to: string) => edge('consumed', ['lot', from], ['lot', to]);
    expect(await add(into(flour, dough), into(dough, bread), into(bread, crumbs))).toBe('ok');
    expect(await add(into(crumbs, dough))).toBe('refusal.genealogy-circle');
    expect(await add(into(flour, crumbs), into(flour, bread))).toBe('ok');
    const [left, right] = [await lot(), await lot()];
    expect(await add(into(left, right), into(right, left))).toBe('refusal.genealogy-circle');
  });

  test('packs into cartons and ships to shipments, not the other way round', async () => {
    const [a, b] = [await serial(), await lot()];
    expect(await add(edge('packed_into', ['serial', a], ['lot', b]))).toBe('genealogy_direction');
    expect(await add(edge('shipped_to', ['lot', b], ['serial', a]))).toBe('genealogy_direction');
    expect(await add(edge('consumed', ['lot', b], ['serial', a], { quantity: 2 }))).toBe(
      'genealogy_quantity',
    );
  });

  test('and what does not add up is found', async () => {
    const [flour, dough] = [await lot({ quantity: 10 }), await lot()];
    await add(edge('consumed', ['lot', flour], ['lot', dough], { quantity: 11, unit: 'pcs' }));
    const packedId = await serial();
    const cartonId = await at.insert('logistics.packing_units', {
      ...own(),
      number: 'CT-1',
      status: 'open',
      opened_at: new Date(),
    });
    await at.owner.query(
      `INSERT INTO logistics.packing_unit_serials (organization_id, serial_id, packing_unit_id, packed_at, user_id)
       VALUES ($1, $2, $3, now(), $4)`,
      [at.pumps.organizationId, packedId, cartonId, at.users.planner],
    );
    const [x, y] = [await lot(), await lot()];
    await at.owner.query('SET session_replication_role = replica');
    const into = (from: string, to: string) => edge('consumed', ['lot', from], ['lot', to]);
    await add(into(x, y), into(y, x));
    await at.owner.query('RESET session_replication_role');
    const faults = await at.as('planner', 'SELECT fault, subject_id FROM trace.genealogy_faults()');
    expect(faults).toEqual(
      expect.arrayContaining([
        { fault: 'used-more-than-there-was', subject_id: flour },
        { fault: 'packed-without-edge', subject_id: packedId },
        { fault: 'circle', subject_id: x },
        { fault: 'circle', subject_id: y },
      ]),
    );
    expect(await at.as('miller', 'SELECT fault, subject_id FROM trace.genealogy_faults()')).toEqual([]);
  });
});

test('a serial has one valid label, and another one is signed for', async () => {
  const serialId = await serial();
  const print = (more: Row) =>
    outcome(
      at.insert('trace.labels', {
        ...own(),
        subject_kind: 'serial',
        subject_id: serialId,
        code: 'SN-1',
        printer_code: 'P1',
        copy: 1,
        outcome: 'printed',
        zpl: '^XA^XZ',
        user_id: at.users.planner,
        printed_at: new Date(),
        ...more,
      }),
    );
  expect(await print({})).toBe('ok');
  expect(await print({})).toBe('labels_one_valid_serial');
  const again = { copy: 2, reprint_reason: 'torn', outcome: 'voided' };
  expect(await print(again)).toBe('labels_signed');
  expect(await print({ ...again, subject_kind: 'packing_unit', subject_id: null })).toBe('labels_subject');
});

test('a carton travels once', async () => {
  const shipment = (number: string) =>
    at.insert('logistics.shipments', {
      ...own(),
      number,
      customer: 'Waterworks',
      destination: 'Ulm',
      status: 'planned',
    });
  const cartonId = await at.insert('logistics.packing_units', {
    ...own(),
    number: 'CT-2',
    status: 'closed',
    sscc: '395212340000000014',
    opened_at: new Date(0),
    closed_at: new Date(1),
  });
  const load = (shipmentId: string) =>
    outcome(
      at.insert('logistics.shipment_items', {
        ...own(),
        shipment_id: shipmentId,
        position: 1,
        packing_unit_id: cartonId,
        quantity: 1,
        unit: 'pcs',
      }),
    );
  expect(await load(await shipment('SH-1'))).toBe('ok');
  expect(await load(await shipment('SH-2'))).toBe('shipment_items_organization_id_packing_unit_id_key');
});
