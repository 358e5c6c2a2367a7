/** The dispatch list of a lane as a spreadsheet: real dates and numbers, so that it can be worked with. */
import type { IntlShape } from 'react-intl';
import type { Lane } from '#domain/scheduling/types';
import type { DispatchLine } from '#contract/schedules';
import type { Translate } from '../../../ui/messages.ts';

export interface DispatchColumn {
  readonly title: string;
  readonly width: number;
  readonly value: (line: DispatchLine) => string | number | Date;
}

/** Columns of the sheet, in order. Instants become the plant's wall-clock time: a sheet knows no zones. */
export function dispatchColumns(text: Translate, timeZone: string): readonly DispatchColumn[] {
  const local = (at: number) => wallClock(at, timeZone);
  return [
    { title: text('lanes.starts'), width: 17, value: (line) => local(line.startsAt) },
    { title: text('lanes.ends'), width: 17, value: (line) => local(line.endsAt) },
    { title: text('lanes.dispatch.operation'), width: 16, value: (line) => line.code },
    { title: text('lanes.dispatch.what'), width: 24, value: (line) => line.name },
    {
      title: text('lanes.material'),
      width: 28,
      value: (line) => `${line.materialCode} ${line.materialName}`,
    },
    { title: text('lanes.quantity'), width: 10, value: (line) => line.quantity },
    { title: text('lanes.dispatch.unit'), width: 7, value: (line) => line.unit },
    { title: text('lanes.dispatch.setup-minutes'), width: 12, value: (line) => Math.round(line.setupS / 60) },
    { title: text('lanes.dispatch.family'), width: 16, value: (line) => line.family ?? '' },
    { title: text('lanes.customer'), width: 20, value: (line) => line.customer ?? '' },
    { title: text('lanes.due-name'), width: 17, value: (line) => local(line.dueAt) },
  ];
}

export async function dispatchSheet({
  lane,
  lines,
  intl,
  text,
}: {
  readonly lane: Lane;
  readonly lines: readonly DispatchLine[];
  readonly intl: IntlShape;
  readonly text: Translate;
}): Promise<Blob> {
  const { default: writeExcelFile } = await import('write-excel-file/browser');
  const columns = dispatchColumns(text, intl.timeZone ?? 'UTC');
  const header = columns.map(({ title }) => ({ value: title, fontWeight: 'bold' as const }));
  const rows = lines.map((line) =>
    columns.map(({ value }) => {
      const cell = value(line);
      return cell instanceof Date ? { value: cell, format: 'yyyy-mm-dd hh:mm' } : { value: cell };
    }),
  );
  return writeExcelFile([header, ...rows], {
    sheet: lane.code.slice(0, 31),
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
  }).toBlob();
}

/** A date whose UTC fields read as the wall clock of the zone. */
function wallClock(at: number, timeZone: string): Date {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return new Date(Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')));
}
