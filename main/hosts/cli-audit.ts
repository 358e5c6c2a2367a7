/** The command line's `audit`: verify and anchor. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pg from 'pg';
import { readAnchor, takeAnchor, writeAnchor } from '#main/audit/anchor';
import type { Finding } from '#main/audit/findings';
import { verifyAudit } from '#main/audit/verify';
import type { Texts } from '#main/texts';

export interface AuditCommandHost {
  readonly texts: Texts;
  /** The result: as JSON where that is asked for, else the lines. */
  readonly print: (value: unknown, lines: () => readonly string[]) => void;
  /** The owner's way into the database, open for the length of the work. */
  readonly withOwner: <T>(work: (ownerUrl: string) => Promise<T>) => Promise<T>;
}

/** More are counted, and in the JSON. */
const linesPrinted = 100;

export function registerAuditCommands(program: Command, { texts, print, withOwner }: AuditCommandHost): void {
  const audit = program.command('audit').description('the log of who changed what');

  audit
    .command('verify')
    .option('--anchor <file>', 'an anchor that was kept elsewhere')
    .description(
      'find rows of the log that were changed, deleted, swapped or cut; exits with 1 when there are any',
    )
    .action(async (options: { anchor?: string }) => {
      const anchor =
        options.anchor === undefined ? {} : { anchor: await readAnchor(resolve(options.anchor)) };
      const report = await withOwner((ownerUrl) => verifyAudit(ownerUrl, { ...anchor, now: Date.now() }));
      if (report.found > 0) process.exitCode = 1;
      print(report, () => [
        ...report.findings.slice(0, linesPrinted).map((finding) => describe(finding, texts)),
        ...(report.found > linesPrinted ? [texts('audit.more', { count: report.found - linesPrinted })] : []),
        texts('audit.verified', { chains: report.chains, batches: report.batches, entries: report.entries }),
        report.anchored === null
          ? texts('audit.not-anchored')
          : texts('audit.anchored', { chains: report.anchored }),
        report.found > 0 ? texts('audit.broken', { count: report.found }) : texts('audit.whole'),
      ]);
    });

  audit
    .command('anchor')
    .argument('<file>', 'a new file, to be kept where the owner of the database cannot change it')
    .description('write down where each chain of the log stands')
    .action(async (file: string) => {
      const anchor = await withOwner(async (ownerUrl) => {
        const client = new pg.Client({ connectionString: ownerUrl });
        await client.connect();
        try {
          return await takeAnchor(client, Date.now());
        } finally {
          await client.end();
        }
      });
      await writeAnchor(resolve(file), anchor);
      print(anchor, () => [texts('audit.anchor-written', { chains: anchor.chains.length, file })]);
    });
}

function describe(finding: Finding, texts: Texts): string {
  const { kind, organizationId, stationCode, seq = '', id = '', target = '', count = 1 } = finding;
  const chain = stationCode === '' ? organizationId : `${organizationId}, ${stationCode}`;
  return texts(`audit.${kind}`, { chain, seq, id, target, count });
}
