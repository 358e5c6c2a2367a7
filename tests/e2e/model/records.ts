import type { Locator, Page } from '@playwright/test';

export type RecordKind = 'Production' | 'Measurements' | 'Labels' | 'Downtime';

export async function show(page: Page, kind: RecordKind): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Kind of record' }).getByText(kind, { exact: true }).click();
  await page.getByRole('region', { name: kind }).waitFor();
}

/** For example "6,014 records". */
export function count(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: /\d records?$/ });
}

export async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Search records' }).fill(text);
}
