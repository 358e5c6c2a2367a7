import { fontOf } from './draw/brush.ts';
import { lightTheme } from './draw/theme.ts';
import { createTimeAxis } from './time-axis.ts';

/** Sizes and weights in which the board writes most. */
const fonts = [
  [12, 600],
  [12, 400],
  [11, 400],
  [13, 600],
] as const;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -+%/,.:';

/**
 * Does once what the browser would do in the board's first frame: opens a canvas, its fonts and the formats
 * of the locale, which together take longer than to draw ten thousand bars. To be called while the data is
 * on its way.
 */
export function warmUpBoard(locale: string): void {
  const axis = createTimeAxis('UTC', locale);
  axis.formatDuration(3_600_000);
  axis.formatDateTime(0);
  axis.ticks(0, 7 * 86_400_000, 400_000);
  new Intl.NumberFormat(locale, { style: 'percent' }).format(1);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (context === null) return;
  for (const [size, weight] of fonts) {
    context.font = fontOf(lightTheme, size, weight);
    context.measureText(letters);
    context.fillText(letters, 0, 20);
  }
  context.putImageData(context.getImageData(0, 0, 8, 8), 0, 0);
}
