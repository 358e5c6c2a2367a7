import { applicationIdentifierTable } from './application-identifier-table.ts';

export interface Component {
  readonly characters: string;
  readonly minLength: number;
  readonly maxLength: number;
  readonly optional: boolean;
  /** Names of content checks, see linters.ts. */
  readonly linters: readonly string[];
}

export interface ApplicationIdentifier {
  readonly ai: string;
  /** GS1's data title, such as `BATCH/LOT`. */
  readonly title: string;
  /** Length is pre-defined by the first two digits: no FNC1 follows (General Specifications, 7.8.5). */
  readonly predefinedLength: boolean;
  readonly components: readonly Component[];
  readonly minLength: number;
  readonly maxLength: number;
  /** Each must be met by one of its alternatives, all of whose patterns are present (`310n`: n any digit). */
  readonly requires: readonly (readonly (readonly string[])[])[];
  readonly excludes: readonly string[];
}

let identifiers: ReadonlyMap<string, ApplicationIdentifier> | undefined;

/** The identifier, if GS1 has assigned it. */
export function applicationIdentifier(ai: string): ApplicationIdentifier | undefined {
  // Read on first use: most screens never need it.
  identifiers ??= readTable(applicationIdentifierTable);
  return identifiers.get(ai);
}

/** The identifier that a row of element strings begins with: none is a prefix of another. */
export function leadingIdentifier(data: string): ApplicationIdentifier | undefined {
  for (let length = 2; length <= 4; length += 1) {
    const found = data.length >= length ? applicationIdentifier(data.slice(0, length)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether `ai` is meant by `pattern`: `310n` means 3100 to 3109. */
export function matchesPattern(ai: string, pattern: string): boolean {
  return (
    ai.length === pattern.length && [...pattern].every((letter, at) => letter === 'n' || letter === ai[at])
  );
}

function readTable(table: string): Map<string, ApplicationIdentifier> {
  const read = new Map<string, ApplicationIdentifier>();
  for (const line of table.trim().split('\n')) {
    const [range = '', fixed, specification = '', attributes = '', title = ''] = line
      .split('|')
      .map((part) => part.trim());
    const components = specification.split(' ').map(readComponent);
    const [first = '', last = first] = range.split('-');
    for (let number = Number(first); number <= Number(last); number += 1) {
      const ai = String(number).padStart(first.length, '0');
      read.set(ai, {
        ai,
        title,
        predefinedLength: fixed === '*',
        components,
        minLength: components.reduce((sum, one) => sum + (one.optional ? 0 : one.minLength), 0),
        maxLength: components.reduce((sum, one) => sum + one.maxLength, 0),
        requires: valuesOf(attributes, 'req').map((list) => list.split(',').map((group) => group.split('+'))),
        excludes: valuesOf(attributes, 'ex').flatMap((list) => list.split(',')),
      });
    }
  }
  return read;
}

function valuesOf(attributes: string, key: string): string[] {
  return attributes
    .split(' ')
    .filter((attribute) => attribute.startsWith(`${key}=`))
    .map((attribute) => attribute.slice(key.length + 1));
}

function readComponent(text: string): Component {
  const [, open, characters = '', upTo, length, rest = ''] =
    /^(\[)?([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)$/.exec(text) ?? [];
  if (length === undefined) throw new Error(`Application identifier table: "${text}" is no component`);
  return {
    characters,
    minLength: upTo === undefined ? Number(length) : 1,
    maxLength: Number(length),
    optional: open !== undefined,
    linters: rest.split(',').filter(Boolean),
  };
}
