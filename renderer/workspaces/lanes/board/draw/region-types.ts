import type { BlockedStretch, BoardOperation } from '#domain/scheduling/types';
import type { GhostIndex } from '../ghost-index.ts';
import type { BoardState } from '../store.ts';
import type { TimeAxis } from '../time-axis.ts';
import type { Looks } from './bar-look.ts';
import type { TimeScale } from './calendar-lines.ts';
import type { CategoryPaint, GroundPaint, Paints } from './paints.ts';
import type { Raster } from './raster.ts';

/** Pixels of the canvas over the content: `x = (at - anchorAt) * pxPerMs`, `y = contentY * ratio`. */
export interface PixelScale {
  readonly anchorAt: number;
  readonly pxPerMs: number;
  /** Pixels of the canvas in a CSS pixel. */
  readonly ratio: number;
}

/** A piece of the content, in pixels of the canvas. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is written on or beside a bar after its pixels are there; CSS pixels from the region's corner. */
export interface BarLabel {
  readonly operation: BoardOperation;
  readonly paint: CategoryPaint;
  readonly flags: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Where set-up ends and the run, with its text, begins. */
  readonly runX: number;
  /** Free width behind it on its line. */
  readonly room: number;
}

export interface BlockedLabel {
  readonly stretch: BlockedStretch;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface RegionLabels {
  readonly bars: readonly BarLabel[];
  readonly blocked: readonly BlockedLabel[];
}

export interface RegionInput {
  readonly state: BoardState;
  readonly axis: TimeAxis;
  readonly looks: Looks;
  readonly paints: Paints;
  readonly ghosts: GhostIndex;
  readonly scale: PixelScale;
}

/** A region while it is being painted. */
export interface Painter extends RegionInput {
  readonly raster: Raster;
  readonly region: Region;
  readonly time: TimeScale;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly overhangMs: number;
  readonly isFlat: boolean;
  readonly ground: GroundPaint;
  readonly labels: { readonly bars: BarLabel[]; readonly blocked: BlockedLabel[] };
}
