import { go, lastScan, signIn } from '../model/frame.ts';
import { openSimulators, scanBySimulator } from '../model/admin.ts';
import { codesIn, operation } from '../model/stations.ts';
import { expect, test } from '../runner/test.ts';

test('a scan starts an operation at its lane, and the station shows it', async ({ page }) => {
  await signIn(page, 'admin');
  await go(page, 'Stations');
  const [code = ''] = await codesIn(page, 'Ready');
  await openSimulators(page);
  await scanBySimulator(page, code);
  await expect(lastScan(page)).toContainText(`${code} started`);
  await expect(lastScan(page)).toContainText('Saved');
  await go(page, 'Stations');
  await expect(page.getByRole('button', { name: `Open ${code}, Running` })).toBeVisible();
  // The same code again does what comes next.
  await openSimulators(page);
  await scanBySimulator(page, code);
  await expect(lastScan(page)).toContainText(`${code} paused`);
});

test('a keyboard scanner needs no field', async ({ page }) => {
  await signIn(page, 'admin');
  await go(page, 'Stations');
  const [code = ''] = await codesIn(page, 'Running');
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.type(`${code}/PAUSE`);
  await page.keyboard.press('Enter');
  await expect(lastScan(page)).toContainText(`${code} paused`);
  await expect(lastScan(page)).toContainText('keyboard scanner');
  await expect(operation(page, code)).toContainText('Paused');
});

test('a code that nothing has is refused with a reason', async ({ page }) => {
  await signIn(page, 'admin');
  await openSimulators(page);
  await scanBySimulator(page, 'WO-999999/10');
  await expect(lastScan(page)).toContainText('Not accepted');
  await expect(lastScan(page)).toContainText('WO-999999/10');
});
