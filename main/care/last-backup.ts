/** When this computer last made a backup of which database: a small file in the data folder. A standby could not keep it itself. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface LastBackup {
  readonly file: string;
  /** ISO 8601: the moment whose rows it holds. */
  readonly madeAt: string;
}

const place = (dataDir: string) => join(dataDir, 'backups.json');

/** @param ownerUrl undefined for the embedded database, whose port may change. */
function keyOf(ownerUrl: string | undefined): string {
  if (ownerUrl === undefined) return 'embedded';
  // Without login and password; it may name several hosts, which `URL` does not read.
  return ownerUrl.replace(/^[^:]*:\/\/(?:[^@/]*@)?/, '').replace(/\?.*$/, '');
}

export async function readLastBackup(
  dataDir: string,
  ownerUrl: string | undefined,
): Promise<LastBackup | null> {
  return (await readAll(dataDir))[keyOf(ownerUrl)] ?? null;
}

export async function noteBackup(
  dataDir: string,
  ownerUrl: string | undefined,
  { file, madeAt }: LastBackup,
): Promise<void> {
  const all = { ...(await readAll(dataDir)), [keyOf(ownerUrl)]: { file, madeAt } };
  const target = place(dataDir);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(`${target}.part`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  await rename(`${target}.part`, target);
}

async function readAll(dataDir: string): Promise<Record<string, LastBackup>> {
  const text = await readFile(place(dataDir), 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as Record<string, LastBackup>;
  } catch {
    return {};
  }
}
