import type { Locator, Page } from '@playwright/test';
import { escapeForPattern } from './frame.ts';

/** Codes on the worklist that are in a state, from the top. */
export async function codesIn(page: Page, state: string): Promise<string[]> {
  const rows = page.getByRole('button', { name: new RegExp(`^Open .*, ${state}$`) });
  await page
    .getByRole('button', { name: /^Open .*, \w+$/ })
    .first()
    .waitFor();
  const names = await rows.evaluateAll((elements) =>
    elements.map((each) => each.getAttribute('aria-label') ?? ''),
  );
  return names.map((name) => name.replace(/^Open (.*), \w+$/, '$1'));
}

export async function openOperation(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Open ${escapeForPattern(code)}, `) }).click();
  await page.getByRole('heading', { level: 2, name: code }).waitFor();
}

/** The page of the operation at hand. */
export function operation(page: Page, code: string): Locator {
  return page.getByRole('region', { name: code, exact: true });
}

/** What has to be measured, first the marked one. */
export function characteristics(page: Page): Locator {
  return page.getByRole('article');
}

export function valueField(characteristic: Locator): Locator {
  return characteristic.getByRole('textbox', { name: /value in/ });
}

export function save(characteristic: Locator): Locator {
  return characteristic.getByRole('button', { name: /^Save / });
}

/** Whether the value in hand is inside, and what became of the last one. */
export function verdict(characteristic: Locator): Locator {
  return characteristic.getByRole('status');
}
