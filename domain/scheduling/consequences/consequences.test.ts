import { describe, expect, test } from 'vitest';
import { at, hourMs, lane, operation, placed } from '../board.fixture.ts';
import { type Board, indexBoard } from '../board-index.ts';
import type { BoardOperation } from '../types.ts';
import { consequences } from './consequences.ts';
import type { BoardEdit, PushMode } from './types.ts';

const now = at(1, 8);
const lanes = [lane('l1'), lane('l2')];
const place = (operationId: string, startsAt: number, laneId = 'l1'): BoardEdit => ({
  type: 'place',
  operationId,
  laneId,
  startsAt,
});
const ask = (
  operations: BoardOperation[],
  edits: BoardEdit[],
  mode: PushMode = 'use-slack',
  more: Partial<Board> = {},
) => consequences(indexBoard({ lanes, operations, now, ...more }), edits, mode);
const startsOf = ({ pushed }: ReturnType<typeof ask>) =>
  pushed.map(({ operationId, to }) => [operationId, to.startsAt]);

/** One bar of an order of its own, hours of day 2 on lane l1. */
const bar = (order: string, from: number, to: number, more: Partial<BoardOperation> = {}) =>
  operation(order, 10, {
    durationS: (to - from) * 3600,
    ...placed('l1', at(2, from), at(2, to)),
    ...more,
  });

describe('what follows on the lane', () => {
  const row = [bar('A', 6, 8), bar('B', 8, 10), bar('C', 11, 13), bar('D', 20, 22)];
  const waiting = operation('X', 10, { durationS: 2 * 3600 });

  test('gives way by no more than it must: the gap is used first', () => {
    const result = ask([...row, waiting], [place('X-10', at(2, 8))]);
    expect(result.ok).toBe(true);
    expect(result.moved).toEqual([
      { operationId: 'X-10', from: undefined, to: { laneId: 'l1', startsAt: at(2, 8), endsAt: at(2, 10) } },
    ]);
    expect(startsOf(result)).toEqual([
      ['B-10', at(2, 10)],
      ['C-10', at(2, 12)],
    ]);
    expect(result.pushed[0]).toMatchObject({
      cause: 'lane',
      byOperationId: 'X-10',
      from: { startsAt: at(2, 8) },
    });
    expect(result.edits).toHaveLength(3);
  });
  test('on the first half of a bar it goes before that bar, on the second half after it', () => {
    expect(startsOf(ask([...row, waiting], [place('X-10', at(2, 6.5))]))[0]).toEqual(['A-10', at(2, 8.5)]);
    expect(ask([...row, waiting], [place('X-10', at(2, 7.5))]).moved[0]?.to?.startsAt).toBe(at(2, 8));
  });
  test('refuses instead, where nothing is to give way', () => {
    const result = ask([...row, waiting], [place('X-10', at(2, 8))], 'refuse');
    expect(result).toMatchObject({
      ok: false,
      pushed: [],
      refusals: [{ refusal: { reason: 'lane-occupied' } }],
    });
    expect(ask([...row, waiting], [place('X-10', at(2, 13))], 'refuse').ok).toBe(true);
  });
  test('what is locked, started or frozen stays, and the others go around it', () => {
    const fixed = [bar('A', 6, 8), bar('B', 8, 10), bar('C', 11, 13, { locked: true })];
    expect(startsOf(ask([...fixed, waiting], [place('X-10', at(2, 8))]))).toEqual([['B-10', at(2, 13)]]);
    const result = ask([bar('B', 8, 10), waiting], [place('X-10', at(2, 12))], 'use-slack', {
      frozenUntil: at(2, 9),
    });
    expect(result.pushed).toEqual([]);
  });
  test('a lane for two has room for two', () => {
    const wide = [lane('l1', { capacity: 2 })];
    const two = [bar('A', 8, 12), bar('B', 10, 14), waiting];
    expect(startsOf(ask(two, [place('X-10', at(2, 8))], 'use-slack', { lanes: wide }))).toEqual([]);
    expect(startsOf(ask(two, [place('X-10', at(2, 9))], 'use-slack', { lanes: wide }))).toEqual([
      ['B-10', at(2, 11)],
    ]);
  });
  test('what no longer ends in the known calendar is refused', () => {
    const last = operation('Z', 10, { durationS: 4 * 3600, ...placed('l1', at(59, 18), at(59, 22)) });
    const result = ask([last, waiting], [place('X-10', at(59, 18))]);
    expect(result).toMatchObject({
      ok: false,
      refusals: [{ refusal: { reason: 'no-working-time-left', values: { operation: 'Z/10' } } }],
    });
  });
});

describe('what follows along links', () => {
  const first = bar('A', 6, 10);
  const second = operation('A', 20, { ...placed('l2', at(2, 11), at(2, 15)), dueAt: at(2, 16) });
  const third = operation('A', 30, { ...placed('l2', at(2, 15), at(2, 19)), dueAt: at(2, 16) });
  const all = [first, second, { ...third, dueAt: at(2, 20) }].map((each) => ({ ...each, dueAt: at(2, 20) }));

  test('moves later, across lanes, and the order that becomes late is named', () => {
    const result = ask(all, [place('A-10', at(2, 9))]);
    expect(startsOf(result)).toEqual([
      ['A-20', at(2, 13)],
      ['A-30', at(2, 17)],
    ]);
    expect(result.pushed[0]?.cause).toBe('link');
    expect(result.orders).toEqual([
      {
        workOrderId: 'A',
        workOrderNumber: 'A',
        change: 'becomes-late',
        dueAt: at(2, 20),
        lateBeforeMs: 0,
        lateAfterMs: hourMs,
      },
    ]);
  });
  test('earlier again takes the lateness back', () => {
    const late = all.map((each) => ({ ...each, dueAt: at(2, 18) }));
    const alone = late.filter(({ operationNumber }) => operationNumber !== 20);
    expect(ask(alone, [place('A-30', at(2, 14), 'l2')]).orders).toMatchObject([
      { change: 'in-time', lateBeforeMs: hourMs },
    ]);
  });
  test('keeps its distance when gaps are to stay', () => {
    expect(startsOf(ask(all, [place('A-10', at(2, 7))]))).toEqual([]);
    const result = ask(all, [place('A-10', at(2, 7))], 'keep-slack');
    expect(result.moved.map(({ to }) => to?.startsAt)).toEqual([at(2, 7), at(2, 12), at(2, 16)]);
    const later = [bar('A', 8, 12), ...all.slice(1)].map((each, step) => ({
      ...each,
      ...placed(step === 0 ? 'l1' : 'l2', at(2, [8, 13, 17][step] ?? 0), at(2, [12, 17, 21][step] ?? 0)),
    }));
    const back = ask(later, [place('A-10', at(2, 7))], 'keep-slack');
    expect(back.moved.map(({ to }) => to?.startsAt)).toEqual([at(2, 7), at(2, 12), at(2, 16)]);
  });
  test('a locked successor is not pushed: the move is refused and says by whom', () => {
    const locked = all.map((each) => (each.operationNumber === 20 ? { ...each, locked: true } : each));
    expect(ask(locked, [place('A-10', at(2, 9))])).toMatchObject({
      ok: false,
      refusals: [{ operationId: 'A-10', refusal: { reason: 'after-successor', values: { other: 'A/20' } } }],
    });
  });
  test('a predecessor goes along where the longest lag would be broken', () => {
    const links = [
      {
        predecessorId: 'A-10',
        successorId: 'B-10',
        kind: 'finish_start' as const,
        minLagS: 0,
        maxLagS: 3600,
      },
    ];
    const glued = [bar('A', 6, 10), operation('B', 10, { ...placed('l2', at(2, 10), at(2, 14)) })];
    const result = ask(glued, [place('B-10', at(2, 14), 'l2')], 'use-slack', { links });
    expect(startsOf(result)).toEqual([['A-10', at(2, 9)]]);
  });
  test('an own predecessor that stays refuses the leading bar; one in hand takes it along', () => {
    expect(ask(all, [place('A-20', at(2, 8), 'l2')]).refusals[0]?.refusal.reason).toBe('before-predecessor');
    const both = ask(all, [place('A-20', at(2, 12), 'l2'), place('A-10', at(2, 10))]);
    expect(both.moved.map(({ to }) => to?.startsAt)).toEqual([at(2, 14), at(2, 10)]);
  });
});

describe('set-up', () => {
  const transitions = ['red', 'blue'].map((toFamilyId) => ({
    laneId: null,
    fromFamilyId: null,
    toFamilyId,
    durationS: 3600,
    cost: 1,
  }));
  const red = (order: string, from: number, to: number) => bar(order, from, to, { familyId: 'red' });

  test('changes before what comes next, whose run stays where there is room', () => {
    const blue = operation('X', 10, { durationS: 3600, familyId: 'blue' });
    const result = ask([red('A', 6, 8), red('B', 12, 14), blue], [place('X-10', at(2, 9))], 'use-slack', {
      transitions,
    });
    expect(result.moved[0]?.to).toEqual({
      laneId: 'l1',
      startsAt: at(2, 9),
      setupEndsAt: at(2, 10),
      endsAt: at(2, 11),
    });
    expect(result.pushed).toMatchObject([
      {
        operationId: 'B-10',
        cause: 'setup',
        to: { startsAt: at(2, 11), setupEndsAt: at(2, 12), endsAt: at(2, 14) },
      },
    ]);
    expect(result.setupAfterS - result.setupBeforeS).toBe(7200);
  });
  test('pushes what comes next where there is none', () => {
    const blue = operation('X', 10, { durationS: 3600, familyId: 'blue' });
    const board = [red('A', 6, 8), red('B', 10, 12), blue];
    const result = ask(board, [place('X-10', at(2, 8))], 'use-slack', { transitions });
    expect(result.pushed).toMatchObject([
      { to: { startsAt: at(2, 10), setupEndsAt: at(2, 11), endsAt: at(2, 13) } },
    ]);
    expect(ask(board, [place('X-10', at(2, 8))], 'refuse', { transitions }).refusals[0]?.refusal.reason).toBe(
      'no-room-for-setup',
    );
  });
  test('falls away where families come together', () => {
    const between = bar('X', 8, 10, { familyId: 'blue' });
    const after = bar('B', 10, 13, {
      familyId: 'red',
      durationS: 2 * 3600,
      placement: { laneId: 'l1', startsAt: at(2, 10), setupEndsAt: at(2, 11), endsAt: at(2, 13) },
    });
    const result = ask(
      [red('A', 6, 8), between, after],
      [{ type: 'unschedule', operationId: 'X-10' }],
      'use-slack',
      { transitions },
    );
    expect(result.pushed).toMatchObject([
      { operationId: 'B-10', to: { startsAt: at(2, 11), endsAt: at(2, 13) } },
    ]);
    expect(result.setupAfterS).toBe(0);
    expect(result.edits).toEqual([
      { type: 'unschedule', operationId: 'X-10' },
      { type: 'place', operationId: 'B-10', laneId: 'l1', startsAt: at(2, 11) },
    ]);
  });
  test('that grows where one was taken away pushes, or refuses where nothing is to give way', () => {
    const blue = bar('A', 6, 8, { familyId: 'blue' });
    const between = bar('X', 8, 8.5, { familyId: 'red' });
    const board = [blue, between, red('B', 8.5, 10)];
    const edits: BoardEdit[] = [{ type: 'unschedule', operationId: 'X-10' }];
    expect(ask(board, edits, 'use-slack', { transitions }).pushed).toMatchObject([
      { operationId: 'B-10', to: { startsAt: at(2, 8), setupEndsAt: at(2, 9), endsAt: at(2, 10.5) } },
    ]);
    expect(ask(board, edits, 'refuse', { transitions })).toMatchObject({
      ok: false,
      refusals: [{ refusal: { reason: 'no-room-for-setup', values: { readyAt: at(2, 9) } } }],
    });
  });
  test('a locked bar that would lose its set-up refuses', () => {
    const blue = operation('X', 10, { durationS: 3600, familyId: 'blue' });
    const locked = { ...red('B', 10, 12), locked: true };
    expect(
      ask([red('A', 6, 8), locked, blue], [place('X-10', at(2, 8))], 'use-slack', { transitions }),
    ).toMatchObject({
      ok: false,
      refusals: [{ refusal: { reason: 'no-room-for-setup', values: { other: 'B/10' } } }],
    });
  });
});

test('edits that move nothing pass through, and what is pinned is not taken off', () => {
  const board = [bar('A', 6, 8), bar('B', 8, 10, { status: 'running' })];
  const lock: BoardEdit = { type: 'lock', operationId: 'A-10', locked: true };
  expect(ask(board, [lock])).toMatchObject({ ok: true, moved: [], pushed: [], edits: [lock] });
  expect(ask(board, [{ type: 'unschedule', operationId: 'B-10' }]).refusals[0]?.refusal.reason).toBe(
    'already-started',
  );
});

describe('a change of set-up that may not be made', () => {
  const transitions = [
    { laneId: null, fromFamilyId: 'nuts', toFamilyId: 'pure', durationS: 0, cost: 0, forbidden: true },
  ];
  const nuts = bar('N', 6, 8, { familyId: 'nuts' });
  const other = bar('O', 8, 10, { familyId: 'other' });
  const pure = bar('P', 10, 12, { familyId: 'pure' });
  const told = (result: ReturnType<typeof ask>) =>
    result.refusals.map(({ operationId, refusal }) => [operationId, refusal.reason]);

  test('is refused whoever brings the two together: the one in hand, one that gives way, one that leaves', () => {
    const waiting = operation('X', 10, { durationS: 2 * 3600, familyId: 'nuts' });
    for (const mode of ['refuse', 'use-slack', 'keep-slack'] as const) {
      const dropped = ask(
        [other, { ...pure, ...placed('l1', at(2, 14), at(2, 16)) }, waiting],
        [place('X-10', at(2, 10))],
        mode,
        { transitions },
      );
      expect(told(dropped)).toEqual([['X-10', 'setup-forbidden']]);
      const left = ask([nuts, other, pure], [{ type: 'unschedule', operationId: 'O-10' }], mode, {
        transitions,
      });
      expect(told(left)).toEqual([['P-10', 'setup-forbidden']]);
    }
    const pushed = ask(
      [nuts, other, pure, { ...waiting, familyId: 'other' }],
      [place('X-10', at(2, 10)), { type: 'unschedule', operationId: 'O-10' }],
      'use-slack',
      { transitions },
    );
    expect(pushed.ok).toBe(true);
  });
  test('is no reason against a move that leaves it as it was', () => {
    const result = ask(
      [
        nuts,
        { ...pure, ...placed('l1', at(2, 8), at(2, 10)) },
        { ...other, ...placed('l1', at(2, 14), at(2, 16)) },
      ],
      [place('O-10', at(2, 18))],
      'use-slack',
      { transitions },
    );
    expect(result.ok).toBe(true);
  });
});
