import type { BoardOperation, Lane } from '#domain/scheduling/types';
import { createGhostMemory } from '../ghost-index.ts';
import type { BoardLayers } from '../layers.ts';
import type { Density } from '../rows.ts';
import { createBoardStore, type BoardStore, type Horizon } from '../store.ts';
import { createTimeAxis, type TimeAxis } from '../time-axis.ts';
import { endOf } from '../viewport.ts';
import { calendarInView, drawAxis, drawInstants } from './axis-strip.ts';
import { createLooks } from './bar-look.ts';
import type { Brush, Context2d } from './brush.ts';
import { drawLaneColumn } from './lane-column.ts';
import { createContentLayer } from './content-layer.ts';
import { rowsInView } from './frame-parts.ts';
import { drawEligibility, drawHeld, drawMarquee, drawSplit } from './held.ts';
import { drawLabels } from './labels.ts';
import { createLinkMemory, drawLinks } from './link-lines.ts';
import { drawDueLine, drawMarks, drawStickyLabels } from './overlay.ts';
import { createPaints } from './paints.ts';
import { paintRegion } from './region.ts';
import type { PixelScale } from './region-types.ts';
import { createSprites, type Sprites } from './sprites.ts';
import { createTextFitter } from './text-fitter.ts';
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
 * Makes the function that draws a whole frame of the board. It keeps what frames share (pictures of the
 * content, measured texts, signs); the canvas must have the store's width and height times
 * `look.pixelRatio`.
 */
export function createDrawFrame(): DrawFrame {
  const text = createTextFitter();
  const content = createContentLayer();
  const looksOf = createLooks();
  const paintsOf = createPaints();
  const ghostsOf = createGhostMemory();
  const links = createLinkMemory();
  let sprites: { readonly pixelRatio: number; readonly made: Sprites } | undefined;
  let percent: { readonly locale: string; readonly format: Intl.NumberFormat } | undefined;

  return (context, store, look) => {
    const { state } = store;
    const { theme, axis, pixelRatio } = look;
    if (sprites?.pixelRatio !== pixelRatio) sprites = { pixelRatio, made: createSprites(pixelRatio) };
    if (percent?.locale !== axis.locale) {
      percent = { locale: axis.locale, format: new Intl.NumberFormat(axis.locale, { style: 'percent' }) };
    }
    const { viewport, metrics, layers } = state;
    const looks = looksOf(state);
    const paints = paintsOf(theme, looks.scheme);
    const ghosts = ghostsOf(state);
    const scale: PixelScale = {
      anchorAt: state.horizon.startsAt,
      pxPerMs: pixelRatio / viewport.msPerPx,
      ratio: pixelRatio,
    };
    const x = Math.round(metrics.labelWidth * pixelRatio);
    const y = Math.round(metrics.axisHeight * pixelRatio);
    const window = {
      x,
      y,
      width: Math.round(state.width * pixelRatio) - x,
      height: Math.round(state.height * pixelRatio) - y,
      left: Math.round((viewport.startsAt - scale.anchorAt) * scale.pxPerMs),
      top: Math.round(viewport.scrollY * pixelRatio),
    };
    const rows = rowsInView(state);
    const brush: Brush = {
      context,
      store,
      state,
      metrics,
      theme,
      axis,
      text,
      sprites: sprites.made,
      looks,
      paints,
      pixelRatio,
      ticks: axis.ticks(viewport.startsAt, endOf(viewport), viewport.msPerPx),
      now: look.now,
      nowLabel: look.nowLabel,
      loadFormat: percent.format,
      ...rows,
      calendar: calendarInView({ state, store }, rows.firstRow, rows.afterRow),
      scale,
      xOf: (at) => (Math.round((at - scale.anchorAt) * scale.pxPerMs) - window.left + x) / pixelRatio,
      yOf: (contentY) => (Math.round(contentY * pixelRatio) - window.top + y) / pixelRatio,
    };
    if (window.width > 0 && window.height > 0) {
      const key = [
        pixelRatio,
        viewport.msPerPx,
        scale.anchorAt,
        state.layout,
        metrics,
        theme,
        axis,
        looks,
        ghosts,
        layers.slackS,
        layers.frozenUntil,
      ];
      content.draw(context, window, key, state, {
        ratio: pixelRatio,
        paint: (raster, region) => paintRegion(raster, region, { state, axis, looks, paints, ghosts, scale }),
        write(pen, labels) {
          pen.save();
          pen.scale(pixelRatio, pixelRatio);
          drawLabels(pen, labels, brush);
          pen.restore();
        },
      });
    }
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.save();
    context.beginPath();
    context.rect(metrics.labelWidth, metrics.axisHeight, viewport.width, viewport.height);
    context.clip();
    drawStickyLabels(brush);
    drawEligibility(brush);
    drawInstants(brush);
    drawDueLine(brush);
    drawLinks(brush, links);
    drawMarks(brush);
    drawHeld(brush);
    drawSplit(brush);
    drawMarquee(brush);
    context.restore();
    drawLaneColumn(brush);
    drawAxis(brush);
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
  readonly layers?: BoardLayers | undefined;
  readonly horizon: Horizon;
  readonly timeZone: string;
  readonly locale: string;
  readonly density: Density;
  readonly width: number;
  readonly height: number;
}): BoardScene {
  const { lanes, operations, layers, horizon, timeZone, locale, density, width, height } = input;
  const store = createBoardStore(horizon);
  store.update({ lanes, density, width, height, ...(layers === undefined ? {} : { layers }) });
  store.setOperations(operations);
  const axis = createTimeAxis(timeZone, locale);
  const drawFrame = createDrawFrame();
  return { store, drawFrame: (context, look) => drawFrame(context, store, { ...look, axis }) };
}
