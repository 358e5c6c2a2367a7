import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const parts = globSync('resources/locales/en/*.json', { cwd: root }).map((file) => ({
  file: basename(file),
  texts: JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, string>,
}));
const catalogue = new Map(parts.flatMap(({ texts }) => Object.entries(texts)));

/** Keys that the core writes out whole; those it puts together are covered by the tests of their services. */
const keys = globSync('{main,native}/**/*.ts', { cwd: root })
  .filter((file) => !file.includes('.test.'))
  .flatMap((file) =>
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(/'((?:error|refusal|start|printer)\.[a-z0-9-]+)'/g),
    ].map(([, key]) => key ?? ''),
  );

test('everything that the core says has a text', () => {
  expect(keys.length).toBeGreaterThan(50);
  expect([...new Set(keys)].filter((key) => !catalogue.has(key)).toSorted()).toEqual([]);
});

test('no text stands twice', () => {
  const all = parts.flatMap(({ texts }) => Object.keys(texts));
  expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([]);
});

test.each([...catalogue])('%s is a message', (_key, text) => {
  expect(() => new IntlMessageFormat(text, 'en')).not.toThrow();
});
