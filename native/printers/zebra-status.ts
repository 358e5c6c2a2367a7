/**
 * What a printer answers to `~HS` (host status return), field by field after Zebra's ZPL II Programming
 * Guide, "~HS": three strings, each `STX … ETX CR LF`.
 */
export interface ZebraStatus {
  readonly paperOut: boolean;
  readonly paused: boolean;
  /** Length of the label in dots. */
  readonly labelLengthDots: number;
  /** Formats taken in but not yet printed. */
  readonly formatsInBuffer: number;
  readonly bufferFull: boolean;
  /** Prints what it is sent instead of obeying it. */
  readonly diagnosticMode: boolean;
  /** A format has begun and its end has not come. */
  readonly partialFormat: boolean;
  readonly corruptRam: boolean;
  readonly underTemperature: boolean;
  readonly overTemperature: boolean;
  readonly headOpen: boolean;
  readonly ribbonOut: boolean;
  readonly thermalTransfer: boolean;
  /** A printed label waits to be taken off (peel-off mode). */
  readonly labelWaiting: boolean;
  /** Labels of the batch under way that are still to come. */
  readonly labelsRemaining: number;
}

/** Why a printer would not print now; the first that applies, in the order a person would mend them. */
export type NotReadyCode =
  | 'head-open'
  | 'paper-out'
  | 'ribbon-out'
  | 'over-temperature'
  | 'under-temperature'
  | 'corrupt-ram'
  | 'diagnostic-mode'
  | 'paused'
  | 'buffer-full';

const STX = '\x02';
const ETX = '\x03';

/** The first three framed strings in `text`, or nothing as long as they are not all there. */
export function takeStatusStrings(text: string): readonly string[] | undefined {
  const strings: string[] = [];
  let from = 0;
  while (strings.length < 3) {
    const start = text.indexOf(STX, from);
    const end = start < 0 ? -1 : text.indexOf(ETX, start);
    if (end < 0) return undefined;
    strings.push(text.slice(start + 1, end));
    from = end + 1;
  }
  return strings;
}

/** Nothing when the answer is not that of a ZPL printer. */
export function parseZebraStatus(strings: readonly string[]): ZebraStatus | undefined {
  const [first = [], second = [], third = []] = strings.map((text) => text.split(','));
  if (first.length !== 12 || second.length !== 11 || third.length !== 2) return undefined;
  const numbers = [first, second].map((fields) => fields.map((field) => field.trim()));
  const number = (line: 0 | 1, index: number): number => {
    const field = numbers[line]?.[index] ?? '';
    return /^\d+$/u.test(field) ? Number(field) : Number.NaN;
  };
  const flag = (line: 0 | 1, index: number): boolean => number(line, index) === 1;
  const status: ZebraStatus = {
    paperOut: flag(0, 1),
    paused: flag(0, 2),
    labelLengthDots: number(0, 3),
    formatsInBuffer: number(0, 4),
    bufferFull: flag(0, 5),
    diagnosticMode: flag(0, 6),
    partialFormat: flag(0, 7),
    corruptRam: flag(0, 9),
    underTemperature: flag(0, 10),
    overTemperature: flag(0, 11),
    headOpen: flag(1, 2),
    ribbonOut: flag(1, 3),
    thermalTransfer: flag(1, 4),
    labelWaiting: flag(1, 7),
    labelsRemaining: number(1, 8),
  };
  // A flag that is neither 0 nor 1 would read as "no fault": then nothing in the answer is believed.
  const areFlags = [
    ...[1, 2, 5, 6, 7, 9, 10, 11].map((index) => number(0, index)),
    ...[2, 3, 4, 7].map((index) => number(1, index)),
  ].every((value) => value === 0 || value === 1);
  const areCounts = [status.labelLengthDots, status.formatsInBuffer, status.labelsRemaining].every(
    (count) => !Number.isNaN(count),
  );
  return areFlags && areCounts ? status : undefined;
}

/** Nothing when it would print. */
export function notReadyCode(status: ZebraStatus): NotReadyCode | undefined {
  if (status.headOpen) return 'head-open';
  if (status.paperOut) return 'paper-out';
  if (status.ribbonOut) return 'ribbon-out';
  if (status.overTemperature) return 'over-temperature';
  if (status.underTemperature) return 'under-temperature';
  if (status.corruptRam) return 'corrupt-ram';
  if (status.diagnosticMode) return 'diagnostic-mode';
  if (status.paused) return 'paused';
  if (status.bufferFull) return 'buffer-full';
  return undefined;
}

/** Nothing is under way in the printer. */
export function isIdle(status: ZebraStatus): boolean {
  return status.formatsInBuffer === 0 && status.labelsRemaining === 0 && !status.partialFormat;
}
