import { z } from 'zod';
import type { BoardOperation, Lane } from '#domain/scheduling/types';
import { commandId, id, instant } from './common.ts';
import type { Freshness } from './common.ts';
import { mutation, query } from './procedures.ts';

export interface Board extends Freshness {
  readonly plantId: string;
  readonly timeZone: string;
  readonly lanes: readonly Lane[];
  /** Placed operations that touch the range, and all that wait for a place. */
  readonly operations: readonly BoardOperation[];
}

export const lanes = {
  board: query<Board>()('schedule:read', z.object({ plantId: id, from: instant, to: instant }).strict()),
  /** Places an operation, or moves it. `Refused` with a placement reason, `Conflict` with the operation as it stands. */
  move: mutation<BoardOperation>()(
    'schedule:write',
    z
      .object({
        commandId,
        operationId: id,
        laneId: id,
        startsAt: instant,
        version: z.number().int().min(1),
      })
      .strict(),
  ),
  /** Takes an operation off its lane, back to the unscheduled list. */
  unschedule: mutation<BoardOperation>()(
    'schedule:write',
    z.object({ commandId, operationId: id, version: z.number().int().min(1) }).strict(),
  ),
};
