/** What the desktop application holds in memory with the lane board open, against an empty window. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { desktops, emptyReady, openDesktop, signInReady, withDisplay } from './desktop.ts';
import type { Desktop } from './desktop.ts';
import type { Bench } from './figure.ts';
import { memoryByPart } from './processes.ts';
import { endGently, makeDataDir, startServed } from './served.ts';

const settleMs = 8000;
type Parts = ReturnType<typeof memoryByPart>;

const total = (parts: Parts) => [...parts.values()].reduce((sum, { mib }) => sum + mib, 0);
const listed = (parts: Parts) =>
  [...parts].map(([name, { mib, processes }]) => `${name} ${Math.round(mib)} MiB (${processes})`).join(', ');

async function measure(
  desktop: Desktop,
  env: NodeJS.ProcessEnv,
  dataDir: string,
  ours: boolean,
): Promise<Parts> {
  const open = await openDesktop(desktop, { env, dataDir, readySelector: ours ? signInReady : emptyReady });
  try {
    if (ours) {
      await open.page
        .getByRole('button', { name: /^Sign in as .*planner/i })
        .first()
        .click();
      await open.page.locator('canvas').first().waitFor();
    }
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    return memoryByPart(open.child.pid ?? 0, dataDir);
  } finally {
    await open.close();
  }
}

export const memory: Bench = {
  name: 'memory',
  measures: 'proportional set size of all processes, the lane board open',
  async run(say) {
    if (process.platform !== 'linux') throw new Error('PSS is measured on Linux');
    const data = makeDataDir();
    const emptyDir = join(dirname(data.path), 'empty-data');
    mkdirSync(emptyDir, { recursive: true });
    try {
      say('    making a demo plant …');
      const first = await startServed(data.path, []);
      await first.settled;
      await endGently(first.child);
      const { ours, empty, remove } = await desktops(dirname(data.path));
      try {
        return await withDisplay(async (env) => {
          say('    opening an empty window, then the desktop …');
          const emptyParts = await measure(empty, env, emptyDir, false);
          const parts = await measure(ours, env, data.path, true);
          const database = parts.get('PostgreSQL')?.mib ?? 0;
          return [
            {
              figure: 'memory.desktop',
              value: total(parts),
              unit: 'MiB' as const,
              floor: total(emptyParts),
              floorIs: 'an empty Electron window',
              notes: [
                `ours: ${listed(parts)}`,
                `without PostgreSQL: ${Math.round(total(parts) - database)} MiB`,
                `empty window: ${listed(emptyParts)}`,
              ],
            },
          ];
        });
      } finally {
        remove();
      }
    } finally {
      data.remove();
    }
  },
};
