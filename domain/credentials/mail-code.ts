/** The code that a mail carries: twenty of Crockford's base 32, which has no I, L, O and U. */

const length = 20;
const groupLength = 5;

/** As it is shown: `7K3Q9-FXM2B-…`. */
export function groupedMailCode(code: string): string {
  const groups: string[] = [];
  for (let at = 0; at < code.length; at += groupLength) groups.push(code.slice(at, at + groupLength));
  return groups.join('-');
}

/**
 * A code as somebody typed or pasted it: small letters, spaces, hyphens, and the letters that look like digits
 * are read as they were meant.
 * @returns null where it is none.
 */
export function readMailCode(typed: string): string | null {
  const code = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Dash}]/gu, '')
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0');
  return code.length === length && /^[0-9A-HJKMNP-TV-Z]+$/.test(code) ? code : null;
}
