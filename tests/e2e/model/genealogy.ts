import type { Locator, Page } from '@playwright/test';

/** Codes of the plant's latest lots and serials, as offered. */
export async function latest(page: Page, kind: 'Serial' | 'Lot'): Promise<string[]> {
  const offered = page
    .getByRole('region', { name: 'Latest of this plant' })
    .getByRole('button', { name: new RegExp(` ?${kind} · `) });
  await offered.first().waitFor();
  const texts = await offered.allInnerTexts();
  return texts.map((text) => text.split('\n')[0]?.trim() ?? '');
}

export async function trace(page: Page, code: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Scan or type a lot, serial or carton' }).fill(code);
  await page.getByRole('button', { name: 'Enter code' }).click();
}

export function graph(page: Page): Locator {
  return page.getByRole('region', { name: 'Genealogy graph' });
}

export async function look(page: Page, direction: 'Made from' | 'Went into' | 'Both'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Direction' }).getByText(direction, { exact: true }).click();
}

export async function showAs(page: Page, view: 'Graph' | 'List'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'View' }).getByText(view, { exact: true }).click();
}

export function list(page: Page): Locator {
  return page.getByRole('region', { name: 'Genealogy list' });
}

/** How many were found, for example "34 items, 36 links". */
export function reached(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: /items?, / });
}

/** How many steps of making are followed. */
export async function follow(page: Page, steps: '1 step' | '10 steps'): Promise<void> {
  await page.getByRole('combobox', { name: 'How far' }).selectOption({ label: steps });
}
