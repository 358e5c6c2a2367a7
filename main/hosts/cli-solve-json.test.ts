import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '#contract/errors';
import { readTexts } from '#main/texts';
import { solveJson } from './cli-solve-json.ts';

const root = join(import.meta.dirname, '../..');
const texts = readTexts(root);
const options = { seconds: 5, threads: 1, seed: 1, moves: 300 };

function host() {
  const said: string[] = [];
  const printed: unknown[] = [];
  const lines: string[] = [];
  return {
    said,
    printed,
    lines,
    texts,
    say: (line: string) => said.push(line),
    print: (value: unknown, toLines: () => readonly string[]) => {
      printed.push(value);
      lines.push(...toLines());
    },
  };
}

const file = {
  lanes: [
    { id: 'mill' },
    {
      id: 'saw',
      windows: [
        { start: 0, end: 50 },
        { start: 100, end: 400 },
      ],
    },
  ],
  orders: [{ id: 'W1', due: 100 }],
  operations: [
    { id: 'a', order: 'W1', choices: [{ lane: 'mill', run: 30 }], family: 'red' },
    { id: 'b', order: 'W1', choices: [{ lane: 'saw', run: 40 }] },
  ],
  links: [{ from: 'a', to: 'b', kind: 'finish_start' }],
  setups: [{ to: 'red', time: 10 }],
};

test('a problem comes back as a schedule in outs from its origin', async () => {
  const out = host();
  await solveJson(JSON.stringify(file), options, out);
  expect(out.printed).toMatchObject([
    {
      makespan: 130,
      objective: 30,
      bound: 20,
      violations: [],
      conflicts: [],
      operations: [
        { operation: 'a', lane: 'mill', start: 0, setupEnd: 10, end: 40 },
        { operation: 'b', lane: 'saw', start: 40, setupEnd: 40, end: 130 },
      ],
    },
  ]);
  expect(out.lines[0]).toBe('mill: a@0');
});

test('what finds no place is told with what stands against it', async () => {
  const whole = {
    ...file,
    operations: [{ ...file.operations[1], interruptible: false, choices: [{ lane: 'saw', run: 350 }] }],
    links: [],
  };
  const out = host();
  await solveJson(JSON.stringify(whole), options, out);
  expect(out.printed).toMatchObject([
    {
      unplaced: ['b'],
      conflicts: [{ rule: 'conflict-lanes' }, { rule: 'conflict-whole' }, { rule: 'conflict-hours' }],
    },
  ]);
});

test('a file that is no problem is refused, place by place', async () => {
  const out = host();
  const refusal = solveJson('{"lanes":[{"id":"m","capacity":0}],"orders":[],"operations":[]}', options, out);
  await expect(refusal).rejects.toBeInstanceOf(AppError);
  expect(out.said).toEqual(['  lanes[0].capacity is 0: it must be 1 or more.']);
});

test('the example of docs/scheduling.md solves to what stands there', async () => {
  const page = readFileSync(join(root, 'docs/scheduling.md'), 'utf8');
  const [, path = ''] = /\]\((examples\/[^)]+\.json)\)/.exec(page) ?? [];
  const out = host();
  await solveJson(readFileSync(join(root, 'docs', path), 'utf8'), { ...options, moves: 5000 }, out);
  expect(out.printed).toMatchObject([{ objective: 0, unplaced: [], violations: [], conflicts: [] }]);
  expect(page).toContain(out.lines.slice(0, 3).join('\n'));
  const [printed] = out.printed;
  for (const field of Object.keys(printed as object)) expect(page).toContain(`\`${field}\``);
});
