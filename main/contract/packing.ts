import { z } from 'zod';
import { commandId, id, scannedText, shortText } from './common.ts';
import type { Acknowledgement, Freshness } from './common.ts';
import { mutation, query } from './procedures.ts';

export type CartonStatus = 'open' | 'closed' | 'shipped' | 'voided';
/** `unknown`: the printer went away after the first byte; a person must say whether a label came out. */
export type LabelOutcome = 'queued' | 'printed' | 'refused' | 'unknown' | 'voided';

export interface CartonLabel {
  readonly labelId: string;
  readonly printerCode: string;
  readonly outcome: LabelOutcome;
  /** Message key under `printer.` when refused or unknown. */
  readonly reason: string | null;
  readonly printedAt: number;
  readonly person: string | null;
  /** 1 for the first label of a carton. */
  readonly copy: number;
}

export interface Carton {
  readonly cartonId: string;
  readonly plantId: string;
  readonly number: string;
  readonly status: CartonStatus;
  readonly materialCode: string | null;
  readonly materialName: string | null;
  /** 18 digits, from closing on. */
  readonly sscc: string | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly capacity: number | null;
  readonly serials: readonly { readonly serialNumber: string; readonly packedAt: number }[];
  readonly labels: readonly CartonLabel[];
}

export interface LabelPreview {
  readonly zpl: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly dotsPerMm: number;
}

export interface Printer {
  readonly code: string;
  readonly name: string;
  readonly plantId: string;
  readonly state: 'ready' | 'not-ready' | 'offline';
  /** Message key under `printer.`, e.g. `paper-out`. */
  readonly reason: string | null;
}

export const packing = {
  /** Open cartons first, then the latest closed. Cartons left open by the last shift are here too. */
  cartons: query<Freshness & { readonly cartons: readonly Carton[] }>()(
    'packing:write',
    z.object({ plantId: id }).strict(),
  ),
  openCarton: mutation<Acknowledgement & { readonly cartonId: string }>()(
    'packing:write',
    z.object({ commandId, plantId: id }).strict(),
  ),
  /** Refused when the serial is unknown, not released, of another material, or already packed. */
  addSerial: mutation<Acknowledgement & { readonly carton: Carton }>()(
    'packing:write',
    z.object({ commandId, cartonId: id, serialNumber: scannedText }).strict(),
  ),
  removeSerial: mutation<Acknowledgement & { readonly carton: Carton }>()(
    'packing:write',
    z.object({ commandId, cartonId: id, serialNumber: scannedText }).strict(),
  ),
  /** Gives the carton its SSCC. */
  closeCarton: mutation<Acknowledgement & { readonly carton: Carton }>()(
    'packing:write',
    z.object({ commandId, cartonId: id }).strict(),
  ),
  labelPreview: query<LabelPreview>()('packing:write', z.object({ cartonId: id }).strict()),
  printers: query<readonly Printer[]>()('packing:write', z.object({ plantId: id }).strict()),
  /** Asks the printer's status, prints, records the outcome. A carton has one valid label: a second needs a reason and voids the first. */
  printLabel: mutation<CartonLabel>()(
    'packing:write',
    z
      .object({ commandId, cartonId: id, printerCode: shortText, reprintReason: shortText.optional() })
      .strict(),
  ),
  /** A person has looked: the label of an unknown outcome came out, or it did not (then it is void). */
  resolveLabel: mutation<null>()(
    'packing:write',
    z.object({ commandId, labelId: id, cameOut: z.boolean() }).strict(),
  ),
};
