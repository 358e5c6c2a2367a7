import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { jobsSchemaVersion } from './schema.ts';

test('the schema version is that of the pg-boss which is installed', () => {
  const file = createRequire(import.meta.url)
    .resolve('pg-boss')
    .replace(/dist\/.*$/, 'package.json');
  const { pgboss } = createRequire(import.meta.url)(file) as { readonly pgboss: { readonly schema: number } };
  expect(jobsSchemaVersion).toBe(pgboss.schema);
});
