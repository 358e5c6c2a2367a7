import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { go } from './frame.ts';

/** The page that drives the simulated line by hand. */
export async function openSimulators(page: Page): Promise<void> {
  await go(page, 'Admin');
  await page.getByRole('tab', { name: 'Simulators' }).click();
  await page.getByRole('region', { name: 'Scanner' }).waitFor();
}

export async function scanBySimulator(page: Page, code: string): Promise<void> {
  const scanner = page.getByRole('region', { name: 'Scanner' });
  await scanner.getByRole('textbox', { name: 'Code to scan' }).fill(code);
  await scanner.getByRole('button', { name: 'Scan this' }).click();
}

/** @param value in millimetres. */
export async function measureBySimulator(page: Page, value: number): Promise<void> {
  const gauge = page.getByRole('region', { name: 'Gauge' });
  await gauge.getByRole('textbox', { name: 'Value to send' }).fill(String(value));
  await gauge.getByRole('button', { name: 'Send value' }).click();
}

export async function setMachine(page: Page, code: string, state: string): Promise<void> {
  await page
    .getByRole('radiogroup', { name: `State of ${code}` })
    .getByText(state, { exact: true })
    .click();
}

/** Takes the paper out of every simulated printer, or puts it back. */
export async function setPaperOut(page: Page, out: boolean): Promise<void> {
  const switches = page.getByRole('switch', { name: /: paper out$/ });
  for (const each of await switches.all()) {
    if ((await each.isChecked()) !== out) await each.click();
    await expect(each).toBeChecked({ checked: out });
  }
}

/** The label that a simulated printer has printed last. */
export function printedLabel(page: Page): Locator {
  return page.getByRole('img', { name: /^Label \d+ as .* printed it/ });
}
