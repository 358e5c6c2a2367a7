/** The dispatch list of a lane as an iCalendar text. */
import type { DispatchLine } from '#contract/schedules';
import { calendarText } from '#domain/ical/calendar';
import type { DispatchLane } from './dispatch.ts';

/** Its event is that of the operation: a calendar that reads the list again moves it, and makes no second one. */
export function dispatchCalendar(
  lane: DispatchLane,
  lines: readonly DispatchLine[],
  madeAt: number,
): { readonly fileName: string; readonly text: string } {
  return {
    fileName: `${lane.code}.ics`,
    text: calendarText({
      productId: '-//Lanewright//Dispatch list//EN',
      name: `${lane.code} ${lane.name}`,
      madeAt,
      events: lines.map((line) => ({
        uid: `${line.operationId}@lanewright`,
        startsAt: line.startsAt,
        endsAt: line.endsAt,
        summary: `${line.code} ${line.name}`,
        description: [
          `${line.quantity} ${line.unit} ${line.materialCode} ${line.materialName}`,
          ...(line.customer === null ? [] : [line.customer]),
        ].join('\n'),
        location: `${lane.code} ${lane.name}`,
        ...(line.family === null ? {} : { categories: [line.family] }),
      })),
    }),
  };
}
