/** A planner's edits of the plan that holds or of a draft: all of them are made, or none. */
import { sql } from 'kysely';
import { conflict, notFound, refused } from '#contract/errors';
import type { PlanEdit } from '#contract/lanes';
import type { DatabaseTransaction } from '#main/services/core';
import { selectOperations } from './operations.ts';
import { joinParts, splitParts } from './parts.ts';
import { judgePlacements } from './judge.ts';
import type { Wanted } from './judge.ts';
import { lockPlan } from './plan-source.ts';
import type { PlanSource } from './plan-source.ts';
import { adoptOperations, writeEntries } from './write-entries.ts';
import { set } from './workbench.ts';
import type { EditContext, EditedBar, Workbench } from './workbench.ts';
import { writeOperations } from './write-operations.ts';

/**
 * Makes the edits in one transaction. Throws `NotFound`, `Conflict` (`theirs` is the operation as it
 * stands) where an operation is not as the planner saw it, and `Refused` with the first reason against.
 * @returns ids of what changed, and of parts that are no more.
 */
export async function editPlan(
  transaction: DatabaseTransaction,
  context: EditContext,
  edits: readonly PlanEdit[],
): Promise<{ readonly changedIds: string[]; readonly removedIds: string[] }> {
  const { source } = context;
  if (source.kind === 'record') throw refused('refusal.version-not-draft');
  await lockPlan(transaction, source);
  const ids = [...new Set(edits.map(({ operationId }) => operationId))];
  if (source.kind === 'plan') await holdOperations(transaction, ids);
  else await adoptOperations(transaction, source);

  const bars = await benchOf(transaction, source, ids);
  checkVersions(bars, edits);
  const wanted: Wanted[] = [];
  for (const edit of edits) {
    const bar = bars.get(edit.operationId);
    if (bar === undefined || bar.isGone) throw notFound('error.unknown-operation');
    switch (edit.type) {
      case 'lock':
        set(bars, bar, { locked: edit.locked });
        break;
      case 'unschedule':
        refuseToMove(bar, context);
        wanted.push({ operationId: edit.operationId, laneId: null, startsAt: 0 });
        break;
      case 'place':
        refuseToMove(bar, context);
        wanted.push({ operationId: edit.operationId, laneId: edit.laneId, startsAt: edit.startsAt });
        break;
      case 'split':
        refuseToMove(bar, context);
        wanted.push(...splitParts(bars, bar, edit, context.newId));
        break;
      case 'join': {
        const kept = joinParts(bars, bar);
        if (kept !== undefined) wanted.push(kept);
        break;
      }
    }
  }
  for (const { planned, placement, setupS } of await judgePlacements(transaction, context, bars, wanted)) {
    const { operation } = planned;
    const bar = bars.get(operation.operationId) ?? {
      planned,
      operation,
      setupS,
      isNew: false,
      isGone: false,
    };
    set(bars, bar, { placement }, setupS);
  }
  const touched = [...bars.values()].filter(
    (bar) => bar.isNew || bar.isGone || bar.operation !== bar.planned.operation,
  );
  if (source.kind === 'plan') await writeOperations(transaction, touched);
  else await writeEntries(transaction, source, touched);
  return {
    changedIds: touched.filter(({ isGone }) => !isGone).map(({ operation }) => operation.operationId),
    removedIds: touched.filter(({ isGone }) => isGone).map(({ operation }) => operation.operationId),
  };
}

/** The bars that are named, and all parts of what they are parts of. */
async function benchOf(
  transaction: DatabaseTransaction,
  source: PlanSource,
  ids: readonly string[],
): Promise<Workbench> {
  const found = await selectOperations(
    transaction,
    source,
    sql`bar.root_id IN (SELECT coalesce(named.split_from_id, named.id) FROM production.operations AS named
        WHERE named.id = ANY (${ids}::uuid[])
        UNION SELECT entry.split_from_id FROM production.schedule_entries AS entry WHERE entry.id = ANY (${ids}::uuid[]))`,
  );
  const bars: Workbench = new Map();
  for (const planned of found) {
    const { operation, setupS } = planned;
    if (operation.status === 'cancelled') continue;
    bars.set(operation.operationId, { planned, operation, setupS, isNew: false, isGone: false });
  }
  return bars;
}

/** Rows that the floor may write at the same time stand still until these edits are made. */
async function holdOperations(transaction: DatabaseTransaction, ids: readonly string[]): Promise<void> {
  await sql`
    SELECT operation.id FROM production.operations AS operation
    WHERE coalesce(operation.split_from_id, operation.id) IN (
      SELECT coalesce(named.split_from_id, named.id) FROM production.operations AS named
      WHERE named.id = ANY (${ids}::uuid[]))
    ORDER BY operation.id FOR UPDATE`.execute(transaction);
}

function checkVersions(bars: Workbench, edits: readonly PlanEdit[]): void {
  for (const { operationId, version } of edits) {
    const bar = bars.get(operationId);
    if (bar === undefined) throw notFound('error.unknown-operation');
    if (bar.operation.version !== version) {
      throw conflict('error.operation-changed', bar.operation, { operation: bar.operation.code });
    }
  }
}

function refuseToMove({ operation }: EditedBar, { source }: EditContext): void {
  const { code, status, placement } = operation;
  if (status !== 'planned' && status !== 'ready') {
    throw refused('refusal.already-started', { operation: code, status });
  }
  if (operation.locked === true) throw refused('refusal.locked', { operation: code });
  const frozenUntil = source.frozenUntil ?? -Infinity;
  if (placement !== undefined && placement.startsAt < frozenUntil) {
    throw refused('refusal.frozen', { operation: code, frozenUntil });
  }
}
