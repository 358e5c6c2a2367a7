import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import pg from 'pg';
import { startServiceCore } from '../../../tests/support/service-core.ts';
import type { ServiceCore } from '../../../tests/support/service-core.ts';
import { lanes, mostEdits } from '#contract/lanes';
import type { PlanEdit } from '#contract/lanes';
import type { BoardOperation } from '#domain/scheduling/types';
import { createLanesService } from './service.ts';
import type { LanesService } from './service.ts';

const hourMs = 3_600_000;
let at: ServiceCore;
let service: LanesService;
let owner: pg.Client;

beforeAll(async () => {
  at = await startServiceCore();
  service = createLanesService(at.core);
  owner = new pg.Client({ connectionString: at.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await at.close();
});
beforeEach(async () => {
  await owner.query(
    `DELETE FROM production.operations WHERE split_from_id IS NOT NULL;
     UPDATE production.operations SET lane_id = NULL, starts_at = NULL, ends_at = NULL, setup_s = 0, locked = false,
       quantity = NULL, status = 'ready', setup_family_id = NULL,
       duration_s = CASE WHEN number = 20 THEN 3600 ELSE 7200 END WHERE code LIKE 'WO-00000_/_0'`,
  );
});

const board = () => {
  const { mondayAt, pumps } = at.plant;
  return service.board(at.call('pumps'), {
    plantId: pumps,
    from: mondayAt - 6 * hourMs,
    to: mondayAt + 18 * hourMs,
  });
};
const find = async (code: string): Promise<BoardOperation> => {
  const found = (await board()).operations.find((one) => one.code === code);
  if (!found) throw new Error(`${code} is not on the board`);
  return found;
};
const edit = (edits: readonly PlanEdit[], options: { commandId?: string; login?: 'pumps' | 'reader' } = {}) =>
  service.edit(at.call(options.login ?? 'pumps'), {
    commandId: options.commandId ?? uuidv7(),
    plantId: at.plant.pumps,
    versionId: null,
    edits: [...edits],
  });
const place = async (code: string, hours: number, lane: 'assembly' | 'testing' = 'assembly') => {
  const { operationId, version } = await find(code);
  const startsAt = at.plant.mondayAt + hours * hourMs;
  return { type: 'place' as const, operationId, laneId: at.plant.lanes[lane], startsAt, version };
};
const refusal = (reason: string) => ({ shape: { code: 'Refused', reason: `refusal.${reason}` } });
const startOf = async (code: string) => {
  const { placement } = await find(code);
  return placement && (placement.startsAt - at.plant.mondayAt) / hourMs;
};

describe('several edits', () => {
  test('are all made, in one answer', async () => {
    const answer = await edit([await place('WO-000001/10', 0), await place('WO-000002/10', 2)]);
    expect(answer.operations.map(({ code }) => code)).toEqual(['WO-000001/10', 'WO-000002/10']);
    expect([await startOf('WO-000001/10'), await startOf('WO-000002/10')]).toEqual([0, 2]);
  });

  test('are none of them made when one is refused', async () => {
    const both = [await place('WO-000001/10', 0), await place('WO-000002/10', 1)];
    await expect(edit(both)).rejects.toMatchObject(refusal('lane-occupied'));
    expect([await startOf('WO-000001/10'), await startOf('WO-000002/10')]).toEqual([undefined, undefined]);
  });

  test('none is made when one is of another version', async () => {
    const [one, other] = [await place('WO-000001/10', 0), await place('WO-000002/10', 4)];
    await edit([other]);
    await expect(edit([one, { ...other, startsAt: other.startsAt + hourMs }])).rejects.toMatchObject({
      shape: { code: 'Conflict', theirs: { code: 'WO-000002/10', version: other.version + 1 } },
    });
    expect(await startOf('WO-000001/10')).toBeUndefined();
  });

  test('bars that change places are not in each other’s way', async () => {
    await edit([await place('WO-000001/10', 0), await place('WO-000002/10', 2)]);
    await edit([await place('WO-000001/10', 2), await place('WO-000002/10', 0)]);
    expect([await startOf('WO-000001/10'), await startOf('WO-000002/10')]).toEqual([2, 0]);
  });

  test('the same command again changes nothing', async () => {
    const commandId = uuidv7();
    const once = [await place('WO-000001/10', 0)];
    const first = await edit(once, { commandId });
    expect((await edit(once, { commandId })).operations).toEqual(first.operations);
  });

  test('who may only read may not', async () => {
    await expect(edit([await place('WO-000001/10', 0)], { login: 'reader' })).rejects.toMatchObject({
      shape: { code: 'NotAllowed' },
    });
  });
});

describe('a lock', () => {
  test('holds a bar until it is taken off', async () => {
    await edit([await place('WO-000001/10', 0)]);
    const { operationId, version } = await find('WO-000001/10');
    await edit([{ type: 'lock', operationId, locked: true, version }]);
    expect(await find('WO-000001/10')).toMatchObject({ locked: true });
    await expect(edit([await place('WO-000001/10', 4)])).rejects.toMatchObject(refusal('locked'));
    const held = await find('WO-000001/10');
    await expect(edit([{ type: 'unschedule', operationId, version: held.version }])).rejects.toMatchObject(
      refusal('locked'),
    );
    const moved = { ...(await place('WO-000001/10', 4)) };
    await edit([{ type: 'lock', operationId, locked: false, version: held.version }, moved]);
    expect(await startOf('WO-000001/10')).toBe(4);
  });
});

describe('a split', () => {
  const split = async (code: string, quantities: number[]) => {
    const { operationId, version } = await find(code);
    return edit([{ type: 'split', operationId, quantities, version }]);
  };
  test('stands where the whole stood, part behind part, and adds up to it', async () => {
    await edit([await place('WO-000001/10', 0)]);
    const { operations } = await split('WO-000001/10', [7, 2, 1]);
    expect(
      operations.map(({ code, part, quantity, durationS, placement }) => [
        code,
        part,
        quantity,
        durationS,
        ((placement?.startsAt ?? 0) - at.plant.mondayAt) / 1000,
      ]),
    ).toEqual([
      ['WO-000001/10', 1, 7, 5040, 0],
      ['WO-000001/10-2', 2, 2, 1440, 5040],
      ['WO-000001/10-3', 3, 1, 720, 6480],
    ]);
  });

  test('gives the successor several to follow', async () => {
    await edit([await place('WO-000001/10', 0)]);
    await split('WO-000001/10', [5, 5]);
    await edit([await place('WO-000001/10-2', 6)]);
    await expect(edit([await place('WO-000001/20', 4, 'testing')])).rejects.toMatchObject(
      refusal('before-predecessor'),
    );
    await edit([await place('WO-000001/20', 7, 'testing')]);
  });

  test('may have a place for each part, as undo asks for when parts were joined', async () => {
    await edit([await place('WO-000001/10', 0)]);
    const { operationId, version } = await find('WO-000001/10');
    const laneId = at.plant.lanes.assembly;
    const hour = (hours: number) => ({ laneId, startsAt: at.plant.mondayAt + hours * hourMs });
    const split = { type: 'split' as const, operationId, quantities: [2, 3, 5], version };
    await edit([{ ...split, places: [hour(6), null, hour(3)] }]);
    expect(await startOf('WO-000001/10')).toBe(6);
    expect(await startOf('WO-000001/10-2')).toBeUndefined();
    expect(await startOf('WO-000001/10-3')).toBe(3);
    const parsed = lanes.edit.input.safeParse({
      commandId: uuidv7(),
      plantId: at.plant.pumps,
      versionId: null,
      edits: [{ ...split, places: [null] }],
    });
    expect(parsed.success).toBe(false);
  });

  test('whose quantities do not add up is refused', async () => {
    await expect(split('WO-000001/10', [5, 4])).rejects.toMatchObject(refusal('split-quantity'));
  });

  test('is joined again where the bar stands that was asked, as long as work has not begun', async () => {
    await split('WO-000001/10', [5, 5]);
    await edit([await place('WO-000001/10-2', 6)]);
    const part = await find('WO-000001/10-2');
    const join = { type: 'join' as const, operationId: part.operationId, version: part.version };
    await owner.query(`UPDATE production.operations SET status = 'running' WHERE code = 'WO-000001/10'`);
    await expect(edit([join])).rejects.toMatchObject(refusal('already-started'));
    await owner.query(`UPDATE production.operations SET status = 'ready' WHERE code = 'WO-000001/10'`);
    const { operations, removedIds } = await edit([join]);
    expect(removedIds).toEqual([part.operationId]);
    expect(operations).toMatchObject([{ code: 'WO-000001/10', quantity: 10, durationS: 7200 }]);
    expect(await startOf('WO-000001/10')).toBe(6);
    expect((await board()).operations.map(({ code }) => code)).not.toContain('WO-000001/10-2');
    await expect(
      edit([
        { ...join, operationId: operations[0]?.operationId ?? '', version: operations[0]?.version ?? 0 },
      ]),
    ).rejects.toMatchObject(refusal('not-split'));
  });
});

test('what comes behind is set up anew where what is before it changes', async () => {
  const { organizationId, pumps } = at.plant;
  const family = async (code: string) => {
    const id = uuidv7();
    await owner.query(
      `INSERT INTO production.setup_families (organization_id, id, plant_id, code, name) VALUES ($1, $2, $3, $4, $4)`,
      [organizationId, id, pumps, code],
    );
    return id;
  };
  const [red, blue] = [await family('RED'), await family('BLUE')];
  await owner.query(
    `INSERT INTO production.setup_transitions (organization_id, id, plant_id, from_family_id, to_family_id, duration_s)
     VALUES ($1, $2, $3, $4, $5, 1800)`,
    [organizationId, uuidv7(), pumps, red, blue],
  );
  await owner.query(
    `UPDATE production.operations SET setup_family_id = CASE code WHEN 'WO-000001/10' THEN $1::uuid ELSE $2::uuid END
     WHERE code IN ('WO-000001/10', 'WO-000002/10')`,
    [red, blue],
  );
  await edit([await place('WO-000002/10', 4)]);
  expect((await find('WO-000002/10')).placement?.setupEndsAt).toBeUndefined();
  const { operations } = await edit([await place('WO-000001/10', 0)]);
  expect(operations.map(({ code }) => code)).toEqual(['WO-000001/10', 'WO-000002/10']);
  const { mondayAt } = at.plant;
  expect((await find('WO-000002/10')).placement).toMatchObject({
    startsAt: mondayAt + 3.5 * hourMs,
    setupEndsAt: mondayAt + 4 * hourMs,
    endsAt: mondayAt + 6 * hourMs,
  });
  const { operationId, version } = await find('WO-000001/10');
  await edit([{ type: 'unschedule', operationId, version }]);
  expect(await startOf('WO-000002/10')).toBe(4);
  await owner.query('UPDATE production.setup_transitions SET forbidden = true');
  expect((await board()).transitions).toMatchObject([
    { fromFamilyId: red, toFamilyId: blue, forbidden: true },
  ]);
  await expect(edit([await place('WO-000001/10', 0)])).rejects.toMatchObject(refusal('setup-forbidden'));
});

test('thousands of bars are taken off their lanes at once; of more than that a planner is told how many', async () => {
  const { operationId, version } = await find('WO-000001/10');
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ type: 'unschedule' as const, operationId, version }));
  const input = { commandId: uuidv7(), plantId: at.plant.pumps, versionId: null };
  expect(lanes.edit.input.safeParse({ ...input, edits: many(mostEdits) }).success).toBe(true);
  expect(JSON.stringify(many(mostEdits)).length).toBeLessThan(900_000);
  await edit(many(2000));
  await expect(edit(many(mostEdits + 1))).rejects.toMatchObject({
    shape: {
      code: 'Refused',
      reason: 'refusal.too-many-edits',
      values: { count: mostEdits + 1, most: mostEdits },
    },
  });
});
