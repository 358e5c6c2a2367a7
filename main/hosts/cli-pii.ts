/** The command line's `pii`: the keys that personal data is encrypted with. */
import type { Command } from 'commander';
import { refused, unavailable } from '#contract/errors';
import { holdsCiphers } from '#main/pii/first-key';
import { addKey, createKeyFile, keyFile, loadKeyring } from '#main/pii/keyring';
import { createPii } from '#main/pii/pii';
import { keysInUse, reencrypt } from '#main/pii/reencrypt';
import type { DatabaseCommandHost } from './cli-database.ts';

export function registerPiiCommands(program: Command, host: DatabaseCommandHost): void {
  const { dataDir, texts, say, print, withOwner } = host;
  const pii = program.command('pii').description('look after the keys that personal data is encrypted with');
  const file = keyFile(dataDir);
  const ownFile = () => {
    if (process.env['LANEWRIGHT_PII_KEY']?.trim()) throw refused('error.pii-key-in-environment');
  };

  pii
    .command('init')
    .description('make the first key of a central database, to be copied to each of its desks')
    .action(async () => {
      ownFile();
      const lost = await withOwner(holdsCiphers);
      const made = !lost && (await createKeyFile(dataDir));
      // With one that is here all is well; without it another would hide that it is lost.
      if (lost) await loadKeyring(dataDir);
      print({ file, made }, () => [texts(made ? 'pii.made' : 'pii.here', { file })]);
    });

  pii
    .command('status')
    .description('which keys are here, and how much stands under each; exits with 1 when one is missing')
    .action(async () => {
      const used = await withOwner(keysInUse);
      const here = await loadKeyring(dataDir).catch((cause: unknown) => {
        if (used.size > 0) throw cause;
        return null;
      });
      const versions = [...new Set([...used.keys(), ...(here?.keys.keys() ?? [])])].toSorted((a, b) => a - b);
      const keys = versions.map((version) => ({
        version,
        values: used.get(version) ?? 0,
        here: here?.keys.has(version) === true,
      }));
      if (keys.some((key) => !key.here)) process.exitCode = 1;
      print({ current: here?.current ?? null, keys }, () =>
        keys.length === 0
          ? [texts('pii.none')]
          : keys.map(({ version, values, here: isHere }) =>
              texts(isHere ? 'pii.key' : 'pii.key-absent', { version, values }),
            ),
      );
    });

  pii
    .command('add-key')
    .description(
      'add a key that is written with from now on; copy the file to each desk before anything else',
    )
    .action(async () => {
      ownFile();
      const version = await addKey(dataDir);
      print({ file, version }, () => [texts('pii.added', { file, version })]);
    });

  pii
    .command('rotate')
    .option('--keep-key', 'with the newest key that is here, for example after add-key')
    .description('add a key, and write all personal data anew under it')
    .action(async (given: { keepKey?: boolean }) => {
      const done = await withOwner(async (ownerUrl) => {
        if (!given.keepKey) {
          ownFile();
          say(texts('pii.added', { file, version: await addKey(dataDir) }));
        }
        const keyring = await loadKeyring(dataDir);
        const result = await reencrypt(ownerUrl, createPii(keyring), keyring.current);
        return { ...result, current: keyring.current };
      });
      if (done.unreadable.length > 0) process.exitCode = 1;
      print(done, () => [
        texts('pii.rotated', { count: done.written, version: done.current }),
        ...done.unreadable.slice(0, 20).map((place) => texts('pii.unreadable', { place })),
      ]);
      if (done.unreadable.length > 0)
        throw unavailable('error.pii-unreadable-values', { count: done.unreadable.length });
    });
}
