import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { createGenealogyService } from './service.ts';
import type { GenealogyService } from './service.ts';

let at: ServiceCore;
let service: GenealogyService;

beforeAll(async () => {
  at = await startServiceCore();
  service = createGenealogyService(at.core);
});
afterAll(() => at.close());

const trace = (
  code: string,
  options: {
    direction?: 'backward' | 'forward' | 'both';
    login?: 'pumps' | 'sauces';
    maxDepth?: number;
    maxNodes?: number;
  } = {},
) =>
  service.trace(at.call(options.login ?? 'pumps'), {
    code,
    direction: options.direction ?? 'both',
    maxDepth: options.maxDepth ?? 20,
    maxNodes: options.maxNodes ?? 300,
  });

const codes = async (...asked: Parameters<typeof trace>) =>
  (await trace(...asked)).nodes.map(({ code, depth }) => `${depth} ${code}`).sort();

test('a serial is traced back to the supplier’s lot and on to the customer', async () => {
  const found = await trace('sn-9');
  expect(found.nodes.map(({ depth, kind, code, partner }) => [depth, kind, code, partner])).toEqual([
    [0, 'serial', 'SN-9', null],
    [-1, 'lot', 'LOT-PUMP-1', null],
    [1, 'carton', '395212340000000014', null],
    [-2, 'lot', 'LOT-IMPELLER-1', 'Castings & Co'],
    [2, 'shipment', 'SH-1', 'Waterworks, Ulm'],
  ]);
  expect(found.edges.map(({ kind }) => kind).sort()).toEqual([
    'consumed',
    'packed_into',
    'produced',
    'shipped_to',
  ]);
  expect(found).toMatchObject({ startId: at.plant.serials['SN-9'], reached: 5, source: 'database' });
});

test('each way by itself, and no further than asked', async () => {
  expect(await codes('LOT-PUMP-1', { direction: 'backward' })).toEqual(['-1 LOT-IMPELLER-1', '0 LOT-PUMP-1']);
  expect(await codes('LOT-IMPELLER-1', { direction: 'forward', maxDepth: 2 })).toEqual([
    '0 LOT-IMPELLER-1',
    '1 LOT-PUMP-1',
    '2 SN-1',
    '2 SN-9',
  ]);
  const cut = await trace('LOT-IMPELLER-1', { direction: 'forward', maxNodes: 3 });
  expect(cut.nodes).toHaveLength(3);
  expect(cut.reached).toBe(6);
});

test('cartons by SSCC, by number and as an element string; shipments by number; a GS1 serial', async () => {
  const carton = at.plant.cartonId;
  for (const code of ['CT-0', '395212340000000014', '(00)395212340000000014', ']C100395212340000000014']) {
    expect((await trace(code)).startId).toBe(carton);
  }
  expect((await trace('SH-1', { direction: 'backward' })).nodes).toHaveLength(5);
  expect((await trace(']d2010952123454321321SN-1')).startId).toBe(at.plant.serials['SN-1']);
});

test('a thing without a past or a future stands alone', async () => {
  expect(await codes('SN-2')).toEqual(['0 SN-2']);
});

test('what is of another plant is not found, and neither is what does not exist', async () => {
  await expect(trace('SN-9', { login: 'sauces' })).rejects.toMatchObject({ shape: { code: 'NotFound' } });
  await expect(trace('LOT-FLOUR-1')).rejects.toMatchObject({ shape: { code: 'NotFound' } });
  await expect(trace('SN-77')).rejects.toMatchObject({ shape: { reason: 'error.unknown-trace-code' } });
  expect(await codes('LOT-SAUCE-1', { login: 'sauces' })).toEqual(['-1 LOT-FLOUR-1', '0 LOT-SAUCE-1']);
});

test('a code that names neither lot nor serial says so', async () => {
  await expect(trace('09521234543213')).rejects.toMatchObject({
    shape: { code: 'Refused', reason: 'refusal.trace-needs-lot-or-serial' },
  });
});

test('a change is seen after the feed told of it', async () => {
  const owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  await owner.query(
    `INSERT INTO trace.genealogy (organization_id, parent_id, child_id, kind, parent_kind, child_kind, plant_id, at)
     VALUES ($1, $2, $3, 'assembled_into', 'lot', 'serial', $4, now())`,
    [at.plant.organizationId, at.plant.lots['LOT-IMPELLER-1'], at.plant.serials['SN-3'], at.plant.pumps],
  );
  await owner.end();
  service.invalidate();
  expect(await codes('SN-3')).toEqual(['-1 LOT-IMPELLER-1', '0 SN-3']);
});

test('suggestions are of the plant, and have something to show', async () => {
  const { pumps, sauces } = at.plant;
  const shown = await service.suggestions(at.call('pumps'), { plantId: pumps });
  expect(shown).toContainEqual({ code: 'SN-9', kind: 'serial', materialName: 'Pump 50' });
  expect(shown).toContainEqual({ code: 'LOT-IMPELLER-1', kind: 'lot', materialName: 'Impeller' });
  expect(shown.map(({ code }) => code)).not.toContain('SN-2');
  await expect(service.suggestions(at.call('pumps'), { plantId: sauces })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
});
