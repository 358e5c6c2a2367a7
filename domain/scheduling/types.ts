/**
 * The vocabulary of the lane board, shared by the rules, the services and the canvas.
 * Instants are epoch milliseconds (UTC); durations are whole seconds of working time.
 */

/** A half-open stretch of time, `startsAt <= t < endsAt`, epoch milliseconds. */
export interface Interval {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A stretch in which a lane works, with the shift that it belongs to. */
export interface ShiftWindow extends Interval {
  readonly shiftCode: string;
}

export const operationStatuses = ['planned', 'ready', 'running', 'paused', 'completed', 'cancelled'] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/** A row of the board: a production lane (ISA-95 work centre/unit) of one plant. */
export interface Lane {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** Name of the area (fabrication, filling, ...): rows are grouped by it. */
  readonly area: string;
  /** How many operations may run at once; 1 for most lanes. */
  readonly capacity: number;
  /** Working windows in the loaded range, ascending, not overlapping. */
  readonly windows: readonly ShiftWindow[];
  /** What was cut out of them: drawn hatched, named when a bar may not stand there. */
  readonly blocked?: readonly BlockedStretch[] | undefined;
}

export interface BlockedStretch extends Interval {
  readonly reason: 'closure' | 'maintenance' | 'machine-down' | 'reserved';
  readonly label: string;
  /** Seconds that it is thought to last from the present on; absent: its end is known. */
  readonly assumedS?: number | undefined;
}

/** A set-up family: operations of one follow each other without a change of set-up. */
export interface SetupFamily {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** The set-up matrix as the database has it: a row with lane and family wins over one without. */
export interface SetupTransition {
  readonly laneId: string | null;
  readonly fromFamilyId: string | null;
  readonly toFamilyId: string;
  readonly durationS: number;
  readonly cost: number;
  /** The change may not be made at all. */
  readonly forbidden?: boolean | undefined;
}

/** Precedence between two operations; lags in seconds by the clock. */
export interface OperationLink {
  readonly predecessorId: string;
  readonly successorId: string;
  readonly kind: 'finish_start' | 'start_start' | 'finish_finish';
  readonly minLagS: number;
  readonly maxLagS?: number | undefined;
}

/** An operation of a work order, placed on a lane or waiting for a place. */
export interface BoardOperation {
  readonly operationId: string;
  /** Work order number and operation number, as printed on the traveller: `WO-000123/20`. */
  readonly code: string;
  readonly workOrderId: string;
  readonly workOrderNumber: string;
  readonly operationNumber: number;
  readonly name: string;
  readonly materialCode: string;
  readonly materialName: string;
  readonly quantity: number;
  readonly unit: string;
  readonly status: OperationStatus;
  /** 0..1, good quantity reported over quantity ordered. */
  readonly progress: number;
  readonly priority: number;
  /** When the work order is due. A bar that ends later is late. */
  readonly dueAt: number;
  /** Set-up plus run, in seconds of working time. */
  readonly durationS: number;
  /** Lanes that can do it, by id. */
  readonly eligibleLaneIds: readonly string[];
  /** Where it stands; absent while unscheduled. */
  readonly placement?: Placement | undefined;
  /** Version of the row the placement came from (optimistic locking). */
  readonly version: number;
  /** Seconds of working time on a lane, where they differ from `durationS`. */
  readonly laneDurationsS?: Readonly<Record<string, number>> | undefined;
  readonly familyId?: string | undefined;
  readonly customer?: string | undefined;
  /** A planner holds it where it is; the solver leaves it there. */
  readonly locked?: boolean | undefined;
  /** Nothing of the work order starts before. */
  readonly releaseAt?: number | undefined;
  /** Whether its components are there; `short` with `materialAt` when they are expected. */
  readonly material?: 'available' | 'short' | undefined;
  readonly materialAt?: number | undefined;
  /** Where the published schedule has it, when a draft is shown. */
  readonly baseline?: Placement | undefined;
  /** 1 and up where the quantity was split; the parts share `operationId`'s work order and number. */
  readonly part?: number | undefined;
  /** False: it must begin and end within one stretch of work. */
  readonly interruptible?: boolean | undefined;
  readonly startedAt?: number | undefined;
  /** When `progress` was reported last; only of what has begun and is not done. */
  readonly progressAt?: number | undefined;
  readonly completedAt?: number | undefined;
}

/** The lane is taken from `startsAt` to `endsAt`; until `setupEndsAt` it is being set up. */
export interface Placement extends Interval {
  readonly laneId: string;
  /** Absent or equal to `startsAt`: no set-up that depends on what ran before. */
  readonly setupEndsAt?: number | undefined;
}

/** What a planner asks for: this operation, on this lane, from then on. */
export interface ProposedMove {
  readonly operationId: string;
  readonly laneId: string;
  readonly startsAt: number;
}

/** Why a move may not be made. `reason` is a message key under `refusal.`; `values` fill its text. */
export interface Refusal {
  readonly reason:
    | 'lane-not-eligible'
    | 'outside-shift'
    | 'no-working-time-left'
    | 'before-predecessor'
    | 'after-successor'
    | 'lane-occupied'
    | 'already-started'
    | 'locked'
    | 'frozen'
    | 'material-missing'
    | 'before-release'
    | 'interrupted'
    | 'setup-forbidden'
    | 'no-room-for-setup'
    | 'lag-exceeded'
    | 'push-unsettled'
    | 'unknown-operation'
    | 'unknown-lane';
  readonly values: Readonly<Record<string, string | number>>;
}

export type PlacementCheck =
  | { readonly ok: true; readonly placement: Placement }
  | { readonly ok: false; readonly refusal: Refusal; readonly placement?: Placement };
