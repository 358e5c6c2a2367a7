/** Arithmetic of sRGB colours, `#rrggbb`. */

/** `#rrggbb` as the bytes R, G, B, A in memory, read as one little-endian word. */
export function wordOf(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  return ((255 << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0;
}

/** `share` 0..1 of `b`, the rest of `a`. */
export function mix(a: string, b: string, share: number): string {
  const from = Number.parseInt(a.slice(1), 16);
  const to = Number.parseInt(b.slice(1), 16);
  let mixed = 0;
  for (const shift of [16, 8, 0]) {
    const low = (from >>> shift) & 0xff;
    const high = (to >>> shift) & 0xff;
    mixed |= Math.round(low + (high - low) * share) << shift;
  }
  return `#${mixed.toString(16).padStart(6, '0')}`;
}

/** The same for pixels; 0 <= share <= 1. */
export function mixWords(a: number, b: number, share: number): number {
  const part = Math.round(share * 256);
  const rest = 256 - part;
  const redBlue = (((a & 0xff00ff) * rest + (b & 0xff00ff) * part) >>> 8) & 0xff00ff;
  const green = (((a & 0x00ff00) * rest + (b & 0x00ff00) * part) >>> 8) & 0x00ff00;
  return (0xff000000 | redBlue | green) >>> 0;
}

/** Relative luminance, WCAG 2.2. */
export function luminance(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  const [red = 0, green = 0, blue = 0] = [rgb >>> 16, (rgb >>> 8) & 0xff, rgb & 0xff].map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, 1..21 (WCAG 2.2, 1.4.3). */
export function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** `colour`, taken as far towards `towards` as it must be to stand out from each of `grounds` by `ratio`. */
export function readable(
  colour: string,
  grounds: readonly string[],
  ratio: number,
  towards: '#000000' | '#ffffff',
): string {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, towards, share);
    if (grounds.every((ground) => contrast(candidate, ground) >= ratio)) return candidate;
  }
  return towards;
}
