import type { BoardOperation } from '#domain/scheduling/types';
import { laneName } from './hold.ts';
import { isMovable } from './load.ts';
import { selectAll, selectFollowers, selectWorkOrder } from './selection.ts';
import { isSplittable } from './split.ts';
import type { BoardState } from '../store.ts';
import type { Workbench } from './tool.ts';

/** What can be done to a bar, in the order of the menu; each has its key (docs/keyboard.md). */
export const actionIds = [
  'details',
  'why-late',
  'pick-up',
  'move-to',
  'lock',
  'split',
  'join',
  'unschedule',
  'select-work-order',
  'select-followers',
  'select-all',
  'copy-code',
] as const;
export type ActionId = (typeof actionIds)[number];

export interface Action {
  readonly id: ActionId;
  /** Message key; `board.action.lock` and `board.action.unlock` are the two sides of one. */
  readonly label: string;
  /** As in `aria-keyshortcuts`. */
  readonly keys: string;
  /** False: it is shown, but cannot be done to this bar now. */
  readonly enabled: boolean;
}

const keysOf: Readonly<Record<ActionId, string>> = {
  details: 'Shift+Enter',
  'why-late': 'Y',
  'pick-up': 'Enter',
  'move-to': 'M',
  lock: 'L',
  split: 'S',
  join: 'J',
  unschedule: 'Delete',
  'select-work-order': 'W',
  'select-followers': 'F',
  'select-all': 'Control+A',
  'copy-code': 'Control+C',
};

/** Actions on a bar and the selection with it. On a board that is only read those that change nothing. */
export function actionsFor(state: BoardState, operation: BoardOperation, hasWhyLate: boolean): Action[] {
  const targets = targetsOf(state, operation.operationId);
  const someMovable = targets.some((each) => each.placement !== undefined && isMovable(state, each));
  const isSplit = [...state.operations.values()].some(
    (other) =>
      other.operationId !== operation.operationId &&
      other.workOrderId === operation.workOrderId &&
      other.operationNumber === operation.operationNumber,
  );
  const enabled: Readonly<Record<ActionId, boolean>> = {
    details: true,
    'why-late': hasWhyLate,
    'pick-up': someMovable,
    'move-to': someMovable,
    lock: targets.some(isLockable),
    split: isSplittable(state, operation),
    join: isSplit && isMovable(state, operation),
    unschedule: someMovable,
    'select-work-order': true,
    'select-followers': true,
    'select-all': true,
    'copy-code': true,
  };
  const changes: readonly ActionId[] = ['pick-up', 'move-to', 'lock', 'split', 'join', 'unschedule'];
  return actionIds
    .filter((id) => !(state.readOnly && changes.includes(id)))
    .map((id) => ({
      id,
      label: id === 'lock' && operation.locked === true ? 'board.action.unlock' : `board.action.${id}`,
      keys: keysOf[id],
      enabled: enabled[id],
    }));
}

/**
 * Does what needs no further answer; the rest opens the menu on its page. True when the key was for it,
 * also where it cannot be done to this bar.
 */
export function actOn(bench: Workbench, id: ActionId, operationId: string): boolean {
  const { state } = bench.store;
  const operation = bench.store.shown(operationId);
  const action =
    operation === undefined
      ? undefined
      : actionsFor(state, operation, bench.hasWhyLate()).find((each) => each.id === id);
  if (operation === undefined || action === undefined) return false;
  if (!action.enabled) {
    bench.announce('board.announce.not-for-this', { code: operation.code });
    return true;
  }
  const targets = targetsOf(state, operationId);
  if (id === 'details') bench.open(operationId);
  else if (id === 'why-late') bench.whyLate(operationId);
  else if (id === 'pick-up') bench.pickUp(operationId);
  else if (id === 'lock') lock(bench, operation, targets);
  else if (id === 'unschedule') unschedule(bench, operation, targets);
  else if (id === 'join') {
    const edits = [{ type: 'join' as const, operationId }];
    if (bench.edit(edits, { key: 'board.edit.join', values: { code: operation.code } }))
      bench.announce('board.announce.joined', { code: operation.code });
  } else if (id === 'select-work-order') selectWorkOrder(bench, operationId);
  else if (id === 'select-followers') selectFollowers(bench);
  else if (id === 'select-all') selectAll(bench);
  else if (id === 'copy-code') {
    bench.copy(targets.map(({ code }) => code).join('\n'));
    bench.announce('board.announce.copied', { code: operation.code, count: targets.length });
  } else bench.openMenuPage(id === 'split' ? 'split' : 'move-to');
  return true;
}

/** Puts the bars on another lane at the start that they have. */
export function moveTo(bench: Workbench, operationId: string, laneId: string): boolean {
  const { state } = bench.store;
  const targets = targetsOf(state, operationId).filter((each) => isMovable(state, each));
  const edits = targets.flatMap(({ operationId: id, placement, eligibleLaneIds }) =>
    placement === undefined || !eligibleLaneIds.includes(laneId)
      ? []
      : [{ type: 'place' as const, operationId: id, laneId, startsAt: placement.startsAt }],
  );
  const code = targets[0]?.code ?? '';
  const lane = laneName(bench, laneId);
  const name =
    edits.length > 1
      ? { key: 'board.edit.move-many', values: { count: edits.length, lane } }
      : { key: 'board.edit.move', values: { code, lane } };
  return edits.length > 0 && bench.edit(edits, name);
}

function lock(bench: Workbench, operation: BoardOperation, targets: readonly BoardOperation[]): void {
  const locked = operation.locked !== true;
  const edits = targets
    .filter(isLockable)
    .map(({ operationId }) => ({ type: 'lock' as const, operationId, locked }));
  const { code } = operation;
  const values = { code, count: edits.length };
  const key = locked ? 'board.edit.lock' : 'board.edit.unlock';
  if (!bench.edit(edits, { key, values })) return;
  bench.announce(locked ? 'board.announce.locked' : 'board.announce.unlocked', values);
}

function unschedule(bench: Workbench, operation: BoardOperation, targets: readonly BoardOperation[]): void {
  const { state } = bench.store;
  const edits = targets
    .filter((each) => each.placement !== undefined && isMovable(state, each))
    .map(({ operationId }) => ({ type: 'unschedule' as const, operationId }));
  const values = { code: operation.code, count: edits.length };
  if (!bench.edit(edits, { key: 'board.edit.unschedule', values })) return;
  bench.announce('board.announce.unscheduled', values);
}

const isLockable = ({ status, placement }: BoardOperation): boolean =>
  placement !== undefined && (status === 'planned' || status === 'ready');

/** The bar first; with it the rest of the selection, when it is among it. */
function targetsOf(state: BoardState, operationId: string): BoardOperation[] {
  const ids = state.selection.has(operationId) ? state.selection : [];
  return [...new Set([operationId, ...ids])].flatMap((id) => state.operations.get(id) ?? []);
}
