import { expect, test } from 'vitest';
import { databaseUrls } from './hosts.ts';

test.each([
  ['postgres://desk:s%40t@one/plant', ['postgres://desk:s%40t@one/plant']],
  [
    'postgres://desk:s%40t@one:5432,two:6432/plant?sslmode=require',
    [
      'postgres://desk:s%40t@one:5432/plant?sslmode=require',
      'postgres://desk:s%40t@two:6432/plant?sslmode=require',
    ],
  ],
  ['postgresql://one, two/plant', ['postgresql://one/plant', 'postgresql://two/plant']],
  ['postgres://[::1]:5432,[::2]/plant', ['postgres://[::1]:5432/plant', 'postgres://[::2]/plant']],
  ['host=one dbname=plant', ['host=one dbname=plant']],
])('%s', (text, urls) => {
  expect(databaseUrls(text)).toEqual(urls);
});
