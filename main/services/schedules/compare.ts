/** Two plans side by side: what stands elsewhere, or at another time. */
import { sql } from 'kysely';
import type { schedules } from '#contract/schedules';
import type { OutputOf } from '#contract/procedures';
import { notFound } from '#contract/errors';
import type { DatabaseTransaction } from '#main/services/core';
import { withSetups } from '#main/services/lanes/board';
import { selectOperations } from '#main/services/lanes/operations';
import { sourceOf } from '#main/services/lanes/plan-source';
import { readFigureGround, readFigures } from './figures.ts';

/** Throws `NotFound`, also where the two are of different plants. */
export async function comparePlans(
  transaction: DatabaseTransaction,
  versions: { readonly a: string; readonly b: string },
  now: number,
): Promise<OutputOf<typeof schedules.compare>> {
  const [a, b] = [await sourceOf(transaction, versions.a), await sourceOf(transaction, versions.b)];
  if (a.plantId !== b.plantId) throw notFound('error.unknown-version');
  const ground = await readFigureGround(transaction, a.plantId, now);
  const barsOf = async (source: typeof a) => {
    const planned = await selectOperations(
      transaction,
      source,
      sql`bar.status IN ('planned', 'ready', 'running', 'paused')`,
    );
    const operations = withSetups(planned, ground.lanes, { startsAt: now, endsAt: Infinity });
    return new Map(operations.map((operation) => [operation.operationId, operation]));
  };
  const [inA, inB] = [await barsOf(a), await barsOf(b)];
  const moved = [...new Set([...inA.keys(), ...inB.keys()])].flatMap((operationId) => {
    const [one, other] = [inA.get(operationId), inB.get(operationId)];
    const [placedA, placedB] = [one?.placement ?? null, other?.placement ?? null];
    const stands = placedA?.laneId === placedB?.laneId && placedA?.startsAt === placedB?.startsAt;
    if (stands && placedA?.endsAt === placedB?.endsAt) return [];
    return [{ operationId, code: one?.code ?? other?.code ?? '', a: placedA, b: placedB }];
  });
  return {
    a: await readFigures(transaction, a, ground),
    b: await readFigures(transaction, b, ground),
    moved: moved.toSorted((one, other) => (one.code < other.code ? -1 : 1)),
  };
}
