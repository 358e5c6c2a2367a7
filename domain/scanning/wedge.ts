import { groupSeparator } from '../gs1/element-strings.ts';

/*
 * Keyboard-wedge scanners type. What tells them from people is the pace: a scanner sends a key each 1 to
 * 30 ms and ends with Enter or Tab; the fastest typist needs 50 ms and more.
 */

/** A key press as the browser reports it (`keydown`), with the event's own time in milliseconds. */
export interface WedgeKey {
  /** `KeyboardEvent.key` */
  readonly key: string;
  /** `KeyboardEvent.timeStamp`: when it was pressed, not when it was handled. */
  readonly at: number;
  readonly ctrl?: boolean | undefined;
  readonly alt?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** `getModifierState('AltGraph')`; Windows reports AltGr as Ctrl + Alt as well. */
  readonly altGraph?: boolean | undefined;
  /** A key held down repeats as fast as a scanner sends: never part of a code. */
  readonly repeat?: boolean | undefined;
}

export interface WedgeOptions {
  readonly minKeys: number;
  readonly maxMeanGapMs: number;
  /** A longer pause ends a burst: what was typed before is not part of the code. */
  readonly maxGapMs: number;
}

export const wedgeDefaults: WedgeOptions = { minKeys: 6, maxMeanGapMs: 35, maxGapMs: 100 };

/** What has come in since the last pause. Begin with `wedgeIdle`; keep what `feedWedge` returns. */
export interface WedgeState {
  readonly text: string;
  readonly keys: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** A key was among them that stands for no character: the code cannot be trusted. */
  readonly spoiled: boolean;
}

export const wedgeIdle: WedgeState = {
  text: '',
  keys: 0,
  firstAt: -Infinity,
  lastAt: -Infinity,
  spoiled: false,
};

export interface WedgeStep {
  readonly state: WedgeState;
  /** The keys so far are too many and too fast for a person: keep them out of the focused field. */
  readonly scanning: boolean;
  /** A complete code; its Enter or Tab is to be kept from the page. */
  readonly code?: string;
  /** A code came that this keyboard layout cannot tell: to be shown, not to be guessed. */
  readonly unreadable?: true;
}

const maxLength = 512;
const terminators = new Set(['Enter', 'Tab']);
/** Pressed and held to make other keys: no character, no break either. */
const modifiers = new Set(['Shift', 'AltGraph', 'Control', 'Alt', 'Meta', 'CapsLock', 'NumLock', 'Fn']);

/**
 * Takes one key press. Ctrl + ] counts as GS (0x1D), which is how wedges send FNC1; AltGr makes
 * characters; other shortcuts, held keys and pauses begin anew. Pure: the time comes with the key.
 */
export function feedWedge(
  before: WedgeState,
  key: WedgeKey,
  options: WedgeOptions = wedgeDefaults,
): WedgeStep {
  if (modifiers.has(key.key)) return { state: before, scanning: isBurst(before, options) };
  const gapMs = key.at - before.lastAt;
  // Clocks that step back begin anew as well.
  const state = gapMs > options.maxGapMs || gapMs < 0 ? wedgeIdle : before;
  if (key.repeat === true) return { state: wedgeIdle, scanning: false };

  if (terminators.has(key.key)) {
    if (!isBurst(state, options)) return { state: wedgeIdle, scanning: false };
    if (state.spoiled) return { state: wedgeIdle, scanning: true, unreadable: true };
    return { state: wedgeIdle, scanning: true, code: state.text };
  }

  const character = characterOf(key);
  if (character === undefined) {
    // A shortcut of a person; in the middle of a burst, a character that the layout lost.
    if (!isBurst(state, options)) return { state: wedgeIdle, scanning: false };
    return { state: { ...state, lastAt: key.at, spoiled: true }, scanning: true };
  }
  const next: WedgeState = {
    text: state.text + character,
    keys: state.keys + 1,
    firstAt: state.keys === 0 ? key.at : state.firstAt,
    lastAt: key.at,
    spoiled: state.spoiled || state.text.length >= maxLength,
  };
  return { state: next, scanning: isBurst(next, options) };
}

function characterOf(key: WedgeKey): string | undefined {
  if ([...key.key].length !== 1) return undefined;
  const altGraph = key.altGraph === true || (key.ctrl === true && key.alt === true);
  if (altGraph) return key.key;
  if (key.ctrl === true && key.key === ']') return groupSeparator;
  return key.ctrl === true || key.alt === true || key.meta === true ? undefined : key.key;
}

function isBurst(state: WedgeState, options: WedgeOptions): boolean {
  if (state.keys < options.minKeys) return false;
  return (state.lastAt - state.firstAt) / (state.keys - 1) < options.maxMeanGapMs;
}
