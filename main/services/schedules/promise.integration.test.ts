import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hourMs, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());
beforeEach(async () => {
  await on.reset();
  await on.owner.query(
    `SET session_replication_role = replica;
     DELETE FROM material.compositions; DELETE FROM material.inventory; DELETE FROM material.expected_receipts;
     SET session_replication_role = origin`,
  );
});

const monday = (hours: number) => on.at.plant.mondayAt + hours * hourMs;
const wish = (quantity: number, notBefore = monday(0)) => ({
  plantId: on.at.plant.pumps,
  materialId: on.at.plant.materials.pump50,
  quantity,
  notBefore,
});
const promise = (quantity: number, notBefore?: number) =>
  on.schedules.promise(on.at.call('pumps'), wish(quantity, notBefore));
const reserve = (quantity: number, expiresAt: number) =>
  on.schedules.reserve(on.at.call('pumps'), {
    commandId: uuidv7(),
    ...wish(quantity),
    expiresAt,
    note: 'Offer 12',
  });
/** Ten pumps take ten impellers, of which so many are there and so many are to come. */
const stockOf = async (onHand: number, coming: number, at: number) => {
  const { organizationId, pumps, materials } = on.at.plant;
  await on.owner.query(
    `INSERT INTO material.compositions (organization_id, parent_id, component_id, quantity, unit) VALUES ($1, $2, $3, 1, 'pcs')`,
    [organizationId, materials.pump50, materials.impeller],
  );
  await on.owner.query(
    `INSERT INTO material.inventory (organization_id, plant_id, material_id, unit, quantity_on_hand) VALUES ($1, $2, $3, 'pcs', $4)`,
    [organizationId, pumps, materials.impeller, onHand],
  );
  await on.owner.query(
    `INSERT INTO material.expected_receipts (organization_id, id, plant_id, material_id, quantity, unit, expected_at)
     VALUES ($1, $2, $3, $4, $5, 'pcs', $6)`,
    [organizationId, uuidv7(), pumps, materials.impeller, coming, new Date(at)],
  );
};

test('the earliest date goes by the route, the quantity, the calendars and what stands already', async () => {
  // Ten took 2 h of assembly and 1 h of testing: five take half of both.
  const five = await promise(5);
  expect(five.readyAt).toBe(monday(1.5));
  expect(five.steps.map(({ operationName, startsAt, endsAt }) => [operationName, startsAt, endsAt])).toEqual([
    ['Assemble', monday(0), monday(1)],
    ['Test', monday(1), monday(1.5)],
  ]);
  await on.place('WO-000001/10', 0);
  await on.place('WO-000002/10', 2);
  const later = await promise(5);
  expect(later.readyAt).toBe(monday(5.5));
  expect(later.binding).toMatchObject({
    cause: 'lane-busy',
    values: { lane: 'ASM-1', other: 'WO-000002/10' },
  });
});

test('components that are to come are waited for, after those of what is planned; without a date nothing is promised', async () => {
  // The open order takes its ten first: of 12 two are left.
  await stockOf(12, 8, monday(26));
  expect((await promise(2)).readyAt).toBe(monday(0.3 * 2));
  const more = await promise(10);
  expect(more.materials).toEqual([
    { code: 'IMPELLER', name: 'Impeller', unit: 'pcs', needed: 10, available: 2, availableAt: monday(26) },
  ]);
  expect(more.steps[0]?.startsAt).toBe(monday(26));
  expect(more.binding?.cause).toBe('material');
  expect(await promise(11)).toMatchObject({
    readyAt: null,
    binding: { cause: 'material-unknown', values: { code: 'IMPELLER', needed: 11, available: 2 } },
  });
});

test('a reservation keeps its room from hands, drafts and other promises until it expires', async () => {
  const held = await reserve(10, Date.now() + hourMs);
  expect(held).toMatchObject({
    materialCode: 'PUMP-50',
    readyAt: monday(3),
    note: 'Offer 12',
    reservedBy: 'pumps',
  });
  const { lanes } = await on.board();
  expect(lanes[0]?.blocked).toEqual([
    { startsAt: monday(0), endsAt: monday(2), reason: 'reserved', label: 'Offer 12' },
  ]);
  await expect(on.place('WO-000002/10', 1)).rejects.toMatchObject({
    shape: { reason: 'refusal.outside-shift', values: { blocked: 'reserved' } },
  });
  const draft = await on.draft();
  await expect(on.place('WO-000002/10', 1, { versionId: draft.id })).rejects.toMatchObject({
    shape: { reason: 'refusal.outside-shift' },
  });
  expect((await promise(10)).steps[0]?.startsAt).toBe(monday(2));

  await on.owner.query(
    `UPDATE production.capacity_reservations SET expires_at = now() - interval '1 second'`,
  );
  expect(await on.schedules.reservations(on.at.call('pumps'), { plantId: on.at.plant.pumps })).toEqual([]);
  await on.place('WO-000002/10', 1);
});

test('on a lane with room for two a reservation takes one place, for hands and for the solver', async () => {
  const setCapacity = (capacity: number) =>
    on.owner.query('UPDATE production.lanes SET capacity = $2 WHERE id = $1', [
      on.at.plant.lanes.assembly,
      capacity,
    ]);
  await setCapacity(2);
  try {
    await reserve(10, Date.now() + hourMs);
    expect((await on.board()).lanes[0]?.blocked).toBeUndefined();
    await on.place('WO-000001/10', 0);
    await expect(on.place('WO-000002/10', 1)).rejects.toMatchObject({
      shape: { reason: 'refusal.lane-occupied', values: { lane: 'ASM-1' } },
    });
    expect((await promise(10)).steps[0]?.startsAt).toBe(monday(2));
    await on.place('WO-000002/10', 2);
  } finally {
    await setCapacity(1);
  }
});

test('a reservation is given back, once', async () => {
  const held = await reserve(10, Date.now() + hourMs);
  const command = { commandId: uuidv7(), reservationId: held.id };
  await on.schedules.releaseReservation(on.at.call('pumps'), command);
  await on.schedules.releaseReservation(on.at.call('pumps'), command);
  expect((await promise(10)).readyAt).toBe(monday(3));
  await expect(
    on.schedules.releaseReservation(on.at.call('pumps'), { ...command, commandId: uuidv7() }),
  ).rejects.toMatchObject({ shape: { code: 'NotFound', reason: 'error.reservation-gone' } });
});

test('what cannot be is refused in words', async () => {
  const refused = (reason: string) => ({ shape: { code: 'Refused', reason: `refusal.${reason}` } });
  await expect(reserve(10, Date.now() - 1)).rejects.toMatchObject(refused('expires-too-early'));
  const never = { ...wish(1), materialId: on.at.plant.materials.impeller };
  await expect(on.schedules.promise(on.at.call('pumps'), never)).rejects.toMatchObject(refused('no-route'));
  expect(await promise(100_000)).toMatchObject({ readyAt: null, binding: { cause: 'no-room' } });
  await expect(reserve(100_000, Date.now() + hourMs)).rejects.toMatchObject(refused('not-promisable'));
  await expect(
    on.schedules.reserve(on.at.call('reader'), {
      commandId: uuidv7(),
      ...wish(1),
      expiresAt: Date.now() + hourMs,
      note: '',
    }),
  ).rejects.toMatchObject({ shape: { code: 'NotAllowed' } });
  await expect(on.schedules.promise(on.at.call('sauces'), wish(1))).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
});

test('what was made before can be promised', async () => {
  const promisable = await on.schedules.promisable(on.at.call('reader'), { plantId: on.at.plant.pumps });
  expect(promisable.map(({ code }) => code)).toEqual(['PUMP-50', 'PUMP-80']);
});

test('an operation is shown with its components and what the floor said of it', async () => {
  await stockOf(12, 8, monday(26));
  const { operationId } = await on.find('WO-000001/10');
  await on.owner.query(
    `INSERT INTO production.logs (organization_id, id, plant_id, operation_id, event, good_quantity, user_id, at)
     VALUES ($1, $2, $3, $4, 'report', 3, $5, now())`,
    [on.at.plant.organizationId, uuidv7(), on.at.plant.pumps, operationId, on.at.plant.users.reader],
  );
  const context = await on.schedules.context(on.at.call('reader'), { operationId });
  expect(context.components).toEqual([
    { code: 'IMPELLER', name: 'Impeller', needed: 10, available: 12, unit: 'pcs' },
  ]);
  expect(context.history[0]).toMatchObject({ what: 'history.report', values: { good: 3 }, person: 'reader' });
  await expect(on.schedules.context(on.at.call('sauces'), { operationId })).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
});
