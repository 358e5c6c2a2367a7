/** iCalendar (RFC 5545) as text: what a lane is to do, for the calendars that people have. */

export interface CalendarEvent {
  /** The same for the same thing, so that a later text replaces an earlier one (3.8.4.7). */
  readonly uid: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly location?: string | undefined;
  /** Counts up with each change of the thing (3.8.7.4). */
  readonly sequence?: number | undefined;
  readonly categories?: readonly string[] | undefined;
}

export interface Calendar {
  /** Who made it (3.7.3): `-//Maker//Product//EN`. */
  readonly productId: string;
  /** Shown by most programs as the name of the calendar. */
  readonly name: string;
  /** When the text was made, epoch ms. */
  readonly madeAt: number;
  readonly events: readonly CalendarEvent[];
}

/** The text of a calendar: lines end in CRLF, none is longer than 75 octets, instants are in UTC. */
export function calendarText(calendar: Calendar): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${escapeText(calendar.productId)}`,
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(calendar.name)}`,
    ...calendar.events.flatMap((event) => eventLines(event, calendar.madeAt)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join('');
}

function eventLines(event: CalendarEvent, madeAt: number): string[] {
  const { description, location, sequence, categories } = event;
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(event.uid)}`,
    `DTSTAMP:${utc(madeAt)}`,
    `DTSTART:${utc(event.startsAt)}`,
    `DTEND:${utc(event.endsAt)}`,
    `SUMMARY:${escapeText(event.summary)}`,
    ...(description === undefined ? [] : [`DESCRIPTION:${escapeText(description)}`]),
    ...(location === undefined ? [] : [`LOCATION:${escapeText(location)}`]),
    ...(categories === undefined || categories.length === 0
      ? []
      : [`CATEGORIES:${categories.map(escapeText).join(',')}`]),
    ...(sequence === undefined ? [] : [`SEQUENCE:${sequence}`]),
    'END:VEVENT',
  ];
}

/** Form 2 of DATE-TIME (3.3.5): UTC, whole seconds. */
export function utc(instant: number): string {
  return `${new Date(Math.floor(instant / 1000) * 1000).toISOString().replaceAll(/[-:]|\.000/g, '')}`;
}

/** TEXT (3.3.11): backslash, semicolon, comma and line breaks are escaped, other control characters left out. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll(/\r\n|\r|\n/g, '\\n')
    .replaceAll(/(?!\t)\p{Cc}/gu, '');
}

/**
 * Content lines of more than 75 octets go on behind a line break and a space (3.1). A character of
 * several octets is never cut, nor one of two UTF-16 units.
 */
export function foldLine(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > 75) {
      parts.push(part);
      part = '';
      // The space that it goes on with counts.
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n ');
}

/** Length in UTF-8 (RFC 3629, 3). */
function octetsOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}
