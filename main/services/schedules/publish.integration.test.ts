import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hourMs, password, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());
beforeEach(() => on.reset());

const conflict = (reason: string) => ({ shape: { code: 'Conflict', reason: `error.${reason}` } });

test('the draft becomes the plan, signed, and the one before it a record', async () => {
  await on.place('WO-000001/10', 0);
  const first = await on.draft('First');
  expect(await on.publish(first.id)).toMatchObject({
    status: 'published',
    publishedBy: 'pumps',
    publishReason: 'Weekly plan',
  });
  const second = await on.draft('Second');
  await on.place('WO-000001/10', 6, { versionId: second.id });
  await on.place('WO-000002/10', 2, { versionId: second.id });
  await on.publish(second.id);
  expect([await on.startOf('WO-000001/10'), await on.startOf('WO-000002/10')]).toEqual([6, 2]);
  const versions = await on.schedules.versions(on.at.call('pumps'), { plantId: on.at.plant.pumps });
  expect(versions.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'Second published',
    'First archived',
  ]);
  const { rows } = await on.owner.query(
    `SELECT s.meaning, s.subject, s.reason FROM identity.signatures s
     JOIN production.schedule_versions v ON v.signature_id = s.id WHERE v.id = $1`,
    [second.id],
  );
  expect(rows).toEqual([
    { meaning: 'published', subject: `production.schedule_versions/${second.id}`, reason: 'Weekly plan' },
  ]);
  // The record says what was published then, whatever was planned since.
  expect(
    (await on.board(first.id)).operations.find(({ code }) => code === 'WO-000001/10')?.placement,
  ).toEqual({
    laneId: on.at.plant.lanes.assembly,
    startsAt: on.at.plant.mondayAt,
    endsAt: on.at.plant.mondayAt + 2 * hourMs,
  });
});

test('the same command again publishes once', async () => {
  const draft = await on.draft();
  const command = {
    commandId: uuidv7(),
    versionId: draft.id,
    version: (await on.version(draft.id)).version,
    password,
    reason: 'Once',
    frozenUntil: null,
  };
  const first = await on.schedules.publish(on.at.call('pumps'), command);
  expect(await on.schedules.publish(on.at.call('pumps'), command)).toEqual(first);
});

test('a wrong password publishes nothing, and counts', async () => {
  const draft = await on.draft();
  await expect(on.publish(draft.id, { password: 'wrong' })).rejects.toMatchObject({
    shape: { code: 'NotAllowed', reason: 'error.signature-wrong' },
  });
  expect((await on.version(draft.id)).status).toBe('draft');
  const { rows } = await on.owner.query<{ failed: number }>(
    'SELECT sum(failed_attempts)::int AS failed FROM identity.sign_in_failures',
  );
  expect(rows[0]?.failed).toBe(1);
  await on.publish(draft.id);
});

test('a draft that somebody moved since it was looked at is looked at again first', async () => {
  const draft = await on.draft();
  const { version } = await on.version(draft.id);
  await on.place('WO-000001/10', 0, { versionId: draft.id });
  await expect(on.publish(draft.id, { version })).rejects.toMatchObject(conflict('version-changed'));
});

test('a broken draft is not published, and says which rule it breaks', async () => {
  const draft = await on.draft();
  await on.place('WO-000001/10', 0, { versionId: draft.id });
  await on.place('WO-000002/10', 4, { versionId: draft.id });
  expect(await on.schedules.check(on.at.call('pumps'), { versionId: draft.id })).toEqual([]);
  await on.owner.query(
    `UPDATE production.schedule_entries SET starts_at = starts_at - interval '3 hours', ends_at = ends_at - interval '3 hours'
     WHERE schedule_version_id = $1 AND operation_id = $2`,
    [draft.id, on.at.plant.operations['WO-000002/10']],
  );
  const [violation] = await on.schedules.check(on.at.call('pumps'), { versionId: draft.id });
  expect(violation).toMatchObject({ rule: 'lane-overlap', values: { lane: 'ASM-1' } });
  expect(violation?.operationIds).toHaveLength(2);
  await expect(on.publish(draft.id)).rejects.toMatchObject({
    shape: { code: 'Refused', reason: 'violation.lane-overlap' },
  });
  expect(await on.startOf('WO-000001/10')).toBeUndefined();
});

test('once another version is published, the drafts of before are not published over it', async () => {
  const [one, other] = [await on.draft('One'), await on.draft('Other')];
  await on.publish(one.id);
  await expect(on.publish(other.id)).rejects.toMatchObject({
    shape: { ...conflict('plan-published-since').shape, theirs: { id: one.id } },
  });
  const again = await on.draft('Again', other.id);
  expect((await on.publish(again.id)).status).toBe('published');
});

describe('what was moved in the plan meanwhile', () => {
  test('is followed where the draft left it alone', async () => {
    await on.place('WO-000001/10', 0);
    const draft = await on.draft();
    await on.place('WO-000001/10', 4);
    await on.publish(draft.id);
    expect(await on.startOf('WO-000001/10')).toBe(4);
  });

  test('is a conflict where the draft moved it too', async () => {
    await on.place('WO-000001/10', 0);
    const draft = await on.draft();
    await on.place('WO-000001/10', 6, { versionId: draft.id });
    await on.place('WO-000001/10', 4);
    await expect(on.publish(draft.id)).rejects.toMatchObject({
      shape: {
        ...conflict('plan-moved-since').shape,
        theirs: { placement: { startsAt: on.at.plant.mondayAt + 4 * hourMs } },
      },
    });
    expect(await on.startOf('WO-000001/10')).toBe(4);
  });
});

describe('a frozen horizon', () => {
  test('holds what starts before, for hands in plan and drafts', async () => {
    await on.place('WO-000001/10', 0);
    await on.place('WO-000002/10', 6);
    await on.publish((await on.draft()).id, { frozenUntil: on.at.plant.mondayAt + 4 * hourMs });
    const frozen = { shape: { code: 'Refused', reason: 'refusal.frozen' } };
    await expect(on.place('WO-000001/10', 8)).rejects.toMatchObject(frozen);
    await expect(on.place('WO-000002/10', 2)).rejects.toMatchObject(frozen);
    const draft = await on.draft();
    expect((await on.board(draft.id)).frozenUntil).toBe(on.at.plant.mondayAt + 4 * hourMs);
    await expect(on.place('WO-000001/10', 8, { versionId: draft.id })).rejects.toMatchObject(frozen);
    await on.place('WO-000002/10', 8, { versionId: draft.id });
    // What a hand may not, a statement behind it does: the check sees it all the same.
    await on.owner.query(
      `UPDATE production.schedule_entries SET starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours'
       WHERE schedule_version_id = $1 AND operation_id = $2`,
      [draft.id, on.at.plant.operations['WO-000001/10']],
    );
    await expect(on.publish(draft.id)).rejects.toMatchObject({
      shape: { reason: 'violation.pin-moved' },
    });
  });

  test('may not reach further than anybody plans', async () => {
    const draft = await on.draft();
    const far = Date.now() + 61 * 24 * hourMs;
    await expect(on.publish(draft.id, { frozenUntil: far })).rejects.toMatchObject({
      shape: { reason: 'refusal.frozen-too-far' },
    });
  });
});

describe('a split in a draft', () => {
  test('becomes operations when it is published, and is joined again by the next', async () => {
    await on.place('WO-000001/10', 0);
    const draft = await on.draft();
    const whole = await on.find('WO-000001/10', draft.id);
    const { operationId, version } = whole;
    await on.edit([{ type: 'split', operationId, quantities: [6, 4], version }], draft.id);
    expect((await on.board()).operations.map(({ code }) => code)).not.toContain('WO-000001/10-2');
    const part = await on.find('WO-000001/10-2', draft.id);
    expect(part).toMatchObject({ quantity: 4, durationS: 2880, part: 2 });
    await on.place('WO-000001/10-2', 5, { versionId: draft.id });
    await on.publish(draft.id);
    expect(await on.find('WO-000001/10')).toMatchObject({ quantity: 6, durationS: 4320, part: 1 });
    expect(await on.find('WO-000001/10-2')).toMatchObject({
      operationId: part.operationId,
      quantity: 4,
      part: 2,
    });
    expect(await on.startOf('WO-000001/10-2')).toBe(5);

    const next = await on.draft();
    const split = await on.find('WO-000001/10', next.id);
    await on.edit([{ type: 'join', operationId: split.operationId, version: split.version }], next.id);
    expect((await on.board(next.id)).operations.map(({ code }) => code)).not.toContain('WO-000001/10-2');
    await on.publish(next.id);
    expect(await on.find('WO-000001/10')).toMatchObject({ quantity: 10, durationS: 7200 });
    expect((await on.board()).operations.map(({ code }) => code)).not.toContain('WO-000001/10-2');
  });

  test('is a conflict where the plan split it otherwise', async () => {
    const draft = await on.draft();
    const seen = await on.find('WO-000001/10', draft.id);
    const { operationId } = seen;
    await on.edit([{ type: 'split', operationId, quantities: [6, 4], version: seen.version }], draft.id);
    const { version } = await on.find('WO-000001/10');
    await on.edit([{ type: 'split', operationId, quantities: [5, 5], version }]);
    await expect(on.publish(draft.id)).rejects.toMatchObject(conflict('plan-moved-since'));
  });
});

test('who may only read publishes nothing', async () => {
  const draft = await on.draft();
  await expect(
    on.schedules.publish(on.at.call('reader'), {
      commandId: uuidv7(),
      versionId: draft.id,
      version: draft.version,
      password,
      reason: 'Mine',
      frozenUntil: null,
    }),
  ).rejects.toMatchObject({ shape: { code: 'NotAllowed' } });
});
