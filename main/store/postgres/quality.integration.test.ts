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
