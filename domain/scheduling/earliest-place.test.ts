import { expect, test } from 'vitest';
import { at, lane, operation, placed } from './board.fixture.ts';
import { indexBoard } from './board-index.ts';
import { earliestPlace } from './earliest-place.ts';
import type { BoardOperation } from './types.ts';

const ask = (operations: readonly BoardOperation[], operationId: string, from: number) =>
  earliestPlace(indexBoard({ lanes: [lane('l1'), lane('l2')], operations, now: at(1, 8) }), {
    operationId,
    laneId: 'l1',
    from,
  });
const whole = { interruptible: false };

test('it stands at once where there is room', () => {
  expect(ask([operation('A', 10)], 'A-10', at(1, 9))).toMatchObject({
    ok: true,
    placement: { laneId: 'l1', startsAt: at(1, 9), endsAt: at(1, 13) },
  });
});

test('it goes behind what stands there, into the first gap that is long enough', () => {
  const others = [
    operation('B', 10, placed('l1', at(1, 8), at(1, 10))),
    operation('C', 10, placed('l1', at(1, 12), at(1, 15))),
  ];
  expect(ask([operation('A', 10), ...others], 'A-10', at(1, 9))).toMatchObject({
    placement: { startsAt: at(1, 15), endsAt: at(1, 19) },
  });
});

test('what may not be broken waits for the next day', () => {
  expect(ask([operation('A', 10, whole)], 'A-10', at(1, 20))).toMatchObject({
    placement: { startsAt: at(2, 6), endsAt: at(2, 10) },
  });
});

test('it waits for what it follows, for its release and for its material', () => {
  const before = operation('A', 10, placed('l2', at(1, 9), at(1, 12.5)));
  expect(ask([before, operation('A', 20)], 'A-20', at(1, 9))).toMatchObject({
    placement: { startsAt: at(1, 12.5) },
  });
  expect(ask([operation('A', 10, { releaseAt: at(3, 7) })], 'A-10', at(1, 9))).toMatchObject({
    placement: { startsAt: at(3, 7) },
  });
  const short = { material: 'short', materialAt: at(4, 2) } as const;
  expect(ask([operation('A', 10, short)], 'A-10', at(1, 9))).toMatchObject({
    placement: { startsAt: at(4, 6) },
  });
});

test('where what follows stands too early, the rule is named that says so', () => {
  const after = operation('A', 20, placed('l2', at(1, 10), at(1, 12)));
  expect(ask([operation('A', 10), after], 'A-10', at(1, 9))).toMatchObject({
    ok: false,
    refusal: { reason: 'after-successor' },
  });
});
