/** Schedule versions: the plan that holds, drafts beside it, and what was published before. */
import { sql } from 'kysely';
import { conflict, notFound, refused } from '#contract/errors';
import type { ScheduleFigures, ScheduleVersion } from '#contract/schedules';
import type { DatabaseTransaction } from '#main/services/core';
import { planOf, sourceOf } from '#main/services/lanes/plan-source';
import type { PlanSource } from '#main/services/lanes/plan-source';
import { readFigureGround, readFigures } from './figures.ts';

const dayMs = 86_400_000;
/** What a draft plans, unless its bars reach further. */
const horizonMs = 56 * dayMs;
/** Archived versions that are listed. */
const listedArchived = 20;

const noFigures: ScheduleFigures = {
  workOrders: 0,
  lateOrders: 0,
  tardinessS: 0,
  endsAt: null,
  setupS: 0,
  setupCost: 0,
  changes: 0,
  unscheduled: 0,
  loadRatio: 0,
};

type VersionRow = Awaited<ReturnType<typeof selectVersions>>[number];

/** The plan that holds first, then drafts by number, then the newest archived ones. */
export async function readVersions(
  transaction: DatabaseTransaction,
  plantId: string,
  now: number,
): Promise<ScheduleVersion[]> {
  const rows = await selectVersions(transaction, sql`version.plant_id = ${plantId}`);
  const of = (status: string) => rows.filter((row) => row.status === status);
  const listed = [
    ...of('published'),
    ...of('draft'),
    ...of('archived').toReversed().slice(0, listedArchived),
  ];
  if (listed.length === 0) return [];
  const plan = await planOf(transaction, plantId);
  const ground = await readFigureGround(transaction, plantId, now);
  const versions: ScheduleVersion[] = [];
  for (const row of listed) {
    const figures =
      row.status === 'archived'
        ? storedFigures(row)
        : await readFigures(transaction, sourceFor(row, plan), ground);
    versions.push(toVersion(row, figures));
  }
  return versions;
}

/** One version. Throws `NotFound`. */
export async function readVersion(
  transaction: DatabaseTransaction,
  versionId: string,
  now: number,
): Promise<ScheduleVersion> {
  const [row] = await selectVersions(transaction, sql`version.id = ${versionId}`);
  if (row === undefined) throw notFound('error.unknown-version');
  if (row.status === 'archived') return toVersion(row, storedFigures(row));
  const plan = await planOf(transaction, row.plant_id);
  const ground = await readFigureGround(transaction, row.plant_id, now);
  return toVersion(row, await readFigures(transaction, sourceFor(row, plan), ground));
}

function sourceFor(row: VersionRow, plan: PlanSource): PlanSource {
  return row.status === 'draft' ? { ...plan, kind: 'draft', versionId: row.id } : plan;
}

function storedFigures(row: VersionRow): ScheduleFigures {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by this service alone.
  return (row.figures as ScheduleFigures | null) ?? noFigures;
}

async function selectVersions(transaction: DatabaseTransaction, condition: ReturnType<typeof sql>) {
  const result = await sql<{
    id: string;
    plant_id: string;
    number: number;
    name: string;
    status: ScheduleVersion['status'];
    starts_at: Date;
    ends_at: Date;
    based_on_id: string | null;
    frozen_until: Date | null;
    published_at: Date | null;
    published_by: string | null;
    publish_reason: string | null;
    created_by: string | null;
    version: number;
    figures: unknown;
  }>`
    SELECT version.id, version.plant_id, version.number, version.name, version.status, version.starts_at, version.ends_at,
      version.based_on_id, version.frozen_until, version.published_at, publisher.display_name AS published_by,
      version.publish_reason, creator.display_name AS created_by, version.version, version.figures
    FROM production.schedule_versions AS version
    LEFT JOIN identity.users AS publisher
      ON publisher.organization_id = version.organization_id AND publisher.id = version.published_by
    LEFT JOIN identity.users AS creator
      ON creator.organization_id = version.organization_id AND creator.id = version.created_by
    WHERE ${condition} ORDER BY version.number`.execute(transaction);
  return result.rows;
}

function toVersion(row: VersionRow, figures: ScheduleFigures): ScheduleVersion {
  return {
    id: row.id,
    plantId: row.plant_id,
    number: row.number,
    name: row.name,
    status: row.status,
    startsAt: row.starts_at.getTime(),
    endsAt: row.ends_at.getTime(),
    basedOnId: row.based_on_id,
    frozenUntil: row.frozen_until?.getTime() ?? null,
    publishedAt: row.published_at?.getTime() ?? null,
    publishedBy: row.published_by,
    publishReason: row.publish_reason,
    createdBy: row.created_by,
    version: row.version,
    figures,
  };
}

/**
 * Makes a draft: a copy of the plan that holds, or of a version. Its entries remember where the plan has
 * each operation now, so that it can be seen later which of the two moved it.
 */
export async function createDraft(
  transaction: DatabaseTransaction,
  wanted: {
    readonly id: string;
    readonly plantId: string;
    readonly name: string;
    readonly fromVersionId: string | null;
  },
  now: number,
): Promise<void> {
  const { id, plantId, name } = wanted;
  const plan = await planOf(transaction, plantId);
  const from = wanted.fromVersionId === null ? plan : await sourceOf(transaction, wanted.fromVersionId);
  if (from.plantId !== plantId) throw notFound('error.unknown-version');
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`versions/${plantId}`}, 0))`.execute(transaction);
  await sql`
    INSERT INTO production.schedule_versions (organization_id, id, plant_id, number, name, starts_at, ends_at, based_on_id,
      plan_id)
    SELECT identity.current_organization(), ${id}, ${plantId},
      coalesce((SELECT max(number) FROM production.schedule_versions WHERE plant_id = ${plantId}), 0) + 1,
      ${name}, ${new Date(now)}, greatest(${new Date(now + horizonMs)}, (
        SELECT max(ends_at) FROM production.operations WHERE plant_id = ${plantId})),
      ${from.versionId}, ${plan.versionId}`.execute(transaction);
  await (from.kind === 'plan' ? copyPlan(transaction, plantId, id) : copyVersion(transaction, from, id));
}

async function copyPlan(transaction: DatabaseTransaction, plantId: string, versionId: string): Promise<void> {
  await sql`
    INSERT INTO production.schedule_entries (organization_id, id, plant_id, schedule_version_id, work_order_id, operation_id,
      part, lane_id, starts_at, ends_at, setup_s, is_fixed, plan_lane_id, plan_starts_at, plan_fixed)
    SELECT operation.organization_id, app.uuidv7(), operation.plant_id, ${versionId}, operation.work_order_id, operation.id,
      operation.part, operation.lane_id, operation.starts_at, operation.ends_at, operation.setup_s, operation.locked,
      operation.lane_id, operation.starts_at, operation.locked
    FROM production.operations AS operation
    WHERE operation.plant_id = ${plantId} AND operation.status IN ('planned', 'ready')`.execute(transaction);
}

/** What the other draft moved keeps its place; what it left alone stands where the plan has it by now. */
async function copyVersion(
  transaction: DatabaseTransaction,
  from: PlanSource,
  versionId: string,
): Promise<void> {
  const isRecord = from.kind === 'record';
  await sql`
    INSERT INTO production.schedule_entries (organization_id, id, plant_id, schedule_version_id, work_order_id, operation_id,
      split_from_id, part, quantity, lane_id, starts_at, ends_at, setup_s, is_fixed, status, plan_lane_id, plan_starts_at,
      plan_fixed)
    SELECT entry.organization_id, app.uuidv7(), entry.plant_id, ${versionId}, entry.work_order_id, entry.operation_id,
      CASE WHEN entry.operation_id IS NULL THEN entry.split_from_id END, entry.part,
      CASE WHEN ${isRecord} AND entry.operation_id IS NOT NULL THEN NULL ELSE entry.quantity END,
      CASE WHEN own THEN entry.lane_id ELSE operation.lane_id END,
      CASE WHEN own THEN entry.starts_at ELSE operation.starts_at END,
      CASE WHEN own THEN entry.ends_at ELSE operation.ends_at END,
      CASE WHEN own THEN entry.setup_s ELSE operation.setup_s END,
      CASE WHEN own THEN entry.is_fixed ELSE operation.locked END,
      CASE WHEN ${isRecord} THEN 'scheduled' ELSE entry.status END,
      operation.lane_id, operation.starts_at, coalesce(operation.locked, false)
    FROM production.schedule_entries AS entry
    LEFT JOIN production.operations AS operation
      ON operation.organization_id = entry.organization_id AND operation.id = entry.operation_id
    CROSS JOIN LATERAL (SELECT ${isRecord} OR entry.operation_id IS NULL OR entry.quantity IS NOT NULL
      OR entry.status = 'cancelled' OR (entry.lane_id, entry.starts_at, entry.is_fixed)
        IS DISTINCT FROM (entry.plan_lane_id, entry.plan_starts_at, entry.plan_fixed) AS own) AS whose
    WHERE entry.schedule_version_id = ${from.versionId}
      AND (entry.operation_id IS NULL OR operation.status IN ('planned', 'ready'))`.execute(transaction);
}

export async function renameDraft(
  transaction: DatabaseTransaction,
  wanted: { readonly versionId: string; readonly name: string; readonly version: number },
  now: number,
): Promise<void> {
  await holdDraft(transaction, wanted.versionId, wanted.version, now);
  await transaction
    .updateTable('production.schedule_versions')
    .set({ name: wanted.name })
    .where('id', '=', wanted.versionId)
    .execute();
}

/** Archives a draft; what it was worth stays with it. */
export async function discardDraft(
  transaction: DatabaseTransaction,
  versionId: string,
  now: number,
): Promise<void> {
  await holdDraft(transaction, versionId, null, now);
  const { figures } = await readVersion(transaction, versionId, now);
  await transaction
    .updateTable('production.schedule_versions')
    .set({ status: 'archived', figures: JSON.stringify(figures) })
    .where('id', '=', versionId)
    .execute();
}

/**
 * Locks a draft as the planner saw it. Throws `NotFound`, `Refused` where it is none any more, `Conflict`
 * (`theirs` is the version as it stands) where somebody changed it.
 */
export async function holdDraft(
  transaction: DatabaseTransaction,
  versionId: string,
  version: number | null,
  now: number,
): Promise<{ readonly plantId: string; readonly planId: string | null }> {
  const row = await transaction
    .selectFrom('production.schedule_versions')
    .select(['plant_id', 'plan_id', 'status', 'version', 'name'])
    .where('id', '=', versionId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw notFound('error.unknown-version');
  if (row.status !== 'draft') throw refused('refusal.version-not-draft');
  if (version !== null && row.version !== version) {
    throw conflict('error.version-changed', await readVersion(transaction, versionId, now), {
      name: row.name,
    });
  }
  return { plantId: row.plant_id, planId: row.plan_id };
}

/** A draft whose bars were moved is another version of it: who publishes has seen what they publish. */
export async function touchDraft(transaction: DatabaseTransaction, versionId: string): Promise<void> {
  await sql`UPDATE production.schedule_versions SET name = name WHERE id = ${versionId}`.execute(transaction);
}
