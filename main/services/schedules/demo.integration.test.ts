/** Planning on the demo plant, from the plan that it begins with to a published one of the solver's. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../../tests/support/postgres.ts';
import type { TestDatabase } from '../../../tests/support/postgres.ts';
import type { SolveProgress } from '#contract/schedules';
import { demoDefinition } from '#main/demo/demo-definition';
import { loadDemoPlant } from '#main/demo/load-demo';
import type { Core, SignedInCall } from '#main/services/core';
import { createLanesService } from '#main/services/lanes/service';
import { indexBoard } from '#domain/scheduling/board-index';
import { movedOf, project } from '#domain/scheduling/projection';
import { openPersonalData } from '#main/pii/personal-data';
import { createSessionService } from '#main/services/session/service';
import { connectDatabase } from '#main/store/postgres/connect';
import { createMirror } from '#main/store/sqlite/mirror';
import { createOfflinePeople } from '#main/store/sqlite/offline-people';
import { openStationFile } from '#main/store/sqlite/station-file';
import { createSchedulesService } from './service.ts';

const now = Date.parse('2026-11-19T10:20:00Z');
const dayMs = 86_400_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
let store: TestDatabase;
let dataDir: string;
let lanes: ReturnType<typeof createLanesService>;
let schedules: ReturnType<typeof createSchedulesService>;
let call: SignedInCall;
let plantId: string;
let close: () => Promise<void>;

beforeAll(async () => {
  store = await createTestDatabase();
  await loadDemoPlant({ database: { ownerUrl: store.ownerUrl }, seed: 1, now, stationSecret: 'secret' });
  const database = connectDatabase({ connectionString: store.appUrl, log: quiet, onState: () => {} });
  dataDir = mkdtempSync(join(tmpdir(), 'lanewright-schedules-'));
  const file = openStationFile(dataDir, { now: Date.now });
  const sessions = createSessionService({
    database: () => database,
    mirror: createMirror(file),
    people: createOfflinePeople(file),
    mayVouch: () => false,
    stationCode: 'DESK-1',
    now: Date.now,
    log: quiet,
  });
  const signedIn = await sessions.signIn('planner', demoDefinition.people.password);
  call = { correlationId: uuidv7(), clientId: 'test', signedIn };
  plantId = signedIn.identity.homePlantId;
  const core: Core = {
    now: () => now,
    newId: uuidv7,
    log: quiet,
    database,
    get outbox(): never {
      throw new Error('no station command is taken here');
    },
    mirror: createMirror(file),
    station: { code: 'DESK-1', name: 'Desk 1', number: 1 },
    stationSignedIn: () => null,
    personAtStation: () => null,
    pii: openPersonalData(dataDir, {}),
    publish: () => {},
  };
  lanes = createLanesService(core);
  schedules = createSchedulesService(core);
  close = async () => {
    await schedules.close();
    file.close();
    await database.close();
  };
});
afterAll(async () => {
  await close();
  await store.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const draft = (name: string) =>
  schedules.createDraft(call, { commandId: uuidv7(), plantId, name, fromVersionId: null });

test('every plant begins with a published plan that breaks no rule', async () => {
  for (const plant of call.signedIn.identity.plants) {
    const [published] = await schedules.versions(call, { plantId: plant.id });
    expect(published).toMatchObject({ number: 1, status: 'published', name: 'Weekly plan' });
    const violations = await schedules.check(call, { versionId: published?.id ?? '' });
    expect(violations).toEqual([]);
  }
});

test('the board shows everything that a planner looks at', async () => {
  const board = await lanes.board(call, { plantId, from: now - 7 * dayMs, to: now + 42 * dayMs });
  const has = (what: (operation: (typeof board.operations)[number]) => unknown) =>
    board.operations.filter((operation) => what(operation)).length;
  expect(board.families.length).toBe(5);
  expect(board.transitions.length).toBe(5);
  expect(board.links.length).toBeGreaterThan(10);
  expect(board.frozenUntil).toBeLessThan(now);
  expect(board.lanes.some(({ blocked }) => (blocked?.length ?? 0) > 0)).toBe(true);
  expect(has(({ placement }) => placement?.setupEndsAt !== undefined)).toBeGreaterThan(20);
  expect(has(({ material }) => material === 'short')).toBeGreaterThan(3);
  expect(has(({ customer }) => customer !== undefined)).toBeGreaterThan(30);
  expect(has(({ laneDurationsS }) => laneDurationsS !== undefined)).toBeGreaterThan(30);
  expect(has(({ locked }) => locked)).toBe(1);
  expect(has(({ releaseAt }) => releaseAt !== undefined)).toBe(board.operations.length);
});

test('why a late order is late is told step by step, back to where it began', async () => {
  const board = await lanes.board(call, { plantId, from: now, to: now + 42 * dayMs });
  const late = board.operations.find(
    ({ placement, dueAt, status }) =>
      status === 'planned' && placement !== undefined && placement.endsAt > dueAt,
  );
  const steps = await schedules.whyLate(call, { versionId: null, workOrderId: late?.workOrderId ?? '' });
  expect(steps.length).toBeGreaterThan(1);
  expect(steps[0]?.code.startsWith(late?.workOrderNumber ?? '')).toBe(true);
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1];
    if (next !== undefined) expect(step.byOperationId).toBe(next.operationId);
  }
});

test('the solver makes fewer orders late, is stopped, and what it made is published', async () => {
  const made = await draft('Solved');
  const before = made.figures;
  expect(before.unscheduled).toBeGreaterThan(10);
  const { objective } = await schedules.preferences(call, { plantId });
  const { runId } = await schedules.solve(call, {
    commandId: uuidv7(),
    versionId: made.id,
    mode: 'optimise',
    objective,
    seconds: 120,
    seed: 1,
  });
  const told: SolveProgress[] = [];
  const ending = new AbortController();
  const began = performance.now();
  for await (const progress of schedules.solveProgress(call, { versionId: made.id }, ending.signal)) {
    told.push(progress);
    if (progress.phase === 'solving' && performance.now() - began > 3000) {
      void schedules.stopSolve(call, { runId, discard: false }).catch(() => {});
    }
    if (['done', 'stopped', 'failed', 'infeasible'].includes(progress.phase)) ending.abort();
  }
  expect(told.at(-1)?.phase).toBe('stopped');
  const [first] = told.filter(({ placements }) => placements !== null);
  expect(first?.elapsedMs).toBeLessThan(5000);
  expect(await schedules.check(call, { versionId: made.id })).toEqual([]);
  const solved = (await schedules.versions(call, { plantId })).find(({ id }) => id === made.id);
  expect(solved?.figures.unscheduled).toBe(0);
  expect(solved?.figures.tardinessS).toBeLessThan(before.tardinessS);
  // What was told while it ran is what the draft shows from then on.
  expect(solved?.figures.setupS).toBeGreaterThan(0);
  expect(told.at(-1)?.figures).toEqual(solved?.figures);
  const published = await schedules.publish(call, {
    commandId: uuidv7(),
    versionId: made.id,
    version: solved?.version ?? 0,
    password: demoDefinition.people.password,
    reason: 'Fewer late orders',
    frozenUntil: now + dayMs,
  });
  expect(published).toMatchObject({ status: 'published', frozenUntil: now + dayMs });
  const [holds] = await schedules.versions(call, { plantId });
  expect(holds?.id).toBe(made.id);
  expect(holds?.figures.unscheduled).toBe(0);
  // Solver and projection expect the same of the floor: a plan just made is not off at once.
  const board = await lanes.board(call, { plantId, from: now - 7 * dayMs, to: now + 42 * dayMs });
  const projection = project(indexBoard({ ...board, now }));
  expect(projection.shifts.length).toBeGreaterThan(0);
  expect(movedOf(projection)).toEqual([]);
});
