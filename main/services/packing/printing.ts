/**
 * Labels. Port 9100 cannot promise exactly one label, so what is promised is never two valid ones: a row
 * stands in the database before the first byte goes out, one valid row a carton at most (labels_one_valid),
 * and where nobody can tell whether a label came out a person looks.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '#contract/errors';
import { notAllowed, notFound, refused, unavailable } from '#contract/errors';
import type { CartonLabel, LabelOutcome, LabelPreview } from '#contract/packing';
import { plantDay } from '#domain/calendars/shifts';
import { cartonLabelTemplate } from '#domain/zpl/carton-label';
import { renderLabel } from '#domain/zpl/render-label';
import type { Core, DatabaseTransaction, SignedIn } from '#main/services/core';
import { claimCommand, isUnavailable } from '#main/services/desk-command';
import { longestDeliveryMs } from '#main/services/packing/cartons';
import {
  cartonSubject,
  labelSubject,
  recordLabelOutcome,
  writeLabelOutcome,
} from '#main/services/packing/commands';
import type { LabelResult } from '#main/services/packing/commands';
import { readCartons } from '#main/services/packing/queries';
import type { PackedCarton } from '#main/services/packing/queries';
import type { PrintOutcome, ZebraPrinter } from '#native/printers/zebra-printer';
import type { NotReadyCode } from '#native/printers/zebra-status';
import { notReadyCode } from '#native/printers/zebra-status';

/** Longest a print may take; a label that is `queued` for longer has lost the core that printed it. */
const longestPrintMs = 90_000;
/** Reason of a label that a person looked for and did not find: it never was a copy. */
const neverCameOut = 'not-come-out';

/** Of a label: `Refused` where the carton has no SSCC yet, or the label would be wrong. */
export function previewLabel(carton: PackedCarton, signedIn: SignedIn): LabelPreview {
  const plant = signedIn.identity.plants.find(({ id }) => id === carton.plantId);
  if (carton.sscc === null || carton.closedAt === null || plant === undefined) {
    throw refused('refusal.carton-not-closed', { carton: carton.number });
  }
  const label = renderLabel(cartonLabelTemplate, {
    plantName: plant.name,
    cartonNumber: carton.number,
    materialCode: carton.materialCode ?? '',
    materialName: carton.materialName ?? '',
    count: String(carton.serials.length),
    packedOn: plantDay(carton.closedAt, plant.timeZone).date,
    sscc: carton.sscc,
  });
  if (!label.ok) throw refused(`refusal.${label.refusal.reason}`, label.refusal.values);
  const { zpl, widthMm, heightMm, dpmm } = label.value;
  return { zpl, widthMm, heightMm, dotsPerMm: dpmm };
}

/** Why a printer would not print now, by its own word; null when it would. */
export async function askPrinter(
  printer: ZebraPrinter,
): Promise<
  | { readonly state: 'ready'; readonly reason: null }
  | { readonly state: 'not-ready'; readonly reason: NotReadyCode }
  | { readonly state: 'offline'; readonly reason: string }
> {
  const answer = await printer.status();
  if (!answer.ok) return { state: 'offline', reason: answer.fault };
  const reason = notReadyCode(answer.status);
  return reason === undefined ? { state: 'ready', reason: null } : { state: 'not-ready', reason };
}

export interface PrintOrder {
  /** Becomes the label's id: the same command again is answered with the label as it stands. */
  readonly commandId: string;
  readonly cartonId: string;
  readonly printerCode: string;
  readonly reprintReason?: string | undefined;
}

export async function printLabel(
  core: Core,
  signedIn: SignedIn,
  printer: ZebraPrinter,
  order: PrintOrder,
): Promise<CartonLabel> {
  await waitForDelivery(core, order.cartonId);
  // Asked before the label that is to be replaced is voided: a printer without paper replaces nothing.
  const ready = await askPrinter(printer);
  const queued = await core.database.transaction(
    { token: signedIn.token },
    'packing.queue-label',
    (transaction) => queueLabel(core, transaction, signedIn, order, ready.reason),
  );
  if (queued.kind === 'refusal') throw queued.error;
  if (queued.kind === 'label') return queued.label;
  const { carton, zpl, replaced } = queued;
  const outcome = await printer.print(zpl);
  const result: LabelResult = {
    plantId: carton.plantId,
    labelId: order.commandId,
    cartonNumber: carton.number,
    ...resultOf(outcome),
    replaced,
  };
  try {
    return await core.database.transaction(
      { token: signedIn.token },
      'packing.label-outcome',
      async (transaction) => {
        await writeLabelOutcome(transaction, result);
        return labelOf(transaction, order);
      },
    );
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const capturedAt = core.now();
    await core.outbox.accept(recordLabelOutcome, result, { commandId: core.newId(), capturedAt, signedIn });
    return {
      labelId: order.commandId,
      printerCode: order.printerCode,
      outcome: result.outcome,
      reason: result.reason,
      printedAt: capturedAt,
      person: signedIn.identity.displayName,
      copy: queued.copy,
    };
  }
}

/** A person has looked. `Refused` when there is nothing to decide about the label. */
export function resolveLabel(
  core: Core,
  signedIn: SignedIn,
  input: { readonly commandId: string; readonly labelId: string; readonly cameOut: boolean },
): Promise<null> {
  return core.database.transaction(
    { token: signedIn.token },
    'packing.resolve-label',
    async (transaction) => {
      const label = await transaction
        .selectFrom('trace.labels')
        .select(['outcome', 'sscc', 'packing_unit_id'])
        .where('id', '=', input.labelId)
        .executeTakeFirst();
      if (label === undefined) throw notFound('error.unknown-label');
      const command = { commandId: input.commandId, kind: 'packing.resolve-label', at: core.now() };
      if (!(await claimCommand(transaction, command))) return null;
      const { numUpdatedRows } = await transaction
        .updateTable('trace.labels')
        .set(input.cameOut ? { outcome: 'printed' } : { outcome: 'voided', reason: neverCameOut })
        .where('id', '=', input.labelId)
        .where('outcome', '=', 'unknown')
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) {
        throw refused('refusal.label-not-open', { sscc: label.sscc ?? '', outcome: label.outcome });
      }
      return null;
    },
  );
}

/** Labels of this station that were printing when its core ended: nobody saw how they ended. */
export async function markInterrupted(
  core: Core,
  transaction: DatabaseTransaction,
  plantId: string,
  startedAt: number,
): Promise<void> {
  const queued = await transaction
    .selectFrom('trace.labels')
    .select('id')
    .where('plant_id', '=', plantId)
    .where('station_code', '=', core.station.code)
    .where('outcome', '=', 'queued')
    .where('printed_at', '<', new Date(startedAt))
    .execute();
  for (const { id } of queued) {
    // Its outcome is known, and on its way.
    if (!core.outbox.pending(labelSubject(id))) await setUnknown(transaction, id);
  }
}

type Queued =
  | { readonly kind: 'refusal'; readonly error: AppError }
  | { readonly kind: 'label'; readonly label: CartonLabel }
  | {
      readonly kind: 'queued';
      readonly carton: PackedCarton;
      readonly zpl: string;
      readonly copy: number;
      readonly replaced: string | null;
    };

/**
 * Puts the label on file before it is printed. A refusal that must not undo what was found out (a label
 * that lost its core is `unknown` from now on) comes back as a value.
 */
async function queueLabel(
  core: Core,
  transaction: DatabaseTransaction,
  signedIn: SignedIn,
  order: PrintOrder,
  notReady: string | null,
): Promise<Queued> {
  const known = await transaction
    .selectFrom('trace.labels')
    .select('packing_unit_id')
    .where('id', '=', order.commandId)
    .executeTakeFirst();
  if (known !== undefined) return { kind: 'label', label: await labelOf(transaction, order) };
  const [seen] = await readCartons(transaction, { cartonId: order.cartonId });
  if (seen === undefined) throw notFound('error.unknown-carton', { carton: '' });
  const locked = await transaction
    .selectFrom('logistics.packing_units')
    .select('id')
    .where('id', '=', order.cartonId)
    .forUpdate()
    .executeTakeFirst();
  if (locked === undefined) throw notAllowed('error.carton-read-only', { carton: seen.number });
  const [carton = seen] = await readCartons(transaction, { cartonId: order.cartonId });
  const { zpl } = previewLabel(carton, signedIn);

  const valid = carton.labels.find(({ outcome }) => ['queued', 'printed', 'unknown'].includes(outcome));
  const values = { carton: carton.number };
  if (valid?.outcome === 'queued') {
    const isLost =
      core.now() - valid.printedAt > longestPrintMs && !core.outbox.pending(labelSubject(valid.labelId));
    if (!isLost) return { kind: 'refusal', error: refused('refusal.label-under-way', values) };
    await setUnknown(transaction, valid.labelId);
    return { kind: 'refusal', error: refused('refusal.label-unknown', values) };
  }
  if (valid?.outcome === 'unknown') {
    return { kind: 'refusal', error: refused('refusal.label-unknown', values) };
  }
  // What a person did not find, and what was refused before a byte went out, never was a copy.
  const copy =
    1 +
    carton.labels.filter(
      ({ outcome, reason }) => outcome === 'printed' || (outcome === 'voided' && reason !== neverCameOut),
    ).length;
  if (copy > 1 && order.reprintReason === undefined) {
    return { kind: 'refusal', error: refused('refusal.reprint-needs-reason', values) };
  }
  if (notReady === null && valid !== undefined) {
    await transaction
      .updateTable('trace.labels')
      .set({ outcome: 'voided', reason: 'reprinted' })
      .where('id', '=', valid.labelId)
      .execute();
  }
  await transaction
    .insertInto('trace.labels')
    .values({
      organization_id: signedIn.identity.organizationId,
      id: order.commandId,
      plant_id: carton.plantId,
      packing_unit_id: carton.cartonId,
      sscc: carton.sscc ?? '',
      printer_code: order.printerCode,
      copy,
      outcome: notReady === null ? 'queued' : 'refused',
      reason: notReady,
      reprint_reason: copy > 1 ? (order.reprintReason ?? null) : null,
      zpl,
      user_id: signedIn.identity.userId,
      station_code: core.station.code,
      printed_at: new Date(core.now()),
    })
    .execute();
  if (notReady !== null) return { kind: 'label', label: await labelOf(transaction, order) };
  return { kind: 'queued', carton, zpl, copy, replaced: valid?.labelId ?? null };
}

function resultOf(outcome: PrintOutcome): Pick<LabelResult, 'outcome' | 'reason'> {
  switch (outcome.outcome) {
    case 'printed':
      return { outcome: 'printed', reason: null };
    case 'refused':
      return { outcome: 'refused', reason: outcome.code };
    case 'unknown':
      return { outcome: 'unknown', reason: outcome.why };
  }
}

async function setUnknown(transaction: DatabaseTransaction, labelId: string): Promise<void> {
  await transaction
    .updateTable('trace.labels')
    .set({ outcome: 'unknown' satisfies LabelOutcome, reason: 'interrupted' })
    .where('id', '=', labelId)
    .where('outcome', '=', 'queued')
    .execute();
}

async function labelOf(transaction: DatabaseTransaction, order: PrintOrder): Promise<CartonLabel> {
  const [carton] = await readCartons(transaction, { cartonId: order.cartonId });
  const label = carton?.labels.find(({ labelId }) => labelId === order.commandId);
  if (label === undefined) throw notFound('error.unknown-label');
  return label;
}

/** A carton is closed at the station first: its label needs the row in the database to say so too. */
async function waitForDelivery(core: Core, cartonId: string): Promise<void> {
  const until = performance.now() + longestDeliveryMs;
  while (core.outbox.pending(cartonSubject(cartonId))) {
    if (!core.database.online()) throw unavailable('error.print-offline');
    if (performance.now() > until) throw refused('refusal.carton-not-delivered');
    await delay(25);
  }
}
