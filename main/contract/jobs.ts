import { z } from 'zod';
import { id, nothing, shortText } from './common.ts';
import { mutation, query } from './procedures.ts';

/** Work of a queue that was tried as often as it may be, or that nobody knows how to do. */
export interface DeadJob {
  readonly id: string;
  readonly queue: string;
  readonly kind: string;
  /** One of the schedule's own: it goes by itself when a later run succeeds. */
  readonly ofScheduler: boolean;
  /** Who asked for it; null when nobody did, or one who is not seen here. */
  readonly person: string | null;
  readonly createdAt: number;
  readonly givenUpAt: number;
  readonly retries: number;
  /** What it failed with, in the words of whatever failed. */
  readonly problem: string | null;
}

export const jobs = {
  dead: query<readonly DeadJob[]>()('admin:read', nothing),
  /** Puts it back into its queue, with all its attempts. */
  retry: mutation<null>()('admin:write', z.object({ id }).strict()),
  /** Throws it away; the reason goes into the audit log. */
  discard: mutation<null>()('admin:write', z.object({ id, reason: shortText.min(1) }).strict()),
};
