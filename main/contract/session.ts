import { z } from 'zod';
import { nothing } from './common.ts';
import type { ErrorValues } from './errors.ts';
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

/** Whether mail goes out: `away` where its sender was heard of once, but not within the last ten minutes. */
export interface MailState {
  readonly state: 'ready' | 'away' | 'none';
  /** Who sends, or did. */
  readonly stationCode: string | null;
  readonly seenAt: number | null;
}

/** One's own, as nobody else but administrators sees it. */
export interface Account {
  readonly login: string;
  readonly displayName: string;
  /** Null where none is on file, or where it cannot be read: then `emailProblem` says why. */
  readonly email: string | null;
  readonly emailProblem: { readonly reason: string; readonly values: ErrorValues } | null;
  readonly emailVerifiedAt: number | null;
}

const newPassword = z.string().min(1).max(500);
/** As somebody types it; domain/credentials/mail-code.ts reads it. */
const mailCode = z.string().trim().min(1).max(100);

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
  mail: query<MailState>()('public', nothing),
  /** Answers the same for every login, whether or not anybody has it. */
  requestReset: mutation<null>()('public', z.object({ login: z.string().trim().min(1).max(200) }).strict()),
  /** With the code of the mail; ends all sessions of whoever it was sent to. */
  resetPassword: mutation<null>()('public', z.object({ code: mailCode, password: newPassword }).strict()),
  /** Ends all other sessions of the person. */
  changePassword: mutation<null>()(
    'signed-in',
    z.object({ oldPassword: z.string().min(1).max(500), newPassword }).strict(),
  ),
  account: query<Account>()('signed-in', nothing),
  /** Has a mail sent to one's own address. */
  requestVerification: mutation<null>()('signed-in', nothing),
  verifyEmail: mutation<null>()('public', z.object({ code: mailCode }).strict()),
};
