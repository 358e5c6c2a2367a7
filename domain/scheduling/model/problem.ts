/**
 * What is to be scheduled, for the solver, the checker and the command line: plain data, JSON as it stands.
 * All times are whole seconds from an origin that the caller chooses; working time is counted in the
 * windows of the lane. Ids are the caller's own and unique within their kind.
 */

/** A half-open stretch, `start <= t < end`, seconds from the origin. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch that was cut out of a lane's windows, kept to say why nothing can run in it. */
export interface BlockedSpan extends Span {
  readonly reason: 'closure' | 'maintenance' | 'machine-down' | 'reserved';
  readonly label: string;
}

export interface ProblemLane {
  readonly id: string;
  readonly name: string;
  /** How many operations may run at once. Set-ups that depend on the sequence are for lanes of capacity 1. */
  readonly capacity: number;
  /** Working windows, ascending, not touching, what is blocked already cut out; absent: works always. */
  readonly windows?: readonly Span[] | undefined;
  readonly blocked?: readonly BlockedSpan[] | undefined;
  /** Set-up family that the lane stands in at the start; absent: cold. */
  readonly family?: string | undefined;
}

/** An operation on one of the lanes that may do it. */
export interface LaneChoice {
  readonly lane: string;
  /** Run time in seconds of working time, set-up that does not depend on the sequence included. */
  readonly run: number;
  /** Paid when this lane is taken, in the units of set-up cost: a second choice costs more than the first. */
  readonly cost?: number | undefined;
}

/** What an operation holds while it runs (not while it is set up): some units of one or more resources with a skill. */
export interface ResourceNeed {
  readonly skill: string;
  readonly units: number;
}

/** Where an operation must stand: it has begun, a planner locked it, or it lies in the frozen horizon. */
export interface Pin {
  readonly lane: string;
  readonly start: number;
  readonly end: number;
  readonly why: 'started' | 'locked' | 'frozen';
  /** Start of its run; absent: as much before the end as its run takes. */
  readonly setupEnd?: number | undefined;
  /** What it holds, as in an assignment; absent: whatever is free. */
  readonly resources?: readonly string[] | undefined;
}

export interface ProblemOperation {
  readonly id: string;
  readonly name: string;
  readonly order: string;
  readonly choices: readonly LaneChoice[];
  readonly family?: string | undefined;
  /** False: it must begin and end in one window (a cure, a weld). True or absent: it goes on after a break. */
  readonly interruptible?: boolean | undefined;
  /** Earliest start of its run, beside the order's own dates. */
  readonly release?: number | undefined;
  readonly needs?: readonly ResourceNeed[] | undefined;
  readonly pin?: Pin | undefined;
  /** Where it stands in the published schedule: what a change is counted against. */
  readonly published?: { readonly lane: string; readonly start: number } | undefined;
}

export interface ProblemOrder {
  readonly id: string;
  readonly name: string;
  readonly release?: number | undefined;
  /** When its materials are all there. */
  readonly materialAt?: number | undefined;
  readonly due?: number | undefined;
  /** What a second of tardiness weighs; above 0. */
  readonly weight: number;
}

/**
 * Precedence between two operations, of one order or of two. Lags are seconds by the clock.
 * finish_start: the run of `to` begins at least `minLag` after the end of `from`, at most `maxLag`.
 * start_start: the same, counted from the start of the run of `from`.
 * finish_finish: `to` ends at least `minLag` after the end of `from` (with start_start: overlapped batches).
 */
export interface ProblemLink {
  readonly from: string;
  readonly to: string;
  readonly kind: 'finish_start' | 'start_start' | 'finish_finish';
  readonly minLag?: number | undefined;
  readonly maxLag?: number | undefined;
}

/** People or tools that several lanes share. */
export interface ProblemResource {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'tool';
  readonly skills: readonly string[];
  readonly units: number;
  /** When they are there; absent: always. */
  readonly windows?: readonly Span[] | undefined;
}

/** From one set-up family to another on a lane. Cleaning between allergens is one, too. */
export interface SetupRule {
  /** Absent: on every lane without a rule of its own. */
  readonly lane?: string | undefined;
  /** Absent: from any other family, and from a cold lane. */
  readonly from?: string | undefined;
  readonly to: string;
  /** Seconds of working time; the latest that end with the start of the run. */
  readonly time: number;
  readonly cost?: number | undefined;
  /** The change may not be made at all. */
  readonly forbidden?: boolean | undefined;
}

export const objectiveTerms = [
  /** Weighted seconds after the due date, summed over orders. */
  'tardiness',
  /** Orders that end after they are due. */
  'late-orders',
  /** Last end, seconds from the origin. */
  'makespan',
  /** Seconds of set-up that depend on the sequence. */
  'setup-time',
  /** Cost of set-ups and of second choices of lanes. */
  'setup-cost',
  /** Operations on another lane than published, or that start at another time. */
  'changes',
  /** Seconds from the first start to the last end of each order, summed. */
  'work-in-progress',
] as const;
export type ObjectiveTerm = (typeof objectiveTerms)[number];

/** `weighted`: the sum of weight x term. `lexicographic`: the first term decides, the next one between equals. */
export interface Objective {
  readonly mode: 'weighted' | 'lexicographic';
  readonly terms: readonly { readonly term: ObjectiveTerm; readonly weight: number }[];
}

export interface Problem {
  readonly lanes: readonly ProblemLane[];
  readonly orders: readonly ProblemOrder[];
  readonly operations: readonly ProblemOperation[];
  readonly links: readonly ProblemLink[];
  readonly resources: readonly ProblemResource[];
  readonly setups: readonly SetupRule[];
  readonly objective: Objective;
  /** Nothing that is not pinned starts before; seconds from the origin, 0 when absent. */
  readonly now?: number | undefined;
}

/** Where an operation stands. The lane is taken from `start` to `end`; until `setupEnd` it is being set up. */
export interface Assignment {
  readonly operation: string;
  readonly lane: string;
  readonly start: number;
  /** Start of the run; equal to `start` without a set-up. */
  readonly setupEnd: number;
  readonly end: number;
  /** Ids of the resources that it holds while it runs, one for each unit: who lends two units stands twice. */
  readonly resources?: readonly string[] | undefined;
}

export interface Schedule {
  readonly assignments: readonly Assignment[];
}

/** The terms of the objective as a schedule has them, whether or not they are weighed. */
export type Figures = Readonly<Record<ObjectiveTerm, number>>;
