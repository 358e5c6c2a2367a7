import { go, lastScan, signIn, status } from '../model/frame.ts';
import { openSimulators, scanBySimulator } from '../model/admin.ts';
import { count, search, show } from '../model/records.ts';
import { codesIn } from '../model/stations.ts';
import { freezeDatabase, thawDatabase } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

test.skip(process.platform !== 'linux', 'the database is frozen by signals');

/** A database that is silent is believed to be away after the time limit of a query. */
const noticedWithinMs = 40_000;

test('with the database away scans are saved here, and none is lost or doubled when it is back', async ({
  page,
  room,
}) => {
  test.setTimeout(150_000);
  await signIn(page, 'admin');
  await go(page, 'Stations');
  const [code = ''] = await codesIn(page, 'Running');
  await go(page, 'Records');
  await show(page, 'Production');
  await search(page, code);
  await expect(count(page)).toContainText(/\d/);
  const recordsBefore = Number.parseInt((await count(page).innerText()).replaceAll(',', ''), 10);
  await openSimulators(page);

  freezeDatabase(room.dataDir);
  try {
    for (const word of ['paused', 'resumed', 'paused', 'resumed']) {
      const action = word === 'paused' ? 'PAUSE' : 'RESUME';
      await scanBySimulator(page, `${code}/${action === 'RESUME' ? 'START' : action}`);
      await expect(lastScan(page)).toContainText(`${code} ${word}`);
      await expect(lastScan(page)).toContainText(/Saved here/);
    }
    await expect(status(page, 'Commands')).toHaveAccessibleName('Commands: 4 waiting');
    await expect(status(page, 'Database')).toHaveAccessibleName('Database: offline', {
      timeout: noticedWithinMs,
    });
  } finally {
    thawDatabase(room.dataDir);
  }
  await expect(status(page, 'Database')).toHaveAccessibleName('Database: online', {
    timeout: noticedWithinMs,
  });
  await expect(status(page, 'Commands')).toHaveAccessibleName('Commands: none waiting', {
    timeout: noticedWithinMs,
  });
  await go(page, 'Records');
  await show(page, 'Production');
  await search(page, code);
  await expect(count(page)).toHaveText(new RegExp(`^${(recordsBefore + 4).toLocaleString('en')} records$`));
});
