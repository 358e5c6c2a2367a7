/** The keys as the core holds them: read when they are first asked for, and again when their file changed. */
import { stat } from 'node:fs/promises';
import { keyFile, loadKeyring } from './keyring.ts';
import { createPii } from './pii.ts';
import type { Pii } from './pii.ts';

/** @throws AppError `Unavailable` as `loadKeyring`, each time until the key is there: nothing is remembered of a failure. */
export type OpenPii = () => Promise<Pii>;

export function openPersonalData(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): OpenPii {
  let seen = '';
  let opened: Pii | undefined;
  return async () => {
    // A key that is restored, or added by `pii rotate`, is used by a core that runs without starting it again.
    const looks = await looksOf(keyFile(dataDir));
    if (opened && looks === seen) return opened;
    opened = undefined;
    opened = createPii(await loadKeyring(dataDir, environment));
    seen = looks;
    return opened;
  };
}

async function looksOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found ? `${found.ino} ${found.size} ${found.mtimeNs} ${found.mode}` : 'absent';
}
