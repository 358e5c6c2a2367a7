import { createIntl } from 'react-intl';
import { expect, test } from 'vitest';
import messages from '../../../resources/locales/en/lanes.json' with { type: 'json' };
import type { Translate } from '../../ui/messages.ts';
import { choicesWith, withAssumptions } from './breakdowns.ts';
import { hourMs, lane, monday } from './board/test-editor.ts';

const intl = createIntl({ locale: 'en', messages });
const text: Translate = (id, values) => intl.formatMessage({ id }, values);

test('a machine that is down says how long it is assumed to be; what has an end keeps its name', () => {
  const span = { startsAt: monday, endsAt: monday + 3 * hourMs };
  const down = { ...span, reason: 'machine-down' as const, label: 'CNC-01', assumedS: 7200 };
  const closed = { ...span, reason: 'maintenance' as const, label: 'Gearbox' };
  const free = lane('b');
  const [first, second] = withAssumptions([{ ...lane('a'), blocked: [down, closed] }, free], text);
  expect(first?.blocked?.map(({ label }) => label)).toEqual(['CNC-01 is down; 2 h assumed', 'Gearbox']);
  expect(first?.blocked?.[0]).toMatchObject(span);
  expect(second).toBe(free);
  const [half] = withAssumptions([{ ...lane('a'), blocked: [{ ...down, assumedS: 1800 }] }], text);
  expect(half?.blocked?.[0]?.label).toBe('CNC-01 is down; 0.5 h assumed');
});

test('what holds is among the choices, in its place', () => {
  const usual = [1800, 3600, 7200];
  expect(choicesWith(usual, 7200)).toEqual(usual);
  expect(choicesWith(usual, 5400)).toEqual([1800, 3600, 5400, 7200]);
});
