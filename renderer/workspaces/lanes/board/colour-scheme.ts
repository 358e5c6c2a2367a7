import type { BoardOperation, OperationStatus } from '#domain/scheduling/types';
import { latenessMs } from './describe.ts';
import type { BoardLayers, ColourMode } from './layers.ts';

/** What stands at the head of a bar, so that its colour is not the only thing that tells its category. */
export type Sign =
  | { readonly kind: 'status'; readonly status: OperationStatus }
  | { readonly kind: 'letter'; readonly letter: string }
  | { readonly kind: 'icon'; readonly icon: SignIcon };
export type SignIcon =
  | 'check'
  | 'tight'
  | 'late'
  | 'short'
  | 'cross'
  | 'low'
  | 'normal'
  | 'high'
  | 'top'
  | 'dash';

/** Where in a theme the colours of a category are found. */
export type Swatch =
  | { readonly from: 'status'; readonly status: OperationStatus }
  | { readonly from: 'series' | 'steps'; readonly index: number }
  | { readonly from: 'good' | 'tight' | 'bad' | 'neutral' };

/** The eight hues are used twice, the second time striped. */
export type Pattern = 'plain' | 'striped';

export interface ColourCategory {
  readonly key: string;
  readonly swatch: Swatch;
  readonly pattern: Pattern;
  readonly sign: Sign;
  /** Its name: a text key, or what the data call it. */
  readonly name: { readonly id: string } | { readonly text: string };
}

export interface ColourScheme {
  readonly mode: ColourMode;
  readonly categories: readonly ColourCategory[];
  /** Index into `categories`. */
  codeOf(operation: BoardOperation): number;
}

type Owner = Pick<BoardLayers, 'colourBy' | 'families' | 'infeasible'>;

const hueCount = 8;
/** One place is for all others: sixteen letters are as many as a legend can be read with. */
const mostNamed = 2 * hueCount - 1;
const tightMs = 86_400_000;

/** The categories of a colour mode over these operations, and which of them each belongs to. */
export function createColourScheme(
  { colourBy, families, infeasible }: Owner,
  operations: Iterable<BoardOperation>,
): ColourScheme {
  if (colourBy === 'status') return fixed(colourBy, statuses, ({ status }) => statusOrder.indexOf(status));
  if (colourBy === 'lateness') return fixed(colourBy, latenesses, latenessCode);
  if (colourBy === 'priority') return fixed(colourBy, priorities, ({ priority }) => priorityCode(priority));
  if (colourBy === 'feasibility') {
    return fixed(colourBy, feasibilities, (operation) => feasibilityCode(operation, infeasible));
  }
  if (colourBy === 'family') {
    const named = families.map(({ id, name }): [string, string] => [id, name]);
    return byName(colourBy, named, ({ familyId }) => familyId);
  }
  if (colourBy === 'customer') {
    return byName(colourBy, commonest(operations, customerOf), customerOf);
  }
  return byName(colourBy, commonest(operations, materialOf), ({ materialCode }) => materialCode);
}

/** The same categories in the same order: what was drawn by one is right by the other. */
export function isSameScheme(a: ColourScheme, b: ColourScheme): boolean {
  return (
    a.mode === b.mode &&
    a.categories.length === b.categories.length &&
    a.categories.every(({ key }, index) => key === b.categories[index]?.key)
  );
}

function fixed(
  mode: ColourMode,
  categories: readonly ColourCategory[],
  codeOf: ColourScheme['codeOf'],
): ColourScheme {
  return { mode, categories, codeOf };
}

const statusOrder: readonly OperationStatus[] = [
  'planned',
  'ready',
  'running',
  'paused',
  'completed',
  'cancelled',
];
const statuses = statusOrder.map((status): ColourCategory => ({
  key: status,
  swatch: { from: 'status', status },
  pattern: status === 'paused' ? 'striped' : 'plain',
  sign: { kind: 'status', status },
  name: { id: `board.status.${status}` },
}));

const latenesses: readonly ColourCategory[] = [
  told('lateness.in-time', { from: 'good' }, 'check'),
  told('lateness.tight', { from: 'tight' }, 'tight'),
  told('lateness.late', { from: 'bad' }, 'late'),
  told('lateness.over', { from: 'neutral' }, 'dash'),
];

function latenessCode(operation: BoardOperation): number {
  if (operation.status === 'cancelled' || operation.status === 'completed') return 3;
  if (latenessMs(operation) > 0) return 2;
  return operation.dueAt - (operation.placement?.endsAt ?? operation.dueAt) < tightMs ? 1 : 0;
}

const priorities: readonly ColourCategory[] = [
  told('priority.low', { from: 'steps', index: 0 }, 'low'),
  told('priority.normal', { from: 'steps', index: 1 }, 'normal'),
  told('priority.high', { from: 'steps', index: 2 }, 'high'),
  told('priority.top', { from: 'steps', index: 3 }, 'top'),
];

/** 1 lowest to 100 highest; as words low 25, normal 50, high 75, critical 100. */
function priorityCode(priority: number): number {
  return Math.min(3, Math.max(0, Math.round(priority / 25) - 1));
}

const feasibilities: readonly ColourCategory[] = [
  told('feasibility.possible', { from: 'good' }, 'check'),
  told('feasibility.short', { from: 'tight' }, 'short'),
  told('feasibility.impossible', { from: 'bad' }, 'cross'),
  told('feasibility.over', { from: 'neutral' }, 'dash'),
];

function feasibilityCode(operation: BoardOperation, infeasible: ReadonlySet<string>): number {
  const { operationId, status, placement, eligibleLaneIds, releaseAt } = operation;
  if (status === 'cancelled' || status === 'completed') return 3;
  if (infeasible.has(operationId)) return 2;
  if (placement !== undefined) {
    if (!eligibleLaneIds.includes(placement.laneId)) return 2;
    if (releaseAt !== undefined && placement.startsAt < releaseAt) return 2;
  }
  return waitsForMaterial(operation) ? 1 : 0;
}

/** Its components are not there, and are not expected before it begins. */
export function waitsForMaterial({ material, materialAt, placement }: BoardOperation): boolean {
  return material === 'short' && !(materialAt !== undefined && materialAt <= (placement?.startsAt ?? 0));
}

function told(key: string, swatch: Swatch, icon: SignIcon): ColourCategory {
  return { key, swatch, pattern: 'plain', sign: { kind: 'icon', icon }, name: { id: `board.colour.${key}` } };
}

function byName(
  mode: ColourMode,
  named: readonly (readonly [key: string, name: string])[],
  keyOf: (operation: BoardOperation) => string | undefined,
): ColourScheme {
  const shown = named.slice(0, mostNamed);
  const categories = shown.map(([key, text], index): ColourCategory => ({
    key,
    swatch: { from: 'series', index: index % hueCount },
    pattern: index < hueCount ? 'plain' : 'striped',
    sign: { kind: 'letter', letter: String.fromCodePoint(65 + index) },
    name: { text },
  }));
  const rest = categories.length;
  categories.push({
    key: '',
    swatch: { from: 'neutral' },
    pattern: 'plain',
    sign: { kind: 'icon', icon: 'dash' },
    name: { id: named.length > rest ? 'board.colour.others' : `board.colour.${mode}.none` },
  });
  const codes = new Map(shown.map(([key], index) => [key, index]));
  return { mode, categories, codeOf: (operation) => codes.get(keyOf(operation) ?? '') ?? rest };
}

const customerOf = ({ customer }: BoardOperation): string | undefined => customer;
const materialOf = ({ materialCode }: BoardOperation): string => materialCode;

/**
 * The values that most operations have, in the order of their names: so that a bar more or less does
 * not give all others another colour.
 */
function commonest(
  operations: Iterable<BoardOperation>,
  keyOf: (operation: BoardOperation) => string | undefined,
): readonly (readonly [string, string])[] {
  const counts = new Map<string, number>();
  for (const operation of operations) {
    const key = keyOf(operation);
    if (key !== undefined && key !== '') counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1));
  const named = most.slice(0, mostNamed).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...named, ...most.slice(mostNamed)].map(([key]) => [key, key]);
}
