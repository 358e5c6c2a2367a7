/**
 * `npm test`: sets up what the tests need, runs every check, and says in the end how many passed.
 * `npm test -- --only types,unit` and `--skip e2e-electron` choose steps.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endProcesses, processesOf } from './testing/processes.ts';
import { endAll } from './testing/run.ts';
import { setUp } from './testing/set-up.ts';
import type { Missing } from './testing/set-up.ts';
import { steps } from './testing/steps.ts';
import type { Outcome, Place, Step } from './testing/steps.ts';

const say = (line: string) => console.log(line);
const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const inCi = process.env['CI'] === 'true' || process.env['CI'] === '1';
const nothing = { passed: 0, failed: 0, skipped: 0 };

function chosenSteps(): readonly Step[] {
  const { values } = parseArgs({ options: { only: { type: 'string' }, skip: { type: 'string' } } });
  const listed = (text: string | undefined) => text?.split(',').map((name) => name.trim());
  const known = new Set(steps.map(({ name }) => name));
  for (const name of [...(listed(values.only) ?? []), ...(listed(values.skip) ?? [])]) {
    if (known.has(name)) continue;
    say(`There is no step "${name}". Steps: ${[...known].join(', ')}.`);
    process.exit(2);
  }
  const only = listed(values.only);
  const skip = listed(values.skip) ?? [];
  return steps.filter(({ name }) => (only?.includes(name) ?? true) && !skip.includes(name));
}

function tell(name: string, outcome: Outcome, startedAt: number): void {
  const { passed, failed, skipped, unsteady = 0 } = outcome;
  const rest = [
    unsteady > 0 ? `${unsteady} of them at the second try` : '',
    failed > 0 ? `${failed} FAILED` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ].filter(Boolean);
  say(`    ${name}: ${[`${passed} passed`, ...rest].join(', ')} in ${seconds(startedAt)}`);
  // Why the first try failed is worth reading, too.
  if (failed > 0 || unsteady > 0) say(`\n${outcome.output.trimEnd()}\n`);
}

/** A step that cannot run here is passed over loudly; where a machine decides, it fails. */
function passOver(name: string, why: string): Outcome {
  say(`    ${name}: ${inCi ? 'FAILED' : 'SKIPPED'}, ${why}`);
  return { ...nothing, ...(inCi ? { failed: 1 } : { skipped: 1 }), output: '' };
}

async function runStep(step: Step, place: Place, missing: Missing): Promise<Outcome> {
  const startedAt = Date.now();
  say(`==> ${step.does}`);
  const unmet = step.needs.flatMap((need) => missing.get(need) ?? []);
  if (unmet.length > 0) return passOver(step.name, unmet.join('; '));
  const idle = step.idle?.() ?? null;
  if (idle !== null) {
    say(`    ${step.name}: nothing to do, ${idle}`);
    return { ...nothing, output: '' };
  }
  const outcome = await step.run(place).catch((cause: unknown) => ({
    ...nothing,
    failed: 1,
    output: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  }));
  tell(step.name, outcome, startedAt);
  return outcome;
}

/** Who was told to end takes a moment; `xvfb-run` goes before its display has. */
const graceMs = 3000;

/** Ends what a step left running in the run's folder, and counts it against the step. */
async function sweep(folder: string, after: string): Promise<number> {
  const until = Date.now() + graceMs;
  let left = processesOf(folder);
  while (left.length > 0 && Date.now() < until) {
    await sleep(100);
    left = processesOf(folder);
  }
  if (left.length === 0) return 0;
  say(`    ${after}: FAILED, left running:`);
  for (const { pid, command } of left) say(`      ${pid} ${command.slice(0, 150)}`);
  endProcesses(left);
  return 1;
}

async function main(): Promise<number> {
  const startedAt = Date.now();
  const chosen = chosenSteps();
  const folder = mkdtempSync(join(tmpdir(), 'lw-test-'));
  // PostgreSQL runs as another user under root, who has to get at its files.
  chmodSync(folder, 0o755);
  const place: Place = { folder, env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder } };
  let interrupted = false;
  const interrupt = async () => {
    if (interrupted) return;
    interrupted = true;
    await endAll();
    endProcesses(processesOf(folder));
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupt());

  const results: { readonly name: string; readonly outcome: Outcome }[] = [];
  try {
    const needs = new Set(chosen.flatMap((step) => step.needs));
    if (needs.size > 0) say('==> set up the machine');
    const missing = needs.size > 0 ? await setUp(needs) : new Map();
    for (const step of chosen) {
      const outcome = await runStep(step, place, missing);
      const left = await sweep(folder, step.name);
      results.push({ name: step.name, outcome: { ...outcome, failed: outcome.failed + left } });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  const sum = (what: 'passed' | 'failed' | 'skipped' | 'unsteady') =>
    results.reduce((total, { outcome }) => total + (outcome[what] ?? 0), 0);
  const failed = results.filter(({ outcome }) => outcome.failed > 0).map(({ name }) => name);
  say('');
  if (failed.length > 0) say(`Failed: ${failed.join(', ')}`);
  if (sum('skipped') > 0) say(`${sum('skipped')} skipped`);
  if (sum('unsteady') > 0) say(`${sum('unsteady')} passed at the second try only`);
  say(`Took ${seconds(startedAt)}`);
  say(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 ? 1 : 0;
}

process.exit(await main());
