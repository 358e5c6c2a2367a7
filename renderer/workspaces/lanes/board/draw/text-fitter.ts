import type { Context2d } from './brush.ts';

export interface TextFitter {
  width(context: Context2d, text: string, font: string): number;
  /** The text, shortened with an ellipsis to what fits; empty when not even three letters do. */
  fit(context: Context2d, text: string, font: string, room: number): string;
}

const firstPrintable = 32;
const afterPrintable = 127;
const mostOthers = 20_000;

/**
 * Measuring text costs more than drawing it. Plain texts are summed from the widths of their letters,
 * measured once a font: ten thousand codes that nobody has drawn yet are measured in no time. Kerning is
 * left out of the sum, which is at most a pixel too wide. Others are measured whole, and remembered.
 */
export function createTextFitter(): TextFitter {
  const letters = new Map<string, Float32Array>();
  const others = new Map<string, number>();

  function lettersOf(context: Context2d, font: string): Float32Array {
    let widths = letters.get(font);
    if (widths === undefined) {
      context.font = font;
      widths = Float32Array.from(
        { length: afterPrintable - firstPrintable },
        (_, index) => context.measureText(String.fromCodePoint(firstPrintable + index)).width,
      );
      letters.set(font, widths);
    }
    return widths;
  }

  function width(context: Context2d, text: string, font: string): number {
    const widths = lettersOf(context, font);
    let sum = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.codePointAt(at) ?? 0;
      if (code < firstPrintable || code >= afterPrintable) return measured(context, text, font);
      sum += widths[code - firstPrintable] ?? 0;
    }
    return sum;
  }

  function measured(context: Context2d, text: string, font: string): number {
    const key = `${font}|${text}`;
    let known = others.get(key);
    if (known === undefined) {
      if (others.size > mostOthers) others.clear();
      context.font = font;
      others.set(key, (known = context.measureText(text).width));
    }
    return known;
  }

  return {
    width,
    fit(context, text, font, room) {
      const full = width(context, text, font);
      if (full <= room) return text;
      const kept = Math.floor((room / full) * text.length) - 1;
      return kept < 3 ? '' : `${text.slice(0, kept).trimEnd()}…`;
    },
  };
}
