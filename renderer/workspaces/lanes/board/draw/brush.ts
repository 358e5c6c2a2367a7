import type { ShiftWindow } from '#domain/scheduling/types';
import type { BoardMetrics } from '../rows.ts';
import type { BoardState, BoardStore } from '../store.ts';
import type { AxisTicks, TimeAxis } from '../time-axis.ts';
import type { Looks } from './bar-look.ts';
import type { Paints } from './paints.ts';
import type { PixelScale } from './region-types.ts';
import type { Sprites } from './sprites.ts';
import type { TextFitter } from './text-fitter.ts';
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
  readonly sprites: Sprites;
  readonly looks: Looks;
  readonly paints: Paints;
  readonly pixelRatio: number;
  readonly now: number;
  readonly nowLabel: string;
  /** Per cent, for the load of a lane. */
  readonly loadFormat: Intl.NumberFormat;
  /** Rows in view: indices into `state.layout.rows`, the second one excluded. */
  readonly firstRow: number;
  readonly afterRow: number;
  /** Shifts that the axis names: those of the lane at hand. */
  readonly calendar: readonly ShiftWindow[];
  /** The pixels that bars are painted on; what is drawn over them must meet them. */
  readonly scale: PixelScale;
  /** CSS pixel of the surface at which an instant, or a height of the content, is painted. */
  xOf(at: number): number;
  yOf(contentY: number): number;
}

export function fontOf(theme: BoardTheme, sizePx: number, weight = 400): string {
  return `${weight} ${sizePx}px ${theme.fontFamily}`;
}

/** A line one device pixel wide stands between pixels, not across two. */
export function crisp(position: number, pixelRatio: number): number {
  return (Math.round(position * pixelRatio) + 0.5) / pixelRatio;
}
