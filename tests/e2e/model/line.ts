import type { Locator, Page } from '@playwright/test';

/** A machine's tile; its name holds its state. */
export function machine(page: Page, code: string, state = String.raw`[\w-]+`): Locator {
  return page.getByRole('button', { name: new RegExp(` ${code}, ${state}\\. Show its history$`) });
}
