/** What a lane is to do next, as its operators see it; out as a sheet, a calendar or on paper. */
import { useState } from 'react';
import { Button, NativeSelect } from '@mantine/core';
import { IconCalendarDown, IconFileSpreadsheet, IconListCheck, IconPrinter } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import type { Lane } from '#domain/scheduling/types';
import { useConnection, useCoreQuery } from '../../../client/hooks.ts';
import { errorShapeOf } from '../../../client/errors.ts';
import { Badge } from '../../../ui/badges.tsx';
import { EmptyState, Loading } from '../../../ui/blocks.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useText } from '../../../ui/messages.ts';
import { useNotify } from '../../../ui/notify.tsx';
import { useDurationText, useNow } from '../../../ui/time.tsx';
import { saveFile } from '../exports/save-file.ts';
import { dispatchSheet } from '../exports/dispatch-sheet.ts';
import { byDay } from './dispatch-days.ts';

const dayMs = 86_400_000;
const spans = [1, 3, 7, 14] as const;

export function DispatchPanel({
  plantId,
  lanes,
  laneId,
  onLane,
  onShow,
}: {
  readonly plantId: string;
  readonly lanes: readonly Lane[];
  readonly laneId: string | null;
  readonly onLane: (laneId: string) => void;
  readonly onShow: (operationId: string) => void;
}) {
  const text = useText();
  const intl = useIntl();
  const duration = useDurationText();
  const notify = useNotify();
  const connection = useConnection();
  const hour = Math.floor(useNow(60_000) / 3_600_000) * 3_600_000;
  const [days, setDays] = useState<number>(3);
  const lane = lanes.find(({ id }) => id === laneId) ?? lanes[0];
  const input = { plantId, laneId: lane?.id ?? '', from: hour, to: hour + days * dayMs };
  const list = useCoreQuery('schedules.dispatch', input, { enabled: lane !== undefined, keep: true });
  if (!lane) return <EmptyState icon={IconListCheck} title={text('lanes.dispatch.no-lane')} />;
  const lines = list.data ?? [];
  // A list that is printed lies about the next day too: each day is named.
  const dayOf = (at: number) => intl.formatDate(at, { weekday: 'long', day: 'numeric', month: 'long' });

  const failed = (cause: unknown) => notify.failed(errorShapeOf(cause));
  const asSheet = () =>
    dispatchSheet({ lane, lines, intl, text }).then((blob) => saveFile(blob, `${lane.code}.xlsx`), failed);
  const asCalendar = () =>
    connection
      .query('schedules.calendar', input)
      .then((file) => saveFile(new Blob([file.text], { type: 'text/calendar' }), file.fileName), failed);

  return (
    <div className="lanes-dispatch">
      <div className="lanes-dispatch-choice">
        <NativeSelect
          label={text('lanes.lane')}
          value={lane.id}
          data={lanes.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(event) => onLane(event.currentTarget.value)}
        />
        <NativeSelect
          label={text('lanes.dispatch.span')}
          value={String(days)}
          data={spans.map((span) => ({
            value: String(span),
            label: text('lanes.dispatch.days', { days: span }),
          }))}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
        />
      </div>
      <div className="lanes-dispatch-out">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileSpreadsheet aria-hidden size={15} />}
          disabled={lines.length === 0}
          onClick={() => void asSheet()}
        >
          {text('lanes.out.xlsx')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCalendarDown aria-hidden size={15} />}
          onClick={() => void asCalendar()}
        >
          {text('lanes.out.ical')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPrinter aria-hidden size={15} />}
          onClick={() => window.print()}
        >
          {text('lanes.out.print')}
        </Button>
      </div>
      {list.error && <ErrorNotice error={list.error} onRetry={() => list.refetch()} compact />}
      {list.isPending && <Loading rows={5} />}
      {list.data && lines.length === 0 && (
        <EmptyState icon={IconListCheck} title={text('lanes.dispatch.none')}>
          {text('lanes.dispatch.none-detail')}
        </EmptyState>
      )}
      {lines.length > 0 && (
        <table className="lw-table lanes-dispatch-list">
          <caption>
            {text('lanes.dispatch.of', { lane: lane.name })}
            <span className="lw-dim">{text('lanes.dispatch.zone', { zone: intl.timeZone ?? '' })}</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">{text('lanes.starts')}</th>
              <th scope="col">{text('lanes.dispatch.what')}</th>
              <th scope="col">{text('lanes.quantity')}</th>
            </tr>
          </thead>
          {byDay(lines, dayOf).map(([day, ofDay]) => (
            <tbody key={day}>
              <tr>
                <th scope="rowgroup" colSpan={3}>
                  {day}
                </th>
              </tr>
              {ofDay.map((line) => (
                <tr key={`${line.operationId} ${line.startsAt}`}>
                  <td>
                    {intl.formatTime(line.startsAt, { format: 'short' })}
                    <div className="lw-dim">{duration(line.endsAt - line.startsAt)}</div>
                  </td>
                  <td>
                    <button type="button" className="lanes-link" onClick={() => onShow(line.operationId)}>
                      {line.code}
                    </button>
                    <div>
                      {line.name} · {line.materialName}
                    </div>
                    <div className="lw-dim">
                      {line.setupS > 0 &&
                        text('lanes.dispatch.setup', {
                          time: duration(line.setupS * 1000),
                          family: line.family ?? '',
                        })}
                      {line.customer}
                    </div>
                    {line.material === 'short' && <Badge tone="warn">{text('lanes.material.short')}</Badge>}
                  </td>
                  <td>
                    {intl.formatNumber(line.quantity)} {line.unit}
                  </td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      )}
    </div>
  );
}
