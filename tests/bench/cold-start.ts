/** From the spawn to the first frame that can be used, in the desktop application and in the server. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { desktops, emptyReady, openDesktop, signInReady, withDisplay } from './desktop.ts';
import type { Bench, Figure } from './figure.ts';
import { endGently, makeDataDir, startServed, untilSaid } from './served.ts';
import { median } from './statistics.ts';

const rounds = 5;
const emptyServer = `require('node:http').createServer().listen(0, '127.0.0.1', () => console.log('listening'))`;

async function emptyServerMs(): Promise<number> {
  const begunAt = performance.now();
  const child = spawn(process.execPath, ['-e', emptyServer], { stdio: ['ignore', 'pipe', 'pipe'] });
  const took = await untilSaid(child, /listening/, begunAt);
  await endGently(child);
  return took;
}

async function measureServer(dataDir: string): Promise<Figure> {
  const ours: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    empty.push(await emptyServerMs());
    const served = await startServed(dataDir, []);
    ours.push(served.addressMs);
    await served.settled;
    await endGently(served.child);
  }
  return {
    figure: 'cold-start.server',
    value: median(ours),
    unit: 'ms',
    floor: median(empty),
    floorIs: 'an empty Node server, to listening',
    notes: [`median of ${rounds}, to the address printed; the demo plant exists already`],
  };
}

async function measureDesktop(dataDir: string): Promise<Figure> {
  const folder = dirname(dataDir);
  const { ours, empty, remove } = await desktops(folder);
  const emptyDir = join(folder, 'empty-data');
  mkdirSync(emptyDir, { recursive: true });
  try {
    return await withDisplay(async (env) => {
      const oursMs: number[] = [];
      const emptyMs: number[] = [];
      // The first round fills the file caches of both.
      for (let round = -1; round < rounds; round += 1) {
        const blank = await openDesktop(empty, { env, dataDir: emptyDir, readySelector: emptyReady });
        await blank.close();
        const mine = await openDesktop(ours, { env, dataDir, readySelector: signInReady });
        await mine.close();
        if (round < 0) continue;
        emptyMs.push(blank.interactiveMs);
        oursMs.push(mine.interactiveMs);
      }
      return {
        figure: 'cold-start.desktop',
        value: median(oursMs),
        unit: 'ms',
        floor: median(emptyMs),
        floorIs: 'an empty Electron window, to its first frame',
        notes: [`median of ${rounds}, to the sign-in page painted and answered by the core`],
      };
    });
  } finally {
    remove();
  }
}

export const coldStart: Bench = {
  name: 'cold-start',
  measures: 'from the spawn to the first frame that can be used',
  async run(say) {
    const data = makeDataDir();
    try {
      say('    making a demo plant …');
      const first = await startServed(data.path, []);
      await first.settled;
      await endGently(first.child);
      say('    starting the server and an empty one in turn …');
      const server = await measureServer(data.path);
      say('    starting the desktop and an empty window in turn …');
      return [server, await measureDesktop(data.path)];
    } finally {
      data.remove();
    }
  },
};
