/** What was recorded in a plant, newest first, one query a kind. */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import type { RecordKind, RecordRow, records } from '#contract/records';
import { readablePlant } from '#main/services/access';
import type { Core, SignedInCall } from '#main/services/core';

interface Row {
  id: string;
  at: Date;
  what: string;
  subject: string;
  material: string | null;
  lane: string | null;
  person: string | null;
  value: number | null;
  unit: string | null;
  inside: boolean | null;
  note: string | null;
  total: number;
}

/** Each selects the columns of `Row` but `total` for one plant. */
const sources: Readonly<Record<RecordKind, (plantId: string) => RawBuilder<unknown>>> = {
  production: (plantId) => sql`
    SELECT r.id, r.at, r.event AS what, o.code AS subject, m.name AS material, l.code AS lane,
           u.display_name AS person, nullif(r.good_quantity, 0)::float8 AS value, w.unit, NULL::boolean AS inside,
           concat_ws(', ', CASE WHEN r.scrap_quantity > 0 THEN r.scrap_quantity || ' scrap' END, r.note) AS note
    FROM production.logs r
    JOIN production.operations o ON o.organization_id = r.organization_id AND o.id = r.operation_id
    JOIN production.work_orders w ON w.organization_id = o.organization_id AND w.id = o.work_order_id
    JOIN material.materials m ON m.organization_id = w.organization_id AND m.id = w.material_id
    LEFT JOIN production.lanes l ON l.organization_id = r.organization_id AND l.id = r.lane_id
    LEFT JOIN identity.users u ON u.organization_id = r.organization_id AND u.id = r.user_id
    WHERE r.plant_id = ${plantId}`,
  measurements: (plantId) => sql`
    SELECT r.id, r.at, c.name AS what, o.code AS subject, m.name AS material, l.code AS lane,
           u.display_name AS person, r.value, c.unit, r.inside, r.serial_number AS note
    FROM quality.measurements r
    JOIN quality.characteristics c ON c.organization_id = r.organization_id AND c.id = r.characteristic_id
    JOIN material.materials m ON m.organization_id = c.organization_id AND m.id = c.material_id
    JOIN production.operations o ON o.organization_id = r.organization_id AND o.id = r.operation_id
    LEFT JOIN production.lanes l ON l.organization_id = o.organization_id AND l.id = o.lane_id
    LEFT JOIN identity.users u ON u.organization_id = r.organization_id AND u.id = r.user_id
    WHERE r.plant_id = ${plantId}`,
  labels: (plantId) => sql`
    SELECT r.id, r.printed_at AS at, r.outcome AS what, r.sscc AS subject, m.name AS material, r.printer_code AS lane,
           u.display_name AS person, r.copy::float8 AS value, NULL::text AS unit, NULL::boolean AS inside,
           concat_ws(', ', r.reason, r.reprint_reason) AS note
    FROM trace.labels r
    JOIN logistics.packing_units p ON p.organization_id = r.organization_id AND p.id = r.packing_unit_id
    LEFT JOIN material.materials m ON m.organization_id = p.organization_id AND m.id = p.material_id
    LEFT JOIN identity.users u ON u.organization_id = r.organization_id AND u.id = r.user_id
    WHERE r.plant_id = ${plantId}`,
  downtime: (plantId) => sql`
    SELECT r.id, r.started_at AS at, coalesce(d.name, 'unqualified') AS what, x.code AS subject, NULL::text AS material,
           l.code AS lane, NULL::text AS person,
           extract(epoch FROM coalesce(r.ended_at, now()) - r.started_at)::float8 / 60 AS value, 'min' AS unit,
           NULL::boolean AS inside, r.note
    FROM equipment.downtime_events r
    JOIN equipment.machines x ON x.organization_id = r.organization_id AND x.id = r.machine_id
    JOIN production.lanes l ON l.organization_id = x.organization_id AND l.id = x.lane_id
    LEFT JOIN equipment.downtime_reasons d ON d.organization_id = r.organization_id AND d.code = r.reason_code
    WHERE r.plant_id = ${plantId}`,
};

export function createRecordsService(core: Core) {
  return {
    async list(
      call: SignedInCall,
      { plantId, kind, text, limit }: ParsedInputOf<typeof records.list>,
    ): Promise<OutputOf<typeof records.list>> {
      readablePlant(call.signedIn, plantId);
      const wanted = text.trim().toLowerCase();
      return core.database.transaction(
        { token: call.signedIn.token },
        `records.${kind}`,
        async (transaction) => {
          const { rows } = await sql<Row>`
          SELECT found.*, count(*) OVER () AS total FROM (${sources[kind](plantId)}) AS found
          WHERE ${wanted} = '' OR position(${wanted} IN
            lower(concat_ws(' ', found.what, found.subject, found.material, found.lane, found.person, found.note))) > 0
          ORDER BY found.at DESC, found.id DESC LIMIT ${limit}`.execute(transaction);
          return { rows: rows.map(toRecord), total: rows[0]?.total ?? 0 };
        },
      );
    },
  };
}

function toRecord(row: Row): RecordRow {
  return {
    id: row.id,
    at: row.at.getTime(),
    what: row.what,
    subject: row.subject,
    material: row.material,
    lane: row.lane,
    person: row.person,
    value: row.value,
    unit: row.unit,
    judgement: row.inside === null ? null : row.inside ? 'inside' : 'outside',
    note: row.note || null,
  };
}
