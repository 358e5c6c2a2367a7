import { parseGtin, parseSscc } from '../gs1/check-digit.ts';
import {
  type Gs1Element,
  groupSeparator,
  parseBracketed,
  parseElementString,
} from '../gs1/element-strings.ts';
import type { RuleRefusal } from '../refusal.ts';

/** What may be printed behind an operation's code to say what to do, instead of the natural next step. */
export const printedActions = ['start', 'pause', 'complete'] as const;
export type PrintedAction = (typeof printedActions)[number];

/** A code as the shop floor means it. `identifier` is the normalised name of the thing, to look it up by. */
export type ScannedCode =
  | {
      readonly kind: 'operation';
      /** `WO-000123/20` */
      readonly identifier: string;
      readonly code: string;
      readonly workOrderNumber: string;
      readonly operationNumber: number;
      readonly action?: PrintedAction;
    }
  | {
      readonly kind: 'lot';
      readonly identifier: string;
      readonly lotNumber: string;
      readonly elements: readonly Gs1Element[];
    }
  | {
      readonly kind: 'serial';
      readonly identifier: string;
      readonly serialNumber: string;
      readonly elements: readonly Gs1Element[];
    }
  | {
      readonly kind: 'carton';
      readonly identifier: string;
      /** 18 digits; absent when the carton's own number (`CT-…`) was scanned. */
      readonly sscc?: string;
      readonly elements: readonly Gs1Element[];
    }
  /** A GS1 code that names neither of these, such as a bare GTIN. `identifier` is the first element's value. */
  | { readonly kind: 'gs1'; readonly identifier: string; readonly elements: readonly Gs1Element[] }
  /** `identifier` is the text with control characters made visible. */
  | { readonly kind: 'unknown'; readonly identifier: string; readonly refusal: RuleRefusal };

/** Longest code that is read; a full GS1 DataMatrix on a label stays far below. */
const maxLength = 400;

/** Symbology identifiers (ISO/IEC 15424) behind which element strings stand. */
const gs1Symbologies = new Set([']C1', ']d2', ']Q3', ']e0', ']J1']);
const gtinSymbologies = new Set([']E0', ']E4']);

/**
 * Reads a scanned or typed code. Surrounding blanks, the terminators of a wedge and the symbology
 * identifier are stripped, case does not matter for our own codes; control characters are refused (and shown)
 * but for 0x1D, GS1's FNC1. Never throws: what cannot be read is `unknown` with the reason.
 */
export function parseScan(raw: string): ScannedCode {
  const text = raw.replace(/^[ \r\n\t]+/, '').replace(/[ \r\n\t]+$/, '');
  if (text === '') return unknown(text, 'scan-empty', {});
  if (text.length > maxLength) {
    return unknown(`${text.slice(0, 40)}…`, 'scan-too-long', { length: text.length, longest: maxLength });
  }
  if (hidden.test(text.replaceAll(groupSeparator, ''))) {
    const shown = showHidden(text);
    return unknown(shown, 'scan-control-characters', { code: shown });
  }
  const symbology = /^\][A-Za-z][0-9A-Za-z]/.exec(text)?.[0];
  const data = symbology === undefined ? text : text.slice(symbology.length);
  if (symbology !== undefined && gs1Symbologies.has(symbology))
    return fromElements(data, parseElementString(data));
  if (symbology !== undefined && gtinSymbologies.has(symbology)) return fromGtin(data);
  if (data.includes(groupSeparator)) return fromElements(data, parseElementString(data));
  return ownCode(data) ?? plainGs1(data) ?? unknown(data, 'scan-unknown', { code: data });
}

/** Our own codes, in capitals whatever came. */
function ownCode(data: string): ScannedCode | undefined {
  const code = data.toUpperCase();
  const [, workOrderNumber, number, part, action] =
    /^(WO-[0-9A-Z]+(?:-[0-9A-Z]+)*)(?:\/(\d{1,5})(-\d{1,3})?(?:\/([A-Z]+))?)?$/.exec(code) ?? [];
  if (workOrderNumber !== undefined) {
    if (number === undefined) return unknown(code, 'scan-work-order-alone', { code });
    const printed = printedActions.find((one) => one === action?.toLowerCase());
    if (action !== undefined && printed === undefined)
      return unknown(code, 'scan-unknown-action', { code, action });
    // Of an operation that is split, each part but the first has its own code: WO-000123/20-2.
    const operationCode = `${workOrderNumber}/${Number(number)}${part ?? ''}`;
    return {
      kind: 'operation',
      identifier: operationCode,
      code: operationCode,
      workOrderNumber,
      operationNumber: Number(number),
      ...(printed === undefined ? {} : { action: printed }),
    };
  }
  if (/^LOT-[0-9A-Z][0-9A-Z./_-]*$/.test(code))
    return { kind: 'lot', identifier: code, lotNumber: code, elements: [] };
  if (/^CT-[0-9A-Z][0-9A-Z._-]*$/.test(code)) return { kind: 'carton', identifier: code, elements: [] };
  if (/^SN-[0-9A-Z][0-9A-Z./_-]*$/.test(code)) {
    return { kind: 'serial', identifier: code, serialNumber: code, elements: [] };
  }
  return undefined;
}

/** GS1 codes without symbology identifier or FNC1: typed with brackets, or from a scanner that sends neither. */
function plainGs1(data: string): ScannedCode | undefined {
  if (/^\(\d{2,4}\)/.test(data))
    return fromElements(data, parseBracketed(data.replaceAll(/(?<=\)) +| +(?=\()/g, '')));
  if (/^(?:00)?\d{18}$/.test(data)) {
    const sscc = parseSscc(data);
    if (!sscc.ok) return unknown(data, sscc.refusal.reason, sscc.refusal.values);
    return fromElements(data, { ok: true, value: [{ ai: '00', value: sscc.value }] });
  }
  if (/^(?:\d{8}|\d{12,14})$/.test(data)) return fromGtin(data);
  // A GTIN with more behind it: only where all of it reads as element strings.
  const elements = /^01\d{14}/.test(data) ? parseElementString(data) : undefined;
  return elements?.ok === true ? fromElements(data, elements) : undefined;
}

function fromGtin(data: string): ScannedCode {
  const gtin = parseGtin(data);
  if (!gtin.ok) return unknown(data, gtin.refusal.reason, gtin.refusal.values);
  return { kind: 'gs1', identifier: gtin.value, elements: [{ ai: '01', value: gtin.value }] };
}

/** The most particular thing that the elements name: a logistic unit, then an item, then a lot. */
function fromElements(data: string, read: ReturnType<typeof parseElementString>): ScannedCode {
  if (!read.ok) return unknown(showHidden(data), read.refusal.reason, read.refusal.values);
  const elements = read.value;
  const valueOf = (ai: string) => elements.find((element) => element.ai === ai)?.value;
  const sscc = valueOf('00');
  if (sscc !== undefined) return { kind: 'carton', identifier: sscc, sscc, elements };
  const serialNumber = valueOf('21');
  if (serialNumber !== undefined) return { kind: 'serial', identifier: serialNumber, serialNumber, elements };
  const lotNumber = valueOf('10');
  if (lotNumber !== undefined) return { kind: 'lot', identifier: lotNumber, lotNumber, elements };
  return { kind: 'gs1', identifier: elements[0]?.value ?? data, elements };
}

/** Control and format characters, among them those that turn or hide text. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** `␍` for the control characters of ASCII (GS included), `U+202E` for the others. */
function showHidden(text: string): string {
  return text.replaceAll(new RegExp(hidden, 'gu'), (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? '\u2421' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function unknown(identifier: string, reason: string, values: RuleRefusal['values']): ScannedCode {
  return { kind: 'unknown', identifier, refusal: { reason, values } };
}
