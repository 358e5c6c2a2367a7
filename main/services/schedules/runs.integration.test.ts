import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hourMs, objective, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';
import type { SolveProgress } from '#contract/schedules';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());
beforeEach(async () => {
  await on.reset();
  await dueIn(21);
});

/** Two orders that both should be ready at once and want the same lane: no bound proves that there is nothing better. */
const dueIn = (days: number) =>
  on.owner.query(`UPDATE production.work_orders SET due_at = now() + make_interval(days => $1)`, [days]);

const solve = async (versionId: string, more: { seconds?: number; mode?: 'optimise' | 'repair' } = {}) => {
  const { runId } = await on.schedules.solve(on.at.call('pumps'), {
    commandId: uuidv7(),
    versionId,
    mode: more.mode ?? 'optimise',
    objective,
    seconds: more.seconds ?? 1,
    seed: 1,
  });
  return runId;
};
/** Everything that is told until the run has ended. */
const follow = async (versionId: string, login: 'pumps' | 'reader' = 'pumps') => {
  const told: SolveProgress[] = [];
  const ending = new AbortController();
  for await (const progress of on.schedules.solveProgress(on.at.call(login), { versionId }, ending.signal)) {
    told.push(progress);
    if (['done', 'stopped', 'failed', 'infeasible'].includes(progress.phase)) ending.abort();
  }
  return told;
};
const runOf = async (runId: string) => {
  const { rows } = await on.owner.query<Record<string, unknown>>(
    'SELECT status, outcome, objective_value, bound, seed::int, parameters FROM planning.optimization_runs WHERE id = $1',
    [runId],
  );
  return rows[0];
};

test('an empty week becomes a plan that no rule is broken by, and the plan that holds stays as it is', async () => {
  const draft = await on.draft();
  const [told] = await Promise.all([follow(draft.id), solve(draft.id)]);
  expect(told.at(-1)).toMatchObject({ phase: 'done', versionId: draft.id });
  expect(told.some(({ placements }) => (placements?.length ?? 0) === 3)).toBe(true);
  expect(await on.schedules.check(on.at.call('pumps'), { versionId: draft.id })).toEqual([]);
  const { figures } = await on.version(draft.id);
  expect(figures).toMatchObject({ unscheduled: 0, lateOrders: 0, changes: 3 });
  expect(told.at(-1)?.figures).toMatchObject({ unscheduled: 0, changes: 3 });
  expect(await on.startOf('WO-000001/10')).toBeUndefined();
  expect(await runOf(told.at(-1)?.runId ?? '')).toMatchObject({
    status: 'completed',
    seed: 1,
    parameters: { versionId: draft.id, mode: 'optimise' },
  });
  expect(await on.schedules.preferences(on.at.call('pumps'), { plantId: on.at.plant.pumps })).toEqual({
    objective,
    seconds: 1,
    assumedRepairS: 7200,
    minorStopS: 300,
  });
});

test('what is locked, has begun or is frozen stays where it is', async () => {
  await on.place('WO-000002/10', 30);
  const { operationId, version } = await on.find('WO-000002/10');
  await on.edit([{ type: 'lock', operationId, locked: true, version }]);
  const draft = await on.draft();
  await Promise.all([follow(draft.id), solve(draft.id)]);
  expect(await on.startOf('WO-000002/10', draft.id)).toBe(30);
  expect(await on.startOf('WO-000001/10', draft.id)).toBeLessThan(30);
});

test('while it goes on it tells where the rest may go, and nothing of what has begun', async () => {
  await on.place('WO-000001/10', 0);
  const { operationId } = await on.find('WO-000001/10');
  await on.owner.query(
    `UPDATE production.operations SET status = 'running', started_at = now() WHERE id = $1`,
    [operationId],
  );
  const draft = await on.draft();
  const [told] = await Promise.all([follow(draft.id), solve(draft.id)]);
  const placed = told.flatMap(({ placements }) => placements ?? []);
  const rest = [(await on.find('WO-000001/20')).operationId, (await on.find('WO-000002/10')).operationId];
  expect(new Set(placed.map((one) => one.operationId))).toEqual(new Set(rest));
  // The draft leaves it where it stands, too.
  expect(await on.startOf('WO-000001/10', draft.id)).toBe(0);
});

test('one run a version; nobody moves bars under it; stopped, it leaves the best so far', async () => {
  await dueIn(-10);
  const draft = await on.draft();
  const { operationId, version } = await on.find('WO-000001/10', draft.id);
  const runId = await solve(draft.id, { seconds: 60 });
  const refused = (reason: string) => ({ shape: { code: 'Refused', reason: `refusal.${reason}` } });
  await expect(solve(draft.id)).rejects.toMatchObject(refused('run-under-way'));
  await expect(on.edit([{ type: 'unschedule', operationId, version }], draft.id)).rejects.toMatchObject(
    refused('version-solving'),
  );
  const told = follow(draft.id, 'reader');
  await new Promise((resolve) => setTimeout(resolve, 600));
  await on.schedules.stopSolve(on.at.call('pumps'), { runId, discard: false });
  expect((await told).at(-1)?.phase).toBe('stopped');
  expect(await runOf(runId)).toMatchObject({ status: 'completed' });
  expect((await on.version(draft.id)).figures.unscheduled).toBe(0);
});

test('given up, it leaves the draft as it was', async () => {
  await dueIn(-10);
  const draft = await on.draft();
  const runId = await solve(draft.id, { seconds: 60 });
  await on.schedules.stopSolve(on.at.call('pumps'), { runId, discard: true });
  expect(await runOf(runId)).toMatchObject({ status: 'cancelled', outcome: null });
  expect((await on.version(draft.id)).figures.unscheduled).toBe(3);
  await expect(on.schedules.stopSolve(on.at.call('pumps'), { runId, discard: true })).rejects.toMatchObject({
    shape: { code: 'NotFound', reason: 'error.unknown-run' },
  });
});

test('a repair after a machine broke down moves what it must and leaves the rest', async () => {
  await on.place('WO-000001/10', 0);
  await on.place('WO-000001/20', 2, { lane: 'testing' });
  await on.place('WO-000002/10', 8);
  await on.owner.query(
    `INSERT INTO production.closures (organization_id, id, plant_id, lane_id, starts_at, ends_at, reason)
     VALUES ($1, $2, $3, $4, $5, $6, 'Gearbox')`,
    [
      on.at.plant.organizationId,
      uuidv7(),
      on.at.plant.pumps,
      on.at.plant.lanes.testing,
      new Date(on.at.plant.mondayAt),
      new Date(on.at.plant.mondayAt + 5 * hourMs),
    ],
  );
  try {
    const draft = await on.draft();
    expect(await on.schedules.check(on.at.call('pumps'), { versionId: draft.id })).not.toEqual([]);
    await Promise.all([follow(draft.id), solve(draft.id, { mode: 'repair' })]);
    expect(await on.schedules.check(on.at.call('pumps'), { versionId: draft.id })).toEqual([]);
    expect(await on.startOf('WO-000001/20', draft.id)).toBeGreaterThanOrEqual(5);
    expect((await on.version(draft.id)).figures.changes).toBe(1);
  } finally {
    await on.owner.query('DELETE FROM production.closures');
  }
});

test('what is locked where its lane stands stays, and is nothing to mend before publishing', async () => {
  await on.place('WO-000002/10', 8);
  const { operationId } = await on.find('WO-000002/10');
  await on.owner.query('UPDATE production.operations SET locked = true, setup_s = 1800 WHERE id = $1', [
    operationId,
  ]);
  const { mondayAt, organizationId, pumps, lanes } = on.at.plant;
  await on.owner.query(
    `INSERT INTO production.closures (organization_id, id, plant_id, lane_id, starts_at, ends_at, reason)
     VALUES ($1, $2, $3, $4, $5, $6, 'Spindle')`,
    [
      organizationId,
      uuidv7(),
      pumps,
      lanes.assembly,
      new Date(mondayAt + 7 * hourMs),
      new Date(mondayAt + 60 * hourMs),
    ],
  );
  try {
    const draft = await on.draft();
    await Promise.all([follow(draft.id), solve(draft.id, { mode: 'repair' })]);
    expect(await on.schedules.check(on.at.call('pumps'), { versionId: draft.id })).toEqual([]);
    expect(await on.startOf('WO-000002/10', draft.id)).toBe(8);
  } finally {
    await on.owner.query('DELETE FROM production.closures');
    await on.owner.query('UPDATE production.operations SET locked = false, setup_s = 0 WHERE id = $1', [
      operationId,
    ]);
  }
});

test('a draft that was changed behind the solver is not written over', async () => {
  await dueIn(-10);
  const draft = await on.draft();
  const told = follow(draft.id);
  const runId = await solve(draft.id, { seconds: 60 });
  await on.owner.query('UPDATE production.schedule_versions SET name = name WHERE id = $1', [draft.id]);
  await on.schedules.stopSolve(on.at.call('pumps'), { runId, discard: false });
  expect((await told).at(-1)?.phase).toBe('failed');
  expect(await runOf(runId)).toMatchObject({ status: 'failed' });
  expect((await on.version(draft.id)).figures.unscheduled).toBe(3);
});

test('what has no place says why, and the rest is planned', async () => {
  // Work of sixty hours that no break may interrupt has no stretch that is long enough.
  await on.owner.query(
    `UPDATE production.operations SET interruptible = false, duration_s = 216000 WHERE code = 'WO-000002/10'`,
  );
  try {
    const draft = await on.draft();
    const [told] = await Promise.all([follow(draft.id), solve(draft.id)]);
    const last = told.at(-1);
    expect(last?.phase).toBe('infeasible');
    const { operationId } = await on.find('WO-000002/10');
    expect(last?.conflicts.length).toBeGreaterThan(0);
    expect(last?.conflicts.some(({ operationIds }) => operationIds.includes(operationId))).toBe(true);
    expect(await runOf(last?.runId ?? '')).toMatchObject({ status: 'completed', outcome: 'infeasible' });
    expect((await on.version(draft.id)).figures.unscheduled).toBe(1);
  } finally {
    await on.owner.query('UPDATE production.operations SET interruptible = true');
  }
});

test('who may only read starts nothing; another plant hears nothing', async () => {
  const draft = await on.draft();
  const command = {
    commandId: uuidv7(),
    versionId: draft.id,
    mode: 'optimise' as const,
    objective,
    seconds: 1,
    seed: 1,
  };
  await expect(on.schedules.solve(on.at.call('reader'), command)).rejects.toMatchObject({
    shape: { code: 'NotAllowed' },
  });
  const listening = on.schedules.solveProgress(
    on.at.call('sauces'),
    { versionId: draft.id },
    new AbortController().signal,
  );
  await expect(listening[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    shape: { code: 'NotFound' },
  });
});
