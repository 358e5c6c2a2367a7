import type { TimeAxis } from '../time-axis.ts';
import { latenessMs } from '../describe.ts';
import { barFlag } from './bar-look.ts';
import { fontOf, type Context2d } from './brush.ts';
import type { BarLabel, BlockedLabel, RegionLabels } from './region-types.ts';
import type { Sprites } from './sprites.ts';
import type { TextFitter } from './text-fitter.ts';
import type { BoardTheme } from './theme.ts';

export interface LabelTools {
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly text: TextFitter;
  readonly sprites: Sprites;
}

/** Texts of one font, put down together: to change the font costs more than to write. */
interface Line {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly colour: string;
}

const leastWidth = 16;
const narrowWidth = 28;
const lateEnd = 4;
const lock = { kind: 'shape', shape: 'lock' } as const;
const short = { kind: 'shape', shape: 'short' } as const;

/** Writes what is on and beside the bars of a region; the context's corner is the region's, in CSS pixels. */
export function drawLabels(context: Context2d, labels: RegionLabels, tools: LabelTools): void {
  const { theme } = tools;
  const codes: Line[] = [];
  const names: Line[] = [];
  const marks: Line[] = [];
  context.textBaseline = 'middle';
  for (const label of labels.bars) drawLabel(context, label, tools, { codes, names, marks });
  write(context, codes, fontOf(theme, 12, 600));
  write(context, names, fontOf(theme, 12));
  write(context, marks, fontOf(theme, 11, 600));
  for (const label of labels.blocked) drawBlockedLabel(context, label, tools);
}

function write(context: Context2d, lines: readonly Line[], font: string): void {
  if (lines.length === 0) return;
  context.font = font;
  let colour = '';
  for (const line of lines) {
    if (line.colour !== colour) {
      ({ colour } = line);
      context.fillStyle = colour;
    }
    context.fillText(line.text, line.x, line.y);
  }
}

function drawLabel(
  context: Context2d,
  label: BarLabel,
  { theme, axis, text, sprites }: LabelTools,
  lines: { readonly codes: Line[]; readonly names: Line[]; readonly marks: Line[] },
): void {
  const { operation, paint, flags, x, y, width, height, runX, room } = label;
  const isDim = (flags & barFlag.dim) !== 0;
  const colours = isDim ? paint.dimColours : paint.colours;
  const late = (flags & barFlag.late) === 0 ? 0 : latenessMs(operation);
  const middle = y + height / 2 + 0.5;
  const markFont = fontOf(theme, 11, 600);
  const mark = late > 0 ? `+${axis.formatDuration(late)}` : '';
  const hasPill = late > 0 && width >= 120;
  if (late > 0 && !hasPill && !isDim && room >= text.width(context, mark, markFont) + 8) {
    lines.marks.push({ text: mark, x: x + width + 4, y: middle, colour: theme.late });
  }
  // Letters on hatching cannot be read: they begin with the run.
  const from = Math.max(x, runX);
  const shown = x + width - from;
  if (shown < leastWidth) return;
  // In a narrow bar the sign stands in the middle of what its late end leaves free.
  const free = shown - (late > 0 ? lateEnd : 0);
  const signX = from + (shown < narrowWidth ? free / 2 : 11);
  sprites.draw(context, paint.category.sign, signX, y + height / 2, isDim ? colours.edge : colours.text);
  let right = x + width - 7;
  if (hasPill) {
    const pill = text.width(context, mark, markFont) + 10;
    context.beginPath();
    context.roundRect(right - pill, middle - 8.5, pill, 16, 8);
    context.fillStyle = isDim ? colours.edge : theme.late;
    context.fill();
    lines.marks.push({ text: mark, x: right - pill + 5, y: middle, colour: theme.lateText });
    right -= pill + 4;
  }
  for (const [flag, sign] of [
    [barFlag.locked, lock],
    [barFlag.short, short],
  ] as const) {
    if ((flags & flag) === 0 || right - from < 34) continue;
    sprites.draw(context, sign, right - 5, y + height / 2, colours.text);
    right -= 15;
  }
  const codeFont = fontOf(theme, 12, 600);
  const left = from + 20;
  // Half a code names another order: it is shown whole, or without its prefix and zeros, or not at all.
  let { code } = operation;
  let codeWidth = text.width(context, code, codeFont);
  if (codeWidth > right - left) {
    code = code.replace(/^\D*0*/, '');
    codeWidth = text.width(context, code, codeFont);
    if (codeWidth > right - left) return;
  }
  lines.codes.push({ text: code, x: left, y: middle, colour: colours.text });
  const roomForName = right - left - codeWidth - 8;
  if (roomForName < 36) return;
  const name = text.fit(context, operation.materialCode, fontOf(theme, 12), roomForName);
  if (name !== '') lines.names.push({ text: name, x: left + codeWidth + 8, y: middle, colour: colours.text });
}

/** On a plate of its own: letters on hatching cannot be read. */
function drawBlockedLabel(
  context: Context2d,
  { stretch, x, y, width, height }: BlockedLabel,
  { theme, text }: LabelTools,
): void {
  if (height < 18) return;
  const font = fontOf(theme, 11, 600);
  const shown = text.fit(context, stretch.label, font, width - 16);
  if (shown === '') return;
  const plate = text.width(context, shown, font) + 8;
  const top = y + height - 17;
  context.beginPath();
  context.roundRect(x + 4, top, plate, 15, 3);
  context.fillStyle = theme.blocked;
  context.fill();
  context.font = font;
  context.fillStyle = theme.blockedText;
  context.textBaseline = 'middle';
  context.fillText(shown, x + 8, top + 8);
}
