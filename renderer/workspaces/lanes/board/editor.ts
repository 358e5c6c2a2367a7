import type { BoardOperation, Placement, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import { boundsOf, hitTest, type Box } from './hit-test.ts';
import { createSnapping, snapGridFor, type SnapStart } from './snapping.ts';
import type { BoardStore, Horizon, PendingMove } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import { createCarryTool } from './tools/carry.ts';
import { createDropInTool } from './tools/drop-in.ts';
import { createPinchTool } from './tools/pinch.ts';
import { visibleLaneIds } from './tools/neighbours.ts';
import { createSelectTool } from './tools/select.ts';
import type { FormatMessage, KeyInput, PointerInput, Tool, Workbench } from './tools/tool.ts';
import { between, centreOn, clampViewport, endOf, fitTo, panBy, zoomAt, type Viewport } from './viewport.ts';

/** What the board asks of its owner. The board itself changes nothing but the view and the selection. */
export interface BoardOwner {
  readonly checkMove: (move: ProposedMove) => PlacementCheck;
  readonly snapStart?: SnapStart | undefined;
  /** A move that the check allowed. When the promise is rejected the bar goes back. */
  readonly onMove: (move: ProposedMove) => void | Promise<unknown>;
  readonly onSelect?: ((operationId: string | undefined) => void) | undefined;
  readonly onOpen?: ((operationId: string) => void) | undefined;
  readonly onUndo?: (() => void) | undefined;
  readonly onRedo?: (() => void) | undefined;
  /** The stretch of time in view, once it has come to rest. */
  readonly onRangeChange?: ((range: Horizon) => void) | undefined;
  readonly formatMessage: FormatMessage;
}

/** The world outside, so that tests can hold time still. */
export interface BoardSurroundings {
  readonly now: () => number;
  /** Runs `action` after `delayMs`; returns how to call it off. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
  /** Asks for `frame` to be called at the next screen refresh. */
  readonly requestFrame: () => void;
  /** Text for the live region. */
  readonly announce: (text: string) => void;
  readonly reducedMotion: () => boolean;
}

export interface WheelInput {
  readonly x: number;
  readonly y: number;
  readonly deltaX: number;
  readonly deltaY: number;
  readonly shift: boolean;
  readonly command: boolean;
}

export interface BoardEditor {
  readonly store: BoardStore;
  readonly toolName: () => Tool['name'];
  setOwner(owner: BoardOwner): void;
  setAxis(axis: TimeAxis): void;
  pointerDown(input: PointerInput): void;
  pointerMove(input: PointerInput): void;
  pointerUp(input: PointerInput): void;
  pointerCancel(): void;
  pointerLeave(): void;
  wheel(input: WheelInput): void;
  /** True when the key was for the board, and must not scroll the page. */
  keyDown(input: KeyInput): boolean;
  keyUp(input: KeyInput): void;
  focus(): void;
  blur(): void;
  /** Runs animations and edge scrolling; `elapsedMs` since the last frame. True asks for another one. */
  frame(elapsedMs: number): boolean;
  select(operationId: string | undefined): void;
  open(operationId: string): void;
  toggleArea(area: string): void;
  /** Shows all that is placed, or the whole horizon when nothing is. */
  fit(): void;
  goToNow(): void;
  zoomBy(factor: number): void;
  reveal(operationId: string): void;
  boundsOf(operationId: string): Box | undefined;
  beginExternalDrag(operation: BoardOperation): void;
  endExternalDrag(): void;
  /** The keyboard's way from the unscheduled list: picks the operation up on its first lane in view. */
  beginExternalCarry(operation: BoardOperation): void;
  dispose(): void;
}

const zoomStep = 1.5;
const noticeMs = 4500;
const settleMs = 160;
const animationMs = 220;
const unansweredMs = 8000;

export function createBoardEditor(
  store: BoardStore,
  initialOwner: BoardOwner,
  initialAxis: TimeAxis,
  surroundings: BoardSurroundings,
): BoardEditor {
  let owner = initialOwner;
  let axis = initialAxis;
  let spaceHeld = false;
  let animation: { readonly from: Viewport; readonly to: Viewport; elapsedMs: number } | undefined;
  let cancelNotice = (): void => {};
  let cancelSettle = (): void => {};
  const touches = new Map<number, PointerInput>();
  const ownSnap = createSnapping(store, (at) => axis.offsetMs(at), surroundings.now);

  const bench: Workbench = {
    store,
    get axis() {
      return axis;
    },
    enter(next) {
      tool.exit?.();
      tool = next;
      tool.enter?.();
    },
    rest: () => bench.enter(createSelectTool(bench)),
    hit: (x, y) => hitTest(store.state, x, y),
    view(viewport) {
      animation = undefined;
      setViewport(viewport);
    },
    zoom(factor, anchorX) {
      bench.view(zoomAt(store.state.viewport, factor, anchorX));
    },
    select,
    reveal,
    open: (operationId) => owner.onOpen?.(operationId),
    check: (move) => owner.checkMove(move),
    snap: (move) => (owner.snapStart ?? ownSnap)(move, bench.snapGrid()),
    snapGrid: () => snapGridFor(store.state.viewport.msPerPx),
    move,
    toggleArea,
    notify(operation, refusal) {
      cancelNotice();
      store.update({ notice: { refusal, operationId: operation.operationId } });
      cancelNotice = surroundings.schedule(noticeMs, () => store.update({ notice: undefined }));
    },
    announce: (id, values) => surroundings.announce(owner.formatMessage({ id }, values)),
    reasonText: (refusal) => owner.formatMessage({ id: `refusal.${refusal.reason}` }, refusal.values),
    requestFrame: surroundings.requestFrame,
    now: surroundings.now,
    isSpaceHeld: () => spaceHeld,
  };
  let tool: Tool = createSelectTool(bench);

  function setViewport(viewport: Viewport): void {
    const before = store.state.viewport;
    store.update({ viewport });
    const after = store.state.viewport;
    if (
      after.startsAt === before.startsAt &&
      after.msPerPx === before.msPerPx &&
      after.scrollY === before.scrollY
    )
      return;
    tool.viewMoved?.();
    reportRange();
  }

  function reportRange(): void {
    cancelSettle();
    cancelSettle = surroundings.schedule(settleMs, () => {
      const { viewport } = store.state;
      owner.onRangeChange?.({ startsAt: viewport.startsAt, endsAt: endOf(viewport) });
    });
  }

  function animateTo(wanted: Viewport): void {
    const { state } = store;
    const to = clampViewport(wanted, { ...state.horizon, contentHeight: state.layout.contentHeight });
    if (surroundings.reducedMotion()) {
      bench.view(to);
      return;
    }
    animation = { from: state.viewport, to, elapsedMs: 0 };
    surroundings.requestFrame();
  }

  function select(operationId: string | undefined): void {
    if (store.state.selectedId === operationId) return;
    store.update({ selectedId: operationId });
    owner.onSelect?.(operationId);
  }

  function toggleArea(area: string): void {
    const collapsedAreas = new Set(store.state.collapsedAreas);
    if (!collapsedAreas.delete(area)) collapsedAreas.add(area);
    store.update({ collapsedAreas });
    const id = collapsedAreas.has(area) ? 'board.announce.collapsed' : 'board.announce.expanded';
    bench.announce(id, { area });
  }

  /** Shows the bar at its new place at once; the owner's answer, or its refusal, has the last word. */
  function move(operation: BoardOperation, placement: Placement): void {
    const { operationId } = operation;
    const { laneId, startsAt } = placement;
    const made: PendingMove = { placement, from: store.state.operations.get(operationId) ?? operation };
    store.update({ pending: new Map(store.state.pending).set(operationId, made) });
    const answer = owner.onMove({ operationId, laneId, startsAt });
    const takeBack = (): void => {
      if (store.state.pending.get(operationId) !== made) return;
      const pending = new Map(store.state.pending);
      pending.delete(operationId);
      store.update({ pending });
    };
    // Accepted, but no new record came: the board must not go on showing what nobody confirms.
    if (answer instanceof Promise) answer.then(() => surroundings.schedule(unansweredMs, takeBack), takeBack);
  }

  function reveal(operationId: string): void {
    let { state } = store;
    const operation = store.shown(operationId);
    const lane = state.lanes.find((candidate) => candidate.id === operation?.placement?.laneId);
    if (operation?.placement === undefined || lane === undefined) return;
    if (state.collapsedAreas.has(lane.area)) toggleArea(lane.area);
    ({ state } = store);
    const row = state.layout.rowByLaneId.get(lane.id);
    const { viewport } = state;
    const { startsAt, endsAt } = operation.placement;
    const marginMs = 24 * viewport.msPerPx;
    let target = viewport;
    const hiddenLeft = endsAt < viewport.startsAt + marginMs;
    const hiddenRight = startsAt > endOf(viewport) - marginMs;
    if (hiddenLeft || hiddenRight) target = centreOn(target, (startsAt + endsAt) / 2, 0.4);
    if (row !== undefined) {
      const spare = Math.min(row.height, 48);
      if (row.top < viewport.scrollY) target = { ...target, scrollY: row.top - spare };
      else if (row.top + row.height > viewport.scrollY + viewport.height)
        target = { ...target, scrollY: row.top + row.height + spare - viewport.height };
    }
    if (target !== viewport) animateTo(target);
  }

  function fit(): void {
    const { barsByLane, horizon, viewport } = store.state;
    let first = Infinity;
    let last = -Infinity;
    for (const bars of barsByLane.values()) {
      first = Math.min(first, bars.starts[0] ?? Infinity);
      last = Math.max(last, bars.reach.at(-1) ?? -Infinity);
    }
    if (first > last) ({ startsAt: first, endsAt: last } = horizon);
    animateTo(fitTo({ ...viewport, scrollY: 0 }, first, last));
  }

  function goToNow(): void {
    animateTo(centreOn(store.state.viewport, surroundings.now(), 0.25));
  }

  function zoomBy(factor: number): void {
    const { viewport } = store.state;
    animateTo(zoomAt(viewport, factor, viewport.width / 2));
  }

  /** Keys that work whatever tool is active. */
  function viewKey({ key, command, shift, alt }: KeyInput): boolean {
    const lower = key.toLowerCase();
    if (command && !alt && lower === 'z') (shift ? owner.onRedo : owner.onUndo)?.();
    else if (command && !alt && lower === 'y') owner.onRedo?.();
    else if (command || alt) return false;
    else if (key === '+' || key === '=') zoomBy(zoomStep);
    else if (key === '-') zoomBy(1 / zoomStep);
    else if (key === '0') fit();
    else if (lower === 'n') goToNow();
    else return false;
    return true;
  }

  return {
    store,
    toolName: () => tool.name,
    setOwner(next) {
      owner = next;
    },
    setAxis(next) {
      axis = next;
    },
    pointerDown(input) {
      animation = undefined;
      if (input.pointerType === 'touch') {
        touches.set(input.pointerId, input);
        const [first, second] = [...touches.values()];
        if (first !== undefined && second !== undefined && touches.size === 2) {
          tool.cancel?.();
          bench.enter(createPinchTool(bench, first, second));
          return;
        }
      }
      tool.pointerDown?.(input);
    },
    pointerMove(input) {
      if (touches.has(input.pointerId)) touches.set(input.pointerId, input);
      tool.pointerMove?.(input);
    },
    pointerUp(input) {
      touches.delete(input.pointerId);
      tool.pointerUp?.(input);
    },
    pointerCancel() {
      touches.clear();
      // The browser cancels the pointer when its own drag and drop begins: that is not ours to end.
      if (tool.name !== 'drop-in') tool.cancel?.();
    },
    pointerLeave: () => tool.pointerLeave?.(),
    wheel({ x, deltaX, deltaY, shift, command }) {
      const { viewport, metrics } = store.state;
      if (command) {
        bench.zoom(Math.exp(-Math.max(-120, Math.min(120, deltaY)) * 0.0035), x - metrics.labelWidth);
      } else {
        const across = shift && deltaX === 0 ? deltaY : deltaX;
        const down = shift && deltaX === 0 ? 0 : deltaY;
        bench.view(panBy(viewport, across, down));
      }
    },
    keyDown(input) {
      if (input.key === ' ' && !spaceHeld && tool.name === 'select') {
        spaceHeld = true;
        tool.viewMoved?.();
        return true;
      }
      return (tool.name !== 'carry' && viewKey(input)) || (tool.keyDown?.(input) ?? false);
    },
    keyUp({ key }) {
      if (key !== ' ') return;
      spaceHeld = false;
      tool.viewMoved?.();
    },
    focus: () => store.update({ hasFocus: true }),
    blur() {
      spaceHeld = false;
      if (tool.name === 'carry') tool.cancel?.();
      store.update({ hasFocus: false });
    },
    frame(elapsedMs) {
      let again = tool.frame?.(elapsedMs) ?? false;
      if (animation !== undefined) {
        animation.elapsedMs += elapsedMs;
        const progress = Math.min(1, animation.elapsedMs / animationMs);
        const { from, to } = animation;
        setViewport(between(from, to, 1 - (1 - progress) ** 3));
        if (progress >= 1) animation = undefined;
        else again = true;
      }
      return again;
    },
    select,
    open: bench.open,
    toggleArea,
    fit,
    goToNow,
    zoomBy,
    reveal,
    boundsOf: (operationId) => boundsOf(store.state, operationId),
    beginExternalDrag(operation) {
      if (store.state.readOnly) return;
      tool.cancel?.();
      bench.enter(createDropInTool(bench, operation));
    },
    endExternalDrag() {
      if (tool.name === 'drop-in') tool.cancel?.();
    },
    beginExternalCarry(operation) {
      if (store.state.readOnly) return;
      tool.cancel?.();
      const eligible = new Set(operation.eligibleLaneIds);
      const laneIds = visibleLaneIds(store.state);
      const laneId = laneIds.find((id) => eligible.has(id)) ?? laneIds[0];
      if (laneId === undefined) return;
      const { viewport } = store.state;
      const earliest = Math.max(
        surroundings.now(),
        viewport.startsAt + viewport.width * 0.2 * viewport.msPerPx,
      );
      const startsAt = ownSnap(
        { operationId: operation.operationId, laneId, startsAt: earliest },
        bench.snapGrid(),
      );
      bench.enter(createCarryTool(bench, operation, { laneId, startsAt }));
    },
    dispose() {
      cancelNotice();
      cancelSettle();
    },
  };
}
