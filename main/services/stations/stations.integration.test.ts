import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import type { StationOperation } from '#contract/stations';
import { recordMeasurement, reportProduction } from './commands.ts';
import { operationSet } from './operations.ts';
import { createStationsService } from './service.ts';
import type { StationsService } from './service.ts';

let at: ServiceCore;
let service: StationsService;
let owner: pg.Client;

beforeEach(async () => {
  at = await startServiceCore();
  service = createStationsService(at.core);
  await service.refreshMirror(at.plant.pumps);
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await at.close();
});

const scan = (code: string, commandId = uuidv7(), login: 'pumps' | 'sauces' | 'reader' = 'pumps') =>
  service.scan(at.call(login), { commandId, code, source: 'serial' });

const rows = async (query: string) => (await owner.query<Record<string, unknown>>(query)).rows;

test('scans start, pause and resume an operation by turns, and end it where the code says so', async () => {
  const codes = ['WO-000001/10', 'wo-000001/10 ', 'WO-000001/10', 'WO-000001/10/COMPLETE'];
  const effects = [];
  for (const code of codes) effects.push((await scan(code)).effect);
  expect(effects.map((effect) => `${effect?.action} ${effect?.status}`)).toEqual([
    'start running',
    'pause paused',
    'resume running',
    'complete completed',
  ]);
  expect(await at.deliver()).toEqual([]);
  expect(await rows(`SELECT event FROM production.logs ORDER BY at, id`)).toEqual([
    { event: 'start' },
    { event: 'pause' },
    { event: 'resume' },
    { event: 'complete' },
  ]);
  expect(
    await rows(`SELECT status, started_at < completed_at AS lasted FROM production.operations
                WHERE code = 'WO-000001/10'`),
  ).toEqual([{ status: 'completed', lasted: true }]);
  expect(await rows(`SELECT count(*)::int AS scans FROM trace.scans WHERE kind = 'operation'`)).toEqual([
    { scans: 4 },
  ]);
});

test('the first start brings the work order into work, the last completion ends it', async () => {
  const status = () => rows(`SELECT status FROM production.work_orders WHERE number = 'WO-000001'`);
  await scan('WO-000001/10');
  await at.deliver();
  expect(await status()).toEqual([{ status: 'in_progress' }]);
  await scan('WO-000001/10/COMPLETE');
  await scan('WO-000001/20');
  await at.deliver();
  expect(await status()).toEqual([{ status: 'in_progress' }]);
  await scan('WO-000001/20/COMPLETE');
  await at.deliver();
  expect(await status()).toEqual([{ status: 'completed' }]);
});

test('without the network scanning goes on as before, and all of it arrives', async () => {
  at.setOnline(false);
  const started = await scan('WO-000001/10');
  expect(started.effect).toMatchObject({ action: 'start', status: 'running' });
  expect(started.acknowledgement).toMatchObject({ waiting: 1 });
  expect((await scan('WO-000001/10')).effect?.action).toBe('pause');
  const shown = await service.operation(at.call('pumps'), { code: 'WO-000001/10' });
  expect(shown).toMatchObject({ source: 'cache', status: 'paused' });
  const list = await service.worklist(at.call('pumps'), { plantId: at.plant.pumps });
  expect(list).toMatchObject({ source: 'cache', operations: [{ code: 'WO-000001/10', status: 'paused' }] });
  expect((await scan('WO-000009/10')).refusal).toMatchObject({
    code: 'Unavailable',
    reason: 'error.unknown-code-offline',
  });
  at.setOnline(true);
  expect(await at.deliver()).toEqual([]);
  expect(await rows(`SELECT event FROM production.logs ORDER BY at, id`)).toEqual([
    { event: 'start' },
    { event: 'pause' },
  ]);
});

test('what was just saved is seen at once, also where the database does not know of it yet', async () => {
  await scan('WO-000001/10');
  const worklist = async () =>
    (await service.worklist(at.call('pumps'), { plantId: at.plant.pumps })).operations;
  const byCode = async () => service.operation(at.call('pumps'), { code: 'WO-000001/10' });
  expect((await byCode()).status).toBe('running');
  expect((await worklist()).map(({ code, status }) => `${code} ${status}`)).toEqual(['WO-000001/10 running']);
  await service.refreshMirror(at.plant.pumps);
  await service.refreshMirror(at.plant.pumps, [at.plant.operations['WO-000001/10'] ?? '']);
  expect((await scan('WO-000001/10')).effect?.action).toBe('pause');
  await at.deliver();
  await service.refreshMirror(at.plant.pumps);
  expect(await byCode()).toMatchObject({ source: 'database', status: 'paused' });
  expect((await worklist()).map(({ code, status }) => `${code} ${status}`)).toEqual(['WO-000001/10 paused']);
});

test('the same scan sent twice takes effect once, at the same time or after a restart', async () => {
  const commandId = uuidv7();
  const [first, second] = await Promise.all([
    scan('WO-000001/10', commandId),
    scan('WO-000001/10', commandId),
  ]);
  expect(second).toEqual(first);
  at.restart();
  service = createStationsService(at.core);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const third = await scan('WO-000001/10', commandId);
  expect(third.acknowledgement).toEqual(first?.acknowledgement);
  expect((await service.operation(at.call('pumps'), { code: 'WO-000001/10' })).status).toBe('running');
  await at.deliver();
  expect(await rows(`SELECT event FROM production.logs`)).toEqual([{ event: 'start' }]);
});

test('two scanners on one operation at the same moment: one starts it, the other pauses it', async () => {
  const both = await Promise.all([scan('WO-000001/10'), scan('WO-000001/10')]);
  expect(both.map(({ effect }) => effect?.action)).toEqual(['start', 'pause']);
  expect(await at.deliver()).toEqual([]);
});

test('a command on disk that a killed core did not show yet is shown after the restart', async () => {
  const operation = at.core.mirror.get<StationOperation>(operationSet(at.plant.pumps), 'WO-000001/10')?.body;
  if (!operation) throw new Error('not mirrored');
  const report = {
    plantId: operation.plantId,
    operationId: operation.operationId,
    operationCode: operation.code,
    event: 'start',
    goodQuantity: 0,
    scrapQuantity: 0,
    source: 'serial',
  } as const;
  const by = { commandId: uuidv7(), capturedAt: Date.now(), signedIn: at.call('pumps').signedIn };
  await at.core.outbox.accept(reportProduction, report, by);
  at.restart();
  service = createStationsService(at.core);
  at.setOnline(false);
  expect((await scan('WO-000001/10')).effect?.action).toBe('pause');
  at.setOnline(true);
  expect(await at.deliver()).toEqual([]);
});

test('what was delivered while the first refresh after a restart read is not taken back by it', async () => {
  await scan('WO-000001/10');
  at.restart();
  // The database is read before the delivery, the mirror is written after it.
  const core = at.deliveringAfter('stations.mirror');
  service = createStationsService(core);
  await service.refreshMirror(at.plant.pumps);
  expect((await scan('WO-000001/10')).effect?.action).toBe('pause');
  expect(await at.deliver()).toEqual([]);
});

test('what cannot be done is refused with a reason, shown and kept', async () => {
  const complete = await scan('WO-000001/10/COMPLETE');
  expect(complete).toMatchObject({
    kind: 'operation',
    refusal: {
      code: 'Refused',
      reason: 'refusal.operation-not-started',
      values: { operation: 'WO-000001/10' },
    },
  });
  expect(complete.acknowledgement).toBeUndefined();
  const garbled = await scan('garbled\0\u0007');
  expect(garbled.refusal?.reason).toBe('refusal.scan-control-characters');
  const nothing = await scan('WO-000099/10');
  expect(nothing.refusal).toMatchObject({ code: 'NotFound', reason: 'error.unknown-code' });
  expect(at.events.filter(({ type }) => type === 'scan')).toHaveLength(3);
  expect(await at.deliver()).toEqual([]);
  expect(await rows(`SELECT kind FROM trace.scans ORDER BY at, id`)).toEqual([
    { kind: 'operation' },
    { kind: 'unknown' },
    { kind: 'operation' },
  ]);
});

test('a lot or serial is recognised and kept', async () => {
  const outcome = await scan(']C110LOT-PUMP-1');
  expect(outcome).toMatchObject({ kind: 'lot', identifier: 'LOT-PUMP-1' });
  expect(outcome.acknowledgement).toBeDefined();
  await at.deliver();
  expect(await rows(`SELECT kind, code, user_id FROM trace.scans`)).toEqual([
    { kind: 'lot', code: ']C110LOT-PUMP-1', user_id: at.plant.users.pumps },
  ]);
});

test('another plant’s operation is unknown, and who only reads cannot start one', async () => {
  expect((await scan('WO-000001/10', uuidv7(), 'sauces')).refusal).toMatchObject({ code: 'NotFound' });
  await expect(service.operation(at.call('sauces'), { code: 'WO-000001/10' })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
  await expect(service.worklist(at.call('sauces'), { plantId: at.plant.pumps })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
  expect((await scan('WO-000001/10', uuidv7(), 'reader')).refusal).toMatchObject({ code: 'NotAllowed' });
  await at.deliver();
  expect(await rows(`SELECT event FROM production.logs`)).toEqual([]);
});

test('quantities are added up; another station having been faster sets a command aside', async () => {
  const act = (action: 'start' | 'pause' | 'complete', goodQuantity = 0) =>
    service.act(at.call('pumps'), {
      commandId: uuidv7(),
      operationCode: 'WO-000001/10',
      action,
      goodQuantity,
      scrapQuantity: goodQuantity / 4,
    });
  await act('start');
  expect((await act('pause', 4)).effect?.status).toBe('paused');
  expect(await service.operation(at.call('pumps'), { code: 'WO-000001/10' })).toMatchObject({
    goodQuantity: 4,
    scrapQuantity: 1,
  });
  expect(await at.deliver()).toEqual([]);
  await owner.query(`UPDATE production.operations SET status = 'completed' WHERE code = 'WO-000001/10'`);
  await act('complete', 2);
  expect(await at.deliver()).toEqual(['refusal.operation-finished']);
  expect(
    await rows(`SELECT good_quantity::float AS good FROM production.operations WHERE code = 'WO-000001/10'`),
  ).toEqual([{ good: 4 }]);
});

test('a measurement is judged by the limits, a value on the limit is inside, and is seen at once', async () => {
  const measure = (value: number, commandId = uuidv7()) =>
    service.recordMeasurement(at.call('inspector'), {
      commandId,
      operationCode: 'WO-000001/20',
      characteristicId: at.plant.characteristicId,
      value,
      source: 'gauge',
      serialNumber: 'SN-1',
    });
  at.setOnline(false);
  const commandId = uuidv7();
  expect(await measure(0.05, commandId)).toMatchObject({ inside: true, commandId });
  await measure(0.05, commandId);
  expect((await measure(0.051)).inside).toBe(false);
  const { characteristics } = await service.operation(at.call('inspector'), { code: 'WO-000001/20' });
  expect(characteristics).toMatchObject([
    { code: 'RUNOUT', due: 3, taken: 2, recent: [{ value: 0.05 }, { value: 0.051 }] },
  ]);
  at.setOnline(true);
  expect(await at.deliver()).toEqual([]);
  expect(
    await rows(
      `SELECT value, inside, serial_number, source, station_code FROM quality.measurements ORDER BY at`,
    ),
  ).toEqual([
    { value: 0.05, inside: true, serial_number: 'SN-1', source: 'gauge', station_code: 'ST-07' },
    { value: 0.051, inside: false, serial_number: 'SN-1', source: 'gauge', station_code: 'ST-07' },
  ]);
  const after = await service.operation(at.call('inspector'), { code: 'WO-000001/20' });
  expect(after.characteristics[0]).toMatchObject({ taken: 2 });
});

test('a measurement of a characteristic that is not of the operation is refused, also at the database', async () => {
  await expect(
    service.recordMeasurement(at.call('inspector'), {
      commandId: uuidv7(),
      operationCode: 'WO-000002/10',
      characteristicId: at.plant.characteristicId,
      value: 1,
      source: 'typed',
    }),
  ).rejects.toMatchObject({ shape: { reason: 'error.unknown-characteristic' } });
  const measurement = {
    plantId: at.plant.pumps,
    operationId: at.plant.operations['WO-000002/10'] ?? '',
    operationCode: 'WO-000002/10',
    characteristicId: at.plant.characteristicId,
    characteristicCode: 'RUNOUT',
    value: 1,
    inside: true,
    source: 'typed',
  } as const;
  const by = { commandId: uuidv7(), capturedAt: Date.now(), signedIn: at.call('inspector').signedIn };
  await at.core.outbox.accept(recordMeasurement, measurement, by);
  expect(await at.deliver()).toEqual(['error.unknown-characteristic']);
});
