/** From "Forgotten password?" over a mail on a real mail server to being signed in with the new one; and the own account. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { loadKeyring } from '#main/pii/keyring';
import { personEmail, placeOf } from '#main/pii/personal-columns';
import { createPii } from '#main/pii/pii';
import { readMail, startMailServer } from '../../support/smtp-server.ts';
import { demoPassword, sideBar, signIn, signOut, submitSignIn } from '../model/frame.ts';
import { violations } from '../runner/axe.ts';
import { rowsOf } from '../runner/database.ts';
import { copyOfTemplate } from '../runner/plant-template.ts';
import { expect, openRoom, test } from '../runner/test.ts';

const address = 'petra.lindqvist@plant.example';
const newPassword = 'four words nobody guesses';
const codeShape = /[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){3}/;
const pictures = join(import.meta.dirname, '../../../screenshots');

async function giveAddress(dataDir: string, login: string): Promise<void> {
  const pii = createPii(await loadKeyring(dataDir, {}));
  const [person] = await rowsOf<{ id: string }>(dataDir, 'SELECT id FROM identity.users WHERE login = $1', [
    login,
  ]);
  const id = person?.id ?? '';
  await rowsOf(
    dataDir,
    'UPDATE identity.users SET email_cipher = $2, email_index = $3, email_verified_at = NULL WHERE id = $1',
    [id, pii.encrypt(address, placeOf(personEmail, id)), pii.blindIndex('email', address)],
  );
}

/** In both colour schemes: nothing that axe knows of, and a picture. */
async function lookAt(page: Page, project: string, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(pictures, project, `${name}-${colorScheme}.png`) });
    expect(await violations(page), `${name} in ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

// oxlint-disable-next-line no-empty-pattern -- Playwright reads what a test needs from this pattern.
test('a forgotten password is set anew with the code that was mailed', async ({}, info) => {
  test.setTimeout(150_000);
  const dataDir = copyOfTemplate(`forgotten-${info.project.name}`);
  const box = await startMailServer();
  const mail = { host: '127.0.0.1', port: box.port, from: 'lanewright@plant.example' };
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ mail }));
  const room = await openRoom(info.project.name, dataDir);
  const look = (page: Page, name: string) => lookAt(page, info.project.name, name);
  /** The code of the mail after so many others. */
  const mailed = async (before: number): Promise<string> => {
    await expect.poll(() => box.mails.length, { timeout: 30_000 }).toBe(before + 1);
    const [taken] = box.mails.slice(before);
    expect(taken?.to).toEqual([address]);
    return codeShape.exec(taken ? readMail(taken).text : '')?.[0] ?? '';
  };
  try {
    const page = await room.window();
    page.setDefaultTimeout(15_000);
    await page.getByLabel('Login').waitFor();
    // The desktop shows its page while its core still starts the database.
    await expect(() => giveAddress(dataDir, 'planner')).toPass({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Forgotten password?' }).press('Enter');
    const login = page.getByRole('textbox', { name: 'Login' });
    await expect(login).toBeFocused();
    await look(page, 'forgotten-password');

    // The answer is the same for who is there and who is not.
    const answers: string[] = [];
    for (const who of ['nobody-here', 'planner']) {
      await login.fill(who);
      await login.press('Enter');
      const said = await page.getByText('a mail with a code is on its way').innerText();
      answers.push(said.replace(who, '…'));
    }
    expect(answers[0]).toBe(answers[1]);
    await look(page, 'forgotten-password-asked');
    const code = await mailed(0);

    // By hand, with a slip; then as the link of the mail brings it, which leaves no trace in the address.
    await page.getByRole('link', { name: 'I have a code' }).press('Enter');
    const field = page.getByRole('textbox', { name: 'Code' });
    await expect(field).toBeFocused();
    await field.fill('7K3Q9');
    const set = page.getByRole('button', { name: 'Set the password' });
    await page.getByLabel('New password', { exact: true }).fill('too short');
    await expect(set).toBeDisabled();
    await page.getByLabel('New password', { exact: true }).fill(newPassword);
    await set.press('Enter');
    await expect(page.getByRole('alert')).toContainText('That is not a code');
    await look(page, 'new-password');
    await page.evaluate((linked) => (location.hash = `#/password/${linked}`), code.toLowerCase());
    await expect(field).toHaveValue(code);
    expect(page.url()).not.toContain(code.slice(0, 5).toLowerCase());
    await set.press('Enter');
    await expect(page.getByText('Your password is set')).toBeVisible();
    await look(page, 'new-password-set');

    await submitSignIn(page, 'planner', demoPassword);
    await expect(page.getByRole('alert')).toContainText('wrong');
    await submitSignIn(page, 'planner', newPassword);
    await sideBar(page).waitFor();
    await page.getByRole('button', { name: /^Signed in as/ }).waitFor();

    // A code is good once.
    await page.evaluate((linked) => (location.hash = `#/password/${linked}`), code);
    await page.getByLabel('New password', { exact: true }).fill('another four words here');
    await set.press('Enter');
    await expect(page.getByRole('alert')).toContainText('no longer good');
    await page.getByRole('link', { name: 'Back to signing in' }).press('Enter');
    await sideBar(page).waitFor();

    // One's own account: the address is confirmed, the password changed.
    await page.getByRole('button', { name: /^Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'My account' }).click();
    const dialog = page.getByRole('dialog', { name: 'My account' });
    await expect(dialog).toContainText(`${address} · not confirmed`);
    await dialog.getByRole('button', { name: 'Mail me a code to confirm it' }).press('Enter');
    const confirming = dialog.getByRole('textbox', { name: 'Code' });
    await confirming.fill(await mailed(1));
    await look(page, 'account');
    await confirming.press('Enter');
    await expect(dialog).toContainText(`${address} · confirmed`);
    await dialog.getByLabel('Present password', { exact: true }).fill('not the one');
    await dialog.getByLabel('New password', { exact: true }).fill(demoPassword);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toContainText('present password is wrong');
    await dialog.getByLabel('Present password', { exact: true }).fill(newPassword);
    await dialog.getByLabel('Present password', { exact: true }).press('Enter');
    await expect(dialog).toBeHidden();
    // A notice lies over the menu: by keyboard one gets there all the same.
    await page.getByRole('button', { name: /^Signed in as/ }).press('Enter');
    await page.getByRole('menuitem', { name: 'Sign out' }).press('Enter');
    await page.getByLabel('Login').waitFor();
    await signIn(page, 'planner');
    await signOut(page);
  } finally {
    await room.stop();
    await box.close();
  }
});

test('where no mail is sent, that is said, and how to go on', async ({ page }, info) => {
  await page.getByRole('link', { name: 'Forgotten password?' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'no mail server is set up' })).toContainText(
    'Ask an administrator for a code',
  );
  await lookAt(page, info.project.name, 'forgotten-password-no-mail');
  await page.getByRole('link', { name: 'Back to signing in' }).click();
  await signIn(page, 'admin');
  await page.goto(`${page.url().split('#')[0]}#/admin/jobs`);
  await expect(page.getByText('Mail is not set up')).toBeVisible();
});
