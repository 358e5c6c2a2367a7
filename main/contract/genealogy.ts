import { z } from 'zod';
import { id, scannedText } from './common.ts';
import type { Freshness } from './common.ts';
import { query } from './procedures.ts';

export type TraceNodeKind = 'lot' | 'serial' | 'carton' | 'shipment';

export interface TraceNode {
  readonly id: string;
  readonly kind: TraceNodeKind;
  /** Lot or serial number, SSCC or carton number, shipment number. */
  readonly code: string;
  readonly materialCode: string | null;
  readonly materialName: string | null;
  readonly status: string;
  readonly quantity: number | null;
  readonly unit: string | null;
  readonly at: number | null;
  readonly expiresAt: number | null;
  /** Supplier of a received lot, customer of a shipment. */
  readonly partner: string | null;
  /** Steps from the start: negative upstream (made from), positive downstream (went into). */
  readonly depth: number;
}

export interface TraceEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'consumed' | 'produced' | 'assembled_into' | 'packed_into' | 'shipped_to';
  readonly quantity: number | null;
  readonly unit: string | null;
}

export interface Trace extends Freshness {
  readonly startId: string;
  readonly nodes: readonly TraceNode[];
  readonly edges: readonly TraceEdge[];
  /** Reached in all; more than `nodes` when the answer was cut at `maxNodes`. */
  readonly reached: number;
}

export const traceDirections = ['backward', 'forward', 'both'] as const;

export const genealogy = {
  trace: query<Trace>()(
    'trace:read',
    z
      .object({
        code: scannedText,
        direction: z.enum(traceDirections).default('both'),
        maxDepth: z.number().int().min(1).max(50).default(20),
        maxNodes: z.number().int().min(10).max(5000).default(300),
      })
      .strict(),
  ),
  /** Lots and serials to try: the latest of the plant. */
  suggestions: query<
    readonly { readonly code: string; readonly kind: TraceNodeKind; readonly materialName: string }[]
  >()('trace:read', z.object({ plantId: id }).strict()),
};
