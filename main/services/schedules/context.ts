/** What an operation needs, who works on it, and what happened to it: beside the bar that a planner looks at. */
import { sql } from 'kysely';
import { notFound } from '#contract/errors';
import type { OperationContext } from '#contract/schedules';
import type { DatabaseTransaction } from '#main/services/core';

const newestEvents = 20;

/** A part that only a draft knows has the context of what it was split from. Throws `NotFound`. */
export async function readContext(
  transaction: DatabaseTransaction,
  operationId: string,
): Promise<OperationContext> {
  const { rows } = await sql<{
    id: string;
    plant_id: string;
    work_order_id: string;
    material_id: string;
    quantity: number;
    project_id: string | null;
  }>`
    SELECT operation.id, operation.plant_id, operation.work_order_id, work_order.material_id,
      coalesce(operation.quantity, work_order.quantity) AS quantity, work_order.project_id
    FROM production.operations AS operation
    JOIN production.work_orders AS work_order
      ON work_order.organization_id = operation.organization_id AND work_order.id = operation.work_order_id
    WHERE operation.id = coalesce((SELECT entry.split_from_id FROM production.schedule_entries AS entry
      WHERE entry.id = ${operationId} AND entry.operation_id IS NULL), ${operationId})`.execute(transaction);
  const [operation] = rows;
  if (operation === undefined) throw notFound('error.unknown-operation');
  return {
    components: await readComponents(transaction, operation),
    documents: operation.project_id === null ? [] : await readDocuments(transaction, operation.project_id),
    people: await readPeople(transaction, operation),
    history: await readHistory(transaction, operation.id),
  };
}

async function readComponents(
  transaction: DatabaseTransaction,
  operation: { readonly plant_id: string; readonly material_id: string; readonly quantity: number },
): Promise<OperationContext['components']> {
  const { rows } = await sql<OperationContext['components'][number]>`
    SELECT part.code, part.name, (line.quantity * ${operation.quantity}::numeric)::float8 AS needed,
      coalesce(stock.available, 0)::float8 AS available, part.unit
    FROM material.compositions AS line
    JOIN material.materials AS part
      ON part.organization_id = line.organization_id AND part.id = line.component_id
    -- What the plant does not keep in stock is not missing either.
    JOIN LATERAL (SELECT sum(held.quantity_available) AS available FROM material.inventory AS held
      WHERE held.organization_id = line.organization_id AND held.material_id = part.id
        AND held.plant_id = ${operation.plant_id} HAVING count(*) > 0) AS stock ON true
    WHERE line.parent_id = ${operation.material_id}
    ORDER BY line.position, part.code`.execute(transaction);
  return rows;
}

/** Drawings that were approved, and other documents of the project, each in its newest revision. */
async function readDocuments(
  transaction: DatabaseTransaction,
  projectId: string,
): Promise<OperationContext['documents']> {
  const { rows } = await sql<OperationContext['documents'][number]>`
    SELECT id, number || ' ' || name AS name, revision FROM project.drawings
      WHERE project_id = ${projectId} AND status = 'approved'
    UNION ALL
    SELECT id, name, revision FROM (
      SELECT DISTINCT ON (name) id, name, revision::text AS revision FROM project.documents
        WHERE project_id = ${projectId} AND kind <> 'contract' ORDER BY name, project.documents.revision DESC) AS newest
    ORDER BY name`.execute(transaction);
  return rows;
}

async function readPeople(
  transaction: DatabaseTransaction,
  operation: { readonly id: string; readonly work_order_id: string },
): Promise<OperationContext['people']> {
  const { rows } = await sql<OperationContext['people'][number]>`
    SELECT DISTINCT person.display_name AS name, work.role FROM (
      SELECT organization_id, user_id, role FROM production.manpower_allocations
        WHERE work_order_id = ${operation.work_order_id} AND (released_at IS NULL OR released_at > now())
      UNION ALL
      SELECT organization_id, assigned_to, 'operator' FROM production.operations
        WHERE id = ${operation.id} AND assigned_to IS NOT NULL
      UNION ALL
      SELECT organization_id, assigned_to, 'supervisor' FROM production.work_orders
        WHERE id = ${operation.work_order_id} AND assigned_to IS NOT NULL) AS work
    JOIN identity.users AS person
      ON person.organization_id = work.organization_id AND person.id = work.user_id
    ORDER BY name`.execute(transaction);
  return rows;
}

/** What the floor reported; and what was planned, for who may read the audit log. */
async function readHistory(
  transaction: DatabaseTransaction,
  operationId: string,
): Promise<OperationContext['history']> {
  const { rows } = await sql<{
    at: Date;
    what: string;
    values: Record<string, string | number>;
    person: string | null;
  }>`
    SELECT event.at, event.what, event.values, person.display_name AS person FROM (
      SELECT organization_id, at, 'history.' || event AS what, user_id,
        jsonb_build_object('good', good_quantity, 'scrap', scrap_quantity, 'note', coalesce(note, '')) AS values
      FROM production.logs WHERE operation_id = ${operationId}
      UNION ALL
      SELECT organization_id, at, CASE WHEN after ->> 'lane_id' IS NULL AND before ->> 'lane_id' IS NOT NULL
          THEN 'history.unscheduled' ELSE 'history.placed' END, person_id,
        jsonb_build_object('startsAt', coalesce(extract(epoch FROM (after ->> 'starts_at')::timestamptz) * 1000, 0))
      FROM audit.log
      WHERE target = 'production.operations' AND record_id = ${operationId} AND verb <> 'insert'
        AND (before ->> 'starts_at') IS DISTINCT FROM (after ->> 'starts_at')) AS event
    LEFT JOIN identity.users AS person
      ON person.organization_id = event.organization_id AND person.id = event.user_id
    ORDER BY event.at DESC LIMIT ${newestEvents}`.execute(transaction);
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}
