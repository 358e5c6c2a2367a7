import { createIntl } from 'react-intl';
import { indexBoard } from '#domain/scheduling/board-index';
import { consequences } from '#domain/scheduling/consequences/consequences';
import type { BoardEdit, PushMode } from '#domain/scheduling/consequences/types';
import type { BoardOperation, Lane, ProposedMove, SetupTransition } from '#domain/scheduling/types';
import type { ChangeName } from '#domain/undo/history';
import messages from '../../../../resources/locales/en/board.json' with { type: 'json' };
import refusals from '../../../../resources/locales/en/refusal.json' with { type: 'json' };
import { createBoardEditor, type BoardEditor, type BoardOwner } from './editor.ts';
import { createBoardStore, type BoardStore } from './store.ts';
import { createTimeAxis } from './time-axis.ts';
import type { PointerInput } from './tools/tool.ts';

export const hourMs = 3_600_000;
/** Monday 23 November 2026, midnight in Berlin. */
export const monday = Date.UTC(2026, 10, 22, 23);

export function lane(id: string, area = 'Fabrication', capacity = 1): Lane {
  const windows = [0, 1, 2, 3, 4].map((day) => ({
    startsAt: monday + (day * 24 + 6) * hourMs,
    endsAt: monday + (day * 24 + 22) * hourMs,
    shiftCode: 'AB',
  }));
  return { id, code: id.toUpperCase(), name: `Lane ${id}`, area, capacity, windows };
}

export function operation(
  code: string,
  laneId: string | undefined,
  fromHour: number,
  hours: number,
): BoardOperation {
  const [workOrderNumber = code, number = '10'] = code.split('/');
  const startsAt = monday + fromHour * hourMs;
  return {
    operationId: code,
    code,
    workOrderId: workOrderNumber,
    workOrderNumber,
    operationNumber: Number(number),
    name: 'Turn shaft',
    materialCode: 'SHF-118',
    materialName: 'Shaft 118',
    quantity: 40,
    unit: 'pcs',
    status: 'ready',
    progress: 0,
    priority: 1,
    dueAt: monday + 200 * hourMs,
    durationS: hours * 3600,
    eligibleLaneIds: ['a', 'b'],
    placement: laneId === undefined ? undefined : { laneId, startsAt, endsAt: startsAt + hours * hourMs },
    version: 1,
  };
}

interface Scheduled {
  readonly at: number;
  readonly action: () => void;
}

/**
 * The editor without a page: gestures are chained verbs, time moves only by `wait`. One hour is 40
 * pixels wide at the beginning, Monday 00:00 at the left edge. The rules are the real ones, between 06:00
 * and 22:00; nothing may stand on lane `c`. Nothing gives way unless `pushMode` says so.
 */
export class TestEditor {
  readonly store: BoardStore;
  readonly editor: BoardEditor;
  /** Leading moves of the commands, and the commands whole. */
  readonly moves: ProposedMove[] = [];
  readonly commands: { readonly edits: readonly BoardEdit[]; readonly name: string }[] = [];
  readonly reordered: (readonly [string, string | undefined])[] = [];
  readonly copied: string[] = [];
  pushMode: PushMode = 'refuse';
  transitions: readonly SetupTransition[] = [];
  readonly opened: string[] = [];
  readonly intents: string[] = [];
  readonly spoken: string[] = [];
  readonly ranges: { readonly startsAt: number; readonly endsAt: number }[] = [];
  answer: Promise<unknown> | undefined;
  private now = monday + 8 * hourMs;
  private scheduled: Scheduled[] = [];
  private pointer: PointerInput = {
    pointerId: 1,
    pointerType: 'mouse',
    x: 0,
    y: 0,
    button: 0,
    shift: false,
    command: false,
    alt: false,
  };

  constructor(lanes: readonly Lane[], operations: readonly BoardOperation[]) {
    const texts: Readonly<Record<string, string>> = {
      ...messages,
      ...refusals,
      'refusal.outside-shift': '{lane} is closed.',
      'refusal.lane-occupied': 'Busy.',
      'refusal.lane-not-eligible': 'Not on {lane}.',
    };
    const intl = createIntl({ locale: 'en-GB', timeZone: 'Europe/Berlin', messages: texts as never });
    this.store = createBoardStore({ startsAt: monday - 240 * hourMs, endsAt: monday + 480 * hourMs });
    this.store.update({ lanes, width: 1196, height: 456 });
    this.store.setOperations(operations);
    const { viewport } = this.store.state;
    this.store.update({ viewport: { ...viewport, startsAt: monday, msPerPx: hourMs / 40 } });
    const formatMessage: BoardOwner['formatMessage'] = (descriptor, values) =>
      String(intl.formatMessage(descriptor as never, { ...values }));
    const owner: BoardOwner = {
      consequences: (edits) => consequences(this.index(), edits, this.pushMode),
      onEdit: (edits, name) => this.take(edits, name, formatMessage),
      onWhyLate: (operationId) => this.intents.push(`why-late ${operationId}`),
      onCopy: (text) => this.copied.push(text),
      onReorderLane: (laneId, beforeId) => this.reordered.push([laneId, beforeId]),
      onOpen: (operationId) => this.opened.push(operationId),
      onUndo: () => this.intents.push('undo'),
      onRedo: () => this.intents.push('redo'),
      onRangeChange: (range) => this.ranges.push(range),
      formatMessage,
    };
    this.editor = createBoardEditor(this.store, owner, createTimeAxis('Europe/Berlin', 'en-GB'), {
      now: () => this.now,
      schedule: (delayMs, action) => {
        const entry = { at: this.now + delayMs, action };
        this.scheduled.push(entry);
        return () => {
          this.scheduled = this.scheduled.filter((other) => other !== entry);
        };
      },
      requestFrame: () => {},
      announce: (text) => this.spoken.push(text),
      reducedMotion: () => true,
    });
  }

  private index() {
    const { lanes, operations, layers } = this.store.state;
    const { links, frozenUntil } = layers;
    return indexBoard({
      lanes,
      operations: [...operations.values()],
      links,
      transitions: this.transitions,
      frozenUntil,
      now: this.now,
    });
  }

  private take(
    edits: readonly BoardEdit[],
    name: ChangeName,
    formatMessage: BoardOwner['formatMessage'],
  ): Promise<unknown> | undefined {
    this.commands.push({ edits, name: formatMessage({ id: name.key }, name.values) });
    const first = edits.find((edit) => edit.type === 'place');
    if (first?.type === 'place') {
      const { operationId, laneId, startsAt } = first;
      this.moves.push({ operationId, laneId, startsAt });
    }
    return this.answer;
  }

  /** Presses at the middle of a bar, or at a point of the surface. */
  pointerDown(
    where: string | { readonly x: number; readonly y: number },
    pointerType: 'mouse' | 'touch' = 'mouse',
    ...held: readonly ('shift' | 'command' | 'alt')[]
  ): this {
    const box = typeof where === 'string' ? this.editor.boundsOf(where) : { ...where, width: 0, height: 0 };
    if (box === undefined) throw new Error(`No bar ${String(where)} on the board`);
    this.pointer = {
      ...this.pointer,
      pointerType,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      shift: held.includes('shift'),
      command: held.includes('command'),
      alt: held.includes('alt'),
    };
    this.editor.pointerDown(this.pointer);
    return this;
  }

  moveBy(dx: number, dy: number): this {
    this.pointer = { ...this.pointer, x: this.pointer.x + dx, y: this.pointer.y + dy };
    this.editor.pointerMove(this.pointer);
    return this;
  }

  pointerUp(): this {
    this.editor.pointerUp(this.pointer);
    return this;
  }

  click(where: string, ...held: readonly ('shift' | 'command')[]): this {
    return this.pointerDown(where, 'mouse', ...held).pointerUp();
  }

  /** Presses on the right edge of a bar. */
  pointerDownAtEnd(where: string): this {
    const box = this.editor.boundsOf(where);
    if (box === undefined) throw new Error(`No bar ${where} on the board`);
    return this.pointerDown({ x: box.x + box.width - 2, y: box.y + box.height / 2 });
  }

  /** The Alt key goes down, or up, during a drag. */
  alt(isDown: boolean): this {
    const input = { key: 'Alt', shift: false, command: false, alt: isDown };
    if (isDown) this.editor.keyDown(input);
    else this.editor.keyUp(input);
    return this;
  }

  /** Keys in a row; `Shift+`, `Mod+`, `Alt+` before a key hold those. */
  press(...keys: readonly string[]): this {
    for (const chord of keys) {
      const parts = chord === '+' ? ['+'] : chord.split('+');
      const key = parts.at(-1) ?? '';
      this.editor.keyDown({
        key: key === 'Space' ? ' ' : key,
        shift: parts.includes('Shift'),
        command: parts.includes('Mod'),
        alt: parts.includes('Alt'),
      });
    }
    return this;
  }

  /** Lets time pass, in frames of 16 ms. */
  wait(ms: number): this {
    for (let passed = 0; passed < ms; passed += 16) {
      this.now += 16;
      this.editor.frame(16);
      const due = this.scheduled.filter((entry) => entry.at <= this.now);
      this.scheduled = this.scheduled.filter((entry) => entry.at > this.now);
      for (const { action } of due) action();
    }
    return this;
  }

  get state() {
    return this.store.state;
  }
}
