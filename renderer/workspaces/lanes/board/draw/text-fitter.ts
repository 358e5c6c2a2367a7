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
 * measured when they first come: ten thousand codes that nobody has drawn yet are measured in no time. Kerning is
 * left out of the sum, which is at most a pixel too wide. Others are measured whole, and remembered.
 */
export function createTextFitter(): TextFitter {
  const letters = new Map<string, Float32Array>();
  const others = new Map<string, number>();

  function lettersOf(font: string): Float32Array {
    let widths = letters.get(font);
    if (widths === undefined) {
      widths = new Float32Array(afterPrintable - firstPrintable).fill(NaN);
      letters.set(font, widths);
    }
    return widths;
  }

  function width(context: Context2d, text: string, font: string): number {
    const widths = lettersOf(font);
    let sum = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < firstPrintable || code >= afterPrintable) return measured(context, text, font);
      const known = widths[code - firstPrintable] ?? 0;
      sum += Number.isNaN(known) ? measuredLetter(context, widths, code, font) : known;
    }
    return sum;
  }

  function measuredLetter(context: Context2d, widths: Float32Array, code: number, font: string): number {
    context.font = font;
    const { width: letter } = context.measureText(String.fromCodePoint(code));
    widths[code - firstPrintable] = letter;
    return letter;
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
