/** The command line's `dispatch`: what a lane is to do next, as a list or for a calendar. */
import type { TRPCClient } from '@trpc/client';
import type { Command } from 'commander';
import type { AppRouter } from '#contract/router';
import type { DispatchLine } from '#contract/schedules';
import { notFound } from '#contract/errors';

export interface DispatchCommandHost {
  /** The result: as JSON where that is asked for, else the lines. */
  readonly print: (value: unknown, lines: () => readonly string[]) => void;
  readonly withCore: <T>(work: (client: TRPCClient<AppRouter>) => Promise<T>) => Promise<T>;
}

const dayMs = 86_400_000;

export function registerDispatchCommand(program: Command, { print, withCore }: DispatchCommandHost): void {
  program
    .command('dispatch')
    .argument('<lane>', 'code of the lane, for example ASM-1')
    .option('--days <number>', 'how many days ahead', '2')
    .option('--ical', 'as an iCalendar text (RFC 5545)')
    .description('what a lane is to do next, in order')
    .action(async (lane: string, options: { days: string; ical?: boolean }) => {
      const days = Math.min(60, Math.max(1, Number(options.days) || 2));
      const found = await withCore(async (client) => {
        const now = Date.now();
        const range = { from: now, to: now + days * dayMs };
        const where = await findLane(client, lane, now);
        if (options.ical === true) return client.schedules.calendar.query({ ...where, ...range });
        return { ...where, lines: await client.schedules.dispatch.query({ ...where, ...range }) };
      });
      if ('text' in found) print(found, () => [found.text.trimEnd().replaceAll('\r\n', '\n')]);
      else print(found.lines, () => found.lines.map(lineOf));
    });
}

/** In whichever plant that one may see. Throws `NotFound`. */
async function findLane(
  client: TRPCClient<AppRouter>,
  code: string,
  now: number,
): Promise<{ readonly plantId: string; readonly laneId: string }> {
  const { identity } = await client.session.current.query({});
  for (const { id: plantId } of identity?.plants ?? []) {
    const { lanes } = await client.lanes.board.query({ plantId, from: now, to: now + 1 });
    const lane = lanes.find((one) => one.code.toUpperCase() === code.toUpperCase());
    if (lane !== undefined) return { plantId, laneId: lane.id };
  }
  throw notFound('error.unknown-lane-code', { lane: code });
}

function lineOf(line: DispatchLine): string {
  const starts = new Date(line.startsAt).toISOString().slice(0, 16).replace('T', ' ');
  const quantity = `${line.quantity} ${line.unit}`.padStart(12);
  return `${starts}Z  ${line.code.padEnd(16)} ${line.status.padEnd(8)} ${quantity}  ${line.materialCode}  ${line.name}`;
}
