/** Reads of packing: cartons with what is in them and what was printed for them, and serials to pack. */
import { sql } from 'kysely';
import type { Carton, CartonLabel, CartonStatus, LabelOutcome } from '#contract/packing';
import type { DatabaseTransaction } from '#main/services/core';

/** A carton with what only the rules need to know. */
export interface PackedCarton extends Carton {
  readonly materialId: string | null;
}

/** A serial as packing sees it. */
export interface PackableSerial {
  readonly serialId: string;
  readonly number: string;
  readonly plantId: string;
  readonly status: string;
  readonly materialId: string;
  readonly materialCode: string;
  readonly materialName: string;
  /** How many go into a carton; null: as many as fit. */
  readonly perCarton: number | null;
  /** The carton that it is in. */
  readonly cartonNumber: string | null;
  /** Where this station last packed it or took it out; only in the mirror. */
  readonly lastCartonId?: string | undefined;
}

/** Closed cartons that are still shown, newest first. */
const closedCartons = 60;
/** Released serials that a station knows without the network, newest first. */
const mirroredSerials = 5000;

/** Open cartons first, then the latest of the others; or the one that is asked for. */
export async function readCartons(
  transaction: DatabaseTransaction,
  choice: { readonly plantId: string } | { readonly cartonId: string },
): Promise<PackedCarton[]> {
  const rows = await transaction
    .selectFrom('logistics.packing_units as carton')
    .leftJoin('material.materials as material', (join) =>
      join
        .onRef('material.organization_id', '=', 'carton.organization_id')
        .onRef('material.id', '=', 'carton.material_id'),
    )
    .select([
      'carton.id',
      'carton.plant_id',
      'carton.number',
      'carton.status',
      'carton.material_id',
      'carton.sscc',
      'carton.opened_at',
      'carton.closed_at',
      'material.code as material_code',
      'material.name as material_name',
      'material.per_carton',
    ])
    .where('carton.kind', '=', 'carton')
    .$if('cartonId' in choice, (query) =>
      query.where('carton.id', '=', 'cartonId' in choice ? choice.cartonId : ''),
    )
    .$if('plantId' in choice, (query) =>
      query.where('carton.plant_id', '=', 'plantId' in choice ? choice.plantId : '').where((where) =>
        where.or([
          where('carton.status', '=', 'open'),
          where(
            'carton.id',
            'in',
            where
              .selectFrom('logistics.packing_units')
              .select('id')
              .where('plant_id', '=', 'plantId' in choice ? choice.plantId : '')
              .where('status', '!=', 'open')
              .orderBy('opened_at', 'desc')
              .limit(closedCartons),
          ),
        ]),
      ),
    )
    .orderBy(sql`carton.status <> 'open'`)
    .orderBy('carton.opened_at', 'desc')
    .execute();
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const serials = await readPackedSerials(transaction, ids);
  const labels = await readLabels(transaction, ids);
  return rows.map((row) => ({
    cartonId: row.id,
    plantId: row.plant_id,
    number: row.number,
    status: row.status as CartonStatus,
    materialId: row.material_id,
    materialCode: row.material_code,
    materialName: row.material_name,
    sscc: row.sscc,
    openedAt: row.opened_at.getTime(),
    closedAt: row.closed_at?.getTime() ?? null,
    capacity: row.per_carton,
    serials: serials.get(row.id) ?? [],
    labels: labels.get(row.id) ?? [],
  }));
}

async function readPackedSerials(transaction: DatabaseTransaction, cartonIds: readonly string[]) {
  const rows = await transaction
    .selectFrom('logistics.packing_unit_serials as packed')
    .innerJoin('trace.serials as serial', (join) =>
      join
        .onRef('serial.organization_id', '=', 'packed.organization_id')
        .onRef('serial.id', '=', 'packed.serial_id'),
    )
    .select(['packed.packing_unit_id', 'serial.number', 'packed.packed_at'])
    .where('packed.packing_unit_id', 'in', cartonIds)
    .orderBy('packed.packed_at')
    .orderBy('serial.number')
    .execute();
  return grouped(
    rows,
    (row) => row.packing_unit_id,
    (row) => ({ serialNumber: row.number, packedAt: row.packed_at.getTime() }),
  );
}

async function readLabels(transaction: DatabaseTransaction, cartonIds: readonly string[]) {
  const rows = await transaction
    .selectFrom('trace.labels as label')
    .leftJoin('identity.users as person', (join) =>
      join
        .onRef('person.organization_id', '=', 'label.organization_id')
        .onRef('person.id', '=', 'label.user_id'),
    )
    .select([
      'label.id',
      'label.packing_unit_id',
      'label.printer_code',
      'label.outcome',
      'label.reason',
      'label.printed_at',
      'label.copy',
      'person.display_name',
    ])
    .where('label.packing_unit_id', 'in', cartonIds)
    .$narrowType<{ packing_unit_id: string }>()
    .orderBy('label.printed_at')
    .orderBy('label.id')
    .execute();
  return grouped(
    rows,
    (row) => row.packing_unit_id,
    (row): CartonLabel => ({
      labelId: row.id,
      printerCode: row.printer_code,
      outcome: row.outcome as LabelOutcome,
      reason: row.reason,
      printedAt: row.printed_at.getTime(),
      person: row.display_name,
      copy: row.copy,
    }),
  );
}

/** The serial of that number; or, of a plant, those that could be packed now and those in open cartons. */
export async function readSerials(
  transaction: DatabaseTransaction,
  choice: { readonly number: string } | { readonly plantId: string },
): Promise<PackableSerial[]> {
  const { rows } = await sql<{
    id: string;
    number: string;
    plant_id: string;
    status: string;
    material_id: string;
    material_code: string;
    material_name: string;
    per_carton: number | null;
    carton_number: string | null;
  }>`
    SELECT serial.id, serial.number, serial.plant_id, serial.status, serial.material_id,
      material.code AS material_code, material.name AS material_name, material.per_carton,
      carton.number AS carton_number
    FROM trace.serials AS serial
    JOIN material.materials AS material
      ON material.organization_id = serial.organization_id AND material.id = serial.material_id
    LEFT JOIN logistics.packing_unit_serials AS packed
      ON packed.organization_id = serial.organization_id AND packed.serial_id = serial.id
    LEFT JOIN logistics.packing_units AS carton
      ON carton.organization_id = packed.organization_id AND carton.id = packed.packing_unit_id
    WHERE ${
      'number' in choice
        ? sql`serial.number = ${choice.number}`
        : sql`serial.plant_id = ${choice.plantId}
              AND (serial.status = 'released' OR serial.status = 'packed' AND carton.status = 'open')`
    }
    ORDER BY serial.made_at DESC LIMIT ${mirroredSerials}`.execute(transaction);
  return rows.map((row) => ({
    serialId: row.id,
    number: row.number,
    plantId: row.plant_id,
    status: row.status,
    materialId: row.material_id,
    materialCode: row.material_code,
    materialName: row.material_name,
    perCarton: row.per_carton,
    cartonNumber: row.carton_number,
  }));
}

/**
 * The highest numbers between two bounds (inclusive, same length): a station that lost its file goes on
 * counting where it was.
 */
export async function readHighest(
  transaction: DatabaseTransaction,
  column: 'sscc' | 'number',
  from: string,
  to: string,
): Promise<string | null> {
  const row = await transaction
    .selectFrom('logistics.packing_units')
    .select((select) => select.fn.max(column).as('highest'))
    .where(sql`${sql.ref(column)} COLLATE "C"`, '>=', from)
    .where(sql`${sql.ref(column)} COLLATE "C"`, '<=', to)
    .executeTakeFirst();
  return row?.highest ?? null;
}

function grouped<Row, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  valueOf: (row: Row) => Value,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    groups.set(keyOf(row), group);
    group.push(valueOf(row));
  }
  return groups;
}
