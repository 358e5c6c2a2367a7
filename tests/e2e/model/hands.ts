/** The two hands a planner may have: one without a mouse, one without a keyboard except for words. */
import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { announcement, anyBar, board, boxOf } from './lanes.ts';

export interface Hand {
  readonly name: 'keyboard' | 'mouse';
  /** A button, a tab, an entry of a menu. */
  press(target: Locator): Promise<void>;
  /** Words are typed by both. */
  type(field: Locator, words: string): Promise<void>;
  /** The first or the last entry of a list that the system draws. */
  choose(list: Locator, which: 'first' | 'last'): Promise<void>;
  /** An entry of a menu, by the button that opens it. */
  pressIn(menu: Locator, entry: string): Promise<void>;
  /** Takes all that may be moved off its lane. */
  clearBoard(): Promise<void>;
}

/** Faster is a scanner that types. */
const atPersonsPace = { delay: 60 };

/** More than any screen has to stop at. */
const mostStops = 150;

/** Goes to an element by Tab alone, from where the focus is. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  await expect(target).toBeEnabled();
  for (let stop = 0; stop < mostStops; stop += 1) {
    if (await target.evaluate((element) => element.contains(document.activeElement))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(target)}`);
}

export function keyboardOf(page: Page): Hand {
  return {
    name: 'keyboard',
    async press(target) {
      await tabTo(page, target);
      await page.keyboard.press('Enter');
    },
    async type(field, words) {
      await tabTo(page, field);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(words, atPersonsPace);
    },
    async choose(list, which) {
      await tabTo(page, list);
      await page.keyboard.press(which === 'first' ? 'Home' : 'End');
    },
    async pressIn(menu, entry) {
      await tabTo(page, menu);
      await page.keyboard.press('Enter');
      const wanted = page.getByRole('menuitem', { name: entry, exact: true });
      await wanted.waitFor();
      for (let stop = 0; stop < mostStops; stop += 1) {
        if (await wanted.evaluate((element) => element === document.activeElement)) break;
        await page.keyboard.press('ArrowDown');
      }
      await page.keyboard.press('Enter');
    },
    async clearBoard() {
      await tabTo(page, board(page));
      await page.keyboard.press('ControlOrMeta+a');
      await expect(announcement(page)).toContainText('bars selected');
      await page.keyboard.press('Delete');
    },
  };
}

export function mouseOf(page: Page): Hand {
  const fromMenu = async (entry: RegExp) => {
    const { x, y, width, height } = await boxOf(anyBar(page));
    await page.mouse.click(x + width / 2, y + height / 2, { button: 'right' });
    await page.getByRole('menuitem', { name: entry }).click();
  };
  return {
    name: 'mouse',
    press: (target) => target.click(),
    async type(field, words) {
      await field.click({ clickCount: 3 });
      await page.keyboard.type(words, atPersonsPace);
    },
    async choose(list, which) {
      // The system's own list is no part of the page.
      const count = await list.getByRole('option').count();
      await list.selectOption({ index: which === 'first' ? 0 : count - 1 });
    },
    async pressIn(menu, entry) {
      await menu.click();
      await page.getByRole('menuitem', { name: entry, exact: true }).click();
    },
    async clearBoard() {
      await fromMenu(/^Select every bar/);
      await expect(announcement(page)).toContainText('bars selected');
      await fromMenu(/^Take off/);
    },
  };
}
