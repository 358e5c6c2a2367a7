import { z } from 'zod';
import type { OperationStatus } from '#domain/scheduling/types';
import { commandId, id, scannedText, shortText } from './common.ts';
import type { Acknowledgement, Freshness } from './common.ts';
import type { ErrorShape } from './errors.ts';
import { mutation, query } from './procedures.ts';

export const scanSources = ['wedge', 'typed', 'serial', 'tcp', 'cli'] as const;
export type ScanSource = (typeof scanSources)[number];
export const operationActions = ['start', 'pause', 'resume', 'complete'] as const;
export type OperationAction = (typeof operationActions)[number];

/** What became of a code. */
export interface ScanOutcome {
  readonly scanId: string;
  readonly code: string;
  readonly kind: 'operation' | 'lot' | 'serial' | 'carton' | 'gs1' | 'unknown';
  readonly source: ScanSource;
  readonly at: number;
  /** The normalised identifier: operation code, lot, serial or SSCC. */
  readonly identifier: string;
  /** On disk here; absent when it was refused. */
  readonly acknowledgement?: Acknowledgement | undefined;
  readonly effect?:
    | {
        readonly operationCode: string;
        readonly action: OperationAction;
        readonly status: OperationStatus;
        readonly laneCode: string;
      }
    | undefined;
  readonly refusal?: ErrorShape | undefined;
}

export interface Characteristic {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly nominal: number | null;
  readonly lowerLimit: number | null;
  readonly upperLimit: number | null;
  readonly decimals: number;
  /** Measurements due on this operation, and taken so far. */
  readonly due: number;
  readonly taken: number;
  /** The latest values, oldest first. */
  readonly recent: readonly { readonly value: number; readonly at: number; readonly inside: boolean }[];
}

/** An operation as a station sees it: what to make, how far it is, what to measure. */
export interface StationOperation extends Freshness {
  readonly operationId: string;
  readonly code: string;
  readonly name: string;
  readonly workOrderNumber: string;
  readonly materialCode: string;
  readonly materialName: string;
  readonly plantId: string;
  readonly laneCode: string | null;
  readonly laneName: string | null;
  readonly status: OperationStatus;
  readonly quantity: number;
  readonly goodQuantity: number;
  readonly scrapQuantity: number;
  readonly unit: string;
  readonly dueAt: number;
  readonly plannedStartsAt: number | null;
  readonly plannedEndsAt: number | null;
  readonly characteristics: readonly Characteristic[];
}

export const stations = {
  /** The one door for codes: keyboard wedge, typed, serial, TCP and command line alike. Refusals come in the outcome. */
  scan: mutation<ScanOutcome>()(
    'production:report',
    z.object({ commandId, code: scannedText, source: z.enum(scanSources) }).strict(),
  ),
  /** Running and next operations of a plant's lanes, for the station's list. */
  worklist: query<Freshness & { readonly operations: readonly StationOperation[] }>()(
    'production:report',
    z.object({ plantId: id }).strict(),
  ),
  operation: query<StationOperation>()('production:report', z.object({ code: scannedText }).strict()),
  /** Start, pause, resume or complete, with the quantities since the last report. */
  act: mutation<ScanOutcome>()(
    'production:report',
    z
      .object({
        commandId,
        operationCode: scannedText,
        action: z.enum(operationActions),
        goodQuantity: z.number().min(0).max(1e9).default(0),
        scrapQuantity: z.number().min(0).max(1e9).default(0),
        note: shortText.optional(),
      })
      .strict(),
  ),
  recordMeasurement: mutation<Acknowledgement & { readonly inside: boolean }>()(
    'quality:record',
    z
      .object({
        commandId,
        operationCode: scannedText,
        characteristicId: id,
        value: z.number().min(-1e12).max(1e12),
        source: z.enum(['typed', 'gauge']),
        serialNumber: shortText.optional(),
      })
      .strict(),
  ),
};
