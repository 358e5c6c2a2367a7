import { expect, test } from 'vitest';
import type { Policy, Rule, Table } from './model.ts';
import { keptInWords, readersInWords, writersInWords } from './words.ts';

const plain: Rule = {
  scope: 'tenant',
  plant_column: 'plant_id',
  plant_optional: false,
  station_column: null,
  owner_column: null,
  read_permission: '',
  write_permissions: [],
  append_only: false,
  delete_permissions: [],
  delete_when: null,
  audited: true,
  feed_subject: null,
  state_machine: null,
  partition_by: null,
  retention: null,
  on_expiry: 'drop',
  shared_by: null,
};
const table = (rule: Partial<Rule>, policies: readonly Policy[] = []): Table => ({
  name: 'quality.things',
  context: 'quality',
  comment: '',
  unlogged: false,
  rule: { ...plain, ...rule },
  columns: [],
  keys: [],
  policies,
});

test('who reads is told by place, right, station, owner and contract', () => {
  const told = (rule: Partial<Rule>) => readersInWords(table(rule));
  expect(told({})).toBe('everyone of the plant');
  expect(told({ plant_column: null, read_permission: 'audit:read' })).toBe(
    '`audit:read` in the organization',
  );
  expect(told({ plant_optional: true })).toBe('everyone of the plant, or the organization');
  expect(told({ station_column: 'station_code' })).toBe('everyone of the plant, at their stations');
  expect(told({ plant_column: null, owner_column: 'user_id' })).toBe(
    'everyone of the organization, own rows only (`user_id`)',
  );
  expect(told({ shared_by: 'lots' })).toBe('everyone of the plant; partners under a contract for `lots`');
  expect(told({ scope: 'plumbing' })).toBe('the database itself');
});

test('who writes is told with what may be added and taken away only', () => {
  const told = (rule: Partial<Rule>) => writersInWords(table(rule));
  expect(told({})).toBe('the database itself');
  expect(told({ write_permissions: ['*'] })).toBe('everyone of the plant');
  expect(told({ write_permissions: ['a:b', 'c:d'], append_only: true })).toBe(
    'added, never changed, by `a:b` or `c:d` in the plant',
  );
  expect(told({ write_permissions: ['a:b'], delete_permissions: ['a:b'], delete_when: 'open' })).toBe(
    '`a:b` in the plant; deleted by `a:b` where `open`',
  );
});

test('policies beside the rule are named with what they do', () => {
  const policy = (name: string, narrows: boolean) => ({
    table: 'quality.things',
    name,
    reads: true,
    writes: false,
    narrows,
  });
  expect(readersInWords(table({}, [policy('participant', false), policy('not_private', true)]))).toBe(
    'everyone of the plant; also by policy `participant`; narrowed by policy `not_private`',
  );
  expect(readersInWords(table({ scope: 'doors' }, [policy('read', false)]))).toBe(
    'policy `read`; otherwise its doors',
  );
  expect(readersInWords(table({ scope: 'doors' }))).toBe('its doors');
  expect(writersInWords(table({ scope: 'custom' }, [policy('read', false)]))).toBe('its doors');
});

test('how long rows stay is told where they are partitioned', () => {
  expect(keptInWords(table({}))).toBe('');
  expect(keptInWords(table({ partition_by: 'month', retention: '6 mons' }))).toBe(
    'a partition a month, dropped after 6 months',
  );
  expect(keptInWords(table({ partition_by: 'day', retention: '30 days', on_expiry: 'pack' }))).toBe(
    'a partition a day, packed after 30 days',
  );
  expect(keptInWords(table({ partition_by: 'month' }))).toBe('a partition a month, for ever');
});
