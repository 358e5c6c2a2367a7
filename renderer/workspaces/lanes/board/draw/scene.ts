import type { BoardOperation, Lane } from '#domain/scheduling/types';
import type { Density } from '../rows.ts';
import { createBoardStore, type BoardStore, type Horizon } from '../store.ts';
import { createTimeAxis, type TimeAxis } from '../time-axis.ts';
import { endOf } from '../viewport.ts';
import { createHatch, drawBackground } from './background.ts';
import { drawBars } from './bars.ts';
import { createTextFitter, type Brush, type Context2d } from './brush.ts';
import { createDenseLayer } from './dense.ts';
import {
  drawAreaHeaders,
  drawAxis,
  drawGhost,
  drawLaneLabels,
  drawNowFlag,
  drawNowLine,
  drawSelectionContext,
  rowsInView,
} from './frame-parts.ts';
import type { BoardTheme } from './theme.ts';

/** How a frame looks, besides what is in the store. */
export interface FrameLook {
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  /** Word on the flag of the now line. */
  readonly nowLabel: string;
  readonly pixelRatio: number;
  readonly now: number;
}

export type DrawFrame = (context: Context2d, store: BoardStore, look: FrameLook) => void;

/**
 * Makes the function that draws a whole frame of the board. It keeps what frames share (measured
 * texts, patterns, the pixel buffer); the canvas must have the store's width and height times
 * `look.pixelRatio`.
 */
export function createDrawFrame(): DrawFrame {
  const text = createTextFitter();
  const dense = createDenseLayer();
  let hatch: { readonly colour: string; readonly pattern: CanvasPattern | null } | undefined;
  let percent: { readonly locale: string; readonly format: Intl.NumberFormat } | undefined;

  return (context, store, look) => {
    const { state } = store;
    const { theme, axis, pixelRatio } = look;
    if (hatch?.colour !== theme.restingHatch) {
      hatch = { colour: theme.restingHatch, pattern: createHatch(context, theme.restingHatch) };
    }
    if (percent?.locale !== axis.locale) {
      percent = { locale: axis.locale, format: new Intl.NumberFormat(axis.locale, { style: 'percent' }) };
    }
    const { viewport, metrics } = state;
    const brush: Brush = {
      context,
      store,
      state,
      metrics,
      theme,
      axis,
      text,
      pixelRatio,
      ticks: axis.ticks(viewport.startsAt, endOf(viewport), viewport.msPerPx),
      now: look.now,
      nowLabel: look.nowLabel,
      loadFormat: percent.format,
      ...rowsInView(state),
    };
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.fillStyle = theme.surface;
    context.fillRect(0, 0, state.width, state.height);
    context.save();
    context.beginPath();
    context.rect(metrics.labelWidth, metrics.axisHeight, viewport.width, viewport.height);
    context.clip();
    drawBackground(brush, hatch.pattern);
    drawBars(brush, dense);
    drawSelectionContext(brush);
    drawNowLine(brush);
    drawGhost(brush);
    context.restore();
    drawLaneLabels(brush);
    drawAreaHeaders(brush);
    drawAxis(brush);
    drawNowFlag(brush);
  };
}

export interface BoardScene {
  readonly store: BoardStore;
  drawFrame(context: Context2d, look: Omit<FrameLook, 'axis'>): void;
}

/** A board without its tools and its page: what a bench or a picture drives by hand. */
export function createBoardScene(input: {
  readonly lanes: readonly Lane[];
  readonly operations: readonly BoardOperation[];
  readonly horizon: Horizon;
  readonly timeZone: string;
  readonly locale: string;
  readonly density: Density;
  readonly width: number;
  readonly height: number;
}): BoardScene {
  const { lanes, operations, horizon, timeZone, locale, density, width, height } = input;
  const store = createBoardStore(horizon);
  store.update({ lanes, density, width, height });
  store.setOperations(operations);
  const axis = createTimeAxis(timeZone, locale);
  const drawFrame = createDrawFrame();
  return { store, drawFrame: (context, look) => drawFrame(context, store, { ...look, axis }) };
}
