/**
 * The arrows of the design, as the linter holds them: each forbidden import is planted in a copy of
 * the folders and has to be found, each allowed one has to pass.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanewright-rules-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Names of the import rules that `files` break. */
function broken(...files: readonly string[]): string[] {
  const linter = join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = spawnSync(process.execPath, [linter, '--import-plugin', '--format', 'json', ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  const codes = report.diagnostics.map(({ code }) => code);
  return [...new Set(codes)].filter((code) =>
    /no-restricted-imports|no-cycle|no-restricted-globals/.test(code),
  );
}

function importing(file: string, specifier: string): string[] {
  plant(file, `import { thing } from '${specifier}';\nexport const other = thing;\n`);
  return broken(file);
}

const restricted = ['eslint(no-restricted-imports)'];

const domain = 'domain/scheduling/planted.ts';
const native = 'native/opcua/planted.ts';
const contract = 'main/contract/planted.ts';
const api = 'main/api/planted.ts';
const service = 'main/services/lanes/planted.ts';
const renderer = 'renderer/app/planted.ts';
const workspace = 'renderer/workspaces/lanes/planted.ts';
const deepInWorkspace = 'renderer/workspaces/lanes/board/tools/planted.ts';
const electron = 'electron/planted.ts';
const preload = 'preload/planted.ts';

describe('forbidden', () => {
  test.each([
    [domain, '#main/services/core'],
    [domain, '#contract/lanes'],
    [domain, '#native/opcua/opcua-line'],
    [domain, '../../main/logging.ts'],
    [domain, '../../native/gauges/gauge.ts'],
    [domain, '../../renderer/theme.ts'],
    [domain, '../../electron/log.ts'],
    [domain, 'node:fs'],
    [domain, 'fs'],
    [domain, 'react'],
    [domain, 'pg'],
    [domain, 'electron'],
    [native, '#main/services/core'],
    [native, '#contract/lanes'],
    [native, '../../main/logging.ts'],
    [native, '../../renderer/theme.ts'],
    [native, '../../electron/log.ts'],
    [native, 'electron'],
    [contract, '#main/services/core'],
    [contract, '#native/gauges/gauge'],
    [contract, '../services/core.ts'],
    [contract, '../../renderer/theme.ts'],
    [contract, 'node:crypto'],
    [contract, 'pg'],
    [contract, 'electron'],
    [service, '../../../renderer/theme.ts'],
    [service, '../../../electron/log.ts'],
    [service, '../../../preload/index.ts'],
    [service, 'react'],
    [service, 'electron'],
    [api, '#main/store/postgres/database'],
    [api, '../store/postgres/database.ts'],
    [api, '../../renderer/theme.ts'],
    [api, '../../preload/index.ts'],
    [api, 'pg'],
    [api, 'kysely'],
    [api, 'electron'],
    [renderer, '#main/services/core'],
    [renderer, '#native/gauges/gauge'],
    [renderer, '../../main/logging.ts'],
    [renderer, '../../native/gauges/gauge.ts'],
    [renderer, '../../electron/log.ts'],
    [renderer, '../../preload/index.ts'],
    [renderer, 'electron'],
    [renderer, 'node:path'],
    [renderer, 'pg'],
    [workspace, '../packing/cartons.ts'],
    [workspace, '../packing/parts/cartons.ts'],
    [workspace, '../../workspaces/packing/cartons.ts'],
    [workspace, '#main/services/core'],
    [deepInWorkspace, '../../../packing/cartons.ts'],
    [deepInWorkspace, '#native/gauges/gauge'],
    [electron, '#main/services/core'],
    [electron, '#domain/scheduling/types'],
    [electron, '#native/gauges/gauge'],
    [electron, '../main/logging.ts'],
    [electron, '../renderer/theme.ts'],
    [preload, '#main/services/core'],
    [preload, '#domain/scheduling/types'],
    [preload, '../renderer/theme.ts'],
  ])('%s imports %s', (file, specifier) => {
    expect(importing(file, specifier)).toEqual(restricted);
  });

  test('a cycle, over two files and over two folders', () => {
    plant('domain/ring/one.ts', `import { two } from './two.ts';\nexport const one = () => two;\n`);
    plant(
      'domain/ring/two.ts',
      `import { three } from '../arc/three.ts';\nexport const two = () => three;\n`,
    );
    plant('domain/arc/three.ts', `import { one } from '../ring/one.ts';\nexport const three = () => one;\n`);
    expect(broken('domain/ring', 'domain/arc')).toEqual(['import(no-cycle)']);
  });

  test('a clock in the rules', () => {
    plant(domain, `export const now = () => process.hrtime();\n`);
    expect(broken(domain)).toEqual(['eslint(no-restricted-globals)']);
  });
});

describe('allowed', () => {
  test.each([
    [domain, './types.ts'],
    [domain, '../gs1/check-digit.ts'],
    [domain, '#domain/gs1/check-digit'],
    [native, '#domain/scanning/wedge'],
    [native, 'node:net'],
    [contract, '#domain/scheduling/types'],
    [contract, './common.ts'],
    [contract, 'zod'],
    [service, '#domain/scheduling/types'],
    [service, '#native/printers/zebra-printer'],
    [service, '#contract/lanes'],
    [service, '#main/store/postgres/database'],
    [service, 'node:crypto'],
    [service, 'kysely'],
    [api, '#main/services/core'],
    [api, '#contract/lanes'],
    [renderer, '#domain/scheduling/types'],
    [renderer, '#contract/lanes'],
    [renderer, '../ui/blocks.tsx'],
    [renderer, '../workspaces/lanes/lanes.tsx'],
    [workspace, './board/editor.ts'],
    [workspace, '../../ui/blocks.tsx'],
    [workspace, '../../client/hooks.ts'],
    [deepInWorkspace, '../../use-plan.ts'],
    [deepInWorkspace, '../editor.ts'],
    [deepInWorkspace, '../../../../ui/blocks.tsx'],
    [electron, '#contract/host'],
    [electron, 'node:fs'],
    [electron, 'electron'],
    [preload, '#contract/host'],
    [preload, 'electron'],
  ])('%s imports %s', (file, specifier) => {
    expect(importing(file, specifier)).toEqual([]);
  });
});
