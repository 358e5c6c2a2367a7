import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

export function serials(page: Page): Locator {
  return page.getByRole('list', { name: 'Serials in this carton' }).getByRole('listitem');
}

/** Takes the two pieces out that the demo plant's last shift left in an open carton. */
export async function emptyOpenCarton(page: Page): Promise<readonly [string, string]> {
  await page
    .getByRole('button', { name: /^Carton .*, Open, 2 pieces$/ })
    .first()
    .click();
  await expect(serials(page)).toHaveCount(2);
  const texts = await serials(page).getByRole('code').allInnerTexts();
  const [first = '', second = ''] = texts.map((text) => text.trim());
  for (const serial of [first, second]) {
    await page.getByRole('button', { name: `Take ${serial} out` }).click();
    await expect(page.getByRole('button', { name: `Take ${serial} out` })).toBeHidden();
  }
  return [first, second];
}

/** Opens a new carton and gives its number. */
export async function openCarton(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Open a carton' }).click();
  await expect(page.getByText('Scan the first serial: its material is the carton')).toBeVisible();
  const heading = page.getByRole('heading', { level: 2, name: /^CT-/ });
  return (await heading.innerText()).trim();
}

export async function typeSerial(page: Page, serial: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Scan or type a serial' });
  await field.fill(serial);
  await field.press('Enter');
}

export async function closeCarton(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close carton' }).click();
}

export function preview(page: Page): Locator {
  return page.getByRole('img', { name: /^Preview of the label of carton/ });
}

export function printers(page: Page): Locator {
  return page.getByRole('radiogroup', { name: 'Printer' }).getByRole('radio');
}

export function labels(page: Page): Locator {
  return page.getByRole('list', { name: 'Labels of this carton' }).getByRole('listitem');
}
