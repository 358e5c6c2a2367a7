import type { BoardMetrics } from '../rows.ts';
import type { BoardState, BoardStore } from '../store.ts';
import type { AxisTicks, TimeAxis } from '../time-axis.ts';
import type { BoardTheme } from './theme.ts';

/** The canvas contexts that the board can be drawn on, on a page or in a worker. */
export type Context2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** All that one frame is drawn from. */
export interface Brush {
  readonly context: Context2d;
  readonly store: BoardStore;
  readonly state: BoardState;
  readonly metrics: BoardMetrics;
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly ticks: AxisTicks;
  readonly text: TextFitter;
  readonly pixelRatio: number;
  readonly now: number;
  readonly nowLabel: string;
  /** Per cent, for the load of a lane. */
  readonly loadFormat: Intl.NumberFormat;
  /** Rows in view: indices into `state.layout.rows`, the second one excluded. */
  readonly firstRow: number;
  readonly afterRow: number;
}

export interface TextFitter {
  width(context: Context2d, text: string, font: string): number;
  /** The text, shortened with an ellipsis to what fits; empty when not even three letters do. */
  fit(context: Context2d, text: string, font: string, room: number): string;
}

/** Measuring text costs more than drawing it, and the same few thousand texts come again each frame. */
export function createTextFitter(): TextFitter {
  const widths = new Map<string, number>();

  function width(context: Context2d, text: string, font: string): number {
    const key = `${font}|${text}`;
    let known = widths.get(key);
    if (known === undefined) {
      if (widths.size > 20_000) widths.clear();
      context.font = font;
      widths.set(key, (known = context.measureText(text).width));
    }
    return known;
  }

  return {
    width,
    fit(context, text, font, room) {
      const full = width(context, text, font);
      if (full <= room) return text;
      const letters = Math.floor((room / full) * text.length) - 1;
      return letters < 3 ? '' : `${text.slice(0, letters).trimEnd()}…`;
    },
  };
}

export function fontOf(theme: BoardTheme, sizePx: number, weight = 400): string {
  return `${weight} ${sizePx}px ${theme.fontFamily}`;
}

/** A line one device pixel wide stands between pixels, not across two. */
export function crisp(position: number, pixelRatio: number): number {
  return (Math.round(position * pixelRatio) + 0.5) / pixelRatio;
}
