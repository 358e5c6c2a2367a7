import { expect, test } from 'vitest';
import type { ChangeSubject, CoreEvent } from '#contract/events';
import type { MachineTile } from '#contract/line';
import type { SystemStatus } from '#contract/system';
import { errorShapeOf } from './errors.ts';
import { applyEvents, createEventBatcher, useFeed } from './feed.ts';
import type { FeedState } from './feed.ts';
import { staleQueries } from './invalidation.ts';

const changed = (subject: ChangeSubject): CoreEvent => ({
  type: 'changed',
  subject,
  plantId: null,
  ids: [],
});

test('a bar that was moved elsewhere makes the board stale, a printed label the cartons', () => {
  expect(staleQueries(changed('operations'))).toContain('lanes.board');
  expect(staleQueries(changed('labels'))).toContain('packing.cartons');
  expect(staleQueries(changed('suppliers'))).toEqual([]);
});

test('time that is closed or promised elsewhere, other shifts and other set-ups show on the board, in the figures and in what can be promised', () => {
  for (const subject of [
    'closures',
    'reservations',
    'shifts',
    'setup-families',
    'setup-transitions',
    'planning-settings',
    'downtime',
  ] as const) {
    expect(staleQueries(changed(subject))).toEqual(
      expect.arrayContaining(['lanes.board', 'schedules.versions', 'schedules.promise']),
    );
  }
  expect(staleQueries(changed('reservations'))).toContain('schedules.reservations');
});

test('the choice of printers is asked again when a printer changed, and only then', () => {
  const device = { code: 'P', state: 'online' as const, reason: null, since: 1 };
  const status: SystemStatus = {
    version: '1',
    simulated: true,
    station: { code: 'S', name: 'S' },
    database: { state: 'online', kind: 'embedded', reason: null, values: {}, since: 1 },
    mirroredAt: null,
    outbox: { waiting: 0, quarantined: 0, oldestAt: null, fill: 0 },
    line: { state: 'online', reason: null, machines: 0, good: 0 },
    scanner: device,
    gauge: device,
    printers: [device],
  };
  const out = { ...status, printers: [{ ...device, reason: 'paper-out' }] };
  expect(staleQueries({ type: 'status', status }, status)).toEqual([]);
  expect(staleQueries({ type: 'status', status: out }, status)).toEqual(['packing.printers']);
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
    delivered: new Set(),
    quarantined: new Set(),
  };
  const after = applyEvents(empty, batches[0] ?? []);
  expect([...after.machines.values()].map((each) => each.goodCount)).toEqual([2, 7]);
  expect(applyEvents(after, [{ type: 'outbox', delivered: [], quarantined: [] }])).toBe(after);
});

test('a screen learns when what it saved has reached the database', () => {
  const before = useFeed.getState();
  const after = applyEvents(before, [{ type: 'outbox', delivered: ['c1'], quarantined: ['c2'] }]);
  expect([after.delivered.has('c1'), after.quarantined.has('c2'), before.delivered.has('c1')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('whatever is thrown ends as an error that a person can read', () => {
  expect(errorShapeOf(new Error('boom'))).toMatchObject({ code: 'Internal', values: { message: 'boom' } });
  const refused = { code: 'Refused', reason: 'refusal.lane-occupied', values: { lane: 'L1' } };
  expect(errorShapeOf(refused)).toBe(refused);
  expect(errorShapeOf({ code: 'Nonsense', reason: 'x', values: {} }).code).toBe('Internal');
});
