/** Which licences (SPDX expressions) a package that we carry may have. */

const accepted: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  // Weak copyleft of the file: carried unchanged as its own package.
  'EPL-2.0',
  'ISC',
  'MIT',
  // MIT without even the notice.
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/**
 * The licence under which a package is taken: of `A OR B` the first that can be carried, with what it
 * was chosen from; of `A AND B` both.
 * @returns null when it cannot be carried, as with the GPL alone, or without any licence.
 */
export function chooseLicence(declared: string | null): string | null {
  if (declared === null) return null;
  const expression = declared.replace(/^\((.*)\)$/, '$1').trim();
  const offered = expression.split(/ OR /);
  const carried = (part: string) => part.split(/ AND /).every((licence) => accepted.has(licence.trim()));
  const chosen = offered.find((part) => carried(part));
  if (chosen === undefined) return null;
  return offered.length === 1 ? chosen : `${chosen} (chosen from ${expression})`;
}
