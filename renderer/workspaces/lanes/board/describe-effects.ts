import type { DragPreview } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';

/** Orders told one by one; the rest is a number. */
const mostOrders = 3;

/** What a drop would do besides, a line each: who moves, what gets late or is saved, what set-ups change. */
export function effectLines(
  { pushed, orders, setupDeltaS }: Pick<DragPreview, 'pushed' | 'orders' | 'setupDeltaS'>,
  axis: TimeAxis,
  formatMessage: FormatMessage,
): string[] {
  const lines: string[] = [];
  const shifted = pushed.filter(({ from, to }) => runOf(from) !== runOf(to)).length;
  if (shifted > 0) lines.push(formatMessage({ id: 'board.effect.pushed' }, { count: shifted }));
  for (const { workOrderNumber, change, lateBeforeMs, lateAfterMs } of orders.slice(0, mostOrders)) {
    lines.push(
      formatMessage(
        { id: `board.effect.${change}` },
        {
          order: workOrderNumber,
          late: axis.formatDuration(lateAfterMs),
          by: axis.formatDuration(Math.abs(lateAfterMs - lateBeforeMs)),
        },
      ),
    );
  }
  if (orders.length > mostOrders) {
    lines.push(formatMessage({ id: 'board.effect.more-orders' }, { count: orders.length - mostOrders }));
  }
  if (setupDeltaS !== 0) {
    const id = setupDeltaS > 0 ? 'board.effect.setup-more' : 'board.effect.setup-less';
    lines.push(formatMessage({ id }, { duration: axis.formatDuration(Math.abs(setupDeltaS) * 1000) }));
  }
  return lines;
}

/** The same for the live region: one text, empty when nothing else happens. */
export function effectsText(preview: DragPreview, axis: TimeAxis, formatMessage: FormatMessage): string {
  return effectLines(preview, axis, formatMessage)
    .map((line) => ` ${line}.`)
    .join('');
}

function runOf(placement: { readonly startsAt: number; readonly setupEndsAt?: number | undefined }): number {
  return placement.setupEndsAt ?? placement.startsAt;
}
