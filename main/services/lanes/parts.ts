/** Splitting the quantity of an operation into bars of their own, and putting them together again. */
import { refused } from '#contract/errors';
import type { PartPlace } from '#domain/scheduling/consequences/types';
import type { BoardOperation } from '#domain/scheduling/types';
import type { Wanted } from './judge.ts';
import { set } from './workbench.ts';
import type { EditedBar, Workbench } from './workbench.ts';

/**
 * Splits a bar: it keeps the first quantity, each other becomes a bar behind it. Their times add up to
 * what the whole took, so that they stand where it stood, unless each has a place of its own. Throws
 * `Refused` when the quantities do not add up to its own.
 * @returns where the parts are to stand; nothing when neither it nor they have a place.
 */
export function splitParts(
  bars: Workbench,
  bar: EditedBar,
  {
    quantities,
    places,
  }: { readonly quantities: readonly number[]; readonly places?: readonly PartPlace[] | undefined },
  newId: () => string,
): Wanted[] {
  const whole = bar.operation;
  const sum = quantities.reduce((total, one) => total + one, 0);
  if (Math.abs(sum - whole.quantity) > whole.quantity * 1e-9) {
    throw refused('refusal.split-quantity', {
      operation: whole.code,
      quantity: whole.quantity,
      unit: whole.unit,
      sum,
    });
  }
  const siblings = [...bars.values()].filter(({ planned }) => planned.rootId === bar.planned.rootId);
  let lastPart = Math.max(...siblings.map(({ operation }) => operation.part ?? 1));
  const wanted: Wanted[] = [];
  let done = 0;
  for (const [at, quantity] of quantities.entries()) {
    const from = done / sum;
    done += quantity;
    const to = done / sum;
    const share = {
      quantity,
      durationS: shareOf(whole.durationS, from, to),
      ...(whole.laneDurationsS === undefined
        ? {}
        : {
            laneDurationsS: Object.fromEntries(
              Object.entries(whole.laneDurationsS).map(([laneId, s]) => [laneId, shareOf(s, from, to)]),
            ),
          }),
    };
    let operationId = whole.operationId;
    if (at === 0) set(bars, bar, { ...share, part: whole.part ?? 1 }, bar.setupS);
    else {
      operationId = newId();
      lastPart += 1;
      const rootCode = whole.code.slice(0, whole.code.length - suffixOf(whole).length);
      const operation: BoardOperation = {
        ...whole,
        ...share,
        operationId,
        part: lastPart,
        code: `${rootCode}-${lastPart}`,
        version: 1,
        progress: 0,
      };
      bars.set(operationId, {
        planned: { ...bar.planned, entryId: null },
        operation,
        setupS: 0,
        isNew: true,
        isGone: false,
      });
    }
    // All at the start of the whole: who judges them puts one behind the other.
    if (places !== undefined) {
      const place = places[at];
      wanted.push({
        operationId,
        laneId: place?.laneId ?? null,
        startsAt: place?.startsAt ?? 0,
        exact: true,
      });
    } else if (whole.placement !== undefined) {
      wanted.push({ operationId, laneId: whole.placement.laneId, startsAt: whole.placement.startsAt });
    }
  }
  return wanted;
}

/**
 * Joins all parts of what the bar is a part of, where the bar stands; the first part stays. Throws
 * `Refused` when work on one of them has begun.
 * @returns where the whole is to stand.
 */
export function joinParts(bars: Workbench, bar: EditedBar): Wanted | undefined {
  const parts = [...bars.values()].filter(
    ({ planned, isGone }) => planned.rootId === bar.planned.rootId && !isGone,
  );
  const begun = parts.find(({ operation }) => operation.status !== 'planned' && operation.status !== 'ready');
  if (begun !== undefined) {
    const { code, status } = begun.operation;
    throw refused('refusal.already-started', { operation: code, status });
  }
  const held = parts.find(({ operation }) => operation.locked === true);
  if (held !== undefined) throw refused('refusal.locked', { operation: held.operation.code });
  const root = parts.find(({ operation }) => operation.operationId === bar.planned.rootId);
  if (root === undefined || parts.length < 2) {
    throw refused('refusal.not-split', { operation: bar.operation.code });
  }
  const { placement } = bar.operation;
  for (const part of parts)
    if (part !== root) bars.set(part.operation.operationId, { ...part, isGone: true });
  const sum = (of: (operation: BoardOperation) => number) =>
    parts.reduce((total, { operation }) => total + of(operation), 0);
  const { laneDurationsS } = root.operation;
  set(
    bars,
    root,
    {
      quantity: sum(({ quantity }) => quantity),
      durationS: sum(({ durationS }) => durationS),
      ...(laneDurationsS === undefined
        ? {}
        : {
            laneDurationsS: Object.fromEntries(
              Object.keys(laneDurationsS).map((laneId) => [
                laneId,
                sum((operation) => operation.laneDurationsS?.[laneId] ?? 0),
              ]),
            ),
          }),
      part: 1,
      placement: undefined,
    },
    0,
  );
  return placement === undefined
    ? undefined
    : { operationId: root.operation.operationId, laneId: placement.laneId, startsAt: placement.startsAt };
}

/** Rounded so that the shares of a whole add up to it. */
function shareOf(wholeS: number, from: number, to: number): number {
  return Math.max(1, Math.round(wholeS * to) - Math.round(wholeS * from));
}

function suffixOf({ part }: BoardOperation): string {
  return part === undefined || part === 1 ? '' : `-${part}`;
}
