import { sideBar, signIn, signOut, submitSignIn } from '../model/frame.ts';
import { expect, test } from '../runner/test.ts';

test('a planner signs in, and out again', async ({ page }) => {
  await signIn(page, 'planner');
  await expect(page.getByRole('heading', { level: 1, name: 'Lanes' })).toBeVisible();
  await expect(sideBar(page).getByRole('link', { name: 'Admin' })).toBeHidden();
  await signOut(page);
  await expect(page.getByRole('heading', { name: 'Sign in to Lanewright' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in to Lanewright' })).toBeVisible();
});

test('a wrong password says so, and names nobody', async ({ page }) => {
  await submitSignIn(page, 'planner', 'not-the-password');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(sideBar(page)).toBeHidden();
  const wrongPassword = await page.getByRole('alert').innerText();
  await submitSignIn(page, 'nobody-by-this-name', 'not-the-password');
  await expect(page.getByRole('alert')).toHaveText(wrongPassword);
});

test('a session outlives a reload', async ({ page }) => {
  await signIn(page, 'inspector');
  await page.reload();
  await expect(page.getByRole('button', { name: 'Signed in as Idris Okafor' })).toBeVisible();
});
