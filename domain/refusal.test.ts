import { IntlMessageFormat } from 'intl-messageformat';
import { createIntl } from 'react-intl';
import { describe, expect, test } from 'vitest';
import texts from '../resources/locales/en/refusal.json' with { type: 'json' };
import { parseScan } from './scanning/parse-scan.ts';
import { mayTransition } from './transitions/transitions.ts';

const sources: Record<string, string> = import.meta.glob(['./**/*.ts', '!./**/*.test.ts', '!./demo/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const reasonsOf = (source: string) =>
  [...source.matchAll(/(?:refuse\(|refused\(|reason: |unknown\([^']*?, )'([a-z0-9-]+)'(?! \|)/g)].map(
    (match) => match[1] ?? '',
  );
const reasons = [...new Set(Object.values(sources).flatMap(reasonsOf))].toSorted();

test('every reason that a rule gives has a text, and every text a reason', () => {
  expect(reasons.length).toBeGreaterThan(30);
  expect(Object.keys(texts).toSorted()).toEqual(reasons.map((reason) => `refusal.${reason}`));
});

const format = (key: keyof typeof texts, values: Record<string, string | number>) =>
  createIntl({ locale: 'en-GB', timeZone: 'UTC', messages: texts as never }).formatMessage(
    { id: key },
    values,
  );

test.each(Object.entries(texts))('%s is a message', (_, text) => {
  expect(() => new IntlMessageFormat(text, 'en')).not.toThrow();
});

describe('what a user reads', () => {
  test('of a closed lane, with and without a next opening', () => {
    const values = { lane: 'L1', startsAt: 0, blocked: 'no', label: '', assumedH: 0 };
    expect(format('refusal.outside-shift', { ...values, opens: 'no' })).toBe(
      'L1 does not work 1 Jan 1970 at 00:00.',
    );
    expect(format('refusal.outside-shift', { ...values, opens: 'yes', opensAt: 21_600_000 })).toContain(
      'It opens 1 Jan 1970 06:00.',
    );
    const blocked = { ...values, blocked: 'machineDown', label: 'Spindle', opens: 'no' };
    expect(format('refusal.outside-shift', blocked)).toContain('because the machine is down (Spindle).');
    expect(format('refusal.outside-shift', { ...blocked, assumedH: 1.5 })).toContain(
      'because the machine is down (Spindle; 1.5 h assumed).',
    );
  });
  test('of a forbidden transition', () => {
    const result = mayTransition('carton', 'shipped', 'open');
    const values = result.ok ? {} : result.refusal.values;
    expect(format('refusal.transition-forbidden', values)).toBe(
      'The carton is shipped: it cannot become open.',
    );
  });
  test('of a scan that is none', () => {
    const code = parseScan('<b>no</b>');
    expect(
      format('refusal.scan-unknown', code.kind === 'unknown' ? { ...code.refusal.values } : {}),
    ).toContain('“<b>no</b>”');
  });
});
