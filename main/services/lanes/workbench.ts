/** Bars while edits are made on them, before anything is written. */
import type { BoardOperation, Placement } from '#domain/scheduling/types';
import type { PlannedOperation } from './operations.ts';
import type { PlanSource } from './plan-source.ts';

/** A bar as the edits leave it. */
export interface EditedBar {
  readonly planned: PlannedOperation;
  readonly operation: BoardOperation;
  readonly setupS: number;
  /** Not there before. */
  readonly isNew: boolean;
  /** Joined to another. */
  readonly isGone: boolean;
}

/** Bars by id while edits are made on them. */
export type Workbench = Map<string, EditedBar>;

export interface EditContext {
  readonly source: PlanSource;
  readonly now: number;
  readonly newId: () => string;
}

/** Changes a bar on the bench; `undefined` takes a property away. */
export function set(
  bars: Workbench,
  bar: EditedBar,
  change: {
    readonly locked?: boolean;
    readonly quantity?: number;
    readonly durationS?: number;
    readonly laneDurationsS?: Readonly<Record<string, number>> | undefined;
    readonly part?: number | undefined;
    readonly placement?: Placement | undefined;
  },
  setupS = bar.setupS,
): void {
  bars.set(bar.operation.operationId, { ...bar, operation: { ...bar.operation, ...change }, setupS });
}
