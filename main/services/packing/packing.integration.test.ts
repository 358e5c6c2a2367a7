import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { hasCheckDigit } from '#domain/gs1/check-digit';
import { createZebraPrinter } from '#native/printers/zebra-printer';
import type { ZebraPrinter } from '#native/printers/zebra-printer';
import { startSimulatedPrinter } from '#native/simulators/simulated-printer';
import type { SimulatedPrinter } from '#native/simulators/simulated-printer';
import { createPackingService } from './service.ts';
import type { PackingService } from './service.ts';

let at: ServiceCore;
let service: PackingService;
let owner: pg.Client;
let simulated: SimulatedPrinter;
let printer: ZebraPrinter;

beforeEach(async () => {
  at = await startServiceCore();
  simulated = await startSimulatedPrinter({ labelMs: 20 });
  printer = createZebraPrinter({ host: simulated.host, port: simulated.port, timeoutMs: 1000 });
  start();
  await service.refreshMirror(at.plant.pumps);
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  await owner.end();
  await printer.close();
  await simulated.stop();
  await at.close();
});

function start(core = at.core): void {
  service = createPackingService(core, () => [
    { code: 'PRINTER-1', name: 'Packing 1', plantCode: null, printer },
    { code: 'PRINTER-9', name: 'Kitchen', plantCode: 'SAUCES', printer },
  ]);
}

const rows = async (query: string) => (await owner.query<Record<string, unknown>>(query)).rows;
const open = async () =>
  (await service.openCarton(at.call('pumps'), { commandId: uuidv7(), plantId: at.plant.pumps })).cartonId;
const add = (cartonId: string, serialNumber: string, commandId = uuidv7()) =>
  service.addSerial(at.call('pumps'), { commandId, cartonId, serialNumber });
const remove = (cartonId: string, serialNumber: string) =>
  service.removeSerial(at.call('pumps'), { commandId: uuidv7(), cartonId, serialNumber });
const close = (cartonId: string) => service.closeCarton(at.call('pumps'), { commandId: uuidv7(), cartonId });
const print = (cartonId: string, reprintReason?: string, commandId = uuidv7()) =>
  service.printLabel(at.call('pumps'), {
    commandId,
    cartonId,
    printerCode: 'PRINTER-1',
    ...(reprintReason === undefined ? {} : { reprintReason }),
  });
const resolve = (labelId: string, cameOut: boolean) =>
  service.resolveLabel(at.call('pumps'), { commandId: uuidv7(), labelId, cameOut });
const labels = () =>
  rows(`SELECT outcome, copy, reason FROM trace.labels ORDER BY copy, printed_at`) as Promise<
    { outcome: string; copy: number; reason: string | null }[]
  >;
const reason = (wanted: string) => ({ shape: { reason: wanted } });

async function closedCarton(...serials: string[]): Promise<string> {
  const cartonId = await open();
  for (const serial of serials) await add(cartonId, serial);
  await close(cartonId);
  expect(await at.deliver()).toEqual([]);
  return cartonId;
}

test('a carton is opened, filled, emptied, filled and closed, offline, and arrives whole', async () => {
  at.setOnline(false);
  const cartonId = await open();
  expect((await add(cartonId, 'sn-1')).carton).toMatchObject({
    status: 'open',
    number: 'CT-007000001',
    materialCode: 'PUMP-50',
    capacity: 2,
    serials: [{ serialNumber: 'SN-1' }],
  });
  const emptied = await remove(cartonId, 'SN-1');
  expect(emptied.carton).toMatchObject({ materialCode: null, serials: [] });
  await add(cartonId, 'SN-1');
  await add(cartonId, 'SN-2');
  const { carton } = await close(cartonId);
  expect(carton).toMatchObject({ status: 'closed', sscc: expect.stringMatching(/^39521234007000001\d$/) });
  expect(hasCheckDigit(carton.sscc ?? '')).toBe(true);
  const shown = await service.cartons(at.call('pumps'), { plantId: at.plant.pumps });
  expect(shown.source).toBe('cache');
  expect(shown.cartons.find((one) => one.cartonId === cartonId)).toEqual(carton);
  at.setOnline(true);
  expect(await at.deliver()).toEqual([]);
  const fresh = await service.cartons(at.call('pumps'), { plantId: at.plant.pumps });
  expect(fresh.source).toBe('database');
  expect(fresh.cartons.find((one) => one.cartonId === cartonId)).toEqual(carton);
  expect(
    await rows(`SELECT number, status FROM trace.serials WHERE number IN ('SN-1', 'SN-2') ORDER BY number`),
  ).toEqual([
    { number: 'SN-1', status: 'packed' },
    { number: 'SN-2', status: 'packed' },
  ]);
  expect(
    await rows(`SELECT count(*)::int AS edges FROM trace.genealogy WHERE child_id = '${cartonId}'`),
  ).toEqual([{ edges: 2 }]);
});

test('a carton just opened is in the list at once, before the database knows of it', async () => {
  const cartonId = await open();
  await add(cartonId, 'SN-1');
  const list = async () =>
    (await service.cartons(at.call('pumps'), { plantId: at.plant.pumps })).cartons.map((carton) => [
      carton.number,
      carton.serials.length,
    ]);
  const expected = [
    ['CT-007000001', 1],
    ['CT-0', 1],
  ];
  expect(await list()).toEqual(expected);
  await service.refreshMirror(at.plant.pumps);
  expect(await list()).toEqual(expected);
  await expect(add(cartonId, 'SN-1')).rejects.toMatchObject(reason('refusal.serial-already-packed'));
  await at.deliver();
  expect(await list()).toEqual(expected);
});

test('what does not belong into a carton is refused with the reason', async () => {
  const cartonId = await open();
  await expect(close(cartonId)).rejects.toMatchObject(reason('refusal.carton-empty'));
  await add(cartonId, 'SN-1');
  await expect(add(cartonId, 'SN-1')).rejects.toMatchObject(reason('refusal.serial-already-packed'));
  await expect(add(cartonId, 'SN-9')).rejects.toMatchObject(reason('refusal.serial-already-packed'));
  await expect(add(cartonId, 'SN-5')).rejects.toMatchObject(reason('refusal.serial-not-released'));
  await expect(add(cartonId, 'SN-6')).rejects.toMatchObject(reason('refusal.serial-other-material'));
  await expect(add(cartonId, 'SN-77')).rejects.toMatchObject(reason('error.unknown-serial'));
  await expect(remove(cartonId, 'SN-2')).rejects.toMatchObject(reason('refusal.serial-not-in-carton'));
  await expect(add(cartonId, 'LOT-PUMP-1')).rejects.toMatchObject(reason('refusal.not-a-serial'));
  await add(cartonId, 'SN-2');
  await expect(add(cartonId, 'SN-3')).rejects.toMatchObject(reason('refusal.carton-full'));
  await close(cartonId);
  await expect(remove(cartonId, 'SN-2')).rejects.toMatchObject(reason('refusal.carton-not-open'));
  expect(await at.deliver()).toEqual([]);
});

test('one serial into two cartons at once, or the same scan twice: it is packed once', async () => {
  const [one, two] = [await open(), await open()];
  const both = await Promise.allSettled([add(one, 'SN-1'), add(two, 'SN-1')]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  const commandId = uuidv7();
  const [first, again] = await Promise.all([add(two, 'SN-2', commandId), add(two, 'SN-2', commandId)]);
  expect(again).toEqual(first);
  expect(await at.deliver()).toEqual([]);
  expect(await rows(`SELECT count(*)::int AS packed FROM logistics.packing_unit_serials`)).toEqual([
    { packed: 3 },
  ]);
});

test('a serial goes from one carton to another only once its leaving is in the database', async () => {
  const [one, two] = [await open(), await open()];
  at.setOnline(false);
  await add(one, 'SN-1');
  await remove(one, 'SN-1');
  await expect(add(two, 'SN-1')).rejects.toMatchObject(reason('refusal.serial-on-its-way'));
  await add(one, 'SN-1');
  await remove(one, 'SN-1');
  at.setOnline(true);
  const moving = add(two, 'SN-1');
  expect(await at.deliver()).toEqual([]);
  expect((await moving).carton.serials).toHaveLength(1);
  expect(await at.deliver()).toEqual([]);
});

test('a serial that another station packed in the meantime is set aside at the database', async () => {
  const cartonId = await open();
  at.setOnline(false);
  await add(cartonId, 'SN-1');
  await add(cartonId, 'SN-2');
  await owner.query(`UPDATE trace.serials SET status = 'packed' WHERE number = 'SN-1'`);
  at.setOnline(true);
  expect(await at.deliver()).toEqual(['refusal.serial-already-packed']);
  expect(at.core.outbox.status()).toMatchObject({ quarantined: 1 });
});

test('numbers go on after a restart, and after the station’s file was lost', async () => {
  await closedCarton('SN-1');
  at.restart();
  start();
  expect((await service.cartons(at.call('pumps'), { plantId: at.plant.pumps })).cartons).toHaveLength(2);
  await service.refreshMirror(at.plant.pumps);
  const second = await open();
  await add(second, 'SN-2');
  expect((await close(second)).carton).toMatchObject({
    number: 'CT-007000002',
    sscc: expect.stringMatching(/^39521234007000002\d$/),
  });
  await owner.query(
    `UPDATE logistics.packing_units SET number = 'CT-007000041', sscc = '395212340070000418' WHERE number = 'CT-007000001'`,
  );
  await service.refreshMirror(at.plant.pumps);
  const third = await open();
  await add(third, 'SN-3');
  expect((await close(third)).carton).toMatchObject({
    number: 'CT-007000042',
    sscc: expect.stringMatching(/^39521234007000042\d$/),
  });
});

test('what was delivered while the first refresh after a restart read is not taken back by it', async () => {
  const [cartonId, left, right] = [await open(), await open(), await open()];
  await add(left, 'SN-2');
  expect(await at.deliver()).toEqual([]);
  await remove(left, 'SN-2');
  await add(cartonId, 'SN-1');
  at.restart();
  // The database is read before the delivery, the mirror is written after it.
  start(at.deliveringAfter('packing.mirror'));
  await service.refreshMirror(at.plant.pumps);
  at.setOnline(false);
  const { cartons } = await service.cartons(at.call('pumps'), { plantId: at.plant.pumps });
  const kept = cartons.find((carton) => carton.cartonId === cartonId);
  expect(kept?.serials.map(({ serialNumber }) => serialNumber)).toEqual(['SN-1']);
  await expect(add(right, 'SN-1')).rejects.toMatchObject(reason('refusal.serial-already-packed'));
  expect((await add(right, 'SN-2')).carton.serials).toHaveLength(1);
  at.setOnline(true);
});

test('a label is printed once, on file before it goes out, and seen on the carton', async () => {
  const cartonId = await closedCarton('SN-1', 'SN-2');
  const commandId = uuidv7();
  const [label, again] = await Promise.all([
    print(cartonId, undefined, commandId),
    print(cartonId, undefined, commandId),
  ]);
  expect(label).toMatchObject({ labelId: commandId, outcome: 'printed', copy: 1, person: 'pumps' });
  expect(again).toEqual(label);
  start();
  expect(await print(cartonId, undefined, commandId)).toEqual(label);
  const preview = await service.labelPreview(at.call('pumps'), { cartonId });
  expect(simulated.printed().map(({ zpl }) => zpl.trim())).toEqual([preview.zpl.trim()]);
  expect(preview).toMatchObject({ widthMm: 100, heightMm: 150, dotsPerMm: 8 });
  expect(preview.zpl).toContain('PUMP-50');
  await expect(print(cartonId)).rejects.toMatchObject(reason('refusal.reprint-needs-reason'));
  const second = await print(cartonId, 'smeared');
  expect(second).toMatchObject({ outcome: 'printed', copy: 2 });
  expect(await labels()).toMatchObject([
    { outcome: 'voided', copy: 1, reason: 'reprinted' },
    { outcome: 'printed', copy: 2 },
  ]);
});

test('a carton just closed is printed as soon as its closing has arrived; never an open one, never offline', async () => {
  const cartonId = await open();
  await add(cartonId, 'SN-1');
  await close(cartonId);
  const printing = print(cartonId);
  expect(await at.deliver()).toEqual([]);
  expect(await printing).toMatchObject({ outcome: 'printed' });
  const another = await open();
  await at.deliver();
  await expect(print(another)).rejects.toMatchObject(reason('refusal.carton-not-closed'));
  at.setOnline(false);
  await expect(print(cartonId, 'smeared')).rejects.toMatchObject({ shape: { code: 'Unavailable' } });
  expect(simulated.printedCount()).toBe(1);
});

test('without paper nothing is printed and nothing is voided; afterwards it is', async () => {
  const cartonId = await closedCarton('SN-1');
  simulated.setPaperOut(true);
  expect(await print(cartonId)).toMatchObject({ outcome: 'refused', reason: 'paper-out', copy: 1 });
  expect(await service.printers(at.call('pumps'), { plantId: at.plant.pumps })).toEqual([
    {
      code: 'PRINTER-1',
      name: 'Packing 1',
      plantId: at.plant.pumps,
      state: 'not-ready',
      reason: 'paper-out',
    },
  ]);
  expect(service.printerStatus()[0]).toMatchObject({ state: 'online', reason: 'paper-out' });
  simulated.setPaperOut(false);
  expect(await print(cartonId)).toMatchObject({ outcome: 'printed', copy: 1 });
  simulated.setPaperOut(true);
  expect(await print(cartonId, 'smeared')).toMatchObject({ outcome: 'refused' });
  expect((await labels()).filter(({ outcome }) => outcome === 'printed')).toHaveLength(1);
});

test('a printer that refuses at the last moment leaves the label before it valid', async () => {
  const cartonId = await closedCarton('SN-1');
  const first = await print(cartonId);
  printer = {
    ...printer,
    print: (zpl) => {
      simulated.setPaperOut(true);
      return inner.print(zpl);
    },
  };
  const inner = createZebraPrinter({ host: simulated.host, port: simulated.port });
  expect(await print(cartonId, 'smeared')).toMatchObject({ outcome: 'refused', copy: 2 });
  expect(await rows(`SELECT id, outcome FROM trace.labels WHERE outcome <> 'refused'`)).toEqual([
    { id: first.labelId, outcome: 'printed' },
  ]);
});

test('a printer that went away after the first byte leaves a label that a person must judge', async () => {
  const cartonId = await closedCarton('SN-1');
  simulated.dropConnectionAtByte(40);
  const lost = await print(cartonId);
  expect(lost).toMatchObject({ outcome: 'unknown', reason: 'connection-lost' });
  await expect(print(cartonId)).rejects.toMatchObject(reason('refusal.label-unknown'));
  await resolve(lost.labelId, false);
  await expect(resolve(lost.labelId, true)).rejects.toMatchObject(reason('refusal.label-not-open'));
  expect(await print(cartonId)).toMatchObject({ outcome: 'printed', copy: 1 });
  simulated.dropConnectionAtByte(40);
  const again = await print(cartonId, 'torn');
  await resolve(again.labelId, true);
  expect((await labels()).filter(({ outcome }) => outcome === 'printed')).toEqual([
    { outcome: 'printed', copy: 2, reason: 'connection-lost' },
  ]);
});

test('the database going away while it prints: the outcome is kept and arrives later', async () => {
  const cartonId = await closedCarton('SN-1');
  printer = { ...printer, print: async (zpl) => (at.setOnline(false), inner.print(zpl)) };
  const inner = createZebraPrinter({ host: simulated.host, port: simulated.port });
  start();
  expect(await print(cartonId)).toMatchObject({ outcome: 'printed', copy: 1 });
  at.setOnline(true);
  await expect(print(cartonId, 'smeared')).rejects.toMatchObject(reason('refusal.label-under-way'));
  expect(await at.deliver()).toEqual([]);
  expect(await labels()).toMatchObject([{ outcome: 'printed' }]);
});

test('a label that was printing when the core was killed is unknown from the next start on', async () => {
  const cartonId = await closedCarton('SN-1');
  const label = await print(cartonId);
  await owner.query(`UPDATE trace.labels SET outcome = 'queued', printed_at = now() - interval '1 second'`);
  at.restart();
  start();
  await service.refreshMirror(at.plant.pumps);
  expect(await labels()).toMatchObject([{ outcome: 'unknown', reason: 'interrupted' }]);
  await resolve(label.labelId, true);
  expect(await labels()).toMatchObject([{ outcome: 'printed' }]);
});

test('another plant’s cartons, labels and printers are not there', async () => {
  const cartonId = await closedCarton('SN-1');
  const label = await print(cartonId);
  const sauces = at.call('sauces');
  const missing = { shape: { code: 'NotFound' } };
  const { pumps } = at.plant;
  await expect(service.cartons(sauces, { plantId: pumps })).rejects.toMatchObject(missing);
  await expect(service.printers(sauces, { plantId: pumps })).rejects.toMatchObject(missing);
  await expect(service.labelPreview(sauces, { cartonId })).rejects.toMatchObject(missing);
  await expect(
    service.addSerial(sauces, { commandId: uuidv7(), cartonId, serialNumber: 'SN-2' }),
  ).rejects.toMatchObject(missing);
  await expect(
    service.resolveLabel(sauces, { commandId: uuidv7(), labelId: label.labelId, cameOut: false }),
  ).rejects.toMatchObject(missing);
  await expect(
    service.printLabel(at.call('pumps'), { commandId: uuidv7(), cartonId, printerCode: 'PRINTER-9' }),
  ).rejects.toMatchObject(missing);
  await expect(
    service.openCarton(at.call('reader'), { commandId: uuidv7(), plantId: pumps }),
  ).rejects.toMatchObject({ shape: { code: 'NotAllowed' } });
});
