/** What is around every workspace: signing in and out, the side bar, the status strip, the palette, the last scan. */
import type { Locator, Page } from '@playwright/test';

export type Person = 'planner' | 'inspector' | 'packer' | 'admin';
export type WorkspaceName = 'Lanes' | 'Line' | 'Stations' | 'Genealogy' | 'Packing' | 'Records' | 'Admin';

/** Of the demo plant, where everyone has the same. */
export const demoPassword = 'lanewright-demo';

export async function submitSignIn(page: Page, login: string, password: string): Promise<void> {
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const names: Readonly<Record<Person, string>> = {
  planner: 'Petra Lindqvist',
  inspector: 'Idris Okafor',
  packer: 'Paula Ferreira',
  admin: 'Anna Reimers',
};

/** Signs in, unless the person already is: the windows of one desktop share the session. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await sideBar(page).or(page.getByLabel('Login')).first().waitFor();
  if (await page.getByRole('button', { name: `Signed in as ${names[person]}` }).isVisible()) return;
  await submitSignIn(page, person, demoPassword);
  await sideBar(page).waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

export function sideBar(page: Page): Locator {
  return page.getByRole('navigation', { name: 'Workspaces' });
}

export async function go(page: Page, workspace: WorkspaceName): Promise<void> {
  await sideBar(page).getByRole('link', { name: workspace, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: workspace, exact: true }).waitFor();
}

/** A part of the status strip by what it tells about: its name reads "Database: online". */
export function status(page: Page, about: string): Locator {
  return page
    .getByRole('contentinfo', { name: 'Status' })
    .getByRole('button', { name: new RegExp(`^${about}: `) });
}

/** What became of the code that was scanned last. */
export function lastScan(page: Page): Locator {
  return page.getByRole('status', { name: 'Last scan' });
}

export async function openPalette(page: Page): Promise<Locator> {
  await page.keyboard.press('ControlOrMeta+k');
  const field = page.getByRole('textbox', { name: 'Go to, do, or enter a code' });
  await field.waitFor();
  return field;
}

export async function useColours(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  const button = page.getByRole('button', { name: `Use ${scheme} colours` });
  if (await button.isVisible()) await button.click();
}

export function escapeForPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
