import type { Locator, Page } from '@playwright/test';
import { go } from './frame.ts';

/** A tab of Admin, by its name. */
export async function openAdminTab(page: Page, name: string): Promise<void> {
  await go(page, 'Admin');
  await page.getByRole('tab', { name }).click();
  await page.getByRole('tabpanel', { name }).waitFor();
}

/** Chooses in a field of several choices, which stays open. */
export async function choose(form: Locator, label: string, option: string): Promise<void> {
  const field = form.getByRole('combobox', { name: label, exact: true });
  await field.click();
  await form.page().getByRole('option', { name: option }).click();
  await field.press('Escape');
}

export function drawer(page: Page): Locator {
  return page.getByRole('dialog').first();
}

/** The row of the list, by what its first cell says. */
export function listed(page: Page, name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('gridcell', { name, exact: true }) });
}
