import pg from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import type { MachineSample, MachineState } from '#native/opcua/machine-sample';
import { createLineService } from './service.ts';

let at: ServiceCore;
let service: ReturnType<typeof createLineService>;

beforeEach(async () => {
  at = await startServiceCore();
  service = createLineService(at.core);
  await service.load();
});
afterEach(async () => {
  service.stop();
  await at.close();
});

const sample = (state: MachineState, options: Partial<MachineSample> = {}): MachineSample => ({
  machineCode: 'M-01',
  state,
  goodCount: 10,
  rejectCount: 1,
  sourceAt: Date.now(),
  receivedAt: Date.now(),
  quality: 'good',
  gap: false,
  ...options,
});

const tile = async (code = 'M-01') => {
  const { machines } = await service.machines(at.call('pumps'), { plantId: at.plant.pumps });
  return machines.find((machine) => machine.code === code);
};

test('a machine’s state is seen at once, and each change of it is recorded with its counters', async () => {
  expect(await tile()).toMatchObject({ state: 'offline', quality: 'bad', laneCode: 'ASM-1', sourceAt: null });
  at.setOnline(false);
  const startedAt = Date.now() - 3000;
  service.onSample(sample('running', { sourceAt: startedAt }));
  service.onSample(sample('running', { sourceAt: startedAt + 500, goodCount: 11 }));
  service.onSample(sample('down', { sourceAt: startedAt + 1000, faultCode: 'E-101 jam', goodCount: 12 }));
  expect(await tile()).toMatchObject({
    state: 'down',
    stateSince: startedAt + 1000,
    faultCode: 'E-101 jam',
    goodCount: 12,
    quality: 'good',
  });
  await delay(20);
  at.setOnline(true);
  expect(await at.deliver()).toEqual([]);
  const history = await service.history(at.call('pumps'), {
    machineId: at.plant.machines['M-01'],
    limit: 10,
  });
  expect(history).toEqual([
    {
      machineId: at.plant.machines['M-01'],
      state: 'down',
      startedAt: startedAt + 1000,
      endedAt: null,
      faultCode: 'E-101 jam',
    },
    {
      machineId: at.plant.machines['M-01'],
      state: 'running',
      startedAt,
      endedAt: startedAt + 1000,
      faultCode: null,
    },
  ]);
  const after = createLineService(at.core);
  await after.load();
  const { machines } = await after.machines(at.call('pumps'), { plantId: at.plant.pumps });
  expect(machines[0]).toMatchObject({ code: 'M-01', state: 'down', goodCount: 12 });
  after.stop();
});

test('many samples in a moment are told to the clients together, a plant at a time', async () => {
  const told = () => at.events.filter((event) => event.type === 'machines');
  // Loading tells of every machine once.
  await expect.poll(() => told().length, { timeout: 2000 }).toBe(2);
  at.events.length = 0;
  for (let count = 0; count < 100; count += 1) service.onSample(sample('running', { goodCount: count }));
  service.onSample(sample('idle', { machineCode: 'M-51' }));
  expect(told()).toEqual([]);
  await expect.poll(() => told().length, { timeout: 2000 }).toBe(2);
  expect(told().map(({ machines }) => machines.map(({ code, goodCount }) => `${code} ${goodCount}`))).toEqual(
    [['M-01 99'], ['M-51 10']],
  );
});

test('the tile shows what runs on the lane, and how far it is', async () => {
  const owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
  await owner.query(
    `UPDATE production.operations SET status = 'running', good_quantity = 4, lane_id = $1,
       starts_at = now(), ends_at = now() + interval '2 hours', started_at = now() WHERE code = 'WO-000001/10'`,
    [at.plant.lanes.assembly],
  );
  await owner.end();
  await service.refreshOperations();
  expect(await tile()).toMatchObject({ operationCode: 'WO-000001/10', progress: 0.4 });
  expect(await tile('M-02')).toMatchObject({ operationCode: null, progress: null });
});

test('machines of another plant are not there, and one that nobody knows changes nothing', async () => {
  service.onSample(sample('running', { machineCode: 'M-99' }));
  await delay(20);
  expect(await at.deliver()).toEqual([]);
  await expect(service.machines(at.call('sauces'), { plantId: at.plant.pumps })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
  await expect(
    service.history(at.call('sauces'), { machineId: at.plant.machines['M-01'], limit: 10 }),
  ).rejects.toMatchObject({ shape: { code: 'NotFound' } });
});

test('a station that starts without the database knows its machines, and catches up later', async () => {
  at.setOnline(false);
  at.restart();
  service.stop();
  service = createLineService(at.core);
  await service.load();
  const { machines, source } = await service.machines(at.call('pumps'), { plantId: at.plant.pumps });
  expect(machines.map(({ code }) => code)).toEqual(['M-01', 'M-02']);
  expect(source).toBe('cache');
  service.onSample(sample('running'));
  await delay(20);
  at.setOnline(true);
  await service.load();
  expect(await tile()).toMatchObject({ state: 'running', goodCount: 10 });
  expect((await service.machines(at.call('pumps'), { plantId: at.plant.pumps })).source).toBe('database');
  expect(await at.deliver()).toEqual([]);
});
