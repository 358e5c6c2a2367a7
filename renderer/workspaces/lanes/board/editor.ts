import type { BoardEdit, Consequences, PushMode } from '#domain/scheduling/consequences/types';
import type { BoardOperation } from '#domain/scheduling/types';
import type { ChangeName } from '#domain/undo/history';
import { boundsOf, hitTest, type Box } from './hit-test.ts';
import { createSnapping, snapGridFor, type SnapStart } from './snapping.ts';
import type { BoardStore, Horizon, OpenMenu, PendingMove } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import { actionsFor, actOn, moveTo, type Action, type ActionId } from './tools/actions.ts';
import { createCarryTool } from './tools/carry.ts';
import { createDropInTool } from './tools/drop-in.ts';
import { stepLane } from './tools/lane-drag.ts';
import { isMovable, loadOf } from './tools/load.ts';
import { createPinchTool } from './tools/pinch.ts';
import { topLaneId, visibleLaneIds } from './tools/neighbours.ts';
import { createSelectTool } from './tools/select.ts';
import { splitInto } from './tools/split.ts';
import type { FormatMessage, KeyInput, PointerInput, Tool, Workbench } from './tools/tool.ts';
import { between, centreOn, clampViewport, endOf, fitTo, panBy, zoomAt, type Viewport } from './viewport.ts';

/** What the board asks of its owner. The board itself changes nothing but the view and the selection. */
export interface BoardOwner {
  /** Exactly what edits would do: asked at each step of a drag, so it must answer within a frame. */
  readonly consequences: (edits: readonly BoardEdit[], mode: PushMode) => Consequences;
  /** What gives way when bars are moved; `use-slack` when absent. */
  readonly pushMode?: PushMode | undefined;
  readonly snapStart?: SnapStart | undefined;
  /**
   * Edits that the consequences allowed, pushed bars among them, and what they are called: one command, one
   * undo. When the promise is rejected the bars go back.
   */
  readonly onEdit: (edits: readonly BoardEdit[], name: ChangeName) => void | Promise<unknown>;
  /** The leading bar, and all that are selected. */
  readonly onSelect?: ((operationId: string | undefined, selection: ReadonlySet<string>) => void) | undefined;
  readonly onOpen?: ((operationId: string) => void) | undefined;
  readonly onWhyLate?: ((operationId: string) => void) | undefined;
  readonly onCopy?: ((text: string) => void) | undefined;
  /** A lane is to stand before another one of its area (undefined: last). Absent: the order is not for changing. */
  readonly onReorderLane?: ((laneId: string, beforeId: string | undefined) => void) | undefined;
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
  selectMany(operationIds: Iterable<string>, leadingId: string | undefined): void;
  /** The menu of what stands at a point of the surface. */
  contextMenu(x: number, y: number): void;
  closeMenu(): void;
  /** What the menu of a bar offers. */
  actions(operationId: string): readonly Action[];
  act(action: ActionId, operationId: string): void;
  /** Puts a bar, and the selection with it, on another lane. */
  moveTo(operationId: string, laneId: string): void;
  /** Whether the owner lets lanes stand in another order, and one step up or down. */
  mayReorder(): boolean;
  stepLane(laneId: string, step: -1 | 1): void;
  /** Parts the quantity: the bar keeps so much. */
  splitInto(operationId: string, keeps: number): void;
  open(operationId: string): void;
  toggleArea(area: string): void;
  /** Shows all that is placed, or the whole horizon when nothing is. */
  fit(): void;
  goToNow(): void;
  zoomBy(factor: number): void;
  /** Shows this part of the board at once, as far as the horizon goes. */
  view(viewport: Viewport): void;
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
    selectMany,
    reveal,
    open: (operationId) => owner.onOpen?.(operationId),
    ask: (edits, mode) => owner.consequences(edits, mode ?? owner.pushMode ?? 'use-slack'),
    snap: (move) => (owner.snapStart ?? ownSnap)(move, bench.snapGrid()),
    snapGrid: () => snapGridFor(store.state.viewport.msPerPx),
    edit,
    make,
    openMenu,
    openLaneMenu,
    openMenuPage(page) {
      const { menu } = store.state;
      if (menu === undefined) openMenuOfSelection(page);
      else store.update({ menu: { ...menu, page } });
    },
    hasWhyLate: () => owner.onWhyLate !== undefined,
    whyLate: (operationId) => owner.onWhyLate?.(operationId),
    pickUp,
    copy: (text) => owner.onCopy?.(text),
    mayReorder: () => owner.onReorderLane !== undefined && !store.state.readOnly,
    reorderLane: (laneId, beforeId) => owner.onReorderLane?.(laneId, beforeId),
    toggleArea,
    notify(operation, refusal) {
      cancelNotice();
      store.update({ notice: { refusal, operationId: operation.operationId } });
      cancelNotice = surroundings.schedule(noticeMs, () => store.update({ notice: undefined }));
    },
    announce: (id, values) => surroundings.announce(owner.formatMessage({ id }, values)),
    reasonText: (refusal) => owner.formatMessage({ id: `refusal.${refusal.reason}` }, refusal.values),
    formatMessage: (descriptor, values) => owner.formatMessage(descriptor, values),
    requestFrame: surroundings.requestFrame,
    schedule: surroundings.schedule,
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
    selectMany(operationId === undefined ? [] : [operationId], operationId);
  }

  function selectMany(operationIds: Iterable<string>, leadingId: string | undefined): void {
    const selection = new Set(operationIds);
    const leads = leadingId !== undefined && selection.has(leadingId);
    const selectedId = leads ? leadingId : [...selection].at(-1);
    const before = store.state;
    const isSame =
      selection.size === before.selection.size && [...selection].every((id) => before.selection.has(id));
    if (isSame && selectedId === before.selectedId) return;
    // The same set stays the same object: what was drawn from it is still right.
    const after = isSame ? before.selection : selection;
    store.update({ selectedId, selection: after });
    owner.onSelect?.(selectedId, after);
  }

  function toggleArea(area: string): void {
    const collapsedAreas = new Set(store.state.collapsedAreas);
    if (!collapsedAreas.delete(area)) collapsedAreas.add(area);
    store.update({ collapsedAreas });
    const id = collapsedAreas.has(area) ? 'board.announce.collapsed' : 'board.announce.expanded';
    bench.announce(id, { area });
  }

  function edit(edits: readonly BoardEdit[], name: ChangeName): boolean {
    const [first] = edits;
    if (first === undefined || store.state.readOnly) return false;
    const result = bench.ask(edits);
    const refused = result.refusals[0];
    if (refused === undefined) {
      make(result, name);
      return true;
    }
    const operation = store.shown(refused.operationId) ?? store.shown(first.operationId);
    if (operation === undefined) return false;
    bench.notify(operation, refused.refusal);
    const reason = bench.reasonText(refused.refusal);
    bench.announce('board.announce.refused', { code: operation.code, reason });
    return false;
  }

  /** Shows the bars at their new places at once; the owner's answer, or its refusal, has the last word. */
  function make(result: Consequences, name: ChangeName, fromOutside?: BoardOperation): void {
    const made = new Map<string, PendingMove>();
    for (const { operationId, to } of [...result.moved, ...result.pushed]) {
      const from =
        store.state.operations.get(operationId) ??
        (fromOutside?.operationId === operationId ? fromOutside : undefined);
      if (to !== undefined && from !== undefined) made.set(operationId, { placement: to, from });
    }
    if (made.size > 0) store.update({ pending: new Map([...store.state.pending, ...made]) });
    const answer = owner.onEdit(result.edits, name);
    const takeBack = (): void => {
      const pending = new Map(store.state.pending);
      for (const [operationId, move] of made) {
        if (pending.get(operationId) === move) pending.delete(operationId);
      }
      if (pending.size < store.state.pending.size) store.update({ pending });
    };
    // Accepted, but no new record came: the board must not go on showing what nobody confirms.
    if (answer instanceof Promise) answer.then(() => surroundings.schedule(unansweredMs, takeBack), takeBack);
  }

  function openMenu(x: number, y: number, byKeyboard: boolean): void {
    if (byKeyboard) {
      openMenuOfSelection('actions');
      return;
    }
    const hit = hitTest(store.state, x, y);
    const operationId = hit.zone === 'bar' ? hit.operationId : undefined;
    const laneId = hit.zone === 'bar' || hit.zone === 'lane' || hit.zone === 'label' ? hit.laneId : undefined;
    if (operationId !== undefined) {
      const { selection } = store.state;
      selectMany(selection.has(operationId) ? selection : [operationId], operationId);
    }
    if (operationId === undefined && laneId === undefined) return;
    store.update({ menu: { x, y, operationId, laneId, byKeyboard: false, page: 'actions' } });
  }

  /** Beside the leading bar, or in the middle of the board when none is selected. */
  function openMenuOfSelection(page: OpenMenu['page']): void {
    const { state } = store;
    const { selectedId: operationId } = state;
    const laneId = operationId === undefined ? undefined : store.shown(operationId)?.placement?.laneId;
    if (operationId === undefined || laneId === undefined) return;
    const box = boundsOf(state, operationId);
    const x = Math.min(Math.max((box?.x ?? 0) + 8, state.metrics.labelWidth), state.width - 24);
    const y = Math.min(Math.max((box?.y ?? 0) + (box?.height ?? 0), state.metrics.axisHeight), state.height);
    store.update({ menu: { x, y, operationId, laneId, byKeyboard: true, page } });
  }

  /** Below the header of the lane, as far as it is in view. */
  function openLaneMenu(): void {
    const { state } = store;
    const { metrics, viewport, layout, selectedId } = state;
    const ofBar = selectedId === undefined ? undefined : store.shown(selectedId)?.placement?.laneId;
    const laneId = ofBar ?? topLaneId(state);
    if (laneId === undefined) return;
    const row = layout.rowByLaneId.get(laneId);
    const below = row === undefined ? 0 : row.top + row.height - viewport.scrollY;
    const y = Math.min(Math.max(metrics.axisHeight + below, metrics.axisHeight), state.height);
    store.update({ menu: { x: 8, y, operationId: undefined, laneId, byKeyboard: true, page: 'actions' } });
  }

  function pickUp(operationId: string): void {
    const operation = store.shown(operationId);
    if (operation?.placement === undefined || store.state.readOnly) return;
    reveal(operationId);
    const load = isMovable(store.state, operation)
      ? loadOf(store, operation)
      : // Taken all the same: the hand learns why it does not move.
        { leading: operation, others: [] };
    bench.enter(createCarryTool(bench, load, operation.placement));
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
      if (input.key === ' ' && !input.command && !spaceHeld && tool.name === 'select') {
        spaceHeld = true;
        tool.viewMoved?.();
        return true;
      }
      return (tool.name !== 'carry' && viewKey(input)) || (tool.keyDown?.(input) ?? false);
    },
    keyUp(input) {
      tool.keyUp?.(input);
      if (input.key !== ' ') return;
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
    selectMany,
    contextMenu(x, y) {
      // A press that turns into a menu is no longer a press.
      tool.cancel?.();
      openMenu(x, y, false);
    },
    closeMenu: () => store.update({ menu: undefined }),
    actions(operationId) {
      const operation = store.shown(operationId);
      return operation === undefined ? [] : actionsFor(store.state, operation, bench.hasWhyLate());
    },
    act: (action, operationId) => void actOn(bench, action, operationId),
    moveTo: (operationId, laneId) => void moveTo(bench, operationId, laneId),
    mayReorder: bench.mayReorder,
    stepLane: (laneId, step) => stepLane(bench, laneId, step),
    splitInto(operationId, keeps) {
      const operation = store.shown(operationId);
      if (operation !== undefined) splitInto(bench, operation, keeps);
    },
    open: bench.open,
    toggleArea,
    fit,
    goToNow,
    zoomBy,
    view: bench.view,
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
      bench.enter(createCarryTool(bench, { leading: operation, others: [] }, { laneId, startsAt }));
    },
    dispose() {
      cancelNotice();
      cancelSettle();
    },
  };
}
