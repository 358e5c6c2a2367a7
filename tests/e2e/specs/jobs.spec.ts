import { go, signIn } from '../model/frame.ts';
import { rowsOf } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

test('work that nobody knows how to do is seen, and thrown away with a reason by keyboard', async ({
  page,
  room,
}) => {
  await rowsOf(
    room.dataDir,
    `WITH signed_in AS (SELECT token FROM identity.sign_in('admin', 'lanewright-demo', 'DESK-1')),
          presented AS (SELECT set_config('lanewright.token', token, true) AS token FROM signed_in)
     SELECT app.enqueue('background', 'unheard-of', '{}') FROM presented WHERE token <> ''`,
    [],
  );
  await signIn(page, 'admin');
  await go(page, 'Admin');
  await expect(async () => {
    await page.getByRole('tab', { name: 'Commands' }).click();
    await page.getByRole('tab', { name: 'Jobs' }).click();
    await expect(page.getByRole('row', { name: /unheard-of/ })).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Throw away unheard-of' }).press('Enter');
  const reason = page.getByRole('textbox', { name: 'Reason' });
  await expect(reason).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(reason).toBeVisible();
  await reason.fill('nobody needs it');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /unheard-of/ })).toHaveCount(0);
});
