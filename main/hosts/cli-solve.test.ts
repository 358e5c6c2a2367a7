import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, test, vi } from 'vitest';
import { AppError } from '#contract/errors';
import { parseJobShop } from '#domain/scheduling/shop/parse';
import { readTexts } from '#main/texts';
import { instanceText } from '../../tests/support/shop-instances.ts';
import { mustHold, registerSolveCommand } from './cli-solve.ts';

// Threads take seconds to start where the machine is busy.
vi.setConfig({ testTimeout: 30_000 });

const folder = mkdtempSync(join(tmpdir(), 'solve-'));
afterAll(() => rmSync(folder, { recursive: true }));
const texts = readTexts(join(import.meta.dirname, '../..'));

/** Runs `solve` on a file with this text: what it printed, or the refusal as a sentence. */
async function solve(text: string, ...options: string[]) {
  const file = join(folder, 'problem.txt');
  writeFileSync(file, text);
  let printed: { value: unknown; lines: readonly string[] } | undefined;
  const program = new Command().exitOverride();
  const print = (value: unknown, lines: () => readonly string[]) => (printed = { value, lines: lines() });
  registerSolveCommand(program, { texts, say: () => {}, print });
  try {
    await program.parseAsync(['solve', file, ...options], { from: 'user' });
    return { ...printed, refused: null };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    return { value: null, lines: [], refused: texts(cause.shape.reason, cause.shape.values) };
  }
}

test('a job shop as JSON for programs and as lines for people', async () => {
  const { value, lines } = await solve('2 2\n0 3 1 2\n0 2 1 4\n', '--format', 'jsplib', '--threads', '1');
  expect(value).toEqual({
    makespan: 8,
    bound: 8,
    seconds: expect.any(Number),
    moves: expect.any(Number),
    operations: [
      { job: 0, index: 0, machine: 0, start: 2, end: 5 },
      { job: 0, index: 1, machine: 1, start: 6, end: 8 },
      { job: 1, index: 0, machine: 0, start: 0, end: 2 },
      { job: 1, index: 1, machine: 1, start: 2, end: 6 },
    ],
  });
  expect(lines?.slice(0, 2)).toEqual(['machine 0: 1.0@0 0.0@2', 'machine 1: 1.1@2 0.1@6']);
  expect(lines?.at(-1)).toMatch(/^makespan 8, optimal, /);
});

test('a flexible job shop, for a number of moves', async () => {
  const { value } = await solve(
    instanceText('flexible', 'mk01'),
    '--format=fjsp',
    '--threads=1',
    '--moves=20000',
    '--seconds=0',
  );
  expect(value).toMatchObject({ makespan: 40, moves: 20000 });
});

test.each([
  ['1 1\n0\n', 'jsplib', 'Line 2: expected the duration of operation 1, but the line ends.'],
  ['1 1\n5 1\n', 'jsplib', 'Line 2: there is no machine 5. Machines are numbered from 0 to 0.'],
  ['1 1\n1 0\n', 'fjsp', 'Line 2: operation 1 has no machine. Each operation needs at least one.'],
  ['1 1\n0 1\n', 'xml', 'There is no format xml. Choose one of jsplib, fjsp'],
  ['1 1\n0 1\n', 'toString', 'There is no format toString. Choose one of jsplib, fjsp'],
])('%j as %s: %s', async (text, format, sentence) => {
  expect((await solve(text, '--format', format)).refused).toContain(sentence);
});

test('an option that is no number', async () => {
  expect((await solve('1 1\n0 1\n', '--format', 'jsplib', '--seconds', 'ten')).refused).toBe(
    '--seconds ten is no number from 0 to 86400.',
  );
});

test('a schedule that breaks the problem is not printed', () => {
  const parsed = parseJobShop('1 2\n0 3 1 2\n');
  if (!parsed.ok) throw new Error('the problem is a good one');
  const first = { job: 0, index: 0, machine: 0, start: 0, end: 3 };
  const second = { job: 0, index: 1, machine: 1, start: 3, end: 5 };
  expect(() => mustHold(parsed.value, [first, second])).not.toThrow();
  let said = '';
  try {
    mustHold(parsed.value, [first, { ...second, start: 2, end: 4 }]);
  } catch (cause) {
    if (cause instanceof AppError) said = texts(cause.shape.reason, cause.shape.values);
  }
  expect(said).toContain(
    'Broken first: {"kind":"route-broken","job":0,"index":1}. Others that are broken: 0.',
  );
});
