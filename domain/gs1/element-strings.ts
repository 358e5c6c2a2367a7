import { accept, type Outcome, refuse } from '../refusal.ts';
import {
  type ApplicationIdentifier,
  applicationIdentifier,
  leadingIdentifier,
  matchesPattern,
} from './application-identifiers.ts';
import { characterSets, linters } from './linters.ts';

/** FNC1 as scanners send it between elements: ASCII group separator. */
export const groupSeparator = '\u001D';

export interface Gs1Element {
  readonly ai: string;
  readonly value: string;
}

export type ElementRefusal =
  | 'gs1-empty'
  | 'gs1-malformed'
  | 'gs1-unknown-identifier'
  | 'gs1-too-short'
  | 'gs1-too-long'
  | 'gs1-bad-characters'
  | 'gs1-bad-value'
  | 'gs1-repeated'
  | 'gs1-not-together'
  | 'gs1-missing-partner';

/**
 * Reads element strings as a scanner sends them: identifiers run together, 0x1D after each element whose
 * length is not pre-defined (unless it is the last), 0x1D in front tolerated. Each value is held to the
 * dictionary's length, characters and content (check digits, dates, code lists). Whether the elements may
 * stand together is `checkAssociations`: GS1 judges that over all codes on an item, not over one.
 */
export function parseElementString(data: string): Outcome<readonly Gs1Element[], ElementRefusal> {
  const elements: Gs1Element[] = [];
  let at = data.startsWith(groupSeparator) ? 1 : 0;
  if (at >= data.length) return refuse('gs1-empty');
  while (at < data.length) {
    const rest = data.slice(at);
    const identifier = leadingIdentifier(rest);
    if (identifier === undefined) return refuse('gs1-unknown-identifier', { ai: rest.slice(0, 4) });
    const from = at + identifier.ai.length;
    const separator = data.indexOf(groupSeparator, from);
    const end = separator < 0 ? data.length : separator;
    const to = identifier.predefinedLength ? Math.min(end, from + identifier.maxLength) : end;
    const value = data.slice(from, to);
    const refusal = judgeValue(identifier, value);
    if (refusal !== undefined) return refusal;
    elements.push({ ai: identifier.ai, value });
    at = data[to] === groupSeparator ? to + 1 : to;
  }
  return accept(elements);
}

/** Reads the form printed under bar codes, `(01)09521234543213(10)ABC`; `\(` is a parenthesis in a value. */
export function parseBracketed(text: string): Outcome<readonly Gs1Element[], ElementRefusal> {
  const elements: Gs1Element[] = [];
  const pattern = /\((\d{2,4})\)((?:\\\(|[^(])*)/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return refuse('gs1-malformed', { code: text });
    elements.push({ ai: match[1] ?? '', value: (match[2] ?? '').replaceAll('\\(', '(') });
  }
  if (elements.length === 0) return refuse('gs1-empty');
  for (const element of elements) {
    const refusal = judgeElement(element);
    if (refusal !== undefined) return refusal;
  }
  return accept(elements);
}

/** Writes elements as they are encoded, with 0x1D where FNC1 must stand; FNC1 in front is the symbology's. */
export function encodeElementString(elements: readonly Gs1Element[]): Outcome<string, ElementRefusal> {
  if (elements.length === 0) return refuse('gs1-empty');
  let data = '';
  for (const [at, element] of elements.entries()) {
    const refusal = judgeElement(element);
    if (refusal !== undefined) return refusal;
    data += element.ai + element.value;
    const open = applicationIdentifier(element.ai)?.predefinedLength !== true;
    if (open && at < elements.length - 1) data += groupSeparator;
  }
  return accept(data);
}

/** `(01)09521234543213(10)ABC`, the human-readable interpretation; reads back with `parseBracketed`. */
export function bracketed(elements: readonly Gs1Element[]): string {
  return elements.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('');
}

/**
 * Whether elements may stand together: the same identifier never with two values, none with one that it
 * excludes, each with the partners that it needs (General Specifications, 4.13 and 4.14).
 */
export function checkAssociations(
  elements: readonly Gs1Element[],
): Outcome<readonly Gs1Element[], ElementRefusal> {
  const values = new Map<string, string>();
  for (const { ai, value } of elements) {
    if (values.has(ai) && values.get(ai) !== value) return refuse('gs1-repeated', { ai });
    values.set(ai, value);
  }
  const present = [...values.keys()];
  const has = (pattern: string) => present.some((ai) => matchesPattern(ai, pattern));
  for (const ai of present) {
    const identifier = applicationIdentifier(ai);
    if (identifier === undefined) return refuse('gs1-unknown-identifier', { ai });
    const other = present.find(
      (one) => one !== ai && identifier.excludes.some((pattern) => matchesPattern(one, pattern)),
    );
    if (other !== undefined) return refuse('gs1-not-together', { ai, other });
    const missing = identifier.requires.find((groups) => !groups.some((group) => group.every(has)));
    if (missing !== undefined) {
      const needs = missing.map((group) => group.map((one) => `(${one})`).join(' + ')).join(' / ');
      return refuse('gs1-missing-partner', { ai, title: identifier.title, needs });
    }
  }
  // A digital signature is of one item: these keys must then carry their serial component.
  for (const [ai, unserialised] of Object.entries({ 253: 13, 255: 13, 8003: 14 })) {
    if (values.has('8030') && values.get(ai)?.length === unserialised) {
      return refuse('gs1-missing-partner', { ai, title: 'DIGSIG', needs: `(${ai})` });
    }
  }
  return accept(elements);
}

type Refused = ReturnType<typeof refuse<ElementRefusal>>;

function judgeElement({ ai, value }: Gs1Element): Refused | undefined {
  const identifier = applicationIdentifier(ai);
  return identifier === undefined ? refuse('gs1-unknown-identifier', { ai }) : judgeValue(identifier, value);
}

function judgeValue(identifier: ApplicationIdentifier, value: string): Refused | undefined {
  const { ai, title } = identifier;
  let rest = value;
  for (const component of identifier.components) {
    if (rest === '' && component.optional) break;
    const part = rest.slice(0, component.maxLength);
    rest = rest.slice(part.length);
    if (characterSets[component.characters]?.(part) !== true) {
      return refuse('gs1-bad-characters', { ai, title, value });
    }
    if (part.length < component.minLength) return refuse('gs1-too-short', { ai, title, value });
    const broken = component.linters.find((linter) => linters[linter]?.(part) === false);
    if (broken !== undefined) return refuse('gs1-bad-value', { ai, title, value: part, rule: broken });
  }
  return rest === '' ? undefined : refuse('gs1-too-long', { ai, title, value });
}
