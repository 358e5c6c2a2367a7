import type { DemoSettings } from '#main/demo/load-demo';
import { loadDemoPlant } from '#main/demo/load-demo';
import { refused } from '#contract/errors';
import { withOwnerSession } from '#main/care/owner-session';
import { finishSteps } from './finish.ts';
import type { SeedProgress, SeedSummary } from './seed-database.ts';
import { inTransaction, mayLoad, takeLock } from './session.ts';

/** The demo plant reaches back so far. */
const demoDays = 60;
const dayMs = 86_400_000;
/** How much of the work the rows themselves are. */
const loading = 0.7;

/**
 * Fills an empty, migrated database with the demo plant, its search and its rollups. Where the same demo
 * plant stands already, what triggers would have made of it is made again.
 *
 * @throws AppError `Refused`: a database that is not empty, a demo plant of another seed or time.
 */
export async function seedDemo(options: {
  readonly ownerUrl: string;
  readonly seed: number;
  readonly now?: number | undefined;
  /** Asked for when there is an account to make. */
  readonly stationSecret: () => Promise<string>;
  readonly onProgress?: ((progress: SeedProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<SeedSummary> {
  const { seed, signal, onProgress } = options;
  return withOwnerSession(options.ownerUrl, signal, async (client) => {
    const beganAt = performance.now();
    const tell = (piece: string, fraction: number) => {
      const seconds = (performance.now() - beganAt) / 1000;
      const secondsLeft = fraction > 0 ? (seconds * (1 - fraction)) / fraction : Infinity;
      onProgress?.({ piece, fraction, rows: 0, rowsPerSecond: 0, secondsLeft });
    };
    await takeLock(client);
    await mayLoad(client);
    const { rows: held } = await client.query<{ value: DemoSettings }>(
      `SELECT value FROM app.settings WHERE organization_id IS NULL AND key = 'demo'`,
    );
    const there = held[0]?.value;
    const now = options.now ?? there?.now ?? Date.now();
    if (there === undefined) {
      const loaded = await loadDemoPlant({
        database: { client },
        seed,
        now,
        stationSecret: await options.stationSecret(),
        onProgress: (fraction) => tell('demo plant', fraction * loading),
      });
      if (!loaded.ok) throw refused('error.seed-not-empty', loaded.refusal.values);
    } else if (there.seed !== seed || there.now !== now) {
      throw refused('error.seed-other', { seed: there.seed, now: new Date(there.now).toISOString() });
    }

    const { rows: organizations } = await client.query<{ id: string }>('SELECT id FROM org.organizations');
    const since = now - demoDays * dayMs;
    const steps = await finishSteps(client, {
      now,
      since,
      foundedAt: since - 400 * dayMs,
      organizations: organizations.map(({ id }) => id),
      found: 1,
      reported: 1,
      lastSensorNumber: null,
    });
    for (const [at, step] of steps.entries()) {
      signal?.throwIfAborted();
      tell(step.name, loading + ((1 - loading) * at) / steps.length);
      await inTransaction(client, () => step.run(client));
    }
    tell('done', 1);
    const { rows } = await client.query<{ rows: string }>(
      `SELECT (SELECT count(*) FROM production.logs) + (SELECT count(*) FROM trace.genealogy)
            + (SELECT count(*) FROM trace.serials) + (SELECT count(*) FROM production.operations) AS rows`,
    );
    const { rows: people } = await client.query<{ login: string }>(
      `SELECT login FROM identity.users WHERE active AND kind = 'person' ORDER BY login`,
    );
    return {
      seed,
      now,
      rows: Number(rows[0]?.rows),
      pieces: 1,
      piecesBefore: there === undefined ? 0 : 1,
      seconds: (performance.now() - beganAt) / 1000,
      logins: people.map(({ login }) => login),
    };
  });
}
