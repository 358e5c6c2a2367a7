import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import type { PlanEdit } from '#contract/lanes';
import type { BoardOperation } from '#domain/scheduling/types';
import { createLanesService } from './service.ts';
import type { LanesService } from './service.ts';

const hourMs = 3_600_000;
let at: ServiceCore;
let service: LanesService;

beforeAll(async () => {
  at = await startServiceCore();
  service = createLanesService(at.core);
});
afterAll(() => at.close());

const board = async (login: 'pumps' | 'sauces' | 'reader' = 'pumps') => {
  const { mondayAt, pumps, sauces } = at.plant;
  const range = { from: mondayAt - 6 * hourMs, to: mondayAt + 18 * hourMs };
  return service.board(at.call(login), { plantId: login === 'sauces' ? sauces : pumps, ...range });
};

const operation = async (code: string): Promise<BoardOperation> => {
  const found = (await board()).operations.find((one) => one.code === code);
  if (!found) throw new Error(`${code} is not on the board`);
  return found;
};

const edit = async (
  change: PlanEdit,
  options: { commandId?: string; login?: 'pumps' | 'sauces' | 'reader' } = {},
): Promise<BoardOperation> => {
  const { operations } = await service.edit(at.call(options.login ?? 'pumps'), {
    commandId: options.commandId ?? uuidv7(),
    plantId: at.plant.pumps,
    versionId: null,
    edits: [change],
  });
  const changed = operations.find(({ operationId }) => operationId === change.operationId);
  if (!changed) throw new Error('the answer lacks what was edited');
  return changed;
};

const move = async (
  code: string,
  lane: 'assembly' | 'testing',
  startsAt: number,
  options: { version?: number; commandId?: string; login?: 'pumps' | 'reader' } = {},
) => {
  const { operationId, version } = await operation(code);
  const laneId = at.plant.lanes[lane];
  return edit({ type: 'place', operationId, laneId, startsAt, version: options.version ?? version }, options);
};

test('the board shows lanes with their shifts in the plant’s own time, and what waits for a place', async () => {
  const shown = await board();
  const { mondayAt } = at.plant;
  expect(shown.source).toBe('database');
  expect(shown.lanes.map(({ code, area }) => `${area} ${code}`)).toEqual(['Assembly ASM-1', 'Testing TST-1']);
  expect(shown.lanes[0]?.windows).toEqual([
    { startsAt: mondayAt, endsAt: mondayAt + 8 * hourMs, shiftCode: 'DAY' },
    { startsAt: mondayAt + 8 * hourMs, endsAt: mondayAt + 16 * hourMs, shiftCode: 'LATE' },
  ]);
  expect(shown.operations.map(({ code }) => code)).toEqual(['WO-000001/10', 'WO-000001/20', 'WO-000002/10']);
  expect(shown.operations.every(({ placement }) => placement === undefined)).toBe(true);
});

test('another plant’s board is not there, and neither are its operations', async () => {
  const sauces = at.call('sauces');
  const { pumps, lanes, operations, mondayAt } = at.plant;
  await expect(
    service.board(sauces, { plantId: pumps, from: mondayAt, to: mondayAt + hourMs }),
  ).rejects.toMatchObject({ shape: { code: 'NotFound' } });
  const operationId = operations['WO-000001/10'] ?? '';
  const laneId = lanes.assembly;
  await expect(
    edit({ type: 'place', operationId, laneId, startsAt: mondayAt, version: 1 }, { login: 'sauces' }),
  ).rejects.toMatchObject({ shape: { code: 'NotFound' } });
});

test('an operation is placed, moved and taken off again', async () => {
  const { mondayAt, lanes } = at.plant;
  const placed = await move('WO-000002/10', 'assembly', mondayAt + hourMs);
  expect(placed.placement).toEqual({
    laneId: lanes.assembly,
    startsAt: mondayAt + hourMs,
    endsAt: mondayAt + 3 * hourMs,
  });
  expect(placed.version).toBe(2);
  expect(await operation('WO-000002/10')).toEqual(placed);
  const off = await edit({
    type: 'unschedule',
    operationId: placed.operationId,
    version: placed.version,
  });
  expect(off.placement).toBeUndefined();
});

test('a stale version is a conflict that shows what stands there', async () => {
  const { mondayAt } = at.plant;
  const first = await move('WO-000002/10', 'assembly', mondayAt);
  await expect(
    move('WO-000002/10', 'assembly', mondayAt + 2 * hourMs, { version: first.version - 1 }),
  ).rejects.toMatchObject({ shape: { code: 'Conflict', reason: 'error.operation-changed', theirs: first } });
  expect(await operation('WO-000002/10')).toEqual(first);
});

test('the same command twice moves once, whatever version it names', async () => {
  const { mondayAt } = at.plant;
  const commandId = uuidv7();
  const first = await move('WO-000002/10', 'assembly', mondayAt + 4 * hourMs, { commandId });
  const again = await move('WO-000002/10', 'assembly', mondayAt + 6 * hourMs, { commandId, version: 1 });
  expect(again).toEqual(first);
});

test('what breaks a calendar, a lane or the order of work is refused with the reason', async () => {
  const { mondayAt } = at.plant;
  const refusal = (reason: string) => ({ shape: { code: 'Refused', reason: `refusal.${reason}` } });
  await move('WO-000002/10', 'assembly', mondayAt + 4 * hourMs);
  await expect(move('WO-000001/10', 'assembly', mondayAt - hourMs)).rejects.toMatchObject(
    refusal('outside-shift'),
  );
  await expect(move('WO-000001/10', 'assembly', mondayAt + 5 * hourMs)).rejects.toMatchObject(
    refusal('lane-occupied'),
  );
  await expect(move('WO-000001/10', 'testing', mondayAt)).rejects.toMatchObject(refusal('lane-not-eligible'));
  await move('WO-000001/10', 'assembly', mondayAt);
  await expect(move('WO-000001/20', 'testing', mondayAt + hourMs)).rejects.toMatchObject(
    refusal('before-predecessor'),
  );
  expect((await operation('WO-000001/20')).placement).toBeUndefined();
});

test('two planners at once cannot put two operations on one place', async () => {
  const { mondayAt, lanes } = at.plant;
  const startsAt = mondayAt + 9 * hourMs;
  // Both connections are open before it begins, so that the two really run side by side; and more than once.
  await Promise.all([board(), board()]);
  for (let round = 0; round < 10; round += 1) {
    const both = [await operation('WO-000001/10'), await operation('WO-000002/10')];
    const moves = await Promise.allSettled(
      both.map(({ operationId, version }) =>
        edit({ type: 'place', operationId, laneId: lanes.assembly, startsAt, version }),
      ),
    );
    const moved = moves.filter((one) => one.status === 'fulfilled');
    expect(moved).toHaveLength(1);
    expect(moves.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { shape: { reason: 'refusal.lane-occupied' } },
    });
    for (const { value } of moved) {
      const { operationId, version } = value;
      await edit({ type: 'unschedule', operationId, version });
    }
  }
});

test('who may only read may not move', async () => {
  const { mondayAt } = at.plant;
  await expect(
    move('WO-000001/20', 'testing', mondayAt + 7 * hourMs, { login: 'reader' }),
  ).rejects.toMatchObject({ shape: { code: 'NotAllowed' } });
});

test('without the database the last board is shown, and says so', async () => {
  const before = await board();
  at.setOnline(false);
  try {
    const shown = await board();
    expect(shown.source).toBe('cache');
    expect(shown.lanes).toEqual(before.lanes);
    await expect(board('sauces')).rejects.toMatchObject({ shape: { code: 'Unavailable' } });
  } finally {
    at.setOnline(true);
  }
});
