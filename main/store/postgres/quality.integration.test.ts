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
const inspection = (more: Row = {}) =>
  at.insert('quality.inspections', { ...own(), work_order_id: at.pumps.workOrderId, ...more });

describe('inspections', () => {
  test('of one unit of a lot and kind there is one, until it could not be done', async () => {
    const lotId = await lot();
    const unit = { lot_id: lotId, unit_code: 'CHIP-7', kind: 'visual' };
    const first = await inspection(unit);
    expect(await outcome(inspection(unit))).toBe('inspections_once');
    await inspection({ ...unit, kind: 'electrical' });
    await inspection({ ...unit, unit_code: 'CHIP-8' });
    await at.owner.query(`UPDATE quality.inspections SET status = 'failed' WHERE id = $1`, [first]);
    expect(await outcome(inspection(unit))).toBe('ok');
  });

  test.each([
    ['inspections_subject', { work_order_id: null }],
    ['inspections_unit', { unit_code: 'CHIP-1' }],
    ['inspections_times', { completed_at: new Date(1000) }],
    ['inspections_times', { started_at: new Date(2000), completed_at: new Date(1000) }],
    ['inspections_result', { status: 'completed', started_at: new Date(0), completed_at: new Date(1) }],
    ['inspections_result', { result: 'passed' }],
    ['inspections_sample', { lot_size: 10, sample_size: 11 }],
    ['inspections_priority_check', { priority: 11 }],
  ])('%s refuses %o', async (constraint, row) => {
    expect(await outcome(inspection(row))).toBe(constraint);
  });

  test('and their evidence are of a station: who has no access to it neither sees nor claims it', async () => {
    const inspectionId = await inspection({ station_code: 'ST-2' });
    const defect = {
      ...own(),
      inspection_id: inspectionId,
      kind: 'crack',
      severity: 'high',
      confidence_ratio: 1,
      detection: 'manual_review',
    };
    const defectId = await at.insert('quality.defects', { ...defect, station_code: null });
    const seenBy = (who: 'quality' | 'inspector') =>
      at.as(who, 'SELECT id FROM quality.defects WHERE id = $1 OR inspection_id = $2', [
        defectId,
        inspectionId,
      ]);
    expect(await seenBy('inspector')).toEqual([]);
    expect(await seenBy('quality')).toEqual([{ id: defectId }]);
    const claim = at.as(
      'inspector',
      `INSERT INTO quality.defects (organization_id, id, plant_id, inspection_id, kind, severity, confidence_ratio, detection)
       VALUES ($1, app.uuidv7(), $2, $3, 'crack', 'low', 1, 'manual_review')`,
      [at.pumps.organizationId, at.pumps.plantId, inspectionId],
    );
    expect(await outcome(claim)).toBe('42501');
    await at.owner.query(`UPDATE quality.inspections SET station_code = 'ST-1' WHERE id = $1`, [
      inspectionId,
    ]);
    expect(await seenBy('inspector')).toEqual([{ id: defectId }]);
  });
});

describe('the box of a defect', () => {
  const box = async (x: unknown, y: unknown, width: unknown, height: unknown, detection = 'ml_automated') =>
    outcome(
      at.insert('quality.defects', {
        ...own(),
        inspection_id: await inspection(),
        kind: 'scratch',
        severity: 'low',
        confidence_ratio: 0.9,
        detection,
        box_x: x,
        box_y: y,
        box_width: width,
        box_height: height,
      }),
    );

  test.each([
    [0, 0, 1, 1],
    [12.5, 3, 0.25, 4000],
  ])('%d %d %d %d is one', async (x, y, width, height) => {
    expect(await box(x, y, width, height)).toBe('ok');
  });
  test.each([
    [-1, 0, 1, 1],
    [0, -0.5, 1, 1],
    [0, 0, 0, 1],
    [0, 0, 1, -1],
    ['NaN', 0, 1, 1],
    [0, 0, 'NaN', 1],
    [0, 'Infinity', 1, 1],
    [0, 0, 1, null],
    [null, null, null, null],
  ])('%s %s %s %s is none', async (x, y, width, height) => {
    expect(await box(x, y, width, height)).toBe('defects_box');
  });
  test('is not asked of a person who found it without a picture', async () => {
    expect(await box(null, null, null, null, 'manual_review')).toBe('ok');
  });
});

test('a judgement on a defect names who made it', async () => {
  const judge = async (review: Row) =>
    outcome(
      at.insert('quality.defects', {
        ...own(),
        inspection_id: await inspection(),
        kind: 'void',
        severity: 'low',
        confidence_ratio: 1,
        detection: 'manual_review',
        ...review,
      }),
    );
  expect(await judge({ review_status: 'false_positive' })).toBe('defects_review');
  expect(
    await judge({ review_status: 'confirmed', reviewer_id: at.users.quality, reviewed_at: new Date() }),
  ).toBe('ok');
});

test('evidence is verified at a time, archived at a time, and has a place of its own', async () => {
  const inspectionId = await inspection();
  const artifact = (more: Row) =>
    outcome(
      at.insert('quality.artifacts', {
        ...own(),
        inspection_id: inspectionId,
        kind: 'image',
        name: 'top.png',
        location: `line/${++made}`,
        media_type: 'image/png',
        size_bytes: 10,
        sha256: Buffer.alloc(32),
        ...more,
      }),
    );
  expect(await artifact({ location: 'line/a' })).toBe('ok');
  expect(await artifact({ location: 'line/a' })).toBe('artifacts_organization_id_location_key');
  expect(await artifact({ sha256: Buffer.alloc(31) })).toBe('artifacts_sha256_check');
  expect(await artifact({ verification: 'matched' })).toBe('artifacts_verified');
  expect(await artifact({ storage: 'archive' })).toBe('artifacts_archived');
});

test('goods that come in are measured without an operation, and no reading is not a number', async () => {
  const characteristicId = await at.insert('quality.characteristics', {
    ...own(),
    material_id: at.pumps.materialId,
    operation_number: 10,
    code: 'LOOKS',
    name: 'No cracks',
    unit: '1',
    kind: 'visual',
  });
  const inspectionId = await inspection({ stage: 'incoming' });
  const reading = (more: Row) =>
    outcome(
      at.insert('quality.measurements', {
        ...own(),
        characteristic_id: characteristicId,
        inspection_id: inspectionId,
        value: 1,
        text_value: 'no cracks',
        inside: true,
        source: 'typed',
        user_id: at.users.inspector,
        at: new Date(),
        ...more,
      }),
    );
  expect(await reading({})).toBe('ok');
  expect(await reading({ inspection_id: null })).toBe('measurements_subject');
  expect(await reading({ value: 'NaN' })).toBe('measurements_finite');
});

test('a sampling plan by a standard says level and AQL, one of ours says its numbers', async () => {
  const plan = (row: Row) =>
    outcome(
      at.insert('quality.sampling_plans', {
        organization_id: at.pumps.organizationId,
        code: `S${++made}`,
        name: 'Plan',
        ...row,
      }),
    );
  expect(await plan({ standard: 'ISO 2859-1', inspection_level: 'II', severity: 'normal', aql: 0.65 })).toBe(
    'ok',
  );
  expect(await plan({ standard: 'ISO 2859-1', aql: 0.65 })).toBe('sampling_plans_standard');
  expect(await plan({ standard: 'fixed', sample_size: 50 })).toBe('sampling_plans_fixed');
  const fixed = { standard: 'fixed', sample_size: 50, accept_number: 2 };
  expect(await plan({ ...fixed, reject_number: 2 })).toBe('sampling_plans_numbers');
  expect(await plan({ ...fixed, reject_number: 3 })).toBe('ok');
});

describe('a non-conformance', () => {
  const resolved = async () => {
    const id = await at.insert('quality.ncrs', {
      ...own(),
      number: `NCR-${++made}`,
      kind: 'process',
      severity: 'major',
      description: 'Seal leaks',
      detected_by: at.users.inspector,
    });
    await at.owner.query(`UPDATE quality.ncrs SET status = 'in_review' WHERE id = $1`, [id]);
    await at.owner.query(
      `UPDATE quality.ncrs SET status = 'resolved', resolved_by = $2, resolved_at = now(), root_cause = 'Worn die',
         corrective_action = 'Die replaced' WHERE id = $1`,
      [id, at.users.quality],
    );
    return id;
  };
  const close = (id: string, signatureId: string | null) =>
    outcome(
      at.as(
        'quality',
        `UPDATE quality.ncrs SET status = 'closed', closed_by = $2, closed_at = now(), closure_signature_id = $3 WHERE id = $1`,
        [id, at.users.quality, signatureId],
      ),
    );

  test('is closed by its own signature, once', async () => {
    const [id, other] = [await resolved(), await resolved()];
    expect(await close(id, null)).toBe('ncrs_closed');
    expect(await close(id, await at.sign('quality', 'closed', `quality.ncrs/${other}`))).toBe(
      'refusal.signature-of-other-record',
    );
    expect(await close(id, await at.sign('quality', 'reviewed', `quality.ncrs/${id}`))).toBe(
      'refusal.signature-of-other-record',
    );
    expect(await close(id, await at.sign('inspector', 'closed', `quality.ncrs/${id}`))).toBe(
      'refusal.signature-of-other-record',
    );
    expect(await close(id, await at.sign('quality', 'closed', `quality.ncrs/${id}`))).toBe('ok');
  });

  test('needs its cause before it is closed', async () => {
    const id = await resolved();
    await at.owner.query('UPDATE quality.ncrs SET root_cause = NULL WHERE id = $1', [id]);
    expect(await close(id, await at.sign('quality', 'closed', `quality.ncrs/${id}`))).toBe('ncrs_closed');
  });

  test('uses goods as they are only by signature', async () => {
    const ncrId = await resolved();
    const decide = (more: Row) =>
      outcome(
        at.insert('quality.ncr_dispositions', {
          ...own(),
          ncr_id: ncrId,
          disposition: 'use_as_is',
          quantity: 3,
          unit: 'pcs',
          justification: 'Customer agreed',
          decided_by: at.users.quality,
          ...more,
        }),
      );
    expect(await decide({})).toBe('ncr_dispositions_signed');
    expect(await decide({ disposition: 'rework' })).toBe('ok');
  });
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
