/**
 * Passwords and the own e-mail address: forgotten, set anew, changed, verified. The doors of the database
 * (identity.*) decide; here their answers get their sentences.
 */
import { sql } from 'kysely';
import { AppError, invalid, notAllowed, refused } from '#contract/errors';
import type { ParsedInputOf } from '#contract/procedures';
import type { Account, MailState, session } from '#contract/session';
import { readMailCode } from '#domain/credentials/mail-code';
import { personEmail, unseal } from '#main/pii/personal-columns';
import type { Call, Core, DatabaseTransaction, SignedIn, SignedInCall } from '#main/services/core';
import type { ConnectedDatabase } from '#main/store/postgres/connect';

interface MailStateRow {
  state: MailState['state'];
  station_code: string | null;
  seen_at: Date | null;
}

interface ContactsRow {
  email_cipher: Buffer | null;
  email_verified_at: Date | null;
}

export type CredentialsService = ReturnType<typeof createCredentialsService>;

/** @param options.remember lets a station take the new password while the database is away. */
export function createCredentialsService(options: {
  readonly core: Pick<Core, 'pii' | 'log'>;
  readonly database: () => Pick<ConnectedDatabase, 'anonymous' | 'transaction'>;
  readonly remember: (signedIn: SignedIn, password: string) => Promise<void>;
}) {
  const { core, database } = options;

  const mailState = async (transaction: DatabaseTransaction): Promise<MailState> => {
    const { rows } = await sql<MailStateRow>`SELECT * FROM identity.mail_state()`.execute(transaction);
    const [row] = rows;
    return {
      state: row?.state ?? 'none',
      stationCode: row?.station_code ?? null,
      seenAt: row?.seen_at?.getTime() ?? null,
    };
  };
  /** @throws Refused `refusal.mail-none`, `refusal.mail-away`. */
  const mustSend = async (transaction: DatabaseTransaction): Promise<void> => {
    const { state, stationCode, seenAt } = await mailState(transaction);
    if (state === 'none') throw refused('refusal.mail-none');
    if (state === 'away')
      throw refused('refusal.mail-away', { station: stationCode ?? '', since: seenAt ?? 0 });
  };

  return {
    mail: (_call: Call): Promise<MailState> => database().anonymous('session.mail', mailState),

    /** @throws Refused `refusal.mail-none`, `refusal.mail-away`: the same for every login. */
    async requestReset(_call: Call, { login }: ParsedInputOf<typeof session.requestReset>): Promise<null> {
      await database().anonymous('session.request-reset', async (transaction) => {
        await mustSend(transaction);
        await sql`SELECT identity.request_reset(${login})`.execute(transaction);
      });
      return null;
    },

    /**
     * @throws Invalid `error.mail-code-form`; NotAllowed `error.mail-code-refused`: used, too old, replaced by
     * a newer one, or never given; Refused `refusal.password-unfit`.
     */
    async resetPassword(
      _call: Call,
      { code, password }: ParsedInputOf<typeof session.resetPassword>,
    ): Promise<null> {
      const token = readCode(code);
      const outcome = await database().anonymous('session.reset-password', async (transaction) => {
        const { rows } = await sql<{ outcome: 'changed' | 'refused' | 'unfit' }>`
          SELECT identity.reset_password(${token}, ${password}) AS outcome`.execute(transaction);
        return rows[0]?.outcome;
      });
      if (outcome === 'unfit') throw refused('refusal.password-unfit');
      if (outcome !== 'changed') throw notAllowed('error.mail-code-refused');
      return null;
    },

    /** @throws NotAllowed `error.wrong-old-password`; Refused `error.locked`, `refusal.password-unfit`. */
    async changePassword(
      { signedIn }: SignedInCall,
      { oldPassword, newPassword }: ParsedInputOf<typeof session.changePassword>,
    ): Promise<null> {
      // A wrong guess counts only where its transaction is committed.
      const row = await database().transaction(signedIn, 'session.change-password', async (transaction) => {
        const { rows } = await sql<{
          outcome: 'changed' | 'wrong' | 'locked' | 'unfit';
          retry_at: Date | null;
        }>`SELECT * FROM identity.change_password(${oldPassword}, ${newPassword})`.execute(transaction);
        return rows[0];
      });
      if (row?.outcome === 'locked') throw refused('error.locked', { until: row.retry_at?.getTime() ?? 0 });
      if (row?.outcome === 'unfit') throw refused('refusal.password-unfit');
      if (row?.outcome !== 'changed') throw notAllowed('error.wrong-old-password');
      await options.remember(signedIn, newPassword).catch((cause: unknown) => {
        core.log.warn({ error: cause }, 'no verifier was kept');
      });
      return null;
    },

    async account({ signedIn }: SignedInCall): Promise<Account> {
      const { userId, login, displayName } = signedIn.identity;
      const row = await database().transaction(signedIn, 'session.account', async (transaction) => {
        const { rows } = await sql<ContactsRow>`
          SELECT email_cipher, email_verified_at FROM identity.contacts_of(${userId})`.execute(transaction);
        return rows[0];
      });
      const read = await readEmail(row?.email_cipher ?? null, userId);
      return { login, displayName, ...read, emailVerifiedAt: row?.email_verified_at?.getTime() ?? null };
    },

    /** @throws Refused `refusal.mail-none`, `refusal.mail-away`, `refusal.nothing-to-verify`. */
    async requestVerification({ signedIn }: SignedInCall): Promise<null> {
      await database().transaction(signedIn, 'session.request-verification', async (transaction) => {
        await mustSend(transaction);
        const { rows } = await sql<{ asked: boolean }>`
          SELECT identity.request_email_verification() AS asked`.execute(transaction);
        if (!rows[0]?.asked) throw refused('refusal.nothing-to-verify');
      });
      return null;
    },

    /** @throws Invalid `error.mail-code-form`; NotAllowed `error.mail-code-refused`. */
    async verifyEmail(_call: Call, { code }: ParsedInputOf<typeof session.verifyEmail>): Promise<null> {
      const token = readCode(code);
      const verified = await database().anonymous('session.verify-email', async (transaction) => {
        const { rows } = await sql<{ verified: boolean }>`
          SELECT identity.verify_email(${token}) AS verified`.execute(transaction);
        return rows[0]?.verified === true;
      });
      if (!verified) throw notAllowed('error.mail-code-refused');
      return null;
    },
  };

  async function readEmail(
    cipher: Buffer | null,
    userId: string,
  ): Promise<Pick<Account, 'email' | 'emailProblem'>> {
    if (cipher === null) return { email: null, emailProblem: null };
    try {
      return { email: unseal(await core.pii(), personEmail, userId, cipher), emailProblem: null };
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      const { reason, values } = cause.shape;
      return { email: null, emailProblem: { reason, values } };
    }
  }
}

function readCode(typed: string): string {
  const code = readMailCode(typed);
  if (code === null) throw invalid('code', 'error.mail-code-form');
  return code;
}
