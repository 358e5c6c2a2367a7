import { expect, test } from 'vitest';
import { productionClosure } from './production-closure.ts';

const lock = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });

test('what the product needs is followed to its end, and what only its makers need is not', () => {
  const found = productionClosure(
    lock({
      '': { dependencies: { a: '^1.0.0' }, devDependencies: { tool: '^1.0.0' } },
      'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { '@s/b': '^2.0.0' } },
      'node_modules/@s/b': { version: '2.0.0', dependencies: { a: '^1.0.0' } },
      'node_modules/tool': { version: '9.0.0', license: 'MIT' },
    }),
  );
  expect(found.map(({ name, version, licence }) => [name, version, licence])).toEqual([
    ['@s/b', '2.0.0', null],
    ['a', '1.0.0', 'MIT'],
  ]);
});

test('of two versions of a package, each finds the nearest', () => {
  const found = productionClosure(
    lock({
      '': { dependencies: { a: '^1.0.0', c: '^1.0.0' } },
      'node_modules/a': { version: '1.0.0', dependencies: { c: '^2.0.0' } },
      'node_modules/a/node_modules/c': { version: '2.0.0', dependencies: { d: '^1.0.0' } },
      'node_modules/a/node_modules/c/node_modules/d': { version: '3.0.0' },
      'node_modules/a/node_modules/d': { version: '2.0.0' },
      'node_modules/c': { version: '1.0.0', dependencies: { d: '^1.0.0' } },
      'node_modules/d': { version: '1.0.0' },
    }),
  );
  expect(found.map(({ path }) => path)).toEqual([
    'node_modules/a',
    'node_modules/c',
    'node_modules/a/node_modules/c',
    'node_modules/d',
    'node_modules/a/node_modules/c/node_modules/d',
  ]);
});

test('packages of other systems belong to it, whether they are installed here or not', () => {
  const found = productionClosure(
    lock({
      '': { dependencies: { a: '^1.0.0' } },
      'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-mac': '1.0.0', missing: '1.0.0' } },
      'node_modules/a-mac': { version: '1.0.0', os: ['darwin'] },
    }),
  );
  expect(found.map(({ name, platformOf }) => [name, platformOf])).toEqual([
    ['a', null],
    ['a-mac', 'node_modules/a'],
  ]);
});
