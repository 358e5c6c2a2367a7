import { z } from 'zod';
import type {
  BoardOperation,
  Lane,
  OperationLink,
  SetupFamily,
  SetupTransition,
} from '#domain/scheduling/types';
import type { ScheduleFigures } from './schedules.ts';
import { commandId, id, instant } from './common.ts';
import type { Freshness } from './common.ts';
import { mutation, query } from './procedures.ts';

export interface Board extends Freshness {
  readonly plantId: string;
  readonly timeZone: string;
  readonly lanes: readonly Lane[];
  /** Placed operations that touch the range, and all that wait for a place. */
  readonly operations: readonly BoardOperation[];
  /** Between operations of the board, beside the order of their numbers. */
  readonly links: readonly OperationLink[];
  readonly families: readonly SetupFamily[];
  readonly transitions: readonly SetupTransition[];
  /** What starts before stands still, epoch ms. */
  readonly frozenUntil: number | null;
}

/** A lane that no work is planned on for now, as its machines are down. */
export interface StandingLane {
  readonly laneId: string;
  /** The machine that broke down last. */
  readonly machine: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** How long it is planned around from now on. */
  readonly assumedS: number;
}

/**
 * What a planner does to a plan, as data. `version` is that of the operation as the planner saw it.
 * Several together are done or refused together: a drag of ten bars is one command and one undo.
 */
export const planEdit = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('place'),
      operationId: id,
      laneId: id,
      startsAt: instant,
      version: z.number().int().min(1),
    })
    .strict(),
  z.object({ type: z.literal('unschedule'), operationId: id, version: z.number().int().min(1) }).strict(),
  z
    .object({
      type: z.literal('lock'),
      operationId: id,
      locked: z.boolean(),
      version: z.number().int().min(1),
    })
    .strict(),
  /** Splits the quantity: the operation keeps the first, each other one becomes a bar of its own. */
  z
    .object({
      type: z.literal('split'),
      operationId: id,
      quantities: z.array(z.number().positive()).min(2).max(20),
      /** Where each part is to stand, null: nowhere; absent: one behind the other where the whole stands. */
      places: z.array(z.object({ laneId: id, startsAt: instant }).strict().nullable()).optional(),
      version: z.number().int().min(1),
    })
    .strict()
    .refine(({ quantities, places }) => places === undefined || places.length === quantities.length, {
      path: ['places'],
    }),
  /** Puts the parts of a split operation together again, where it stands. */
  z.object({ type: z.literal('join'), operationId: id, version: z.number().int().min(1) }).strict(),
]);
export type PlanEdit = z.infer<typeof planEdit>;

/**
 * More at once are refused. 2,000 bars taken off their lanes took about a second on a plan of 10,000 (`npm run bench --
 * plan-service`), and all of these fit the largest message that a served desk may send.
 */
export const mostEdits = 4000;

export interface EditAnswer {
  /** What changed, as it stands now. */
  readonly operations: readonly BoardOperation[];
  /** Parts that are no more. */
  readonly removedIds: readonly string[];
  /** Of a draft; null for the plan that holds. */
  readonly figures: ScheduleFigures | null;
}

export const lanes = {
  /** `versionId` null or absent: the plan that holds; else a draft, with the plan that holds as baseline. */
  board: query<Board>()(
    'schedule:read',
    z.object({ plantId: id, from: instant, to: instant, versionId: id.nullish() }).strict(),
  ),
  /** Lanes that stand because their machines do: what a board is asked for again by. */
  standing: query<StandingLane[]>()('schedule:read', z.object({ plantId: id }).strict()),
  /** `Refused` for more than `mostEdits`, and with the reason of the first edit that may not be, `Conflict` with the operation as it stands. */
  edit: mutation<EditAnswer>()(
    'schedule:write',
    z.object({ commandId, plantId: id, versionId: id.nullable(), edits: z.array(planEdit).min(1) }).strict(),
  ),
};
