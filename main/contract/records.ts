import { z } from 'zod';
import { id } from './common.ts';
import { query } from './procedures.ts';

export const recordKinds = ['production', 'measurements', 'labels', 'downtime'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** One line of what was recorded, whatever its kind; `at` orders them. */
export interface RecordRow {
  readonly id: string;
  readonly at: number;
  readonly what: string;
  readonly subject: string;
  readonly material: string | null;
  readonly lane: string | null;
  readonly person: string | null;
  readonly value: number | null;
  readonly unit: string | null;
  readonly judgement: 'inside' | 'outside' | null;
  readonly note: string | null;
}

export const records = {
  list: query<{ readonly rows: readonly RecordRow[]; readonly total: number }>()(
    'line:read',
    z
      .object({
        plantId: id,
        kind: z.enum(recordKinds),
        text: z.string().max(100).default(''),
        limit: z.number().int().min(1).max(20_000).default(10_000),
      })
      .strict(),
  ),
};
