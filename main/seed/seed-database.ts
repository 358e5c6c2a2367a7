/**
 * Fills an empty, migrated database with a plant or a group of plants, piece by piece. Each piece is one
 * transaction that notes itself in `app.seed_pieces`, so that a seed that was stopped goes on where it was.
 */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { refused } from '#contract/errors';
import { generatePiece, type SeedMaterial } from '#domain/seed/generate-piece';
import type { SeedSize } from '#domain/seed/size';
import { piecesOf } from '#domain/seed/size';
import type { SeedPiece } from '#domain/seed/size';
import { withOwnerSession } from '#main/care/owner-session';
import { demoDefinition } from '#main/demo/demo-definition';
import { copyRows, readTarget, rowCollector, type SeedTarget } from './copy-rows.ts';
import { finishSteps, loadedBy, makePartitions } from './finish.ts';
import { inTransaction, mayLoad, takeLock } from './session.ts';

export interface SeedOptions {
  readonly ownerUrl: string;
  readonly size: SeedSize;
  readonly seed: number;
  /** Epoch milliseconds; that of the seed that is gone on with when absent, else of the clock. */
  readonly now?: number | undefined;
  readonly onProgress?: ((progress: SeedProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SeedProgress {
  /** What is worked on now. */
  readonly piece: string;
  /** 0..1 */
  readonly fraction: number;
  readonly rows: number;
  /** In this run. */
  readonly rowsPerSecond: number;
  readonly secondsLeft: number;
}

export interface SeedSummary {
  readonly seed: number;
  readonly now: number;
  readonly rows: number;
  readonly pieces: number;
  /** Of `pieces`, what stood there before. */
  readonly piecesBefore: number;
  readonly seconds: number;
  /** Who can sign in, with the password of the demo. */
  readonly logins: readonly string[];
}

/** Kept in `app.settings` under `seed`. */
interface SeedSettings {
  readonly seed: number;
  readonly now: number;
  readonly size: SeedSize;
  readonly finished: boolean;
  readonly secrets?: SeedMaterial['secrets'];
}

/**
 * @throws AppError `Refused`: a database that is not empty (`error.seed-not-empty`), one that another seed
 * was begun in (`error.seed-other`) or ended in (`error.seed-finished`), a seed under way elsewhere, a login
 * that may not switch triggers off. What `signal` stops stays as it is, to be gone on with.
 */
export async function seedDatabase(options: SeedOptions): Promise<SeedSummary> {
  const { size, seed, signal, onProgress } = options;
  return withOwnerSession(options.ownerUrl, signal, async (client) => {
    const beganAt = performance.now();
    await takeLock(client);
    await mayLoad(client);
    const { secrets, now } = await begin(client, options);
    const material: SeedMaterial = { seed, now, size, secrets, roles: demoDefinition.people.roles };
    await makePartitions(client, material);
    const target = await readTarget(client);
    const finish = await finishSteps(client, loadedBy(material));
    const pieces = piecesOf(size);
    const done = await donePieces(client);

    const weights = new Map([
      ...pieces.map((piece) => [piece.name, weightOf(piece, size)] as const),
      ...finish.map((step) => [step.name, step.weight] as const),
    ]);
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    let rows = [...done.values()].reduce((sum, count) => sum + count, 0);
    const rowsBefore = rows;
    let weight = [...done.keys()].reduce((sum, name) => sum + (weights.get(name) ?? 0), 0);
    const weightBefore = weight;
    const tell = (piece: string) => {
      const seconds = (performance.now() - beganAt) / 1000;
      const pace = (weight - weightBefore) / seconds;
      onProgress?.({
        piece,
        fraction: weight / total,
        rows,
        rowsPerSecond: (rows - rowsBefore) / seconds,
        secondsLeft: pace > 0 ? (total - weight) / pace : Infinity,
      });
    };
    const work = async (name: string, does: () => Promise<number>) => {
      if (done.has(name)) return;
      signal?.throwIfAborted();
      tell(name);
      const written = await inTransaction(client, async () => {
        const count = await does();
        await client.query('INSERT INTO app.seed_pieces (name, row_count) VALUES ($1, $2)', [name, count]);
        return count;
      });
      rows += written;
      weight += weights.get(name) ?? 0;
    };
    for (const piece of pieces) await work(piece.name, () => writePiece(client, target, material, piece));
    for (const step of finish) {
      await work(step.name, async () => {
        await step.run(client);
        return 0;
      });
    }
    await end(client);
    tell('done');
    const { rows: people } = await client.query<{ login: string }>(
      `SELECT login FROM identity.users WHERE active AND kind = 'person' ORDER BY login`,
    );
    return {
      seed,
      now,
      rows,
      pieces: weights.size,
      piecesBefore: done.size,
      seconds: (performance.now() - beganAt) / 1000,
      logins: people.map(({ login }) => login),
    };
  });
}

/** Begins, or finds what was begun with the same numbers. */
async function begin(
  client: pg.ClientBase,
  { size, seed, now }: SeedOptions,
): Promise<{ readonly now: number; readonly secrets: SeedMaterial['secrets'] }> {
  return inTransaction(client, async () => {
    // Nobody adds an organization between the question and the beginning.
    await client.query('LOCK TABLE org.organizations IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<{ value: SeedSettings }>(
      `SELECT value FROM app.settings WHERE organization_id IS NULL AND key = 'seed'`,
    );
    const held = rows[0]?.value;
    if (held !== undefined) {
      const same = held.seed === seed && (now ?? held.now) === held.now && sameSize(held.size, size);
      const values = { seed: held.seed, now: new Date(held.now).toISOString() };
      if (!same) throw refused('error.seed-other', values);
      if (held.finished || held.secrets === undefined) throw refused('error.seed-finished', values);
      return { now: held.now, secrets: held.secrets };
    }
    const { rows: organizations } = await client.query<{ name: string }>(
      'SELECT name FROM org.organizations LIMIT 1',
    );
    const [organization] = organizations;
    if (organization !== undefined)
      throw refused('error.seed-not-empty', { organization: organization.name });
    const begun = {
      now: now ?? Math.floor(Date.now() / 60_000) * 60_000,
      secrets: await hashSecrets(client),
    };
    const settings: SeedSettings = { seed, size, finished: false, ...begun };
    await client.query(`INSERT INTO app.settings (key, value, is_sensitive) VALUES ('seed', $1, true)`, [
      JSON.stringify(settings),
    ]);
    await client.query(
      `CREATE TABLE app.seed_pieces (
         name text PRIMARY KEY,
         row_count bigint NOT NULL,
         finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
       );
       COMMENT ON TABLE app.seed_pieces IS 'What of a seed is written; there only until it has ended.'`,
    );
    return begun;
  });
}

function sameSize(one: SeedSize, other: SeedSize): boolean {
  const names = Object.keys(other) as (keyof SeedSize)[];
  return names.every((name) => one[name] === other[name]);
}

/** One hash for all who sign in: their password is that of the demo. The others' nobody knows. */
async function hashSecrets(client: pg.ClientBase): Promise<SeedMaterial['secrets']> {
  const { rows } = await client.query<SeedMaterial['secrets']>(
    `SELECT public.crypt($1, public.gen_salt('bf', 12)) AS people, public.crypt($2, public.gen_salt('bf', 12)) AS nobody`,
    [demoDefinition.people.password, randomBytes(32).toString('hex')],
  );
  const [secrets] = rows;
  if (secrets === undefined) throw new Error('The database did not hash the passwords');
  return secrets;
}

async function donePieces(client: pg.ClientBase): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ name: string; row_count: string }>(
    'SELECT name, row_count FROM app.seed_pieces',
  );
  return new Map(rows.map(({ name, row_count }) => [name, Number(row_count)]));
}

async function writePiece(
  client: pg.ClientBase,
  target: SeedTarget,
  material: SeedMaterial,
  piece: SeedPiece,
): Promise<number> {
  const { lines, put } = rowCollector(target);
  generatePiece(material, piece, put);
  let written = 0;
  for (const [table, ofTable] of lines) {
    await copyRows(client, target, table, ofTable);
    written += ofTable.length;
  }
  return written;
}

/** In rows, about. */
function weightOf(piece: SeedPiece, size: SeedSize): number {
  switch (piece.kind) {
    case 'organization':
      return 100;
    case 'plant':
      return size.cells * 1000;
    case 'readings':
      // Narrow rows with one index.
      return size.readings / piece.parts / 2;
    case 'work-orders':
      return (
        (piece.to - piece.from) *
        (size.logsPerWorkOrder + size.edgesPerWorkOrder + 3 * size.serialsPerWorkOrder + 60)
      );
  }
}

async function end(client: pg.ClientBase): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(
      `UPDATE app.settings SET value = value - 'secrets' || '{"finished": true}'
       WHERE organization_id IS NULL AND key = 'seed'`,
    );
    await client.query('DROP TABLE app.seed_pieces');
  });
}
