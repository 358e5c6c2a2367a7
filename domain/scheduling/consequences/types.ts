import type { Placement, Refusal } from '../types.ts';

/** Where a part of a split operation is to stand. */
export type PartPlace = { readonly laneId: string; readonly startsAt: number } | null;

/** What a planner does to the plan, as data. The wire adds the version of each operation. */
export type BoardEdit =
  | {
      readonly type: 'place';
      readonly operationId: string;
      readonly laneId: string;
      /** Start of the set-up where there is one, epoch ms. */
      readonly startsAt: number;
    }
  | { readonly type: 'unschedule'; readonly operationId: string }
  | { readonly type: 'lock'; readonly operationId: string; readonly locked: boolean }
  | {
      readonly type: 'split';
      readonly operationId: string;
      readonly quantities: readonly number[];
      /** Where each part is to stand, null: nowhere; absent: one behind the other where the whole stands. */
      readonly places?: readonly PartPlace[] | undefined;
    }
  | { readonly type: 'join'; readonly operationId: string };

/**
 * What gives way when bars are moved. `refuse`: nothing, the move is refused where it does not fit.
 * `use-slack`: what follows on the lane and along links moves later, by no more than it must.
 * `keep-slack`: what follows along links moves by the same working time, so that gaps stay as they are;
 * what is then still in the way moves as with `use-slack`.
 */
export const pushModes = ['refuse', 'use-slack', 'keep-slack'] as const;
export type PushMode = (typeof pushModes)[number];

/** A bar that stands elsewhere afterwards. */
export interface BarShift {
  readonly operationId: string;
  /** Absent: it was not placed. */
  readonly from?: Placement | undefined;
  /** Absent: it is no longer placed. */
  readonly to?: Placement | undefined;
}

/** A bar that nobody took in hand, and what moved it. */
export interface PushedBar extends BarShift {
  readonly from: Placement;
  readonly to: Placement;
  /** `setup`: its run stays, the set-up before it is another. */
  readonly cause: 'lane' | 'link' | 'setup';
  readonly byOperationId: string;
}

/** A work order whose lateness changes; milliseconds after its due date, 0 in time. */
export interface OrderEffect {
  readonly workOrderId: string;
  readonly workOrderNumber: string;
  readonly change: 'becomes-late' | 'later' | 'earlier' | 'in-time';
  readonly dueAt: number;
  readonly lateBeforeMs: number;
  readonly lateAfterMs: number;
}

/** Exactly what would come of some edits. */
export interface Consequences {
  /** True when nothing is refused: the edits may be made. */
  readonly ok: boolean;
  readonly moved: readonly BarShift[];
  readonly pushed: readonly PushedBar[];
  readonly orders: readonly OrderEffect[];
  /** Seconds of set-up of the bars concerned, before and after. */
  readonly setupBeforeS: number;
  readonly setupAfterS: number;
  /** The first is about the leading edit, when that is refused. */
  readonly refusals: readonly { readonly operationId: string; readonly refusal: Refusal }[];
  /** All that is to be asked of the core: the edits themselves, placed as computed, and the pushed bars. */
  readonly edits: readonly BoardEdit[];
}
