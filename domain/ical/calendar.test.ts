import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarText, escapeText, foldLine, utc } from './calendar.ts';

const octets = (text: string) => new TextEncoder().encode(text).length;
const unfold = (text: string) => text.replaceAll('\r\n ', '');

test('a calendar is one of RFC 5545', () => {
  const text = calendarText({
    productId: '-//Lanewright//Dispatch//EN',
    name: 'Assembly 1',
    madeAt: Date.parse('2026-03-02T05:00:00.250Z'),
    events: [
      {
        uid: '0192@lanewright',
        startsAt: Date.parse('2026-03-02T06:00:00Z'),
        endsAt: Date.parse('2026-03-02T08:30:00Z'),
        summary: 'WO-000123/20 Assemble; 10 pcs',
        description: 'First line\nSecond, line',
        location: 'Hall 2, west',
        categories: ['Assembly, manual', 'Pumps'],
        sequence: 3,
      },
    ],
  });
  expect(text.split('\r\n')).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Lanewright//Dispatch//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    'X-WR-CALNAME:Assembly 1',
    'BEGIN:VEVENT',
    'UID:0192@lanewright',
    'DTSTAMP:20260302T050000Z',
    'DTSTART:20260302T060000Z',
    'DTEND:20260302T083000Z',
    'SUMMARY:WO-000123/20 Assemble\\; 10 pcs',
    'DESCRIPTION:First line\\nSecond\\, line',
    'LOCATION:Hall 2\\, west',
    'CATEGORIES:Assembly\\, manual,Pumps',
    'SEQUENCE:3',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]);
});

test('an empty calendar is still one', () => {
  const text = calendarText({ productId: 'x', name: 'y', madeAt: 0, events: [] });
  expect(text).toContain('BEGIN:VCALENDAR\r\n');
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
});

test('instants are UTC, whole seconds, rounded down', () => {
  expect(utc(Date.parse('2026-12-31T23:59:59.999Z'))).toBe('20261231T235959Z');
});

test('text is escaped once, and control characters do not come through', () => {
  expect(escapeText('a\\n;b\r\nc\u0007')).toBe('a\\\\n\\;b\\nc');
});

test('no line is longer than 75 octets, no character is cut, and unfolding gives back the line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }).filter((line) => !/[\r\n]/.test(line)),
      (line) => {
        const folded = foldLine(line);
        for (const part of folded.split('\r\n')) expect(octets(part)).toBeLessThanOrEqual(75);
        expect(unfold(folded)).toBe(line);
      },
    ),
  );
  expect(foldLine('a'.repeat(75))).toBe('a'.repeat(75));
  expect(foldLine('a'.repeat(76))).toBe(`${'a'.repeat(75)}\r\n a`);
});
