/** What a spec is given: a control room that runs, and a window onto it. */
import { test as base, expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { openInBrowser, openOnDesktop } from './control-room.ts';
import type { ControlRoom } from './control-room.ts';
import { copyOfTemplate } from './plant-template.ts';

export { expect };

/** Opens a control room as a project of the specs does. */
export function openRoom(project: string, dataDir: string): Promise<ControlRoom> {
  return project === 'electron' ? openOnDesktop(dataDir) : openInBrowser(dataDir);
}

export const test = base.extend<{ page: Page }, { room: ControlRoom }>({
  room: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from this pattern.
    async ({}, use, worker) => {
      const dataDir = copyOfTemplate(`${worker.project.name}-${worker.workerIndex}`);
      const room = await openRoom(worker.project.name, dataDir);
      await use(room);
      await room.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ room }, use, info) => {
    const page = await room.window();
    const problems: string[] = [];
    const note = (error: Error) => void problems.push(error.message);
    page.on('pageerror', note);
    await use(page);
    page.off('pageerror', note);
    if (info.status !== info.expectedStatus) {
      await info.attach('window', { body: await page.screenshot(), contentType: 'image/png' });
      await page.screenshot({ path: info.outputPath('window.png') });
    }
    expect(problems, 'no error was thrown in the page').toEqual([]);
  },
});
