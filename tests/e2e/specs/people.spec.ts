/** An administrator makes a person, who then signs in; finds, changes and suspends them; keeps a customer's contacts. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { keyFile } from '#main/pii/keyring';
import { demoPassword, sideBar, signIn, signOut, submitSignIn, useColours } from '../model/frame.ts';
import { choose, drawer, listed, openAdminTab } from '../model/people.ts';
import { violations } from '../runner/axe.ts';
import { rowsOf } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

const pictures = join(import.meta.dirname, '../../../screenshots');
const own = 'seven green kettles sing';

async function look(page: Page, project: string, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: join(pictures, project, `admin-${name}-${scheme}.png`) });
    expect(await violations(page), `${name} in ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('a person is made, signs in with a password of their own, and is suspended', async ({
  page,
  room,
}, info) => {
  test.setTimeout(120_000);
  await signIn(page, 'admin');
  await useColours(page, 'light');
  await openAdminTab(page, 'People');
  await listed(page, 'Anna Reimers').waitFor();
  await look(page, info.project.name, 'people');

  // What is missing is said where it is missing; what may not be given cannot be chosen.
  await page.getByRole('button', { name: 'New person' }).press('Enter');
  const form = drawer(page);
  await expect(form.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(form.getByText('Write a name.')).toBeVisible();
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Nora Newcomer');
  await form.getByRole('textbox', { name: 'Login', exact: true }).fill('Nora N');
  await form.getByRole('textbox', { name: 'E-mail' }).fill('nora@example');
  await page.keyboard.press('Enter');
  await expect(form.getByText('This is not an e-mail address')).toBeVisible();
  await form.getByRole('textbox', { name: 'Login', exact: true }).fill('nora');
  await form.getByRole('textbox', { name: 'E-mail' }).fill('nora@example.com');
  await form.getByRole('textbox', { name: 'Phone' }).fill('+44 1632 960999');
  await form.getByRole('combobox', { name: 'Roles', exact: true }).click();
  await expect(page.getByRole('option', { name: /^Station/ })).toHaveAttribute(
    'data-combobox-disabled',
    'true',
  );
  await page.getByRole('option', { name: 'Planner' }).click();
  await form.getByRole('combobox', { name: 'Roles', exact: true }).press('Escape');
  await choose(form, 'Plants', 'Sauces');
  await look(page, info.project.name, 'person');
  await form.getByRole('button', { name: 'Create' }).press('Enter');
  const code = await page.getByRole('status', { name: 'Password code' }).innerText();
  expect(code).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/);
  await look(page, info.project.name, 'person-code');
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(listed(page, 'Nora Newcomer')).toContainText('No password yet');
  const [row] = await rowsOf<{ text: string }>(
    room.dataDir,
    `SELECT u::text || encode(u.email_cipher, 'escape') AS text FROM identity.users u WHERE login = 'nora'`,
    [],
  );
  expect(row?.text).not.toMatch(/nora@|1632/);
  await signOut(page);

  // The person, with the code that they were given.
  await page.getByRole('link', { name: 'Forgotten password?' }).click();
  await page.getByRole('link', { name: 'I have a code' }).first().click();
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.getByLabel('New password', { exact: true }).fill(own);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByText('Your password is set')).toBeVisible();
  await submitSignIn(page, 'nora', own);
  await expect(page.getByRole('button', { name: 'Signed in as Nora Newcomer' })).toBeVisible();
  await expect(sideBar(page).getByRole('link', { name: 'Admin' })).toBeHidden();
  await signOut(page);

  // Found by the whole address only, let in again after wrong passwords, suspended with a reason.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await rowsOf(room.dataDir, `SELECT outcome FROM identity.sign_in('nora', $1, 'DESK-1')`, [
      `wrong ${attempt}`,
    ]);
  }
  await signIn(page, 'admin');
  await openAdminTab(page, 'People');
  const search = page.getByRole('textbox', { name: 'Name, login, e-mail or phone' });
  await search.fill('ora@example.com');
  await expect(page.getByText('Nobody found')).toBeVisible();
  await search.fill('NORA@example.com');
  await expect(listed(page, 'Nora Newcomer')).toContainText('Locked');
  await expect(page.getByText('1 person')).toBeVisible();
  await page.getByRole('gridcell', { name: 'Nora Newcomer' }).focus();
  await page.keyboard.press('Enter');
  await expect(form.getByRole('textbox', { name: 'Phone' })).toHaveValue('+44 1632 960999');
  await look(page, info.project.name, 'person-locked');
  await form.getByRole('button', { name: 'Unlock' }).press('Enter');
  await expect(page.getByText('Nora Newcomer can sign in again.')).toBeVisible();
  await form.getByRole('button', { name: 'Deactivate' }).press('Enter');
  await page.getByRole('textbox', { name: 'Reason' }).fill('left for the season');
  await page.keyboard.press('Enter');
  await expect(form.getByRole('button', { name: 'Activate' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('Nobody found')).toBeVisible();
  await signOut(page);
  await expect(async () => {
    await submitSignIn(page, 'nora', own);
    await expect(page.getByRole('alert')).toContainText('wrong', { timeout: 3000 });
  }).toPass();
  await submitSignIn(page, 'admin', demoPassword);
  await sideBar(page).waitFor();
});

test('contacts of a customer are kept, and without the key the rest goes on', async ({
  page,
  room,
}, info) => {
  await signIn(page, 'admin');
  await useColours(page, 'light');
  await openAdminTab(page, 'Contacts');
  await listed(page, 'Polder Pompen').waitFor();
  await look(page, info.project.name, 'contacts');
  await page
    .getByRole('textbox', { name: 'Name, code, e-mail, phone or address' })
    .fill('buying@polder-pompen.example.com');
  await expect(page.getByText('1 entry')).toBeVisible();
  await page.getByRole('gridcell', { name: 'Polder Pompen' }).click();
  const form = drawer(page);
  await form.getByRole('textbox', { name: 'Phone' }).fill('+31 320 123 456');
  await look(page, info.project.name, 'contact');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('textbox', { name: 'Name, code, e-mail, phone or address' }).fill('0031 320 123456');
  await expect(listed(page, 'Polder Pompen')).toBeVisible();

  const file = keyFile(room.dataDir);
  renameSync(file, `${file}.away`);
  try {
    await page.getByRole('tab', { name: 'People' }).click();
    await expect(page.getByText('The key for personal data is missing')).toBeVisible();
    await page.getByRole('gridcell', { name: 'Paula Ferreira' }).click();
    await expect(form.getByRole('textbox', { name: 'E-mail' })).toBeDisabled();
    await look(page, info.project.name, 'people-no-key');
    await form.getByRole('textbox', { name: 'Employee number' }).fill('P-7');
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(listed(page, 'Paula Ferreira')).toContainText('P-7');
  } finally {
    renameSync(`${file}.away`, file);
  }
});
