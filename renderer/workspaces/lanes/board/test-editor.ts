import { createIntl } from 'react-intl';
import type { BoardOperation, Lane, PlacementCheck, ProposedMove } from '#domain/scheduling/types';
import messages from '../../../../resources/locales/en/board.json' with { type: 'json' };
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
 * pixels wide at the beginning, Monday 00:00 at the left edge. Nothing stands on lane `c` by rule, and
 * a move may not begin before 06:00 nor overlap another bar.
 */
export class TestEditor {
  readonly store: BoardStore;
  readonly editor: BoardEditor;
  readonly moves: ProposedMove[] = [];
  readonly opened: string[] = [];
  readonly intents: string[] = [];
  readonly spoken: string[] = [];
  readonly ranges: { readonly startsAt: number; readonly endsAt: number }[] = [];
  answer: Promise<unknown> | undefined;
  private now = monday + 8 * hourMs;
  private scheduled: Scheduled[] = [];
  private pointer: PointerInput = { pointerId: 1, pointerType: 'mouse', x: 0, y: 0, button: 0 };

  constructor(lanes: readonly Lane[], operations: readonly BoardOperation[]) {
    const texts: Readonly<Record<string, string>> = {
      ...messages,
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
    const owner: BoardOwner = {
      checkMove: (move) => this.check(move),
      onMove: (move) => {
        this.moves.push(move);
        return this.answer;
      },
      onOpen: (operationId) => this.opened.push(operationId),
      onUndo: () => this.intents.push('undo'),
      onRedo: () => this.intents.push('redo'),
      onRangeChange: (range) => this.ranges.push(range),
      formatMessage: (descriptor, values) => String(intl.formatMessage(descriptor as never, { ...values })),
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

  private check({ operationId, laneId, startsAt }: ProposedMove): PlacementCheck {
    const moved = this.store.state.operations.get(operationId) ?? this.store.state.ghost?.operation;
    const endsAt = startsAt + (moved?.durationS ?? 3600) * 1000;
    const placement = { laneId, startsAt, endsAt };
    if (laneId === 'c')
      return { ok: false, refusal: { reason: 'lane-not-eligible', values: { lane: laneId } } };
    if (((startsAt - monday) / hourMs) % 24 < 6)
      return { ok: false, refusal: { reason: 'outside-shift', values: { lane: laneId } } };
    const blocked = [...this.store.state.operations.values()].some(
      (other) =>
        other.operationId !== operationId &&
        other.placement?.laneId === laneId &&
        other.placement.startsAt < endsAt &&
        other.placement.endsAt > startsAt,
    );
    return blocked
      ? { ok: false, refusal: { reason: 'lane-occupied', values: {} }, placement }
      : { ok: true, placement };
  }

  /** Presses at the middle of a bar, or at a point of the surface. */
  pointerDown(
    where: string | { readonly x: number; readonly y: number },
    pointerType: 'mouse' | 'touch' = 'mouse',
  ): this {
    const box = typeof where === 'string' ? this.editor.boundsOf(where) : { ...where, width: 0, height: 0 };
    if (box === undefined) throw new Error(`No bar ${String(where)} on the board`);
    this.pointer = { ...this.pointer, pointerType, x: box.x + box.width / 2, y: box.y + box.height / 2 };
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

  click(where: string): this {
    return this.pointerDown(where).pointerUp();
  }

  /** Keys in a row; `Shift+`, `Mod+` before a key hold those. */
  press(...keys: readonly string[]): this {
    for (const chord of keys) {
      const parts = chord === '+' ? ['+'] : chord.split('+');
      const key = parts.at(-1) ?? '';
      this.editor.keyDown({
        key: key === 'Space' ? ' ' : key,
        shift: parts.includes('Shift'),
        command: parts.includes('Mod'),
        alt: false,
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
