/** From the bytes of a scan on the wire to its acknowledgement at a client: on disk, exactly once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTRPCClient } from '@trpc/client';
import Database from 'better-sqlite3';
import { createChannelClient } from '#contract/channel-link';
import type { AppRouter } from '#contract/router';
import type { ScanOutcome } from '#contract/stations';
import { reachRunningCore } from '#main/hosts/control-socket';
import { openLineDevice } from '#native/devices/line-device';
import { startSimulatedScanner } from '#native/simulators/simulated-scanner';
import type { SimulatedScanner } from '#native/simulators/simulated-scanner';
import type { Bench } from './figure.ts';
import { endGently, makeDataDir, startServed } from './served.ts';
import { quantile } from './statistics.ts';

const warmUp = 50;
const samples = 500;

/** Who waits for what came of the scan on the wire. */
interface Waiting<Value> {
  next(): Promise<Value>;
  give(value: Value): void;
}

function waiting<Value>(): Waiting<Value> {
  let resolve: (value: Value) => void = () => {};
  return {
    next: () =>
      new Promise<Value>((give, reject) => {
        const timer = setTimeout(() => reject(new Error('a scan was not answered within 10 s')), 10_000);
        resolve = (value) => {
          clearTimeout(timer);
          give(value);
        };
      }),
    give: (value) => resolve(value),
  };
}

async function series(scanner: SimulatedScanner, codes: readonly string[], next: () => Promise<unknown>) {
  const took: number[] = [];
  for (let index = 0; index < warmUp + samples; index += 1) {
    const answered = next();
    const begunAt = performance.now();
    const [sent] = await Promise.all([scanner.scan(codes[index % codes.length] ?? ''), answered]);
    if (!sent) throw new Error('nobody listens to the simulated scanner');
    if (index >= warmUp) took.push(performance.now() - begunAt);
  }
  return took;
}

/** The wire, and one commit: what no product can be without. */
async function measureFloor(folder: string): Promise<readonly number[]> {
  const scanner = await startSimulatedScanner({ directory: join(folder, 'floor-line') });
  const file = new Database(join(folder, 'floor.sqlite'));
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.exec('CREATE TABLE scans (id INTEGER PRIMARY KEY, code TEXT NOT NULL)');
  const insert = file.prepare('INSERT INTO scans (code) VALUES (?)');
  const arrived = waiting<void>();
  const device = openLineDevice(
    { transport: scanner.transport, duplicateWindowMs: 0 },
    {
      onCode: ({ code }) => {
        insert.run(code);
        arrived.give();
      },
      onState: () => {},
      onMalformed: () => {},
    },
  );
  try {
    while (device.state().status !== 'online') await new Promise((resolve) => setTimeout(resolve, 20));
    return await series(scanner, ['WO-000123/20'], arrived.next);
  } finally {
    await device.close();
    await scanner.stop();
    file.close();
  }
}

export const scan: Bench = {
  name: 'scan',
  measures: 'from a scan on the wire to the acknowledgement at a client',
  async run(say) {
    const data = makeDataDir();
    mkdirSync(data.path, { recursive: true });
    const scanner = await startSimulatedScanner({ directory: join(dirname(data.path), 'line') });
    writeFileSync(
      join(data.path, 'settings.json'),
      JSON.stringify({ scanner: { transport: scanner.transport, duplicateWindowMs: 0 } }),
    );
    say('    making a demo plant …');
    const served = await startServed(data.path, ['--no-sim']);
    const connection = createChannelClient();
    try {
      await served.settled;
      const channel = await reachRunningCore(data.path);
      if (!channel) throw new Error('the core cannot be reached');
      connection.use(channel);
      const client = createTRPCClient<AppRouter>({ links: [connection.link] });
      const { demo } = await client.session.current.query({});
      const inspector = demo.find(({ login }) => login.startsWith('inspector')) ?? demo[0];
      if (!inspector) throw new Error('there are no demo people');
      const identity = await client.session.signIn.mutate({
        login: inspector.login,
        password: inspector.password,
      });
      const { operations } = await client.stations.worklist.query({ plantId: identity.homePlantId });
      const codes = operations.filter(({ status }) => status === 'running').map(({ code }) => code);
      if (codes.length === 0) throw new Error('nothing runs in the demo plant now');
      const outcomes = waiting<ScanOutcome>();
      let refused = 0;
      const feed = client.events.feed.subscribe(
        {},
        {
          onData: (event) => {
            if (event.type !== 'scan') return;
            if (!event.outcome.acknowledgement) refused += 1;
            outcomes.give(event.outcome);
          },
        },
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
      say(`    ${samples} scans, one after the other …`);
      const ours = await series(scanner, codes, outcomes.next);
      feed.unsubscribe();
      if (refused > 0) throw new Error(`${refused} scans were not acknowledged`);
      const floor = await measureFloor(dirname(data.path));
      return [0.5, 0.99].map((fraction) => ({
        figure: `scan.p${fraction * 100}`,
        value: quantile(ours, fraction),
        unit: 'ms' as const,
        floor: quantile(floor, fraction),
        floorIs: 'the wire and one SQLite commit, synchronous=FULL',
        notes:
          fraction === 0.5
            ? [`${samples} scans over ${scanner.transport.kind}, delivered to PostgreSQL meanwhile`]
            : [],
      }));
    } finally {
      connection.close();
      await endGently(served.child);
      await scanner.stop();
      data.remove();
    }
  },
};
