/** What stands for itself in field data; all else goes as hexadecimal UTF-8 bytes. */
const plain = /[A-Za-z0-9 .,:/()+-]/;

/**
 * A ZPL field with data that cannot be taken for commands: whatever is not plainly harmless, `^`, `~`
 * and `_` first of all, is written as `_XX` under ^FH (ZPL II Programming Guide, ^FH). Needs ^CI28.
 */
export function fieldData(text: string): string {
  let data = '';
  for (const character of text.toWellFormed()) {
    data += plain.test(character) ? character : hexadecimal(character);
  }
  return `^FH_^FD${data}^FS`;
}

/** Control and line-breaking characters have no place in a field: they are refused, not printed. */
export function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

function hexadecimal(character: string): string {
  const encoded = encodeURIComponent(character);
  // The few that a URL leaves as they are, such as * and ', are ASCII.
  if (!encoded.startsWith('%')) return `_${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encoded.replaceAll('%', '_');
}
