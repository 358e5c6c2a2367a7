import { describe, expect, test } from 'vitest';
import { at, hourMs, lane, operation, placed } from './board.fixture.ts';
import { type Board, indexBoard } from './board-index.ts';
import { checkPlacement } from './placement.ts';
import type { BoardOperation, OperationLink } from './types.ts';

const now = at(1, 8);
const lanes = [lane('l1'), lane('l2')];
const check = (
  operations: BoardOperation[],
  operationId: string,
  startsAt: number,
  more: Partial<Board> = {},
) => checkPlacement(indexBoard({ lanes, operations, now, ...more }), { operationId, laneId: 'l1', startsAt });
const reasonOf = (result: ReturnType<typeof checkPlacement>) => (result.ok ? 'ok' : result.refusal.reason);

describe('links', () => {
  const first = operation('A', 10, placed('l2', at(2, 8), at(2, 12)));
  const second = operation('B', 10);
  const link = (kind: OperationLink['kind'], minLagS: number, maxLagS?: number): OperationLink => ({
    predecessorId: 'A-10',
    successorId: 'B-10',
    kind,
    minLagS,
    maxLagS,
  });
  const ask = (startsAt: number, ...links: OperationLink[]) =>
    check([first, second], 'B-10', startsAt, { links });

  test('finish to start counts its lag by the clock, from the end', () => {
    expect(reasonOf(ask(at(2, 13), link('finish_start', 7200)))).toBe('before-predecessor');
    expect(ask(at(2, 13), link('finish_start', 7200))).toMatchObject({
      refusal: { values: { other: 'A/10', edge: 'begin', at: at(2, 14) } },
    });
    expect(reasonOf(ask(at(2, 14), link('finish_start', 7200)))).toBe('ok');
  });
  test('start to start lets it begin while the other runs', () => {
    expect(reasonOf(ask(at(2, 8), link('start_start', 3600)))).toBe('before-predecessor');
    expect(reasonOf(ask(at(2, 9), link('start_start', 3600)))).toBe('ok');
  });
  test('finish to finish holds the end', () => {
    // Four hours of work: from 08:30 they end at 12:30, half an hour too early.
    expect(ask(at(2, 8.5), link('finish_finish', 3600))).toMatchObject({
      refusal: { reason: 'before-predecessor', values: { edge: 'end', at: at(2, 13) } },
    });
    expect(reasonOf(ask(at(2, 9), link('finish_finish', 3600)))).toBe('ok');
  });
  test('the longest lag binds from both ends', () => {
    const links = [link('finish_start', 0, 7200)];
    expect(ask(at(2, 15), ...links)).toMatchObject({
      refusal: { reason: 'lag-exceeded', values: { other: 'A/10', side: 'late', at: at(2, 14) } },
    });
    const waiting = { ...first, placement: undefined, durationS: 3600 };
    const stands = { ...second, ...placed('l2', at(2, 20), at(2, 22)) };
    expect(check([waiting, stands], 'A-10', at(2, 16), { links })).toMatchObject({
      refusal: { reason: 'lag-exceeded', values: { other: 'B/10', side: 'early', at: at(2, 18) } },
    });
    expect(reasonOf(check([waiting, stands], 'A-10', at(2, 17), { links }))).toBe('ok');
  });
  test('between two operations of one order it stands instead of their numbers, and parts go side by side', () => {
    const ten = operation('A', 10, placed('l2', at(2, 8), at(2, 12)));
    const links: OperationLink[] = [
      { predecessorId: 'A-10', successorId: 'A-20', kind: 'start_start', minLagS: 0 },
    ];
    expect(reasonOf(check([ten, operation('A', 20)], 'A-20', at(2, 8)))).toBe('before-predecessor');
    expect(reasonOf(check([ten, operation('A', 20)], 'A-20', at(2, 8), { links }))).toBe('ok');
    const part = operation('A', 10, { operationId: 'A-10-2', part: 2 });
    expect(reasonOf(check([ten, part], 'A-10-2', at(2, 8)))).toBe('ok');
    expect(reasonOf(check([part, ten, operation('A', 20)], 'A-20', at(2, 8)))).toBe('before-predecessor');
  });
  test('a link of an operation to itself, or to one that is gone, binds nothing; a circle does not hang', () => {
    const links: OperationLink[] = [
      { predecessorId: 'B-10', successorId: 'B-10', kind: 'finish_start', minLagS: 0 },
      { predecessorId: 'gone', successorId: 'B-10', kind: 'finish_start', minLagS: 0 },
      { predecessorId: 'C-10', successorId: 'D-10', kind: 'finish_start', minLagS: 0 },
      { predecessorId: 'D-10', successorId: 'C-10', kind: 'finish_start', minLagS: 0 },
      { predecessorId: 'D-10', successorId: 'B-10', kind: 'finish_start', minLagS: 0 },
    ];
    const operations = [second, operation('C', 10), operation('D', 10)];
    expect(reasonOf(check(operations, 'B-10', at(2, 6), { links }))).toBe('ok');
  });
});

describe('what stands still', () => {
  const stands = placed('l1', at(2, 8), at(2, 12));
  test('locked, and what begins in the frozen horizon, is not taken', () => {
    expect(reasonOf(check([operation('A', 10, { ...stands, locked: true })], 'A-10', at(3, 8)))).toBe(
      'locked',
    );
    expect(check([operation('A', 10, stands)], 'A-10', at(3, 8), { frozenUntil: at(2, 10) })).toMatchObject({
      refusal: { reason: 'frozen', values: { frozenUntil: at(2, 10) } },
    });
  });
  test('nothing is put into the frozen horizon either', () => {
    const frozenUntil = at(3, 0);
    expect(reasonOf(check([operation('A', 10)], 'A-10', at(2, 20), { frozenUntil }))).toBe('frozen');
    expect(reasonOf(check([operation('A', 10)], 'A-10', at(3, 6), { frozenUntil }))).toBe('ok');
  });
});

describe('dates', () => {
  test('not before the release, nor before components that are expected', () => {
    const released = operation('A', 10, { releaseAt: at(3, 6) });
    expect(check([released], 'A-10', at(2, 6))).toMatchObject({
      refusal: { reason: 'before-release', values: { releaseAt: at(3, 6) } },
    });
    const short = operation('A', 10, { material: 'short', materialAt: at(3, 7) });
    expect(reasonOf(check([short], 'A-10', at(3, 6)))).toBe('material-missing');
    expect(reasonOf(check([short], 'A-10', at(3, 7)))).toBe('ok');
    expect(reasonOf(check([operation('A', 10, { material: 'short' })], 'A-10', at(3, 6)))).toBe('ok');
  });
});

describe('how long', () => {
  test('a lane takes as long as it takes', () => {
    const slow = operation('A', 10, { laneDurationsS: { l1: 6 * 3600 } });
    expect(check([slow], 'A-10', at(2, 6))).toMatchObject({ placement: { endsAt: at(2, 12) } });
  });
  test('work that no break may interrupt stays in one stretch', () => {
    const weld = operation('A', 10, { interruptible: false });
    expect(check([weld], 'A-10', at(2, 20))).toMatchObject({
      refusal: { reason: 'interrupted', values: { stopsAt: at(2, 22), blocked: 'no' } },
    });
    expect(reasonOf(check([weld], 'A-10', at(2, 18)))).toBe('ok');
  });
  test('what blocks a lane is named', () => {
    const blocked = [
      { startsAt: at(2, 10), endsAt: at(2, 14), reason: 'machine-down' as const, label: 'Spindle' },
    ];
    const down = lane('l1', {
      blocked,
      windows: [
        { startsAt: at(2, 6), endsAt: at(2, 10), shiftCode: 'early' },
        { startsAt: at(2, 14), endsAt: at(2, 22), shiftCode: 'late' },
      ],
    });
    expect(check([operation('A', 10)], 'A-10', at(2, 11), { lanes: [down] })).toMatchObject({
      refusal: {
        reason: 'outside-shift',
        values: { blocked: 'machineDown', label: 'Spindle', assumedH: 0, opensAt: at(2, 14) },
      },
    });
    const assumed = { ...down, blocked: blocked.map((stretch) => ({ ...stretch, assumedS: 5400 })) };
    expect(check([operation('A', 10)], 'A-10', at(2, 11), { lanes: [assumed] })).toMatchObject({
      refusal: { values: { blocked: 'machineDown', label: 'Spindle', assumedH: 1.5 } },
    });
  });
});

describe('set-up', () => {
  const transitions = [
    { laneId: null, fromFamilyId: null, toFamilyId: 'red', durationS: 3600, cost: 1 },
    { laneId: null, fromFamilyId: 'blue', toFamilyId: 'red', durationS: 1800, cost: 1 },
    { laneId: 'l1', fromFamilyId: null, toFamilyId: 'red', durationS: 7200, cost: 1 },
    { laneId: 'l1', fromFamilyId: 'green', toFamilyId: 'red', durationS: 900, cost: 1 },
  ];
  const red = (more: Partial<BoardOperation> = {}) => operation('R', 10, { familyId: 'red', ...more });
  const before = (familyId: string | undefined, laneId = 'l1') =>
    operation('P', 10, { familyId, eligibleLaneIds: ['l1', 'l2'], ...placed(laneId, at(2, 6), at(2, 8)) });
  const setupAfter = (familyId: string | undefined, laneId = 'l1') => {
    const index = indexBoard({ lanes, operations: [before(familyId, laneId), red()], transitions, now });
    const result = checkPlacement(index, { operationId: 'R-10', laneId, startsAt: at(2, 8) });
    const { startsAt, setupEndsAt } = result.placement ?? { startsAt: 0, setupEndsAt: 0 };
    return ((setupEndsAt ?? startsAt) - startsAt) / hourMs;
  };

  test('the rule of lane and family wins, then the lane, then the family, then the one for all', () => {
    expect(setupAfter('green')).toBe(0.25);
    expect(setupAfter('blue')).toBe(2);
    expect(setupAfter('blue', 'l2')).toBe(0.5);
    expect(setupAfter('green', 'l2')).toBe(1);
    expect(setupAfter(undefined, 'l2')).toBe(1);
    expect(setupAfter('red')).toBe(0);
  });
  test('it is made before the run and takes the lane with it', () => {
    expect(check([before('green'), red()], 'R-10', at(2, 8), { transitions })).toMatchObject({
      placement: { startsAt: at(2, 8), setupEndsAt: at(2, 8.25), endsAt: at(2, 12.25) },
    });
  });
  test('one that follows must still be set up: it is refused where there is no room', () => {
    const next = operation('N', 10, { familyId: 'red', ...placed('l1', at(2, 12), at(2, 16)) });
    const green = operation('G', 10, { familyId: 'green' });
    expect(check([next, green], 'G-10', at(2, 8), { transitions })).toMatchObject({
      refusal: {
        reason: 'no-room-for-setup',
        values: { other: 'N/10', setupS: 900, readyAt: at(2, 12.25) },
      },
    });
    expect(reasonOf(check([next, green], 'G-10', at(2, 7.75), { transitions }))).toBe('ok');
  });

  describe('that may not be made', () => {
    const forbidden = [
      { laneId: 'l1', fromFamilyId: 'nuts', toFamilyId: 'red', durationS: 0, cost: 0, forbidden: true },
      { laneId: 'l1', fromFamilyId: null, toFamilyId: 'blue', durationS: 0, cost: 0, forbidden: true },
    ];
    const ask = (operations: BoardOperation[], id: string, startsAt: number) =>
      check(operations, id, startsAt, { transitions: forbidden });

    test('is refused after what runs before, and with what comes next', () => {
      expect(ask([before('nuts'), red()], 'R-10', at(2, 8))).toMatchObject({
        refusal: {
          reason: 'setup-forbidden',
          values: { lane: 'L1', operation: 'R/10', after: 'other', other: 'P/10' },
        },
      });
      expect(reasonOf(ask([before('green'), red()], 'R-10', at(2, 8)))).toBe('ok');
      const next = red(placed('l1', at(2, 12), at(2, 16)));
      const nuts = operation('N', 10, { familyId: 'nuts' });
      expect(ask([next, nuts], 'N-10', at(2, 8))).toMatchObject({
        refusal: { reason: 'setup-forbidden', values: { operation: 'R/10', other: 'N/10' } },
      });
      expect(reasonOf(ask([{ ...next, status: 'running' }, nuts], 'N-10', at(2, 8)))).toBe('ok');
    });
    test('also on a cold lane, where a rule says so', () => {
      expect(ask([red({ familyId: 'blue' })], 'R-10', at(2, 8))).toMatchObject({
        refusal: { reason: 'setup-forbidden', values: { after: 'cold', other: '' } },
      });
    });
    test('what has no family parts nothing', () => {
      const plain = operation('Q', 10, placed('l1', at(2, 8), at(2, 9)));
      expect(reasonOf(ask([before('nuts'), plain, red()], 'R-10', at(2, 9)))).toBe('setup-forbidden');
    });
  });
});
