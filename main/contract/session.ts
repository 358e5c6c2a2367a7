import { z } from 'zod';
import { nothing } from './common.ts';
import { mutation, query } from './procedures.ts';
import type { Permission } from './procedures.ts';

export interface PlantAccess {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  /** IANA time zone; shifts and dates of the plant are computed in it. */
  readonly timeZone: string;
  readonly mayWrite: boolean;
}

/** Who is signed in, as the database knows them. */
export interface Identity {
  readonly sessionId: string;
  readonly userId: string;
  readonly login: string;
  readonly displayName: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
  readonly plants: readonly PlantAccess[];
  /** The plant that opens first. */
  readonly homePlantId: string;
  readonly expiresAt: number;
  /** The database is away: what is known of this session comes from the cache. */
  readonly offline: boolean;
  /**
   * Signed in while the database was away, against the verifier that this station keeps: holds only the
   * rights that the station has too, until the next sign-in.
   */
  readonly vouched: boolean;
}

/** Shown on the sign-in page of the demo plant; a central database has none. */
export interface DemoSignIn {
  readonly login: string;
  readonly password: string;
  readonly displayName: string;
  readonly role: string;
}

export const session = {
  current: query<{ readonly identity: Identity | null; readonly demo: readonly DemoSignIn[] }>()(
    'public',
    nothing,
  ),
  signIn: mutation<Identity>()(
    'public',
    z.object({ login: z.string().trim().min(1).max(200), password: z.string().min(1).max(500) }).strict(),
  ),
  signOut: mutation<null>()('signed-in', nothing),
};
