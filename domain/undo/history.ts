/*
 * Undo and redo as a value: what was done with what undoes it. The owner carries commands out and keeps the
 * history that goes with the outcome, so a refused undo changes nothing: it keeps the old one.
 */

/** What a change is called, so that "Undo" can say what: a message key with its values. */
export interface ChangeName {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A command with its inverse. */
export interface Change<Command> {
  readonly apply: Command;
  readonly revert: Command;
  /** Changes of the same thing with the same key, in close succession, become one. */
  readonly mergeKey?: string | undefined;
  readonly name?: ChangeName | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface History<Command> {
  /** Oldest first. */
  readonly done: readonly Change<Command>[];
  /** The next to redo last. */
  readonly undone: readonly Change<Command>[];
  readonly limit: number;
}

export interface HistoryStep<Command> {
  /** What is to be carried out now. */
  readonly command: Command;
  readonly change: Change<Command>;
  /** The history once it has been. */
  readonly history: History<Command>;
}

/** An empty history that remembers so many changes; all of a session when nothing is said. */
export function emptyHistory<Command>(limit = Infinity): History<Command> {
  return { done: [], undone: [], limit };
}

/**
 * Records a change that was made; what had been undone can no longer be redone. Within `mergeWithinMs` of
 * one with the same key it continues that one: undo then leads back to before the first.
 */
export function record<Command>(
  history: History<Command>,
  change: Change<Command>,
  mergeWithinMs = 0,
): History<Command> {
  const last = history.done.at(-1);
  const continues =
    last?.mergeKey !== undefined &&
    last.mergeKey === change.mergeKey &&
    history.undone.length === 0 &&
    change.at - last.at <= mergeWithinMs;
  const done = continues
    ? [...history.done.slice(0, -1), { ...change, revert: last.revert }]
    : [...history.done, change];
  return { ...history, done: done.length > history.limit ? done.slice(-history.limit) : done, undone: [] };
}

/** The last change, to be reverted; undefined when there is none. */
export function undo<Command>(history: History<Command>): HistoryStep<Command> | undefined {
  const change = history.done.at(-1);
  if (change === undefined) return undefined;
  const after = { ...history, done: history.done.slice(0, -1), undone: [...history.undone, change] };
  return { command: change.revert, change, history: after };
}

/** The last undone change, to be made again; undefined when there is none. */
export function redo<Command>(history: History<Command>): HistoryStep<Command> | undefined {
  const change = history.undone.at(-1);
  if (change === undefined) return undefined;
  const after = { ...history, done: [...history.done, change], undone: history.undone.slice(0, -1) };
  return { command: change.apply, change, history: after };
}

/**
 * Forgets changes that can no longer be taken back or made again, such as those of a bar that someone else
 * has moved since.
 */
export function forget<Command>(
  history: History<Command>,
  concerns: (change: Change<Command>) => boolean,
): History<Command> {
  const keep = (change: Change<Command>) => !concerns(change);
  return { ...history, done: history.done.filter(keep), undone: history.undone.filter(keep) };
}

/** What would be undone and redone next, by name. */
export function namesOf<Command>(history: History<Command>): {
  readonly undo: ChangeName | undefined;
  readonly redo: ChangeName | undefined;
} {
  return { undo: history.done.at(-1)?.name, redo: history.undone.at(-1)?.name };
}
