import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import type { RecordKind } from '#contract/records';
import { createStationsService } from '#main/services/stations/service';
import { createRecordsService } from './service.ts';

let at: ServiceCore;
let service: ReturnType<typeof createRecordsService>;

beforeAll(async () => {
  at = await startServiceCore();
  service = createRecordsService(at.core);
  const stations = createStationsService(at.core);
  for (const action of ['start', 'complete'] as const) {
    await stations.act(at.call('pumps'), {
      commandId: uuidv7(),
      operationCode: 'WO-000001/10',
      action,
      goodQuantity: action === 'complete' ? 9 : 0,
      scrapQuantity: action === 'complete' ? 1 : 0,
      ...(action === 'complete' ? { note: '100% done_' } : {}),
    });
  }
  for (const value of [0.02, 0.07]) {
    await stations.recordMeasurement(at.call('inspector'), {
      commandId: uuidv7(),
      operationCode: 'WO-000001/20',
      characteristicId: at.plant.characteristicId,
      value,
      source: 'typed',
    });
  }
  await at.deliver();
});
afterAll(() => at.close());

const list = (kind: RecordKind, text = '', limit = 100) =>
  service.list(at.call('pumps'), { plantId: at.plant.pumps, kind, text, limit });

test('what was recorded is listed newest first, each kind with what belongs to it', async () => {
  expect((await list('production')).rows).toMatchObject([
    {
      what: 'complete',
      subject: 'WO-000001/10',
      material: 'Pump 50',
      person: 'pumps',
      value: 9,
      unit: 'pcs',
    },
    { what: 'start', value: null },
  ]);
  expect((await list('measurements')).rows).toMatchObject([
    { what: 'Shaft run-out', value: 0.07, unit: 'mm', judgement: 'outside', person: 'inspector' },
    { value: 0.02, judgement: 'inside' },
  ]);
  expect((await list('downtime')).rows).toMatchObject([
    { what: 'Jam', subject: 'M-01', lane: 'ASM-1', value: 60, unit: 'min' },
  ]);
  expect(await list('labels')).toEqual({ rows: [], total: 0 });
});

test('text narrows the list, its signs meaning themselves; the total counts what the limit cut', async () => {
  expect((await list('production', 'COMPLETE')).rows).toHaveLength(1);
  expect((await list('production', '100% done_')).rows).toHaveLength(1);
  expect((await list('production', '%')).rows).toHaveLength(1);
  expect((await list('production', 'nobody')).rows).toEqual([]);
  const cut = await list('production', '', 1);
  expect(cut.rows).toHaveLength(1);
  expect(cut.total).toBe(2);
});

test('another plant’s records are not there', async () => {
  await expect(
    service.list(at.call('sauces'), { plantId: at.plant.pumps, kind: 'production', text: '', limit: 10 }),
  ).rejects.toMatchObject({ shape: { code: 'NotFound' } });
});
