/** Widths in font 0 as a share of its size, measured roughly and rounded up. */
function characterWidth(character: string): number {
  if (/[iljtfrI.,:;'!|()[\] ]/.test(character)) return 0.33;
  if (/[mwMW@%]/.test(character)) return 0.9;
  if (/[A-Z0-9&#$+=<>~]/.test(character)) return 0.63;
  return /[\u0020-\u024F]/.test(character) ? 0.56 : 1;
}

export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * size;
}

const narrowest = 0.6;

/** How much narrower a text must be set to fit, 1 for not at all; undefined when narrowing does not do it. */
export function narrowing(text: string, size: number, available: number): number | undefined {
  const wanted = textWidth(text, size);
  if (wanted <= available) return 1;
  return wanted * narrowest <= available ? available / wanted : undefined;
}

/** The text cut to what fits when set narrowest, with an ellipsis. */
export function shorten(text: string, size: number, available: number): string {
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size) * narrowest > available) {
    characters.pop();
  }
  return `${characters.join('').trimEnd()}…`;
}
