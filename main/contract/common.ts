/** Shapes that several subjects of the contract share. */
import { z } from 'zod';

export const id = z.uuid();
/** Epoch milliseconds, UTC. */
export const instant = z.number().int().min(0).max(253_402_300_799_999);
/** UUIDv7 that the caller made: the same command sent twice takes effect once. */
export const commandId = z.uuidv7();
export const nothing = z.object({}).strict();
/** A code as a scanner sends it: printable, GS (0x1D) allowed as GS1's FNC1. */
export const scannedText = z.string().min(1).max(400);
export const shortText = z.string().trim().min(1).max(200);

/** Where an answer comes from, and how old it is. */
export interface Freshness {
  readonly source: 'database' | 'cache';
  /** When the database said so, epoch ms. */
  readonly asOf: number;
}

/** How a station command stands after it was taken: on disk here, not yet (or already) in the database. */
export interface Acknowledgement {
  readonly commandId: string;
  /** Place in this station's outbox. */
  readonly sequence: number;
  readonly savedAt: number;
  /** Commands that wait for the database, this one included. */
  readonly waiting: number;
}
