/** Reads of genealogy. A trace is searched in memory; the database gives the edges and tells what the nodes are. */
import { sql } from 'kysely';
import type { TraceEdge, TraceNode, TraceNodeKind } from '#contract/genealogy';
import type { DatabaseTransaction } from '#main/services/core';

/** Edges that are fetched at once while the graph is built. */
const pageSize = 50_000;

interface EdgeRow {
  readonly parent_id: string;
  readonly child_id: string;
  readonly parent_kind: TraceNodeKind;
  readonly child_kind: TraceNodeKind;
}

/** All edges that the caller may see, page by page in the order of the key. */
export async function readEdgePages(
  transaction: DatabaseTransaction,
  onPage: (edges: readonly EdgeRow[]) => void,
): Promise<void> {
  const zero = '00000000-0000-0000-0000-000000000000';
  let last = { parent: zero, child: zero };
  for (;;) {
    const { rows } = await sql<EdgeRow>`
      SELECT parent_id, child_id, parent_kind, child_kind FROM trace.genealogy
      WHERE organization_id = identity.current_organization()
        AND (parent_id, child_id) > (${last.parent}::uuid, ${last.child}::uuid)
      ORDER BY organization_id, parent_id, child_id LIMIT ${pageSize}`.execute(transaction);
    onPage(rows);
    const end = rows.at(-1);
    if (end === undefined || rows.length < pageSize) return;
    last = { parent: end.parent_id, child: end.child_id };
  }
}

/** The id of what a code names. */
export async function findByCode(
  transaction: DatabaseTransaction,
  kind: TraceNodeKind,
  code: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`${byCode(kind, code)}`.execute(transaction);
  return rows[0]?.id;
}

/** Of lots and shipments the caller may also see what other organizations share: a number is asked for in the own one. */
const own = sql`(SELECT identity.current_organization())`;

function byCode(kind: TraceNodeKind, code: string) {
  switch (kind) {
    case 'lot':
      return sql`SELECT id FROM trace.lots WHERE organization_id = ${own} AND number = ${code}`;
    case 'serial':
      return sql`SELECT id FROM trace.serials WHERE number = ${code}`;
    case 'carton':
      return sql`SELECT id FROM logistics.packing_units WHERE sscc = ${code} OR number = ${code}`;
    case 'shipment':
      return sql`SELECT id FROM logistics.shipments WHERE organization_id = ${own} AND number = ${code}`;
  }
}

/** The lot that a work order makes. */
export async function findLotOf(
  transaction: DatabaseTransaction,
  workOrderNumber: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    SELECT lot.id FROM production.work_orders AS work_order
    JOIN trace.lots AS lot ON lot.organization_id = work_order.organization_id
      AND (lot.id = work_order.lot_id OR lot.work_order_id = work_order.id)
    WHERE work_order.number = ${workOrderNumber}
    ORDER BY lot.made_at DESC LIMIT 1`.execute(transaction);
  return rows[0]?.id;
}

interface NodeRow {
  readonly id: string;
  readonly code: string;
  readonly material_code: string | null;
  readonly material_name: string | null;
  readonly status: string;
  readonly quantity: number | null;
  readonly unit: string | null;
  readonly at: Date | null;
  readonly expires_at: Date | null;
  readonly partner: string | null;
}

/** What the nodes are, a query a kind; those that the caller may not see are not among them. */
export async function readNodes(
  transaction: DatabaseTransaction,
  idsByKind: ReadonlyMap<TraceNodeKind, readonly string[]>,
): Promise<Map<string, Omit<TraceNode, 'depth'>>> {
  const nodes = new Map<string, Omit<TraceNode, 'depth'>>();
  for (const [kind, ids] of idsByKind) {
    if (ids.length === 0) continue;
    const { rows } = await sql<NodeRow>`${nodesOf(kind, ids)}`.execute(transaction);
    for (const row of rows) {
      nodes.set(row.id, {
        id: row.id,
        kind,
        code: row.code,
        materialCode: row.material_code,
        materialName: row.material_name,
        status: row.status,
        quantity: row.quantity,
        unit: row.unit,
        at: row.at?.getTime() ?? null,
        expiresAt: row.expires_at?.getTime() ?? null,
        partner: row.partner,
      });
    }
  }
  return nodes;
}

function nodesOf(kind: TraceNodeKind, ids: readonly string[]) {
  switch (kind) {
    case 'lot':
      return sql`
        SELECT lot.id, lot.number AS code, material.code AS material_code, material.name AS material_name,
          lot.status, lot.quantity, lot.unit, lot.made_at AS at, lot.expires_at, lot.supplier AS partner
        FROM trace.lots AS lot
        JOIN material.materials AS material
          ON material.organization_id = lot.organization_id AND material.id = lot.material_id
        WHERE lot.id = ANY(${ids}::uuid[])`;
    case 'serial':
      return sql`
        SELECT serial.id, serial.number AS code, material.code AS material_code, material.name AS material_name,
          serial.status, 1::numeric AS quantity, material.unit, serial.made_at AS at,
          NULL::timestamptz AS expires_at, NULL::text AS partner
        FROM trace.serials AS serial
        JOIN material.materials AS material
          ON material.organization_id = serial.organization_id AND material.id = serial.material_id
        WHERE serial.id = ANY(${ids}::uuid[])`;
    case 'carton':
      return sql`
        SELECT carton.id, coalesce(carton.sscc, carton.number) AS code, material.code AS material_code,
          material.name AS material_name, carton.status, count(packed.serial_id)::numeric AS quantity, material.unit,
          coalesce(carton.closed_at, carton.opened_at) AS at, NULL::timestamptz AS expires_at, NULL::text AS partner
        FROM logistics.packing_units AS carton
        LEFT JOIN material.materials AS material
          ON material.organization_id = carton.organization_id AND material.id = carton.material_id
        LEFT JOIN logistics.packing_unit_serials AS packed
          ON packed.organization_id = carton.organization_id AND packed.packing_unit_id = carton.id
        WHERE carton.id = ANY(${ids}::uuid[])
        GROUP BY carton.organization_id, carton.id, material.organization_id, material.id`;
    case 'shipment':
      return sql`
        SELECT id, number AS code, NULL::text AS material_code, NULL::text AS material_name, status,
          NULL::numeric AS quantity, NULL::text AS unit, shipped_at AS at, NULL::timestamptz AS expires_at,
          customer || ', ' || destination AS partner
        FROM logistics.shipments WHERE id = ANY(${ids}::uuid[])`;
  }
}

/** The edges between nodes that are all listed. */
export async function readEdgesBetween(
  transaction: DatabaseTransaction,
  ids: readonly string[],
): Promise<TraceEdge[]> {
  const rows = await transaction
    .selectFrom('trace.genealogy')
    .select(['parent_id', 'child_id', 'kind', 'quantity', 'unit'])
    .where(sql<boolean>`parent_id = ANY(${ids}::uuid[])`)
    .where(sql<boolean>`child_id = ANY(${ids}::uuid[])`)
    .orderBy('at')
    .orderBy('parent_id')
    .orderBy('child_id')
    .execute();
  return rows.map((row) => ({
    from: row.parent_id,
    to: row.child_id,
    kind: row.kind as TraceEdge['kind'],
    quantity: row.quantity,
    unit: row.unit,
  }));
}

/** The latest of a plant that have a past or a future to show: serials first, they reach furthest. */
export async function readSuggestions(transaction: DatabaseTransaction, plantId: string) {
  const { rows } = await sql<{ code: string; kind: 'lot' | 'serial'; material_name: string }>`
    (SELECT serial.number AS code, 'serial' AS kind, material.name AS material_name
     FROM trace.serials AS serial
     JOIN material.materials AS material
       ON material.organization_id = serial.organization_id AND material.id = serial.material_id
     WHERE serial.plant_id = ${plantId} AND EXISTS (
       SELECT FROM trace.genealogy AS edge
       WHERE edge.organization_id = serial.organization_id AND edge.child_id = serial.id)
     ORDER BY serial.made_at DESC, serial.number LIMIT 6)
    UNION ALL
    (SELECT lot.number, 'lot', material.name
     FROM trace.lots AS lot
     JOIN material.materials AS material
       ON material.organization_id = lot.organization_id AND material.id = lot.material_id
     WHERE lot.organization_id = ${own} AND lot.plant_id = ${plantId} AND EXISTS (
       SELECT FROM trace.genealogy AS edge
       WHERE edge.organization_id = lot.organization_id AND edge.parent_id = lot.id)
     ORDER BY lot.made_at DESC, lot.number LIMIT 6)`.execute(transaction);
  return rows.map(({ code, kind, material_name: materialName }) => ({ code, kind, materialName }));
}
