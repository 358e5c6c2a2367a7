import type { BoardEdit, Consequences, PushMode } from '#domain/scheduling/consequences/types';
import type { BoardOperation, ProposedMove, Refusal } from '#domain/scheduling/types';
import type { ChangeName } from '#domain/undo/history';
import type { Hit } from '../hit-test.ts';
import type { SnapGrid } from '../snapping.ts';
import type { BoardStore } from '../store.ts';
import type { TimeAxis } from '../time-axis.ts';
import type { Viewport } from '../viewport.ts';

/** A pointer over the surface; x and y are CSS pixels from its upper left corner. */
export interface PointerInput {
  readonly pointerId: number;
  readonly pointerType: 'mouse' | 'pen' | 'touch';
  readonly x: number;
  readonly y: number;
  /** 0 main, 1 middle, 2 secondary. */
  readonly button: number;
  readonly shift: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly command: boolean;
  readonly alt: boolean;
}

export interface KeyInput {
  /** As in KeyboardEvent.key. */
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or Cmd on a Mac. */
  readonly command: boolean;
  readonly alt: boolean;
}

/**
 * One state of the editor. It sees the gestures while it is active and says which state comes next
 * by `bench.enter` and `bench.rest`.
 */
export interface Tool {
  readonly name:
    | 'select'
    | 'press'
    | 'pan'
    | 'pinch'
    | 'marquee'
    | 'move'
    | 'carry'
    | 'drop-in'
    | 'split'
    | 'lane-drag';
  enter?(): void;
  exit?(): void;
  pointerDown?(input: PointerInput): void;
  pointerMove?(input: PointerInput): void;
  pointerUp?(input: PointerInput): void;
  /** The pointer left the surface. */
  pointerLeave?(): void;
  /** True when the key was for this tool. */
  keyDown?(input: KeyInput): boolean;
  keyUp?(input: KeyInput): void;
  /** The view moved below a pointer that stands still. */
  viewMoved?(): void;
  /** Called each frame while the tool is active; true asks for another frame. */
  frame?(elapsedMs: number): boolean;
  /** Escape, lost pointer, lost focus: leave things as they were. */
  cancel?(): void;
}

/** Text keys are `board.*` and `refusal.*`; instants are given ready-made, in the plant's time zone. */
export type FormatMessage = (
  descriptor: { readonly id: string },
  values?: Readonly<Record<string, string | number>>,
) => string;

/** What a tool may do: the services of the editor, without its owner. */
export interface Workbench {
  readonly store: BoardStore;
  readonly axis: TimeAxis;
  enter(tool: Tool): void;
  /** Back to select. */
  rest(): void;
  hit(x: number, y: number): Hit;
  view(viewport: Viewport): void;
  zoom(factor: number, anchorX: number): void;
  /** Selects one bar alone, or none. */
  select(operationId: string | undefined): void;
  /** Selects several; the leading one is among them, or there is none. */
  selectMany(operationIds: Iterable<string>, leadingId: string | undefined): void;
  reveal(operationId: string): void;
  open(operationId: string): void;
  /** What edits would do. Without a mode, as the planner has set it. */
  ask(edits: readonly BoardEdit[], mode?: PushMode): Consequences;
  snap(move: ProposedMove): number;
  snapGrid(): SnapGrid;
  /** Asks what edits would do and makes them, with what they push; a refusal is shown. True when made. */
  edit(edits: readonly BoardEdit[], name: ChangeName): boolean;
  /** Makes edits whose consequences are known to be allowed; `fromOutside` is one that was not on the board. */
  make(result: Consequences, name: ChangeName, fromOutside?: BoardOperation): void;
  toggleArea(area: string): void;
  openMenu(x: number, y: number, byKeyboard: boolean): void;
  /** By keyboard: of the lane of the leading bar, of the uppermost one in view when none is selected. */
  openLaneMenu(): void;
  /** The menu of the leading bar, on the page that asks how. */
  openMenuPage(page: 'split' | 'move-to'): void;
  hasWhyLate(): boolean;
  whyLate(operationId: string): void;
  /** Takes a bar, and the selection with it, into the hand of the keyboard. */
  pickUp(operationId: string): void;
  /** To the clipboard. */
  copy(text: string): void;
  /** Whether lanes may be put in another order here. */
  mayReorder(): boolean;
  reorderLane(laneId: string, beforeId: string | undefined): void;
  /** Shows why a drop was refused, for a few seconds. */
  notify(operation: BoardOperation, refusal: Refusal): void;
  readonly formatMessage: FormatMessage;
  announce(id: string, values?: Readonly<Record<string, string | number>>): void;
  reasonText(refusal: Refusal): string;
  requestFrame(): void;
  /** Runs `action` after `delayMs`; returns how to call it off. */
  schedule(delayMs: number, action: () => void): () => void;
  now(): number;
  isSpaceHeld(): boolean;
}
