import { accept, type Outcome, refuse } from '../refusal.ts';

/** GS1's mod-10 check digit for the digits before it (GS1 General Specifications, 7.9.1). */
export function checkDigit(digits: string): number {
  if (!/^\d+$/.test(digits)) throw new RangeError(`"${digits}" is not a row of digits`);
  let sum = 0;
  let weight = 3;
  for (let at = digits.length - 1; at >= 0; at -= 1) {
    sum += weight * Number(digits[at]);
    weight = 4 - weight;
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether a row of digits ends with its check digit. */
export function hasCheckDigit(code: string): boolean {
  return /^\d{2,}$/.test(code) && checkDigit(code.slice(0, -1)) === Number(code.slice(-1));
}

export type KeyRefusal = 'gs1-key-length' | 'gs1-check-digit' | 'gs1-company-prefix' | 'sscc-exhausted';

/** The GTIN in a GTIN-8, -12, -13 or -14, as 14 digits. Spaces and hyphens between digits are left out. */
export function parseGtin(text: string): Outcome<string, KeyRefusal> {
  const digits = text.replaceAll(/[\s-]/g, '');
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) {
    return refuse('gs1-key-length', { code: text, key: 'GTIN', length: '8, 12, 13, 14' });
  }
  return checked(digits, (code) => code.padStart(14, '0'));
}

/** The SSCC in `123456789012345675`, `00123…` or `(00) 1 2345…`, as 18 digits. */
export function parseSscc(text: string): Outcome<string, KeyRefusal> {
  const digits = text.replaceAll(/[\s-]/g, '').replace(/^(?:\(00\)|00(?=\d{18}$))/, '');
  if (!/^\d{18}$/.test(digits)) return refuse('gs1-key-length', { code: text, key: 'SSCC', length: '18' });
  return checked(digits, (code) => code);
}

export interface SsccParts {
  /** 0..9, the plant's choice; multiplies its numbers by ten. */
  readonly extensionDigit: number;
  /** 4 to 12 digits, as assigned by GS1. */
  readonly companyPrefix: string;
  /** Counts up; what the prefix leaves of 16 digits must hold it. */
  readonly serialReference: number;
}

/** Extension digit, company prefix, serial reference and check digit: 18 digits (General Specifications, 2.2.1). */
export function buildSscc({
  extensionDigit,
  companyPrefix,
  serialReference,
}: SsccParts): Outcome<string, KeyRefusal> {
  if (!Number.isInteger(extensionDigit) || extensionDigit < 0 || extensionDigit > 9) {
    throw new RangeError(`Extension digit ${extensionDigit} is not one digit`);
  }
  if (!Number.isSafeInteger(serialReference) || serialReference < 0) {
    throw new RangeError(`Serial reference ${serialReference} is not a whole number`);
  }
  if (!/^\d{4,12}$/.test(companyPrefix)) return refuse('gs1-company-prefix', { code: companyPrefix });
  const room = 16 - companyPrefix.length;
  const serial = String(serialReference).padStart(room, '0');
  if (serial.length > room)
    return refuse('sscc-exhausted', { prefix: companyPrefix, serial: serialReference });
  const body = `${extensionDigit}${companyPrefix}${serial}`;
  return accept(`${body}${checkDigit(body)}`);
}

function checked(digits: string, shape: (digits: string) => string): Outcome<string, KeyRefusal> {
  if (hasCheckDigit(digits)) return accept(shape(digits));
  const expected = checkDigit(digits.slice(0, -1));
  return refuse('gs1-check-digit', { code: digits, expected: String(expected), found: digits.slice(-1) });
}
