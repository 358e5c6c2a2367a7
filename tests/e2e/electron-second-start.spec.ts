/** The application is started again while it runs: the first window comes to the front, and there is no second. */
import { spawn } from 'node:child_process';
import { processesOf } from '../../scripts/testing/processes.ts';
import { obtainElectron } from '../support/electron-binary.ts';
import { launchElectron } from '../support/electron-launch.ts';
import { copyOfTemplate } from './runner/plant-template.ts';
import { expect, test } from './runner/test.ts';

/** Starts it as a person does, and resolves with the exit code. */
async function startAgain(dataDir: string): Promise<number | null> {
  const electron = await obtainElectron();
  if ('missing' in electron) throw new Error(electron.missing);
  const child = spawn(electron.executablePath, [...electron.args, '--no-sim'], {
    env: { ...process.env, LANEWRIGHT_DATA_DIR: dataDir },
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

test('a second start brings the first window to the front', async () => {
  const dataDir = copyOfTemplate('second-start');
  const { application, close } = await launchElectron({ dataDir, args: ['--no-sim'] });
  const windows = () =>
    application.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        isVisible: window.isVisible(),
        isMinimized: window.isMinimized(),
      })),
    );
  const cores = () => processesOf(dataDir).filter(({ command }) => /core-process|NodeService/.test(command));
  try {
    await expect.poll(() => cores().length).toBe(1);
    const before = cores();
    // It shows itself once there is something to see, which must not be taken for the answer.
    await expect.poll(windows).toEqual([{ isVisible: true, isMinimized: false }]);
    // Out of sight, which a screen in memory can do without a window manager.
    await application.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.on('focus', () => Reflect.set(globalThis, 'wasFocused', true));
      window?.hide();
    });
    expect(await windows()).toEqual([{ isVisible: false, isMinimized: false }]);
    expect(await startAgain(dataDir)).toBe(0);
    await expect.poll(windows).toEqual([{ isVisible: true, isMinimized: false }]);
    await expect
      .poll(() => application.evaluate(() => Reflect.get(globalThis, 'wasFocused') as boolean | undefined))
      .toBe(true);
    expect(cores()).toEqual(before);
  } finally {
    await close();
  }
});
