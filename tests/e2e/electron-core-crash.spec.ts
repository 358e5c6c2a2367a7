/** The core of the desktop application is killed: the shell says so, starts it again, and nothing acknowledged is lost. */
import { processesOf } from '../../scripts/testing/processes.ts';
import { lastScan, signIn, status } from './model/frame.ts';
import { openSimulators, scanBySimulator } from './model/admin.ts';
import { expect, test } from './runner/test.ts';

test.skip(process.platform !== 'linux', 'the core is found in /proc');

/** As a process of the project's Node, or as Electron's utility process. */
function corePid(dataDir: string): number {
  const core = processesOf(dataDir).find(({ command }) =>
    /core-process\.js|--type=utility.*node\.mojom\.NodeService/.test(command),
  );
  if (!core) throw new Error('there is no core');
  return core.pid;
}

test('a core that dies is announced, comes back, and the window goes on', async ({ page, room }) => {
  test.setTimeout(90_000);
  await signIn(page, 'admin');
  await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: online', { timeout: 20_000 });
  const before = corePid(room.dataDir);
  process.kill(before, 'SIGKILL');
  // Screens that were loading may say so too, each in a notice of its own.
  const banner = page.getByRole('alert').filter({ hasText: 'The core stopped unexpectedly.' });
  await expect(banner).toContainText('Everything that was acknowledged is saved.');
  await expect(banner).toBeHidden({ timeout: 30_000 });
  expect(corePid(room.dataDir)).not.toBe(before);
  await expect(status(page, 'Database')).toHaveAccessibleName('Database: online', { timeout: 20_000 });
  await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: online', { timeout: 20_000 });
  await openSimulators(page);
  await scanBySimulator(page, 'WO-999999/10');
  await expect(lastScan(page)).toContainText('WO-999999/10');
});
