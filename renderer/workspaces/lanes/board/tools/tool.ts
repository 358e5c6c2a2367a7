import type {
  BoardOperation,
  Placement,
  PlacementCheck,
  ProposedMove,
  Refusal,
} from '#domain/scheduling/types';
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
  readonly name: 'select' | 'press' | 'pan' | 'pinch' | 'move' | 'carry' | 'drop-in';
  enter?(): void;
  exit?(): void;
  pointerDown?(input: PointerInput): void;
  pointerMove?(input: PointerInput): void;
  pointerUp?(input: PointerInput): void;
  /** The pointer left the surface. */
  pointerLeave?(): void;
  /** True when the key was for this tool. */
  keyDown?(input: KeyInput): boolean;
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
  select(operationId: string | undefined): void;
  reveal(operationId: string): void;
  open(operationId: string): void;
  check(move: ProposedMove): PlacementCheck;
  snap(move: ProposedMove): number;
  snapGrid(): SnapGrid;
  /** Makes an allowed move: a command to the owner. */
  move(operation: BoardOperation, placement: Placement): void;
  toggleArea(area: string): void;
  /** Shows why a drop was refused, for a few seconds. */
  notify(operation: BoardOperation, refusal: Refusal): void;
  announce(id: string, values?: Readonly<Record<string, string | number>>): void;
  reasonText(refusal: Refusal): string;
  requestFrame(): void;
  now(): number;
  isSpaceHeld(): boolean;
}
