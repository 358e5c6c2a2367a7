import type { BoardOperation, Lane, Placement, PlacementCheck, Refusal } from '#domain/scheduling/types';
import type { OrderEffect } from '#domain/scheduling/consequences/types';
import { createBarIndex } from './bar-index.ts';
import type { LaneBars } from './lane-bars.ts';
import { emptyLayers, type BoardLayers } from './layers.ts';
import { layOutRows, metricsFor, type BoardMetrics, type Density, type RowLayout } from './rows.ts';
import { clampViewport, resize, type Viewport } from './viewport.ts';

/** A bar in the hand: where it would land, and whether it may. */
export interface Ghost {
  readonly operation: BoardOperation;
  readonly laneId: string;
  /** Where it was asked to begin; `startsAt` is where it would. */
  readonly askedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly check: PlacementCheck;
  readonly heldBy: 'pointer' | 'keyboard';
}

/** A refused drop: the reason stays beside the place for a moment after the bar has gone back. */
export interface Notice {
  readonly refusal: Refusal;
  readonly operationId: string;
}

/** What else a drop would do, drawn while bars are in the hand. The leading one is `ghost`. */
export interface DragPreview {
  /** Everything in the hand at its would-be place, the leading one among it. */
  readonly held: readonly { readonly operationId: string; readonly placement: Placement }[];
  /** What makes room for them: from where it stands to where it would. */
  readonly pushed: readonly {
    readonly operationId: string;
    readonly from: Placement;
    readonly to: Placement;
  }[];
  readonly orders: readonly OrderEffect[];
  /** Change of set-up time, seconds of working time: below 0 is less. */
  readonly setupDeltaS: number;
  readonly refusals: readonly Refusal[];
}

/** A rectangle between two points of the content: time and lanes, so that it stays while the view scrolls. */
export interface Marquee {
  readonly fromAt: number;
  readonly toAt: number;
  /** Content heights, as in `RowLayout`. */
  readonly fromY: number;
  readonly toY: number;
}

/** The quantity of a bar being parted at an instant of it: the left part keeps `keeps`. */
export interface SplitPreview {
  readonly operationId: string;
  readonly at: number;
  readonly keeps: number;
  readonly rest: number;
}

/** A context menu that stands open, surface pixels. Undefined operation: that of the lane or of the board. */
export interface OpenMenu {
  readonly x: number;
  readonly y: number;
  readonly operationId: string | undefined;
  readonly laneId: string | undefined;
  /** Opened by keyboard: it stands beside the bar, not at the pointer. */
  readonly byKeyboard: boolean;
  readonly page: 'actions' | 'split' | 'move-to';
}

export interface Horizon {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A command of the planner that the owner has not answered yet: the bar already stands there. */
export interface PendingMove {
  readonly placement: Placement;
  /** The record that was moved; another record for the same id is the answer. */
  readonly from: BoardOperation;
}

export interface BoardState {
  readonly lanes: readonly Lane[];
  readonly operations: ReadonlyMap<string, BoardOperation>;
  readonly pending: ReadonlyMap<string, PendingMove>;
  readonly barsByLane: ReadonlyMap<string, LaneBars>;
  /** What the owner has drawn besides lanes and bars. */
  readonly layers: BoardLayers;
  readonly collapsedAreas: ReadonlySet<string>;
  readonly density: Density;
  readonly metrics: BoardMetrics;
  readonly layout: RowLayout;
  /** Surface in CSS pixels, labels and axis included. */
  readonly width: number;
  readonly height: number;
  readonly horizon: Horizon;
  readonly viewport: Viewport;
  /** The leading bar: the keyboard's cursor, the one that details are about. Always among `selection`. */
  readonly selectedId: string | undefined;
  readonly selection: ReadonlySet<string>;
  readonly hoveredId: string | undefined;
  readonly hoveredArea: string | undefined;
  readonly hasFocus: boolean;
  readonly ghost: Ghost | undefined;
  readonly preview: DragPreview | undefined;
  /** Lanes that can do what is in the hand: lit, the others dimmed. Undefined while nothing is held. */
  readonly eligibleLaneIds: ReadonlySet<string> | undefined;
  readonly marquee: Marquee | undefined;
  readonly split: SplitPreview | undefined;
  /** A lane held by its header, and the lane that it would stand before (undefined: last of its area). */
  readonly laneDrag: { readonly laneId: string; readonly beforeId: string | undefined } | undefined;
  readonly menu: OpenMenu | undefined;
  /** Last place of the pointer over the surface; what is said about a ghost stands beside it. */
  readonly pointer: { readonly x: number; readonly y: number } | undefined;
  readonly notice: Notice | undefined;
  readonly conflict: { readonly operationId: string; readonly message: string } | undefined;
  readonly readOnly: boolean;
  readonly cursor: 'default' | 'grab' | 'grabbing' | 'pointer' | 'not-allowed' | 'crosshair' | 'ew-resize';
}

type Derived = 'barsByLane' | 'metrics' | 'layout';
export type BoardPatch = Partial<Omit<BoardState, Derived>>;

export interface BoardStore {
  readonly state: BoardState;
  /** Replaces records; what derives from them (bars, rows, limits of the view) follows. */
  update(patch: BoardPatch): void;
  setOperations(operations: readonly BoardOperation[]): void;
  /** An operation as the board shows it: a pending move counts as made. */
  shown(operationId: string): BoardOperation | undefined;
  subscribe(listener: () => void): () => void;
}

interface LaidOut {
  readonly given: readonly unknown[];
  readonly slotCounts: ReadonlyMap<string, number>;
  readonly layout: RowLayout;
}

const noSelection: ReadonlySet<string> = new Set();
const noRows: RowLayout = { rows: [], contentHeight: 0, rowByLaneId: new Map() };

export function createBoardStore(horizon: Horizon): BoardStore {
  const listeners = new Set<() => void>();
  const barIndex = createBarIndex();
  let laidOut: LaidOut = { given: [], slotCounts: new Map(), layout: noRows };
  const width = 1280;
  const height = 720;
  let state: BoardState = {
    lanes: [],
    operations: new Map(),
    pending: new Map(),
    barsByLane: new Map(),
    layers: emptyLayers,
    collapsedAreas: new Set(),
    density: 'comfortable',
    metrics: metricsFor('comfortable', height, 0, 0),
    layout: noRows,
    width,
    height,
    horizon,
    viewport: {
      startsAt: horizon.startsAt,
      msPerPx: Math.max(1, horizon.endsAt - horizon.startsAt) / width,
      scrollY: 0,
      width,
      height,
    },
    selectedId: undefined,
    selection: noSelection,
    hoveredId: undefined,
    hoveredArea: undefined,
    hasFocus: false,
    ghost: undefined,
    preview: undefined,
    eligibleLaneIds: undefined,
    marquee: undefined,
    split: undefined,
    laneDrag: undefined,
    menu: undefined,
    pointer: undefined,
    notice: undefined,
    conflict: undefined,
    readOnly: false,
    cursor: 'default',
  };

  function shown(operationId: string): BoardOperation | undefined {
    const pending = state.pending.get(operationId);
    const operation = state.operations.get(operationId) ?? pending?.from;
    if (operation === undefined || pending === undefined) return operation;
    return { ...operation, placement: pending.placement };
  }

  function update(patch: BoardPatch): void {
    const before = state;
    state = { ...state, ...patch };
    if (changed(before, state, 'operations', 'pending'))
      state = { ...state, barsByLane: barIndex.update(state.operations, state.pending) };
    if (changed(before, state, 'lanes', 'barsByLane', 'collapsedAreas', 'density', 'width', 'height')) {
      state = { ...state, ...layOut() };
    }
    if (changed(before, state, 'viewport', 'horizon', 'layout')) {
      state = {
        ...state,
        viewport: clampViewport(state.viewport, {
          ...state.horizon,
          contentHeight: state.layout.contentHeight,
        }),
      };
    }
    for (const listener of listeners) listener();
  }

  function layOut(): Pick<BoardState, Derived | 'viewport'> {
    const areas = new Set(state.lanes.map((lane) => lane.area)).size;
    const axisHeight = state.metrics.axisHeight;
    const metrics = keepSame(
      state.metrics,
      metricsFor(state.density, state.height - axisHeight, state.lanes.length, areas),
    );
    const slotCounts = new Map<string, number>();
    // In the overview a lane is one line: stacking would make the thin rows uneven.
    if (state.density !== 'overview') {
      for (const [laneId, bars] of state.barsByLane) {
        if (bars.slotCount > 1) slotCounts.set(laneId, bars.slotCount);
      }
    }
    // Rows that stand where they stood stay the same object: what was drawn of them is still right.
    const given = [state.lanes, state.collapsedAreas, state.density, metrics];
    if (
      given.some((part, index) => part !== laidOut.given[index]) ||
      !isEqual(laidOut.slotCounts, slotCounts)
    ) {
      const lanes = state.density === 'overview' ? state.lanes.map(asSingle) : state.lanes;
      laidOut = { given, slotCounts, layout: layOutRows(lanes, slotCounts, state.collapsedAreas, metrics) };
    }
    return {
      barsByLane: state.barsByLane,
      metrics,
      layout: laidOut.layout,
      viewport: resize(
        state.viewport,
        Math.max(1, state.width - metrics.labelWidth),
        Math.max(1, state.height - metrics.axisHeight),
      ),
    };
  }

  return {
    get state() {
      return state;
    },
    update,
    setOperations(operations) {
      const records = new Map<string, BoardOperation>();
      for (const operation of operations) records.set(operation.operationId, operation);
      const pending = new Map(state.pending);
      for (const [operationId, move] of pending) {
        if (isAnswer(records.get(operationId), move.from)) pending.delete(operationId);
      }
      update({ operations: records, pending: pending.size === state.pending.size ? state.pending : pending });
    },
    shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isAnswer(record: BoardOperation | undefined, from: BoardOperation): boolean {
  // Dragged in from a list that is not ours: it becomes ours with the answer.
  if (record === undefined) return from.placement !== undefined;
  return (
    record.version !== from.version ||
    record.placement?.laneId !== from.placement?.laneId ||
    record.placement?.startsAt !== from.placement?.startsAt
  );
}

function isEqual(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}

function keepSame(before: BoardMetrics, after: BoardMetrics): BoardMetrics {
  const keys: (keyof BoardMetrics)[] = [
    'labelWidth',
    'axisHeight',
    'areaHeight',
    'barHeight',
    'barGap',
    'rowPadding',
  ];
  return keys.every((key) => before[key] === after[key]) ? before : after;
}

function asSingle(lane: Lane): Lane {
  return lane.capacity === 1 ? lane : { ...lane, capacity: 1 };
}

function changed(before: BoardState, after: BoardState, ...keys: (keyof BoardState)[]): boolean {
  return keys.some((key) => before[key] !== after[key]);
}
