import { rowIndexAt } from '../rows.ts';
import { drawAxisStrip, drawAxisFront } from './axis-strip.ts';
import type { Brush, Context2d } from './brush.ts';
import { createCanvas, type Canvas } from './canvases.ts';
import { drawLaneRows, drawLaneColumnFront, loadLabelOf } from './lane-column.ts';

/**
 * The frozen column and the frozen axis as pictures. Their letters would cost more in each frame than
 * all bars: they are drawn once, moved with the view, and drawn again where what they say has changed.
 */
export interface FrozenPictures {
  /** True when some figures are still to be renewed: another frame is wanted. */
  draw(brush: Brush): boolean;
}

/** Content pixels a piece of the column is high. */
const pieceHeight = 256;
/** Pieces that are drawn again in one frame only because a figure of load has changed. */
const renewedAtOnce = 1;
/** The axis is drawn this much wider than the view, half of it on either side. */
const axisFactor = 2;

interface Piece {
  readonly canvas: OffscreenCanvas;
  readonly pen: OffscreenCanvasRenderingContext2D;
  loads: string;
  usedAt: number;
}

export function createFrozenPictures(): FrozenPictures {
  const pieces = new Map<number, Piece>();
  let spare: Piece[] = [];
  let columnKey: readonly unknown[] = [];
  let axis: Canvas | undefined;
  let axisKey: readonly unknown[] = [];
  let axisLeft = 0;
  let frame = 0;

  function drawColumn(brush: Brush): boolean {
    const { context, state, metrics, pixelRatio, firstRow, afterRow } = brush;
    const width = Math.round(metrics.labelWidth * pixelRatio);
    const key = [
      state.layout,
      brush.theme,
      pixelRatio,
      state.hoveredArea,
      state.eligibleLaneIds,
      state.ghost?.laneId,
      state.laneDrag?.laneId,
      brush.loadFormat,
    ];
    frame += 1;
    if (differs(key, columnKey)) {
      columnKey = key;
      spare = width === spare[0]?.canvas.width ? [...spare, ...pieces.values()] : [];
      pieces.clear();
    }
    const height = Math.round(state.height * pixelRatio) - Math.round(metrics.axisHeight * pixelRatio);
    const top = Math.round(state.viewport.scrollY * pixelRatio);
    let renewed = 0;
    let isStale = false;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, Math.round(metrics.axisHeight * pixelRatio));
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    const last = Math.floor((top + height - 1) / pieceHeight);
    for (let index = Math.floor(top / pieceHeight); index <= last; index += 1) {
      const loads = loadsOf(brush, index, firstRow, afterRow);
      let piece = pieces.get(index);
      const isNew = piece === undefined;
      piece ??= spare.pop() ?? createPiece(width, pieceHeight, context);
      if (piece === undefined) continue;
      pieces.set(index, piece);
      if (isNew || (piece.loads !== loads && renewed < renewedAtOnce)) {
        if (!isNew) renewed += 1;
        piece.loads = loads;
        drawPiece(brush, piece, index);
      } else if (piece.loads !== loads) isStale = true;
      piece.usedAt = frame;
      context.drawImage(piece.canvas, 0, index * pieceHeight - top);
    }
    context.restore();
    for (const [index, piece] of pieces) {
      if (frame - piece.usedAt < 300) continue;
      pieces.delete(index);
      spare.push(piece);
    }
    drawLaneColumnFront(brush);
    return isStale;
  }

  function drawPiece(brush: Brush, { pen }: Piece, index: number): void {
    const { pixelRatio, state } = brush;
    const top = index * pieceHeight;
    pen.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    const first = Math.max(0, rowIndexAt(state.layout, top / pixelRatio));
    const last = rowIndexAt(state.layout, (top + pieceHeight) / pixelRatio);
    drawLaneRows({
      ...brush,
      context: pen,
      firstRow: first,
      afterRow: last + 1,
      yOf: (contentY) => (Math.round(contentY * pixelRatio) - top) / pixelRatio,
    });
  }

  function drawAxis(brush: Brush): void {
    const { context, state, metrics, pixelRatio, scale } = brush;
    const viewWidth = Math.round(state.viewport.width * pixelRatio);
    const height = Math.round(metrics.axisHeight * pixelRatio);
    const left = Math.round((state.viewport.startsAt - scale.anchorAt) * scale.pxPerMs);
    const key = [scale.pxPerMs, scale.anchorAt, brush.theme, brush.axis, viewWidth, height, brush.calendar];
    const isSame = !differs(key, axisKey);
    const isCovered =
      axis !== undefined && isSame && left >= axisLeft && left + viewWidth <= axisLeft + axis.canvas.width;
    axisKey = key;
    if (!isCovered && isSame) {
      const width = viewWidth * axisFactor;
      if (axis?.canvas.width !== width || axis.canvas.height !== height)
        axis = createCanvas(width, height, context);
      if (axis !== undefined) {
        axisLeft = left - Math.round((width - viewWidth) / 2);
        axis.pen.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
        const from = axisLeft;
        drawAxisStrip(
          {
            ...brush,
            context: axis.pen,
            xOf: (at) => (Math.round((at - scale.anchorAt) * scale.pxPerMs) - from) / pixelRatio,
          },
          { left: 0, right: width / pixelRatio },
        );
      }
    }
    if (isSame && axis !== undefined) {
      const x = Math.round(metrics.labelWidth * pixelRatio);
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(axis.canvas, left - axisLeft, 0, viewWidth, height, x, 0, viewWidth, height);
      context.restore();
    } else {
      // While zooming each frame has an axis of its own.
      drawAxisStrip(brush, { left: metrics.labelWidth, right: state.width });
    }
    drawAxisFront(brush);
  }

  return {
    draw(brush) {
      const isStale = drawColumn(brush);
      drawAxis(brush);
      return isStale;
    },
  };
}

function createPiece(width: number, height: number, beside: Context2d): Piece | undefined {
  const made = createCanvas(width, height, beside);
  return made === undefined ? undefined : { ...made, loads: '', usedAt: 0 };
}

function loadsOf(brush: Brush, index: number, firstRow: number, afterRow: number): string {
  const { state, pixelRatio } = brush;
  const top = (index * pieceHeight) / pixelRatio;
  const bottom = ((index + 1) * pieceHeight) / pixelRatio;
  let loads = '';
  for (let at = firstRow; at < afterRow; at += 1) {
    const row = state.layout.rows[at];
    if (row?.kind !== 'lane' || row.top + row.height <= top || row.top >= bottom) continue;
    loads += `${loadLabelOf(brush, row)} `;
  }
  return loads;
}

function differs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length !== b.length || a.some((part, index) => part !== b[index]);
}
