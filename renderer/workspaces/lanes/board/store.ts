import type { BoardOperation, Lane, Placement, PlacementCheck, Refusal } from '#domain/scheduling/types';
import { buildLaneBars, type LaneBars } from './lane-bars.ts';
import { layOutRows, metricsFor, type BoardMetrics, type Density, type RowLayout } from './rows.ts';
import { clampViewport, resize, type Viewport } from './viewport.ts';

/** A bar in the hand: where it would land, and whether it may. */
export interface Ghost {
  readonly operation: BoardOperation;
  readonly laneId: string;
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
  readonly collapsedAreas: ReadonlySet<string>;
  readonly density: Density;
  readonly metrics: BoardMetrics;
  readonly layout: RowLayout;
  /** Surface in CSS pixels, labels and axis included. */
  readonly width: number;
  readonly height: number;
  readonly horizon: Horizon;
  readonly viewport: Viewport;
  readonly selectedId: string | undefined;
  readonly hoveredId: string | undefined;
  readonly hoveredArea: string | undefined;
  readonly hasFocus: boolean;
  readonly ghost: Ghost | undefined;
  /** Last place of the pointer over the surface; what is said about a ghost stands beside it. */
  readonly pointer: { readonly x: number; readonly y: number } | undefined;
  readonly notice: Notice | undefined;
  readonly conflict: { readonly operationId: string; readonly message: string } | undefined;
  readonly readOnly: boolean;
  readonly cursor: 'default' | 'grab' | 'grabbing' | 'pointer' | 'not-allowed';
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

const noRows: RowLayout = { rows: [], contentHeight: 0, rowByLaneId: new Map() };

export function createBoardStore(horizon: Horizon): BoardStore {
  const listeners = new Set<() => void>();
  const width = 1280;
  const height = 720;
  let state: BoardState = {
    lanes: [],
    operations: new Map(),
    pending: new Map(),
    barsByLane: new Map(),
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
    hoveredId: undefined,
    hoveredArea: undefined,
    hasFocus: false,
    ghost: undefined,
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
    if (changed(before, state, 'operations', 'pending')) state = { ...state, barsByLane: indexBars() };
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

  function indexBars(): ReadonlyMap<string, LaneBars> {
    const byLane = new Map<string, BoardOperation[]>();
    const moved = [...state.pending.values()].map(({ from, placement }) => ({ ...from, placement }));
    const still = [...state.operations.values()].filter(({ operationId }) => !state.pending.has(operationId));
    for (const placed of [...still, ...moved]) {
      if (placed.placement === undefined) continue;
      const onLane = byLane.get(placed.placement.laneId);
      if (onLane === undefined) byLane.set(placed.placement.laneId, [placed]);
      else onLane.push(placed);
    }
    const bars = new Map<string, LaneBars>();
    for (const [laneId, operations] of byLane) bars.set(laneId, buildLaneBars(operations));
    return bars;
  }

  function layOut(): Pick<BoardState, Derived | 'viewport'> {
    const areas = new Set(state.lanes.map((lane) => lane.area)).size;
    const axisHeight = state.metrics.axisHeight;
    const metrics = metricsFor(state.density, state.height - axisHeight, state.lanes.length, areas);
    const slotCounts = new Map<string, number>();
    // In the overview a lane is one line: stacking would make the thin rows uneven.
    if (state.density !== 'overview') {
      for (const [laneId, bars] of state.barsByLane) slotCounts.set(laneId, bars.slotCount);
    }
    const lanes = state.density === 'overview' ? state.lanes.map(asSingle) : state.lanes;
    return {
      barsByLane: state.barsByLane,
      metrics,
      layout: layOutRows(lanes, slotCounts, state.collapsedAreas, metrics),
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
      const records = new Map(operations.map((operation) => [operation.operationId, operation]));
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

function asSingle(lane: Lane): Lane {
  return lane.capacity === 1 ? lane : { ...lane, capacity: 1 };
}

function changed(before: BoardState, after: BoardState, ...keys: (keyof BoardState)[]): boolean {
  return keys.some((key) => before[key] !== after[key]);
}
