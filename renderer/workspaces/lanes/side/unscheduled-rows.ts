/** The unscheduled list as rows: filtered, sorted by due date, gathered under headers where a planner groups. */
import type { BoardOperation } from '#domain/scheduling/types';

export const groupings = ['none', 'material', 'customer', 'work-order', 'family', 'due-week'] as const;
export type Grouping = (typeof groupings)[number];

export type UnscheduledRow =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly title: string;
      readonly count: number;
      readonly durationS: number;
      readonly open: boolean;
    }
  | { readonly kind: 'operation'; readonly id: string; readonly operation: BoardOperation };

/** Operations that wait for a place. */
export function waitingOf(operations: readonly BoardOperation[]): readonly BoardOperation[] {
  return operations
    .filter(
      ({ placement, status }) => placement === undefined && status !== 'completed' && status !== 'cancelled',
    )
    .sort((a, b) => a.dueAt - b.dueAt || (a.code < b.code ? -1 : 1));
}

/** @param sought lower case; a row stays when each of its words occurs in it. */
export function matches(operation: BoardOperation, sought: string): boolean {
  const words = sought.split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const said =
    `${operation.code} ${operation.name} ${operation.materialCode} ${operation.materialName} ${operation.customer ?? ''}`.toLocaleLowerCase();
  return words.every((word) => said.includes(word));
}

/**
 * @param titleOf what the group of an operation is called; its key is the title.
 * @param closed titles of groups that are folded.
 */
export function rowsOf(
  operations: readonly BoardOperation[],
  titleOf: ((operation: BoardOperation) => string) | null,
  closed: ReadonlySet<string>,
): readonly UnscheduledRow[] {
  const asRow = (operation: BoardOperation): UnscheduledRow => ({
    kind: 'operation',
    id: operation.operationId,
    operation,
  });
  if (titleOf === null) return operations.map(asRow);
  const groups = new Map<string, BoardOperation[]>();
  for (const operation of operations) {
    const title = titleOf(operation);
    const group = groups.get(title);
    if (group) group.push(operation);
    else groups.set(title, [operation]);
  }
  return [...groups].flatMap(([title, group]): UnscheduledRow[] => {
    const open = !closed.has(title);
    const header: UnscheduledRow = {
      kind: 'group',
      id: `group ${title}`,
      title,
      count: group.length,
      durationS: group.reduce((sum, { durationS }) => sum + durationS, 0),
      open,
    };
    return [header, ...(open ? group.map(asRow) : [])];
  });
}
