import { go, openPalette, sideBar, signIn, status, useColours } from '../model/frame.ts';
import { expect, test } from '../runner/test.ts';

test('the status strip tells how everything stands', async ({ page }) => {
  await signIn(page, 'admin');
  await expect(status(page, 'Database')).toHaveAccessibleName('Database: online');
  await expect(status(page, 'Commands')).toHaveAccessibleName('Commands: none waiting');
  await expect(status(page, 'Line')).toHaveAccessibleName('Line: 24 of 24 machines', {
    // The simulated line comes up behind the first page; on a busy machine it takes its time.
    timeout: 30_000,
  });
  await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: online');
  await expect(status(page, 'Gauge')).toHaveAccessibleName('Gauge: online');
  await expect(status(page, 'Printers')).toHaveAccessibleName('Printers: 2 of 2 printers');
  await expect(status(page, 'Signed in')).toHaveAccessibleName('Signed in: Anna Reimers');
  await expect(status(page, 'Bramwald Pumps, Kiel')).toHaveAccessibleName(/: \d\d:\d\d:\d\d$/);
  await status(page, 'Database').click();
  await expect(page.getByRole('dialog', { name: 'Database' })).toContainText('embedded on this machine');
});

test('the palette goes to a workspace and to another plant', async ({ page }) => {
  await signIn(page, 'admin');
  await (await openPalette(page)).fill('records');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Records' })).toBeVisible();
  await (await openPalette(page)).fill('plant');
  await page
    .getByRole('button', { name: /^Switch to/ })
    .first()
    .click();
  await expect(page.getByRole('button', { name: /^Plant: / })).not.toHaveAccessibleName(/Kiel/);
});

test('keys go to workspaces, and a question mark tells which', async ({ page }) => {
  await signIn(page, 'admin');
  await expect(sideBar(page)).toBeVisible();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toContainText('Command palette');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1, name: 'Line' })).toBeVisible();
});

test('light and dark are chosen by a button, and kept', async ({ page }) => {
  await signIn(page, 'admin');
  await useColours(page, 'dark');
  await expect(page.getByRole('button', { name: 'Use light colours' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Use light colours' })).toBeVisible();
  await useColours(page, 'light');
  await expect(page.getByRole('button', { name: 'Use dark colours' })).toBeVisible();
  await go(page, 'Lanes');
});
