import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finishAfter, nextWorkingInstant, workingSecondsBetween } from '../../calendars/working-time.ts';
import { mergeIntervals } from '../../calendars/intervals.ts';
import { at, hourMs, lane, operation } from '../board.fixture.ts';
import { indexBoard, type Board } from '../board-index.ts';
import type { BoardOperation, Placement } from '../types.ts';
import { consequences } from './consequences.ts';
import type { BoardEdit, Consequences } from './types.ts';

const lanes = ['l1', 'l2', 'l3'].map((id) => lane(id));
const laneIds = lanes.map(({ id }) => id);
const stretches = mergeIntervals(lanes[0]?.windows ?? []);
/** Minutes from one family to another: each way, and cold, takes another time. */
const minutes: Readonly<Record<string, number>> = { ' a': 10, ' b': 20, 'a b': 30, 'b a': 60 };
const transitions = Object.entries(minutes).map(([pair, takes]) => {
  const [from = '', to = ''] = pair.split(' ');
  const fromFamilyId = from === '' ? null : from;
  return { laneId: null, fromFamilyId, toFamilyId: to, durationS: takes * 60, cost: 0 };
});
const setupBetween = (from: string | undefined, to: string | undefined) =>
  to === undefined ? 0 : (minutes[`${from ?? ''} ${to}`] ?? 0) * 60;
const now = at(0, 0);
const frozenUntil = at(1, 8);

interface Seed {
  readonly order: number;
  readonly lane: number;
  readonly hours: number;
  readonly gap: number;
  readonly family: number;
  readonly pin: number;
}

/** A plan that breaks no rule, made by putting one bar after the other: by hand, not by what is tested. */
function planOf(seeds: readonly Seed[]): BoardOperation[] {
  const free = new Map<string, { at: number; family: string | undefined }>();
  const orders = new Map<number, { end: number; count: number }>();
  return seeds.map((seed) => {
    const laneId = laneIds[seed.lane] ?? 'l1';
    const order = orders.get(seed.order) ?? { end: at(1, 6), count: 0 };
    const state = free.get(laneId) ?? { at: at(1, 6), family: undefined };
    const family = [undefined, 'a', 'b'][seed.family];
    const needsS = setupBetween(state.family, family);
    const after = Math.max(order.end, state.at) + seed.gap * hourMs;
    const startsAt = nextWorkingInstant(stretches, after) ?? 0;
    const ready = finishAfter(stretches, startsAt, needsS) ?? 0;
    const setupEndsAt = needsS === 0 ? startsAt : (nextWorkingInstant(stretches, ready) ?? 0);
    const endsAt = finishAfter(stretches, setupEndsAt, seed.hours * 3600) ?? 0;
    orders.set(seed.order, { end: endsAt, count: order.count + 1 });
    free.set(laneId, { at: endsAt, family: family ?? state.family });
    return operation(`W${seed.order}`, 10 * (order.count + 1), {
      eligibleLaneIds: laneIds,
      durationS: seed.hours * 3600,
      familyId: family,
      locked: seed.pin === 0,
      dueAt: at(4, 12),
      placement: { laneId, startsAt, setupEndsAt, endsAt },
    });
  });
}

/** The plan with what the consequences say, without asking them. */
function after(operations: readonly BoardOperation[], result: Consequences): BoardOperation[] {
  const to = new Map([...result.moved, ...result.pushed].map((shift) => [shift.operationId, shift.to]));
  return operations.map((each) =>
    to.has(each.operationId) ? { ...each, placement: to.get(each.operationId) } : each,
  );
}

function faultsOf(operations: readonly BoardOperation[]): string[] {
  const faults: string[] = [];
  const placedOnes = operations.flatMap((each) =>
    each.placement === undefined ? [] : [{ each, place: each.placement }],
  );
  for (const laneId of laneIds) {
    const row = placedOnes
      .filter(({ place }) => place.laneId === laneId)
      .sort((a, b) => a.place.startsAt - b.place.startsAt);
    let family: string | undefined;
    let free = -Infinity;
    for (const { each, place } of row) {
      if (place.startsAt < free) faults.push(`${each.code} overlaps`);
      const hasS = workingSecondsBetween(stretches, place.startsAt, runOf(place));
      const needsS = setupBetween(family, each.familyId);
      // What is locked keeps a set-up that it no longer needs.
      if (each.locked === true ? hasS < needsS : hasS !== needsS) faults.push(`${each.code} set-up ${hasS}`);
      if (workingSecondsBetween(stretches, runOf(place), place.endsAt) !== each.durationS)
        faults.push(`${each.code} has another length`);
      family = each.familyId ?? family;
      free = place.endsAt;
    }
  }
  for (const { each, place } of placedOnes) {
    const before = placedOnes.filter(
      (other) =>
        other.each.workOrderId === each.workOrderId && other.each.operationNumber < each.operationNumber,
    );
    if (before.some((other) => other.place.endsAt > runOf(place))) faults.push(`${each.code} too early`);
  }
  return faults;
}
const runOf = (place: Placement) => place.setupEndsAt ?? place.startsAt;

const seeds = fc.array(
  fc.record({
    order: fc.integer({ min: 0, max: 6 }),
    lane: fc.integer({ min: 0, max: 2 }),
    hours: fc.integer({ min: 1, max: 6 }),
    gap: fc.integer({ min: 0, max: 3 }),
    family: fc.integer({ min: 0, max: 2 }),
    pin: fc.integer({ min: 0, max: 11 }),
  }),
  { minLength: 2, maxLength: 25 },
);
const wishes = fc.array(
  fc.record({
    which: fc.nat(24),
    lane: fc.integer({ min: 0, max: 2 }),
    hour: fc.integer({ min: 0, max: 160 }),
    off: fc.integer({ min: 0, max: 9 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const mode = fc.constantFrom('refuse' as const, 'use-slack' as const, 'keep-slack' as const);

test('what is allowed breaks no rule, moves nothing that is pinned, and pushes nothing earlier', () => {
  let allowed = 0;
  let pushes = 0;
  fc.assert(
    fc.property(seeds, wishes, mode, (some, wanted, how) => {
      const operations = planOf(some);
      expect(faultsOf(operations)).toEqual([]);
      const board: Board = { lanes, operations, transitions, frozenUntil, now };
      const edits = wanted.map(({ which, lane: to, hour, off }): BoardEdit => {
        const operationId = operations[which % operations.length]?.operationId ?? '';
        return off === 0
          ? { type: 'unschedule', operationId }
          : {
              type: 'place',
              operationId,
              laneId: laneIds[to] ?? 'l1',
              startsAt: at(1, 6) + hour * hourMs * 0.5,
            };
      });
      const [first] = edits;
      fc.pre(
        first !== undefined && new Set(edits.map(({ operationId }) => operationId)).size === edits.length,
      );
      const result = consequences(indexBoard(board), edits, how);
      if (!result.ok) {
        expect(result.refusals.length).toBeGreaterThan(0);
        return;
      }
      allowed += 1;
      pushes += result.pushed.length;
      const changed = after(operations, result);
      expect(faultsOf(changed)).toEqual([]);
      for (const [at0, each] of operations.entries()) {
        const isPinned = each.locked === true || (each.placement?.startsAt ?? 0) < frozenUntil;
        if (isPinned) expect(changed[at0]?.placement).toEqual(each.placement);
      }
      for (const { from, to, cause } of result.pushed) {
        if (cause === 'setup' && runOf(to) === runOf(from)) continue;
        expect(runOf(to)).toBeGreaterThanOrEqual(runOf(from));
        expect(how).not.toBe('refuse');
      }
      if (first?.type === 'place')
        expect(result.moved.find(({ operationId }) => operationId === first.operationId)?.to?.laneId).toBe(
          first.laneId,
        );
    }),
    { numRuns: 1500 },
  );
  // The wishes must not be such that nearly all are refused.
  expect(allowed).toBeGreaterThan(150);
  expect(pushes).toBeGreaterThan(100);
});
