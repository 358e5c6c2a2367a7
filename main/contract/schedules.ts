/** Schedule versions: drafts beside the plan that holds, their figures, the solver on them, and their publication. */
import { z } from 'zod';
import { objectiveTerms } from '#domain/scheduling/model/problem';
import type { Placement } from '#domain/scheduling/types';
import { commandId, id, instant, nothing, shortText } from './common.ts';
import { mutation, query, subscription } from './procedures.ts';

/** How good a schedule is. Times in seconds. */
export interface ScheduleFigures {
  readonly workOrders: number;
  readonly lateOrders: number;
  /** Seconds after the due date, summed over work orders, not weighed. */
  readonly tardinessS: number;
  /** End of the last operation, epoch ms; null when nothing is placed. */
  readonly endsAt: number | null;
  readonly setupS: number;
  readonly setupCost: number;
  /** Operations that stand elsewhere, or at another time, than in the plan that holds. */
  readonly changes: number;
  readonly unscheduled: number;
  /** Placed working time over the working time of the horizon, 0..1. */
  readonly loadRatio: number;
}

export interface ScheduleVersion {
  readonly id: string;
  readonly plantId: string;
  readonly number: number;
  readonly name: string;
  readonly status: 'draft' | 'published' | 'archived';
  readonly startsAt: number;
  readonly endsAt: number;
  readonly basedOnId: string | null;
  /** What starts before stands still for solver and hand alike, epoch ms. */
  readonly frozenUntil: number | null;
  readonly publishedAt: number | null;
  /** Display name. */
  readonly publishedBy: string | null;
  readonly publishReason: string | null;
  readonly createdBy: string | null;
  readonly version: number;
  readonly figures: ScheduleFigures;
}

/** A rule that a schedule breaks, as a message: `violation.<rule>` with its values. */
export interface Violation {
  readonly rule: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly operationIds: readonly string[];
}

export const objective = z
  .object({
    mode: z.enum(['weighted', 'lexicographic']),
    terms: z
      .array(z.object({ term: z.enum(objectiveTerms), weight: z.number().min(0).max(1e9) }).strict())
      .min(1)
      .max(objectiveTerms.length),
  })
  .strict();

export interface SolveProgress {
  readonly runId: string;
  readonly versionId: string;
  readonly phase: 'reading' | 'solving' | 'writing' | 'done' | 'stopped' | 'infeasible' | 'failed';
  readonly elapsedMs: number;
  readonly moves: number;
  /** Of the best so far; null before there is one. */
  readonly figures: ScheduleFigures | null;
  /** Objective of the best so far and a proved lower bound, in the objective's own unit. */
  readonly objective: number | null;
  readonly bound: number | null;
  /** The best so far, when it is new: what the board shows before it is written. */
  readonly placements: readonly (Placement & { readonly operationId: string })[] | null;
  /** Why nothing fits, in words: the smallest set of rules that cannot hold together. */
  readonly conflicts: readonly Violation[];
}

/** One step of why a work order ends when it does, from its last operation back to its release. */
export interface WhyLateStep {
  readonly operationId: string;
  readonly code: string;
  readonly laneId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** What kept it from starting earlier; `why-late.<cause>` with the values. */
  readonly cause:
    | 'predecessor'
    | 'lane-busy'
    | 'setup'
    | 'lane-closed'
    | 'resource-busy'
    | 'material'
    | 'release'
    | 'pinned'
    | 'now'
    | 'choice';
  readonly values: Readonly<Record<string, string | number>>;
  /** The operation that stood in the way. */
  readonly byOperationId?: string | undefined;
  /** Seconds that went by between what came before in the chain and this start. */
  readonly waitedS: number;
}

export interface PromiseStep {
  readonly laneId: string;
  readonly operationName: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The earliest that a quantity can be ready without moving anything that is published. */
export interface PromiseAnswer {
  readonly materialId: string;
  readonly quantity: number;
  /** Null: not within the horizon; `binding` says why. */
  readonly readyAt: number | null;
  readonly steps: readonly PromiseStep[];
  readonly materials: readonly {
    readonly code: string;
    readonly name: string;
    readonly needed: number;
    readonly available: number;
    readonly unit: string;
    /** When the missing part is expected; null: nobody has promised it. */
    readonly availableAt: number | null;
  }[];
  /** What would have to give for an earlier date; `promise.binding.<cause>`. */
  readonly binding: {
    readonly cause: string;
    readonly values: Readonly<Record<string, string | number>>;
  } | null;
}

export interface Reservation {
  readonly id: string;
  readonly materialCode: string;
  readonly quantity: number;
  readonly readyAt: number;
  readonly expiresAt: number;
  readonly note: string;
  readonly reservedBy: string | null;
  readonly steps: readonly PromiseStep[];
}

/** What an operation needs, and what happened to it. */
export interface OperationContext {
  readonly components: readonly {
    readonly code: string;
    readonly name: string;
    readonly needed: number;
    readonly available: number;
    readonly unit: string;
  }[];
  readonly documents: readonly { readonly id: string; readonly name: string; readonly revision: string }[];
  readonly people: readonly { readonly name: string; readonly role: string }[];
  /** Newest first, the last twenty; `what` is a message key under `history.`. */
  readonly history: readonly {
    readonly at: number;
    readonly what: string;
    readonly values: Readonly<Record<string, string | number>>;
    readonly person: string | null;
  }[];
}

export interface DispatchLine {
  readonly operationId: string;
  readonly code: string;
  readonly name: string;
  readonly materialCode: string;
  readonly materialName: string;
  readonly quantity: number;
  readonly unit: string;
  readonly status: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly setupS: number;
  readonly family: string | null;
  readonly customer: string | null;
  readonly dueAt: number;
  readonly material: 'available' | 'short' | null;
}

const breakdownSettings = z.object({
  assumedRepairS: z
    .number()
    .int()
    .min(60)
    .max(30 * 86_400)
    .optional(),
  minorStopS: z.number().int().min(0).max(86_400).optional(),
});
export type BreakdownSettings = z.infer<typeof breakdownSettings>;

export interface PlanningPreferences {
  /** What the plant last solved with, and for how long. */
  readonly objective: z.infer<typeof objective>;
  readonly seconds: number;
  /** A machine that is down is planned around for so long from now on. */
  readonly assumedRepairS: number;
  /** A machine that stops for less is not planned around; 0: as soon as it stops. */
  readonly minorStopS: number;
}

/** Another planner on the same version. */
export interface Presence {
  readonly userId: string;
  readonly name: string;
  readonly versionId: string;
  readonly selection: readonly string[];
  readonly seenAt: number;
}

const versionId = id;
const plantId = id;

export const schedules = {
  /** The plan that holds first, then drafts by number, then the newest archived ones. */
  versions: query<ScheduleVersion[]>()('schedule:read', z.object({ plantId }).strict()),
  /** A draft: a copy of the plan that holds, or of another version. */
  createDraft: mutation<ScheduleVersion>()(
    'schedule:write',
    z.object({ commandId, plantId, name: shortText, fromVersionId: id.nullable() }).strict(),
  ),
  renameDraft: mutation<ScheduleVersion>()(
    'schedule:write',
    z.object({ commandId, versionId, name: shortText, version: z.number().int().min(1) }).strict(),
  ),
  /** Archives a draft that nobody wants any more. */
  discardDraft: mutation<null>()('schedule:write', z.object({ commandId, versionId }).strict()),
  /** Every rule that the version breaks, by the checker. */
  check: query<Violation[]>()('schedule:read', z.object({ versionId }).strict()),
  /**
   * Makes a draft the plan that holds. `Refused` with the first violation, `Conflict` when another version
   * was published since the draft was made, `NotAllowed` for a wrong password.
   */
  publish: mutation<ScheduleVersion>()(
    'schedule:write',
    z
      .object({
        commandId,
        versionId,
        version: z.number().int().min(1),
        password: z.string().min(1).max(200),
        reason: shortText,
        frozenUntil: instant.nullable(),
      })
      .strict(),
  ),
  compare: query<{
    readonly a: ScheduleFigures;
    readonly b: ScheduleFigures;
    readonly moved: readonly {
      readonly operationId: string;
      readonly code: string;
      readonly a: Placement | null;
      readonly b: Placement | null;
    }[];
  }>()('schedule:read', z.object({ a: id, b: id }).strict()),
  /** Begins a run; what it does comes through `solveProgress`. One run a version. */
  solve: mutation<{ readonly runId: string }>()(
    'schedule:write',
    z
      .object({
        commandId,
        versionId,
        /** `repair` changes as little as it can. */
        mode: z.enum(['optimise', 'repair']),
        objective,
        seconds: z.number().int().min(1).max(3600),
        seed: z.number().int().min(0).max(2_147_483_647).default(1),
      })
      .strict(),
  ),
  /** Ends a run; the best so far is written to the draft, unless `discard`. */
  stopSolve: mutation<null>()('schedule:write', z.object({ runId: id, discard: z.boolean() }).strict()),
  /** Runs of this core, as they go; begins with those that are under way. */
  solveProgress: subscription<SolveProgress>()('schedule:read', z.object({ versionId }).strict()),
  /** Why a work order ends when it does. `versionId` null: the plan that holds. */
  whyLate: query<WhyLateStep[]>()(
    'schedule:read',
    z.object({ versionId: id.nullable(), workOrderId: id }).strict(),
  ),
  promise: query<PromiseAnswer>()(
    'schedule:read',
    z
      .object({ plantId, materialId: id, quantity: z.number().positive(), notBefore: instant.nullable() })
      .strict(),
  ),
  /** Holds what `promise` found until `expiresAt`: no draft and no hand may use it. */
  reserve: mutation<Reservation>()(
    'schedule:write',
    z
      .object({
        commandId,
        plantId,
        materialId: id,
        quantity: z.number().positive(),
        notBefore: instant.nullable(),
        expiresAt: instant,
        note: z.string().max(200),
      })
      .strict(),
  ),
  reservations: query<Reservation[]>()('schedule:read', z.object({ plantId }).strict()),
  releaseReservation: mutation<null>()('schedule:write', z.object({ commandId, reservationId: id }).strict()),
  context: query<OperationContext>()('schedule:read', z.object({ operationId: id }).strict()),
  /** What the lane is to do next, in order, as its operators see it. */
  dispatch: query<DispatchLine[]>()(
    'schedule:read',
    z.object({ plantId, laneId: id, from: instant, to: instant }).strict(),
  ),
  /** The same as an iCalendar text (RFC 5545), for the calendars that people have. */
  calendar: query<{ readonly fileName: string; readonly text: string }>()(
    'schedule:read',
    z.object({ plantId, laneId: id, from: instant, to: instant }).strict(),
  ),
  /** Says what one has selected, and hears what the others have; one is forgotten a minute after the last word. */
  present: mutation<Presence[]>()(
    'schedule:read',
    z.object({ versionId, selection: z.array(id).max(200) }).strict(),
  ),
  /** Materials that can be promised: those that a work order of the plant was ever made for. */
  promisable: query<
    { readonly id: string; readonly code: string; readonly name: string; readonly unit: string }[]
  >()('schedule:read', z.object({ plantId }).strict()),
  /** How the plant plans. */
  preferences: query<PlanningPreferences>()('schedule:read', nothing.extend({ plantId }).strict()),
  /** Holds for the whole plant, from now on; what is left out stays as it is. */
  setPreferences: mutation<PlanningPreferences>()(
    'schedule:write',
    breakdownSettings.extend({ commandId, plantId }).strict(),
  ),
};
