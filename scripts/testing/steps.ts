/** What `npm test` does, in order. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from '../build.ts';
import { playwrightCounts, single, vitestCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { run } from './run.ts';
import type { Ran } from './run.ts';
import type { Need } from './set-up.ts';
import { hasSystemPostgres, startSystemPostgres } from './system-postgres.ts';

export interface Place {
  /** For everything that this run writes; anyone may enter it, nothing may be left running in it. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Outcome extends Counts {
  /** Shown when something failed. */
  readonly output: string;
}

export interface Step {
  readonly name: string;
  readonly does: string;
  readonly needs: readonly Need[];
  /** Why it has nothing to do on this machine; null when it has. */
  readonly idle?: () => string | null;
  run(place: Place): Promise<Outcome>;
}

/** A tool of node_modules, on the Node that runs us: the same on every system. */
function tool(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return run(process.execPath, [join(appRoot, 'node_modules', file), ...args], { cwd: appRoot, env });
}

/** One check or several, each counted as one. */
async function checks(
  place: Place,
  ...commands: readonly (readonly [file: string, ...args: string[]])[]
): Promise<Outcome> {
  const outputs: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const [file, ...args] of commands) {
    const ran = await tool(file, args, place.env);
    const counts = single(ran);
    passed += counts.passed;
    failed += counts.failed;
    if (counts.failed > 0) outputs.push(ran.output);
  }
  return { passed, failed, skipped: 0, output: outputs.join('\n') };
}

async function vitest(place: Place, name: string, args: readonly string[], env = {}): Promise<Outcome> {
  const report = join(place.folder, `${name}.json`);
  const ran = await tool(
    'vitest/vitest.mjs',
    ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { ...place.env, ...env },
  );
  return { ...vitestCounts(ran, report), output: ran.output };
}

async function playwright(place: Place, project: 'chromium' | 'electron'): Promise<Outcome> {
  const report = join(place.folder, `${project}.json`);
  const command = [
    process.execPath,
    join(appRoot, 'node_modules/@playwright/test/cli.js'),
    'test',
    '--project',
    project,
    '--reporter=list,json',
  ];
  // Without a screen of its own, one in memory; as large as the largest picture we take.
  const needsDisplay = project === 'electron' && process.platform === 'linux' && !process.env['DISPLAY'];
  const display = needsDisplay
    ? ['xvfb-run', '--auto-servernum', '--server-args=-screen 0 1920x1200x24']
    : [];
  const [program = '', ...args] = [...display, ...command];
  const ran = await run(program, args, {
    cwd: appRoot,
    env: { ...place.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, NO_COLOR: '1' },
  });
  return { ...playwrightCounts(ran, report), output: ran.output };
}

/** Tests whose SQL has to hold on the oldest PostgreSQL that is promised. */
const sqlTests = ['main/store/postgres', 'main/care', 'main/services', 'main/sync', 'tests/contract'];

export const steps: readonly Step[] = [
  {
    name: 'types',
    does: 'type check',
    needs: [],
    run: (place) => checks(place, ['typescript/bin/tsc', '-b', '--pretty', 'false']),
  },
  {
    name: 'lint',
    does: 'lint, import rules and format',
    needs: [],
    run: (place) => checks(place, ['oxlint/bin/oxlint', '--quiet'], ['oxfmt/bin/oxfmt', '--check']),
  },
  {
    name: 'unused',
    does: 'unused files, exports and packages',
    needs: [],
    run: (place) => checks(place, ['knip/bin/knip.js', '--no-progress']),
  },
  {
    name: 'notices',
    does: 'the notices of what we carry are complete',
    needs: [],
    async run(place) {
      const ran = await run(process.execPath, [join(appRoot, 'scripts/notices.ts'), '--check'], {
        env: place.env,
      });
      return { ...single(ran), output: ran.output };
    },
  },
  {
    name: 'unit',
    does: 'unit tests',
    needs: [],
    run: (place) => vitest(place, 'unit', ['--project', 'unit']),
  },
  {
    name: 'build',
    does: 'build the application',
    needs: [],
    async run(place) {
      const ran = await run(process.execPath, [join(appRoot, 'scripts/build.ts')], { env: place.env });
      return { ...single(ran), output: ran.output };
    },
  },
  {
    name: 'integration',
    does: 'integration tests: PostgreSQL 18 (embedded), SQLite, serial lines, sockets, OPC-UA, processes',
    needs: ['socat'],
    run: (place) => vitest(place, 'integration', ['--project', 'integration']),
  },
  {
    name: 'postgres-15',
    does: "the database's tests again, on the system's PostgreSQL 15",
    needs: [],
    idle: () => (hasSystemPostgres() ? null : 'PostgreSQL 15 is not installed here'),
    async run(place) {
      const server = await startSystemPostgres(place.folder);
      try {
        return await vitest(place, 'postgres-15', ['--project', 'integration', ...sqlTests], {
          LANEWRIGHT_TEST_DATABASE_URL: server.adminUrl,
        });
      } finally {
        await server.stop();
      }
    },
  },
  {
    name: 'e2e-chromium',
    does: 'end to end in Chromium',
    needs: ['chromium', 'socat'],
    idle: notBuilt,
    run: (place) => playwright(place, 'chromium'),
  },
  {
    name: 'e2e-electron',
    does: 'end to end in Electron',
    needs: ['electron', 'display', 'socat'],
    idle: notBuilt,
    run: (place) => playwright(place, 'electron'),
  },
];

function notBuilt(): string | null {
  return existsSync(join(appRoot, 'out/renderer/index.html')) ? null : 'the application is not built';
}
