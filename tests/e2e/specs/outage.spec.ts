import type { Page } from '@playwright/test';
import { go, lastScan, signIn, signOut, status } from '../model/frame.ts';
import { openSimulators, scanBySimulator } from '../model/admin.ts';
import { count, search, show } from '../model/records.ts';
import { codesIn } from '../model/stations.ts';
import { freezeDatabase, thawDatabase } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

test.skip(process.platform !== 'linux', 'the database is frozen by signals');

/** A database that is silent is believed to be away after the time limit of a query. */
const noticedWithinMs = 40_000;

/** How many production records each of the operations has. */
async function recordsOf(page: Page, codes: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  for (const code of codes) {
    // Opened anew, so that no count of what was shown before is read.
    await go(page, 'Line');
    await go(page, 'Records');
    await show(page, 'Production');
    const all = await count(page).innerText();
    await search(page, code);
    await expect(count(page)).not.toHaveText(all);
    counts.push(Number.parseInt((await count(page).innerText()).replaceAll(',', ''), 10));
  }
  return counts;
}

test('with the database away scans are saved here, by whoever signs in too, and none is lost or doubled', async ({
  page,
  room,
}) => {
  test.setTimeout(150_000);
  await signIn(page, 'admin');
  await go(page, 'Stations');
  const codes = (await codesIn(page, 'Running')).slice(0, 2);
  const before = await recordsOf(page, codes);
  await openSimulators(page);

  freezeDatabase(room.dataDir);
  try {
    for (const [word, said] of [
      ['PAUSE', 'paused'],
      ['START', 'resumed'],
    ] as const) {
      for (const code of codes) {
        await scanBySimulator(page, `${code}/${word}`);
        await expect(lastScan(page)).toContainText(`${code} ${said}`);
        await expect(lastScan(page)).toContainText('Saved here');
      }
    }
    await expect(status(page, 'Commands')).toHaveAccessibleName('Commands: 4 waiting');
    await expect(status(page, 'Database')).toHaveAccessibleName('Database: offline', {
      timeout: noticedWithinMs,
    });

    // The next shift comes before the network does.
    await signOut(page);
    await expect(page.getByLabel('Login')).toBeVisible();
    await signIn(page, 'admin');
    await openSimulators(page);
    await scanBySimulator(page, `${codes[0]}/PAUSE`);
    await expect(lastScan(page)).toContainText(`${codes[0]} paused`);
    await expect(lastScan(page)).toContainText('Saved here');
  } finally {
    thawDatabase(room.dataDir);
  }
  await expect(status(page, 'Database')).toHaveAccessibleName('Database: online', {
    timeout: noticedWithinMs,
  });
  await expect(status(page, 'Commands')).toHaveAccessibleName('Commands: none waiting', {
    timeout: noticedWithinMs,
  });
  await expect
    .poll(() => recordsOf(page, codes))
    .toEqual(before.map((records, at) => records + (at === 0 ? 3 : 2)));
});
