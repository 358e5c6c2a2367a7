import { isOver, ratioOf, type LoadBucket } from '../load-buckets.ts';
import type { BoardState } from '../store.ts';
import { timeToX } from '../viewport.ts';
import { mix } from './colour.ts';
import type { BoardTheme } from './theme.ts';

/** Room above the line of full capacity, as a share of it: how far over it a column can be shown to be. */
const headroom = 0.35;
const leastNamedPx = 30;

/** Columns of load, each below the stretch of the board that it is about; what is over capacity is hatched. */
export function drawHistogram(
  context: CanvasRenderingContext2D,
  { width, height }: { readonly width: number; readonly height: number },
  input: {
    readonly buckets: readonly LoadBucket[];
    readonly state: BoardState;
    readonly theme: BoardTheme;
    readonly locale: string;
  },
): void {
  const { buckets, state, theme, locale } = input;
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const base = height - 1;
  const full = (base - 4) / (1 + headroom);
  const fullY = Math.round(base - full) + 0.5;
  context.fillStyle = theme.surface;
  context.fillRect(0, 0, width, height);
  context.font = `600 11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const bucket of buckets) {
    const left = Math.round(timeToX(state.viewport, bucket.startsAt));
    const right = Math.round(timeToX(state.viewport, bucket.endsAt));
    const columnWidth = Math.max(1, right - left - 1);
    const ratio = ratioOf(bucket);
    if (bucket.capacityMs === 0) {
      context.fillStyle = theme.resting;
      context.fillRect(left, 0, columnWidth, base);
    } else {
      context.fillStyle = mix(theme.surface, theme.loadTrack, 0.55);
      context.fillRect(left, fullY, columnWidth, full);
    }
    if (ratio === 0) continue;
    const within = Math.min(1, ratio) * full;
    context.fillStyle = theme.load;
    context.fillRect(left, base - within, columnWidth, within);
    if (isOver(bucket)) {
      const over = Math.min(headroom, ratio - 1) * full;
      drawOver(context, { left, top: fullY - over, width: columnWidth, height: over + full * 0.12 }, theme);
    }
    const shown = Math.min(right, width) - Math.max(left, 0);
    if (shown < leastNamedPx || !Number.isFinite(ratio)) continue;
    const label = percent.format(ratio);
    const isInside = within > 18;
    const y = isInside ? base - 9 : base - within - 9;
    context.fillStyle = isInside ? theme.loadText : theme.text;
    // The name of a column stays in view as long as any of it does.
    const middle = (Math.max(left, 0) + Math.min(right, width)) / 2;
    context.fillText(label, middle, y);
  }
  context.textAlign = 'start';
  context.strokeStyle = theme.textDim;
  context.lineWidth = 1;
  context.setLineDash([5, 3]);
  context.beginPath();
  context.moveTo(0, fullY);
  context.lineTo(width, fullY);
  context.stroke();
  context.setLineDash([]);
}

/** Red alone would not tell it: lines across, and a cap. */
function drawOver(
  context: CanvasRenderingContext2D,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  theme: BoardTheme,
): void {
  const { left, top, width, height } = box;
  context.fillStyle = mix(theme.surface, theme.overload, 0.35);
  context.fillRect(left, top, width, height);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  for (let x = left - height; x < left + width; x += 5) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.strokeStyle = theme.overload;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
  context.fillStyle = theme.overload;
  context.fillRect(left, top, width, 2.5);
}
