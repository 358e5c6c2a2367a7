/** What a station records: taken into its outbox, applied to PostgreSQL later, once in effect. */
import { sql } from 'kysely';
import { z } from 'zod';
import { id, scannedText, shortText } from '#contract/common';
import { notAllowed, notFound, refused } from '#contract/errors';
import { operationActions, scanSources } from '#contract/stations';
import { decideAction, statusAfter } from '#domain/scanning/operation-action';
import type { OperationStatus } from '#domain/scheduling/types';
import type { CommandMeta, DatabaseTransaction, StationCommand } from '#main/services/core';

/** Commands on one operation's state depend on each other. */
export const operationSubject = (code: string) => `operation:${code}`;
/** Measurements wait for each other, not for a report that was set aside. */
export const measurementSubject = (code: string) => `measurement:${code}`;

const quantity = z.number().min(0).max(1e9);

const reportSchema = z
  .object({
    plantId: id,
    operationId: id,
    operationCode: shortText,
    event: z.enum([...operationActions, 'report']),
    goodQuantity: quantity,
    scrapQuantity: quantity,
    note: shortText.optional(),
    source: z.enum(scanSources),
    /** As it was scanned; absent when a person pressed a button. */
    scannedCode: scannedText.optional(),
  })
  .strict();
export type ProductionReport = z.infer<typeof reportSchema>;

/** Start, pause, resume, complete, or quantities alone. */
export const reportProduction: StationCommand<ProductionReport> = {
  kind: 'production.report',
  schema: reportSchema,
  subject: (report) => operationSubject(report.operationCode),
  summary(report) {
    const made = report.goodQuantity + report.scrapQuantity > 0;
    const quantities = made ? `, ${report.goodQuantity} good, ${report.scrapQuantity} scrap` : '';
    return `${report.event} ${report.operationCode}${quantities}`;
  },
  async apply(transaction, report, meta) {
    const operation = await lockOperation(transaction, report);
    let status: OperationStatus = operation.status;
    let { event } = report;
    if (event !== 'report') {
      const decided = decideAction(status, event);
      if (!decided.ok) {
        const { reason, values } = decided.refusal;
        throw refused(`refusal.${reason}`, { status, ...values, operation: report.operationCode });
      }
      event = decided.value;
      status = statusAfter(decided.value);
    }
    const at = new Date(meta.capturedAt);
    await transaction
      .insertInto('production.logs')
      .values({
        ...recorded(meta),
        plant_id: operation.plantId,
        operation_id: report.operationId,
        lane_id: operation.laneId,
        event,
        good_quantity: report.goodQuantity,
        scrap_quantity: report.scrapQuantity,
        note: report.note ?? null,
        source: report.source,
      })
      .execute();
    await transaction
      .updateTable('production.operations')
      .set((set) => ({
        status,
        good_quantity: set('good_quantity', '+', report.goodQuantity),
        scrap_quantity: set('scrap_quantity', '+', report.scrapQuantity),
        ...(event === 'start' ? { started_at: sql<Date>`coalesce(started_at, ${at}::timestamptz)` } : {}),
        ...(event === 'complete' ? { completed_at: at } : {}),
      }))
      .where('id', '=', report.operationId)
      .execute();
    await moveWorkOrder(transaction, operation.workOrderId, event);
    if (report.scannedCode !== undefined) {
      await insertScan(transaction, meta, {
        plantId: operation.plantId,
        code: report.scannedCode,
        kind: 'operation',
        source: report.source,
      });
    }
  },
};

const scanSchema = z
  .object({
    plantId: id,
    code: scannedText,
    kind: z.enum(['operation', 'lot', 'serial', 'carton', 'gs1', 'unknown']),
    source: z.enum(scanSources),
  })
  .strict();

/** A code that changes nothing by itself: a lot, a serial, a carton, or one that was refused. It is kept. */
export const recordScan: StationCommand<z.infer<typeof scanSchema>> = {
  kind: 'trace.scan',
  schema: scanSchema,
  subject: (scan) => `scan:${scan.code}`,
  summary: (scan) => `scan ${scan.code}`,
  apply: (transaction, scan, meta) => insertScan(transaction, meta, scan),
};

const measurementSchema = z
  .object({
    plantId: id,
    operationId: id,
    operationCode: shortText,
    characteristicId: id,
    characteristicCode: shortText,
    value: z.number().min(-1e12).max(1e12),
    /** By the limits that held when it was taken. */
    inside: z.boolean(),
    source: z.enum(['typed', 'gauge']),
    serialNumber: shortText.optional(),
  })
  .strict();

export type Measurement = z.infer<typeof measurementSchema>;

export const recordMeasurement: StationCommand<Measurement> = {
  kind: 'quality.measure',
  schema: measurementSchema,
  subject: (measurement) => measurementSubject(measurement.operationCode),
  summary: (measurement) =>
    `${measurement.characteristicCode} = ${measurement.value} at ${measurement.operationCode}`,
  async apply(transaction, measurement, meta) {
    const due = await transaction
      .selectFrom('production.operations as operation')
      .innerJoin('production.work_orders as workOrder', (join) =>
        join
          .onRef('workOrder.organization_id', '=', 'operation.organization_id')
          .onRef('workOrder.id', '=', 'operation.work_order_id'),
      )
      .innerJoin('quality.characteristics as characteristic', (join) =>
        join
          .onRef('characteristic.organization_id', '=', 'workOrder.organization_id')
          .onRef('characteristic.material_id', '=', 'workOrder.material_id')
          .onRef('characteristic.operation_number', '=', 'operation.number'),
      )
      .select('operation.plant_id')
      .where('operation.id', '=', measurement.operationId)
      .where('characteristic.id', '=', measurement.characteristicId)
      .executeTakeFirst();
    if (due === undefined) {
      throw notFound('error.unknown-characteristic', { operation: measurement.operationCode });
    }
    await transaction
      .insertInto('quality.measurements')
      .values({
        ...recorded(meta),
        plant_id: due.plant_id,
        operation_id: measurement.operationId,
        characteristic_id: measurement.characteristicId,
        serial_number: measurement.serialNumber ?? null,
        value: measurement.value,
        inside: measurement.inside,
        source: measurement.source,
      })
      .execute();
  },
};

/** Every kind that this subject gives to the outbox. */
export const stationsCommands = [reportProduction, recordScan, recordMeasurement] as const;

/** What every recorded row carries; its id is the command's, so that even by hand it cannot come twice. */
function recorded(meta: CommandMeta) {
  return {
    organization_id: meta.organizationId,
    id: meta.commandId,
    user_id: meta.userId,
    station_code: meta.stationCode,
    at: new Date(meta.capturedAt),
  };
}

async function insertScan(
  transaction: DatabaseTransaction,
  meta: CommandMeta,
  scan: { readonly plantId: string; readonly code: string; readonly kind: string; readonly source: string },
): Promise<void> {
  const { plantId, code, kind, source } = scan;
  await transaction
    .insertInto('trace.scans')
    .values({ ...recorded(meta), plant_id: plantId, code, kind, source })
    .execute();
}

/** Work order first, operation second: the order in which a planner's move locks them too. */
async function lockOperation(transaction: DatabaseTransaction, report: ProductionReport) {
  const seen = await transaction
    .selectFrom('production.operations')
    .select('work_order_id')
    .where('id', '=', report.operationId)
    .executeTakeFirst();
  if (seen === undefined) throw notFound('error.unknown-code', { code: report.operationCode });
  await transaction
    .selectFrom('production.work_orders')
    .select('id')
    .where('id', '=', seen.work_order_id)
    .forUpdate()
    .execute();
  const operation = await transaction
    .selectFrom('production.operations')
    .select(['plant_id', 'lane_id', 'status'])
    .where('id', '=', report.operationId)
    .forUpdate()
    .executeTakeFirst();
  if (operation === undefined) {
    throw notAllowed('error.operation-read-only', { operation: report.operationCode });
  }
  return {
    workOrderId: seen.work_order_id,
    plantId: operation.plant_id,
    laneId: operation.lane_id,
    status: operation.status as OperationStatus,
  };
}

/** The first start brings a work order into work, its last completion ends it. */
async function moveWorkOrder(
  transaction: DatabaseTransaction,
  workOrderId: string,
  event: ProductionReport['event'],
): Promise<void> {
  if (event === 'start') {
    await transaction
      .updateTable('production.work_orders')
      .set({ status: 'in_progress' })
      .where('id', '=', workOrderId)
      .where('status', 'in', ['planned', 'released'])
      .execute();
  }
  if (event === 'complete') {
    await transaction
      .updateTable('production.work_orders')
      .set({ status: 'completed' })
      .where('id', '=', workOrderId)
      .where('status', '=', 'in_progress')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('production.operations')
              .select('id')
              .where('work_order_id', '=', workOrderId)
              .where('status', 'not in', ['completed', 'cancelled']),
          ),
        ),
      )
      .execute();
  }
}
