import type { BoardOperation, OperationLink, Placement, SetupFamily } from '#domain/scheduling/types';

/** What the colour of a bar tells. */
export const colourModes = [
  'status',
  'lateness',
  'family',
  'customer',
  'priority',
  'material',
  'feasibility',
] as const;
export type ColourMode = (typeof colourModes)[number];

/** Where another version of the schedule has an operation; the tone tells two versions apart. */
export interface CompareGhost {
  readonly operationId: string;
  readonly placement: Placement;
  readonly tone: 'first' | 'second';
}

/** Somebody else on the same board, and what they have in the hand or selected. */
export interface OtherPlanner {
  readonly name: string;
  /** Index into the palette of people; any whole number. */
  readonly colourIndex: number;
  readonly operationIds: readonly string[];
}

/** What is drawn besides lanes and bars. All of it comes from the owner; absent layers are empty ones. */
export interface BoardLayers {
  readonly colourBy: ColourMode;
  readonly families: readonly SetupFamily[];
  readonly links: readonly OperationLink[];
  /** Operations on the longest chain: a delay of any of them delays the end. */
  readonly critical: ReadonlySet<string>;
  /** How long each may be late before something else is, seconds. */
  readonly slackS: ReadonlyMap<string, number>;
  /** Operations that break a rule where they stand. */
  readonly infeasible: ReadonlySet<string>;
  readonly showBaseline: boolean;
  readonly ghosts: readonly CompareGhost[];
  /** Null: nothing is searched for. Otherwise all others are dimmed. */
  readonly matching: ReadonlySet<string> | null;
  readonly others: readonly OtherPlanner[];
  /** What starts before this instant stands still, epoch milliseconds. */
  readonly frozenUntil: number | undefined;
}

const none: readonly never[] = [];
const nobody: ReadonlySet<string> = new Set();

export const emptyLayers: BoardLayers = {
  colourBy: 'status',
  families: none,
  links: none,
  critical: nobody,
  slackS: new Map(),
  infeasible: nobody,
  showBaseline: true,
  ghosts: none,
  matching: null,
  others: none,
  frozenUntil: undefined,
};

/** True where the published schedule has an operation elsewhere, or at another time, than this one. */
export function differsFromBaseline({ placement, baseline }: BoardOperation): boolean {
  return (
    baseline !== undefined &&
    (placement?.laneId !== baseline.laneId ||
      placement.startsAt !== baseline.startsAt ||
      placement.endsAt !== baseline.endsAt)
  );
}
