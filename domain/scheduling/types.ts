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
}

export interface Placement extends Interval {
  readonly laneId: string;
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
    | 'unknown-operation'
    | 'unknown-lane';
  readonly values: Readonly<Record<string, string | number>>;
}

export type PlacementCheck =
  | { readonly ok: true; readonly placement: Placement }
  | { readonly ok: false; readonly refusal: Refusal; readonly placement?: Placement };
