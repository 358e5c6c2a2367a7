import { expect, test } from 'vitest';
import { readJsonProblem } from './read-json-problem.ts';

const least = {
  lanes: [{ id: 'mill' }],
  orders: [{ id: 'W1' }],
  operations: [{ id: 'a', order: 'W1', choices: [{ lane: 'mill', run: 10 }] }],
};
const faultsOf = (value: unknown) => {
  const read = readJsonProblem(JSON.stringify(value));
  return read.ok ? [] : read.faults.map(({ rule, path }) => `${rule} ${path}`);
};

test('the least that a problem can be', () => {
  const read = readJsonProblem(JSON.stringify(least));
  expect(read).toMatchObject({
    ok: true,
    problem: { lanes: [{ name: 'mill', capacity: 1 }], orders: [{ weight: 1 }], links: [], now: 0 },
  });
});

test('what is not JSON is said to be so', () => {
  expect(readJsonProblem('{')).toMatchObject({ ok: false, faults: [{ rule: 'not-json' }] });
});

test.each<readonly [string, unknown, readonly string[]]>([
  ['no list', { ...least, lanes: {} }, ['wrong-type lanes']],
  ['nothing at all', {}, ['missing-field lanes', 'missing-field orders', 'missing-field operations']],
  ['a field nobody knows', { ...least, lane: [] }, ['unknown-field lane']],
  ['a number in quotes', { ...least, now: '3' }, ['wrong-type now']],
  [
    'an unknown lane',
    withOperation({ choices: [{ lane: 'saw', run: 10 }] }),
    ['unknown operations[0].choices[0].lane'],
  ],
  ['an unknown order', withOperation({ order: 'W2' }), ['unknown operations[0].order']],
  ['no lane', withOperation({ choices: [] }), ['no-choices operations[0].choices']],
  [
    'half a second',
    withOperation({ choices: [{ lane: 'mill', run: 0.5 }] }),
    ['not-whole operations[0].choices[0].run'],
  ],
  [
    'less than nothing',
    withOperation({ choices: [{ lane: 'mill', run: -5 }] }),
    ['too-small operations[0].choices[0].run'],
  ],
  [
    'a pin that ends before it starts',
    withOperation({ pin: { lane: 'mill', start: 5, end: 4, why: 'locked' } }),
    ['pin-times operations[0].pin'],
  ],
  [
    'windows out of order',
    {
      ...least,
      lanes: [
        {
          id: 'mill',
          windows: [
            { start: 5, end: 9 },
            { start: 9, end: 12 },
          ],
        },
      ],
    },
    ['windows lanes[0].windows[1]'],
  ],
  ['an id twice', { ...least, orders: [{ id: 'W1' }, { id: 'W1' }] }, ['duplicate orders[1].id']],
  [
    'a link to itself',
    { ...least, links: [{ from: 'a', to: 'a', kind: 'finish_start' }] },
    ['same-operation links[0]', 'cycle links'],
  ],
  [
    'lags the wrong way round',
    { ...least, links: [{ from: 'a', to: 'b', kind: 'finish_start', minLag: 5, maxLag: 3 }] },
    ['unknown links[0].to', 'lag-order links[0]'],
  ],
])('%s', (_what, value, faults) => {
  expect(faultsOf(value)).toEqual(faults);
});

test('a cycle is named', () => {
  const operations = ['a', 'b', 'c', 'd'].map((id) => ({ ...least.operations[0], id }));
  const arrows = [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'b'],
    ['c', 'd'],
  ];
  const links = arrows.map(([from, to]) => ({ from, to, kind: 'finish_start' }));
  const read = readJsonProblem(JSON.stringify({ ...least, operations, links }));
  expect(read).toMatchObject({ faults: [{ rule: 'cycle', values: { operations: 'b → c → b' } }] });
});

function withOperation(change: object) {
  return { ...least, operations: [{ ...least.operations[0], ...change }] };
}
