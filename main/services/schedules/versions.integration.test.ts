import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hourMs, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());
beforeEach(() => on.reset());

const conflict = (reason: string) => ({ shape: { code: 'Conflict', reason: `error.${reason}` } });
const refusal = (reason: string) => ({ shape: { code: 'Refused', reason: `refusal.${reason}` } });

describe('a draft', () => {
  test('is a copy that the plan knows nothing of', async () => {
    await on.place('WO-000001/10', 0);
    const draft = await on.draft('Tuesday');
    expect(draft).toMatchObject({ number: 1, name: 'Tuesday', status: 'draft', createdBy: 'pumps' });
    await on.place('WO-000001/10', 4, { versionId: draft.id });
    expect(await on.startOf('WO-000001/10', draft.id)).toBe(4);
    expect(await on.startOf('WO-000001/10')).toBe(0);
    const { baseline, placement } = await on.find('WO-000001/10', draft.id);
    expect(baseline?.startsAt).toBe(on.at.plant.mondayAt);
    expect(placement?.startsAt).toBe(on.at.plant.mondayAt + 4 * hourMs);
  });

  test('follows the plan in what it left alone, and keeps what it moved', async () => {
    await on.place('WO-000001/10', 0);
    await on.place('WO-000002/10', 2);
    const draft = await on.draft();
    await on.place('WO-000001/10', 6, { versionId: draft.id });
    await on.place('WO-000002/10', 8);
    await on.place('WO-000001/10', 1);
    expect(await on.startOf('WO-000002/10', draft.id)).toBe(8);
    expect(await on.startOf('WO-000001/10', draft.id)).toBe(6);
  });

  test('shows work that has begun where it is done', async () => {
    await on.place('WO-000001/10', 0);
    const draft = await on.draft();
    await on.place('WO-000001/10', 6, { versionId: draft.id });
    await on.owner.query(
      `UPDATE production.operations SET status = 'running', started_at = now() WHERE code = 'WO-000001/10'`,
    );
    expect(await on.find('WO-000001/10', draft.id)).toMatchObject({
      status: 'running',
      placement: { startsAt: on.at.plant.mondayAt },
    });
  });

  test('of a draft has what that one moved', async () => {
    await on.place('WO-000001/10', 0);
    const first = await on.draft();
    await on.place('WO-000001/10', 4, { versionId: first.id });
    const second = await on.draft('Second', first.id);
    expect(await on.startOf('WO-000001/10', second.id)).toBe(4);
    expect((await on.version(second.id)).figures).toMatchObject({ changes: 1, unscheduled: 2 });
  });

  test('has the same id and content when it is asked for twice', async () => {
    const command = { commandId: uuidv7(), plantId: on.at.plant.pumps, name: 'Once', fromVersionId: null };
    const first = await on.schedules.createDraft(on.at.call('pumps'), command);
    expect(await on.schedules.createDraft(on.at.call('pumps'), command)).toEqual(first);
  });

  test('tells its figures with each edit', async () => {
    const draft = await on.draft();
    const { operationId, version } = await on.find('WO-000001/10', draft.id);
    const { pumps, lanes, mondayAt } = on.at.plant;
    const answer = await on.lanes.edit(on.at.call('pumps'), {
      commandId: uuidv7(),
      plantId: pumps,
      versionId: draft.id,
      edits: [{ type: 'place', operationId, laneId: lanes.assembly, startsAt: mondayAt, version }],
    });
    expect(answer.figures).toMatchObject({ changes: 1, unscheduled: 2, endsAt: mondayAt + 2 * hourMs });
  });

  test('is renamed and given up by who saw it as it is', async () => {
    const draft = await on.draft();
    const named = { commandId: uuidv7(), versionId: draft.id, name: 'Better', version: draft.version };
    const renamed = await on.schedules.renameDraft(on.at.call('pumps'), named);
    expect(renamed.name).toBe('Better');
    await expect(
      on.schedules.renameDraft(on.at.call('pumps'), { ...named, commandId: uuidv7(), name: 'Worse' }),
    ).rejects.toMatchObject(conflict('version-changed'));
    await on.schedules.discardDraft(on.at.call('pumps'), { commandId: uuidv7(), versionId: draft.id });
    expect((await on.version(draft.id)).status).toBe('archived');
    await expect(on.place('WO-000001/10', 0, { versionId: draft.id })).rejects.toMatchObject(
      refusal('version-not-draft'),
    );
  });
});

test('two planners on one draft: the second sees what the first did, instead of undoing it', async () => {
  const draft = await on.draft();
  const seen = await on.find('WO-000001/10', draft.id);
  await on.place('WO-000001/10', 2, { versionId: draft.id });
  const { operationId, version } = seen;
  const edit = {
    type: 'place' as const,
    operationId,
    laneId: on.at.plant.lanes.assembly,
    startsAt: on.at.plant.mondayAt,
    version,
  };
  await expect(on.edit([edit], draft.id)).rejects.toMatchObject({
    shape: {
      ...conflict('operation-changed').shape,
      theirs: { placement: { startsAt: edit.startsAt + 2 * hourMs } },
    },
  });
  expect(await on.startOf('WO-000001/10', draft.id)).toBe(2);
});

test('two planners on one draft at once do not put two bars on one place', async () => {
  const draft = await on.draft();
  for (let round = 0; round < 8; round += 1) {
    const both = [await on.find('WO-000001/10', draft.id), await on.find('WO-000002/10', draft.id)];
    const startsAt = on.at.plant.mondayAt + 4 * hourMs;
    const laneId = on.at.plant.lanes.assembly;
    const edits = await Promise.allSettled(
      both.map(({ operationId, version }) =>
        on.edit([{ type: 'place', operationId, laneId, startsAt, version }], draft.id),
      ),
    );
    expect(edits.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const { operationId } of both) {
      const bar = (await on.board(draft.id)).operations.find((one) => one.operationId === operationId);
      if (bar?.placement === undefined) continue;
      await on.edit([{ type: 'unschedule', operationId, version: bar.version }], draft.id);
    }
  }
});

test('a comparison names what stands elsewhere', async () => {
  await on.place('WO-000001/10', 0);
  await on.place('WO-000002/10', 2);
  const [one, other] = [await on.draft('One'), await on.draft('Other')];
  await on.place('WO-000002/10', 5, { versionId: other.id });
  const compared = await on.schedules.compare(on.at.call('pumps'), { a: one.id, b: other.id });
  expect(compared.moved).toMatchObject([
    { code: 'WO-000002/10', a: { laneId: on.at.plant.lanes.assembly }, b: {} },
  ]);
  expect([compared.a.changes, compared.b.changes]).toEqual([0, 1]);
});

test('planners hear of each other, and who left is forgotten', async () => {
  const draft = await on.draft();
  const { operationId } = await on.find('WO-000001/10');
  const hear = (login: 'pumps' | 'reader', selection: string[] = []) =>
    on.schedules.present(on.at.call(login), { versionId: draft.id, selection });
  expect(await hear('pumps', [operationId])).toEqual([]);
  expect(await hear('reader')).toMatchObject([{ name: 'pumps', selection: [operationId] }]);
  const { rows } = await on.owner.query(
    `SELECT count(*)::int AS told FROM app.changes WHERE subject = 'schedule-presence' AND ids = ARRAY[$1::uuid]`,
    [draft.id],
  );
  // The planner's word was told, the reader is not shown to anybody, and the same word again is no news.
  await hear('pumps', [operationId]);
  expect(rows).toEqual([{ told: 1 }]);
  expect(await hear('pumps')).toEqual([]);
  await on.owner.query(
    `SET session_replication_role = replica;
     UPDATE production.schedule_presence SET seen_at = now() - interval '61 seconds';
     SET session_replication_role = origin`,
  );
  expect(await hear('reader')).toEqual([]);
});

test('another plant’s versions are not there; who may only read may not change them', async () => {
  const draft = await on.draft();
  const notFound = { shape: { code: 'NotFound' } };
  const { schedules, at } = on;
  const sauces = at.call('sauces');
  await expect(schedules.versions(sauces, { plantId: at.plant.pumps })).rejects.toMatchObject(notFound);
  await expect(schedules.check(sauces, { versionId: draft.id })).rejects.toMatchObject(notFound);
  await expect(schedules.present(sauces, { versionId: draft.id, selection: [] })).rejects.toMatchObject(
    notFound,
  );
  const discard = { commandId: uuidv7(), versionId: draft.id };
  await expect(schedules.discardDraft(sauces, discard)).rejects.toMatchObject(notFound);
  const notAllowed = { shape: { code: 'NotAllowed' } };
  await expect(schedules.discardDraft(at.call('reader'), discard)).rejects.toMatchObject(notAllowed);
  const { operationId, version } = await on.find('WO-000001/10', draft.id);
  await expect(
    on.edit([{ type: 'lock', operationId, locked: true, version }], draft.id, 'reader'),
  ).rejects.toMatchObject(notAllowed);
  expect(await schedules.versions(at.call('reader'), { plantId: at.plant.pumps })).toHaveLength(1);
});

test('a dispatch list is what the lane is to do, in order, and goes into a calendar', async () => {
  await on.place('WO-000002/10', 4);
  await on.place('WO-000001/10', 1);
  const { plant } = on.at;
  const asked = {
    plantId: plant.pumps,
    laneId: plant.lanes.assembly,
    from: plant.mondayAt,
    to: plant.mondayAt + 8 * hourMs,
  };
  const lines = await on.schedules.dispatch(on.at.call('reader'), asked);
  expect(lines.map(({ code, quantity, unit }) => `${code} ${quantity} ${unit}`)).toEqual([
    'WO-000001/10 10 pcs',
    'WO-000002/10 5 pcs',
  ]);
  const { fileName, text } = await on.schedules.calendar(on.at.call('reader'), asked);
  expect(fileName).toBe('ASM-1.ics');
  expect(text.match(/^SUMMARY:.*$/gm)).toEqual([
    'SUMMARY:WO-000001/10 Assemble',
    'SUMMARY:WO-000002/10 Assemble',
  ]);
});
