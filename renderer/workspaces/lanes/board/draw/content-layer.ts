import type { BoardState } from '../store.ts';
import type { Context2d } from './brush.ts';
import { createRaster, type Raster } from './raster.ts';
import { createTileLayer, type ContentPainter, type Window } from './tiles.ts';

/** The content of the board below everything that is drawn anew with each frame. */
export interface ContentLayer {
  /**
   * Draws the content in the window. `key` stands for all that its picture depends on, besides the bars
   * of each lane: while it stays, what was drawn before is moved, not drawn again.
   */
  draw(
    context: Context2d,
    window: Window,
    key: readonly unknown[],
    state: BoardState,
    painter: ContentPainter,
  ): void;
}

export function createContentLayer(): ContentLayer {
  const tiles = createTileLayer();
  let whole: Raster | undefined;
  let known: readonly unknown[] = [];

  /** While the key changes with each frame, as in a zoom, nothing drawn could be used again. */
  function drawWhole(context: Context2d, window: Window, { paint, write }: ContentPainter): void {
    const { x, y, width, height, left, top } = window;
    if (whole?.width !== width || whole.height !== height) whole = createRaster(width, height);
    const labels = paint(whole, { left, top, width, height });
    context.putImageData(new ImageData(whole.bytes, width, height), x, y);
    context.save();
    context.setTransform(1, 0, 0, 1, x, y);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    write(context, labels);
    context.restore();
  }

  return {
    draw(context, window, key, state, painter) {
      const isSame = key.length === known.length && key.every((part, index) => part === known[index]);
      known = key;
      if (!isSame) {
        tiles.forget();
        drawWhole(context, window, painter);
      } else tiles.draw(context, window, state, painter);
    },
  };
}
