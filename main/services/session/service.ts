/** Signing in and out. The database checks the password; the core keeps the token, never the page. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { AppError, notAllowed, refused } from '#contract/errors';
import type { Permission } from '#contract/procedures';
import type { DemoSignIn, Identity, PlantAccess } from '#contract/session';
import type { Mirror, SignedIn } from '#main/services/core';
import type { ConnectedDatabase } from '#main/store/postgres/connect';

interface SignInRow {
  outcome: 'signed-in' | 'wrong' | 'locked';
  token: string | null;
  session_id: string | null;
  retry_at: Date | null;
}

interface WhoamiRow {
  session_id: string;
  user_id: string;
  login: string;
  display_name: string;
  organization_id: string;
  organization_name: string;
  gs1_company_prefix: string;
  home_plant_id: string;
  expires_at: Date;
  roles: string[];
  permissions: Permission[];
  plants: PlantAccess[];
}

export interface SessionService {
  /** @throws NotAllowed `error.wrong-password`; Refused `error.locked`; Unavailable when the database is away. */
  signIn(login: string, password: string): Promise<SignedIn>;
  /**
   * Takes up a session by its token, after a restart of the core or of the window. Null when it is no
   * longer good. Without the database, the cache's word counts until the session expires.
   */
  resume(token: string): Promise<SignedIn | null>;
  signOut(signedIn: SignedIn): Promise<void>;
  /** The people of the demo plant; none in any other database. */
  demoPeople(): Promise<readonly DemoSignIn[]>;
}

const sessionsSet = 'sessions';

export function createSessionService(options: {
  readonly database: () => ConnectedDatabase;
  readonly mirror: Mirror;
  readonly stationCode: string;
  readonly now: () => number;
}): SessionService {
  const { mirror } = options;
  const keyOf = (token: string) => createHash('sha256').update(token).digest('hex');

  const whoami = async (token: string): Promise<SignedIn> => {
    const row = await options.database().transaction({ token }, 'session.whoami', async (transaction) => {
      const { rows } = await sql<WhoamiRow>`SELECT * FROM identity.whoami()`.execute(transaction);
      return rows[0];
    });
    if (!row) throw notAllowed('error.session-ended');
    const identity: Identity = {
      sessionId: row.session_id,
      userId: row.user_id,
      login: row.login,
      displayName: row.display_name,
      organizationId: row.organization_id,
      organizationName: row.organization_name,
      roles: row.roles,
      permissions: row.permissions,
      plants: row.plants,
      homePlantId: row.home_plant_id,
      expiresAt: row.expires_at.getTime(),
      offline: false,
    };
    mirror.put(
      sessionsSet,
      keyOf(token),
      { identity, gs1CompanyPrefix: row.gs1_company_prefix },
      options.now(),
    );
    return { token, identity, gs1CompanyPrefix: row.gs1_company_prefix };
  };

  const fromCache = (token: string): SignedIn | null => {
    const kept = mirror.get<Omit<SignedIn, 'token'>>(sessionsSet, keyOf(token))?.body;
    if (!kept || kept.identity.expiresAt <= options.now()) return null;
    return { token, gs1CompanyPrefix: kept.gs1CompanyPrefix, identity: { ...kept.identity, offline: true } };
  };

  return {
    async signIn(login, password) {
      const row = await options.database().anonymous('session.sign-in', async (transaction) => {
        const { rows } = await sql<SignInRow>`
          SELECT * FROM identity.sign_in(${login}, ${password}, ${options.stationCode})`.execute(transaction);
        return rows[0];
      });
      if (row?.outcome === 'locked') throw refused('error.locked', { until: row.retry_at?.getTime() ?? 0 });
      if (!row?.token) throw notAllowed('error.wrong-password');
      return whoami(row.token);
    },
    async resume(token) {
      try {
        return await whoami(token);
      } catch (cause) {
        if (!(cause instanceof AppError)) throw cause;
        if (cause.shape.code === 'Unavailable') return fromCache(token);
        mirror.remove(sessionsSet, keyOf(token));
        return null;
      }
    },
    async signOut(signedIn) {
      mirror.remove(sessionsSet, keyOf(signedIn.token));
      await options
        .database()
        .transaction({ token: signedIn.token }, 'session.sign-out', async (transaction) => {
          await sql`SELECT identity.sign_out()`.execute(transaction);
        });
    },
    async demoPeople() {
      try {
        return await options.database().anonymous('session.demo', async (transaction) => {
          const row = await transaction
            .selectFrom('app.settings')
            .select('value')
            .where('key', '=', 'demo')
            .executeTakeFirst();
          return (row?.value as { people?: readonly DemoSignIn[] } | undefined)?.people ?? [];
        });
      } catch (cause) {
        if (cause instanceof AppError && cause.shape.code === 'Unavailable') return [];
        throw cause;
      }
    },
  };
}
