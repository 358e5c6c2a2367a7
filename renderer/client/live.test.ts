import { expect, test } from 'vitest';
import { changeSubjects } from '#contract/events';
import type { CoreEvent } from '#contract/events';
import type { MachineTile } from '#contract/line';
import { errorShapeOf } from './errors.ts';
import { applyEvents, createEventBatcher } from './feed.ts';
import type { FeedState } from './feed.ts';
import { staleQueries } from './invalidation.ts';

const changed = (subject: (typeof changeSubjects)[number]): CoreEvent => ({
  type: 'changed',
  subject,
  plantId: null,
  ids: [],
});

test('a bar that was moved elsewhere makes the board stale, a printed label the cartons', () => {
  expect(staleQueries(changed('operations'))).toContain('lanes.board');
  expect(staleQueries(changed('labels'))).toContain('packing.cartons');
  for (const subject of changeSubjects) expect(staleQueries(changed(subject)).length).toBeGreaterThan(0);
});

test('what carries its own news makes nothing stale', () => {
  expect(staleQueries({ type: 'machines', machines: [] })).toEqual([]);
  expect(staleQueries({ type: 'gauge', value: 1, unit: 'mm', at: 0 })).toEqual([]);
});

const tile = (machineId: string, goodCount: number): MachineTile => ({
  machineId,
  plantId: 'p',
  code: machineId,
  name: machineId,
  laneId: 'l',
  laneCode: 'L1',
  state: 'running',
  stateSince: 0,
  faultCode: null,
  goodCount,
  rejectCount: 0,
  quality: 'good',
  sourceAt: 0,
  operationCode: null,
  progress: null,
});

test('what comes within one frame is applied once, in order', () => {
  const frames: (() => void)[] = [];
  const batches: CoreEvent[][] = [];
  const batcher = createEventBatcher(
    (run) => frames.push(run),
    (batch) => batches.push([...batch]),
  );
  batcher.push({ type: 'machines', machines: [tile('m1', 1)] });
  batcher.push({ type: 'machines', machines: [tile('m1', 2), tile('m2', 7)] });
  expect(frames).toHaveLength(1);
  frames[0]?.();
  batcher.push({ type: 'machines', machines: [] });
  expect(frames).toHaveLength(2);
  expect(batches.map((batch) => batch.length)).toEqual([2]);

  const empty: FeedState = {
    connected: true,
    everConnected: true,
    connectionSince: 0,
    retryAt: null,
    core: null,
    status: null,
    machines: new Map(),
  };
  const after = applyEvents(empty, batches[0] ?? []);
  expect([...after.machines.values()].map((each) => each.goodCount)).toEqual([2, 7]);
  expect(applyEvents(after, [{ type: 'outbox', delivered: [], quarantined: [] }])).toBe(after);
});

test('whatever is thrown ends as an error that a person can read', () => {
  expect(errorShapeOf(new Error('boom'))).toMatchObject({ code: 'Internal', values: { message: 'boom' } });
  const refused = { code: 'Refused', reason: 'refusal.lane-occupied', values: { lane: 'L1' } };
  expect(errorShapeOf(refused)).toBe(refused);
  expect(errorShapeOf({ code: 'Nonsense', reason: 'x', values: {} }).code).toBe('Internal');
});
