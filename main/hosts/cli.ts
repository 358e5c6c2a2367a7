#!/usr/bin/env node
/** The product's command line, for automation and support. Prints JSON with --json; needs no display. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { createTRPCClient, TRPCClientError } from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import { Command } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { memoryChannel } from '#contract/channel';
import { createChannelClient } from '#contract/channel-link';
import { AppError } from '#contract/errors';
import type { CoreConfig } from '#contract/host';
import { placesOf } from '#contract/places';
import type { AppRouter, WireErrorShape } from '#contract/router';
import { startEmbeddedPostgres } from '#main/store/postgres/embedded';
import { primaryUrl } from '#main/store/postgres/hosts';
import { readTexts, sentence } from '#main/texts';
import { registerAuditCommands } from './cli-audit.ts';
import { registerDatabaseCommands } from './cli-database.ts';
import { registerDispatchCommand } from './cli-dispatch.ts';
import { registerPeopleCommands } from './cli-people.ts';
import { registerPiiCommands } from './cli-pii.ts';
import { registerSeedCommand } from './cli-seed.ts';
import { registerSolveCommand } from './cli-solve.ts';
import { reachRunningCore } from './control-socket.ts';
import { startCore, version } from './core.ts';
import { readStationAccount } from './database-start.ts';
import { serve } from './serve.ts';
import { readSettings } from './settings.ts';

const appRoot = resolve(import.meta.dirname, '../..');
const texts = readTexts(appRoot);
const say = (line: string) => process.stderr.write(`${line}\n`);

function config(simulate: boolean): CoreConfig {
  const places = placesOf({ platform: process.platform, env: process.env, home: homedir() });
  return { appRoot, ...places, databaseUrl: process.env['DATABASE_URL'], simulate };
}

function print(value: unknown, lines: () => readonly string[]): void {
  const text = program.opts<{ json?: boolean }>().json ? JSON.stringify(value) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Works with the core that runs here, or with one of its own for the length of the command. */
async function withCore<T>(work: (client: TRPCClient<AppRouter>) => Promise<T>): Promise<T> {
  const settings = config(false);
  const running = await reachRunningCore(settings.dataDir);
  const connection = createChannelClient();
  let stop = async () => {};
  if (running) connection.use(running);
  else {
    const core = await startCore(settings, {
      simulatorsEntry: new URL(import.meta.resolve('#main/workers/simulators')),
      onProgress: (step) => say(texts(step)),
    });
    stop = () => core.stop();
    const problem = await core.settled;
    if (problem) say(sentence(texts, problem));
    const { client, core: end } = memoryChannel();
    core.attach(end, { token: null });
    connection.use(client);
  }
  const client = createTRPCClient<AppRouter>({ links: [connection.link] });
  try {
    await client.session.signIn.mutate(await credentials(settings.dataDir));
    return await work(client);
  } finally {
    await client.session.signOut.mutate({}).catch(() => {});
    connection.close();
    await stop();
  }
}

/**
 * `LANEWRIGHT_LOGIN` and `LANEWRIGHT_PASSWORD`, else the station's own account: in the settings for a
 * central database, else in a file that only this user can read.
 */
async function credentials(dataDir: string): Promise<{ login: string; password: string }> {
  const { LANEWRIGHT_LOGIN: login, LANEWRIGHT_PASSWORD: password } = process.env;
  if (login && password) return { login, password };
  const { station } = await readSettings(dataDir);
  if (station.login && station.secret) return { login: station.login, password: station.secret };
  const account = await readStationAccount(dataDir);
  if (account === null) throw new Error(texts('error.cli-no-credentials'));
  return { login: account.login, password: account.secret };
}

/** The owner's way into the database: `DATABASE_URL`, else the embedded one, started for the length of the command. */
async function withOwner<T>(work: (ownerUrl: string) => Promise<T>): Promise<T> {
  const given = process.env['DATABASE_URL'];
  if (given) return work(await primaryUrl(given));
  const server = await startEmbeddedPostgres({
    dataDir: config(false).dataDir,
    onProgress: (step) => say(texts(step)),
  });
  try {
    return await work(server.ownerUrl);
  } finally {
    // One that a running core had started is left to it.
    if (!server.adopted) await server.stop();
  }
}

const program = new Command('lanewright')
  .description('The control room of a manufacturing plant, from the command line.')
  .version(version)
  .option('--json', 'print JSON')
  .showHelpAfterError();

program
  .command('serve')
  .description('serve the control room to browsers')
  .option('--port <number>', 'port on 127.0.0.1', '7070')
  .option('--no-sim', 'without the simulated line')
  .action(async (options: { port: string; sim: boolean }) => {
    process.exitCode = await serve({ config: config(options.sim), port: Number(options.port), print: say });
  });

const host = { appRoot, dataDir: config(false).dataDir, version, texts, say, print, withOwner };
registerDatabaseCommands(program, host);
registerPeopleCommands(program, host);
registerPiiCommands(program, host);
registerAuditCommands(program, { texts, print, withOwner });
registerSeedCommand(program, host);

registerSolveCommand(program, { texts, say, print });
registerDispatchCommand(program, { print, withCore });

program
  .command('sim')
  .description('run the core with the simulated line and say where its devices are, until Ctrl-C')
  .action(async () => {
    process.exitCode = await serve({ config: config(true), port: 0, print: say });
  });

program
  .command('scan')
  .argument('<code>', 'as printed on the traveller, for example WO-000123/20')
  .description('send a scan through the handler that the wire uses')
  .action(async (code: string) => {
    const { outcome, away } = await withCore(async (client) => ({
      outcome: await client.stations.scan.mutate({ commandId: uuidv7(), code, source: 'cli' }),
      away: (await client.system.status.query({})).database.state !== 'online',
    }));
    if (outcome.refusal) process.exitCode = 1;
    const saved = outcome.acknowledgement && away ? outcome.acknowledgement.waiting : 0;
    print(outcome, () => [
      outcome.refusal
        ? texts(outcome.refusal.reason, outcome.refusal.values)
        : outcome.effect
          ? `${outcome.effect.operationCode}: ${outcome.effect.action}, now ${outcome.effect.status}`
          : `${outcome.kind} ${outcome.identifier}`,
      ...(saved > 0 ? [texts('start.cli-saved', { count: saved })] : []),
    ]);
  });

program
  .command('trace')
  .argument('<code>', 'lot, serial, carton or shipment')
  .description('what it was made from and what it went into')
  .action(async (code: string) => {
    const trace = await withCore((client) => client.genealogy.trace.query({ code }));
    print(trace, () =>
      trace.nodes
        .toSorted((a, b) => a.depth - b.depth)
        .map(
          (node) =>
            `${String(node.depth).padStart(4)}  ${node.kind.padEnd(8)} ${node.code}  ${node.materialName ?? ''}`,
        ),
    );
  });

try {
  await program.parseAsync();
} catch (cause) {
  say(explain(cause));
  process.exitCode = 1;
}

function explain(cause: unknown): string {
  if (cause instanceof AppError) return sentence(texts, cause);
  if (cause instanceof TRPCClientError) {
    const app = (cause.shape as WireErrorShape | undefined)?.data.app;
    if (app) return texts(app.reason, app.values);
  }
  return cause instanceof Error ? cause.message : String(cause);
}
