import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { escapeForPattern } from './frame.ts';

export function board(page: Page): Locator {
  return page.getByRole('grid', { name: 'Lane board' });
}

export function bar(page: Page, code: string): Locator {
  return board(page).getByRole('gridcell', { name: new RegExp(`^${escapeForPattern(code)} `) });
}

/** One of the bars that nothing has begun. */
export function anyBar(page: Page): Locator {
  return board(page)
    .getByRole('gridcell', { name: /, (ready|planned), / })
    .first();
}

/** What the board says to those who do not see it. */
export function announcement(page: Page): Locator {
  return page.getByRole('main').getByRole('status');
}

/** The grid of what waits for a place. */
export function unscheduled(page: Page): Locator {
  return page.getByRole('region', { name: 'Unscheduled' });
}

/** The cell with the code of an operation that waits; it is only there while the grid has its row in view. */
export function waiting(page: Page, code: string): Locator {
  return unscheduled(page).getByRole('gridcell', { name: code, exact: true });
}

async function find(page: Page, code: string): Promise<Locator> {
  await page.getByRole('textbox', { name: 'Search operations' }).fill(code);
  return waiting(page, code);
}

export function panel(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Operation' });
}

export const undo = (page: Page) => page.getByRole('button', { name: 'Undo' }).click();
export const redo = (page: Page) => page.getByRole('button', { name: 'Redo' }).click();

/** An operation that waits for a place and that no other has to precede. */
export async function waitingOperation(page: Page): Promise<string> {
  const first = unscheduled(page)
    .getByRole('gridcell', { name: /^WO-\d+\/10$/ })
    .first();
  return (await first.innerText()).trim();
}

export async function open(page: Page, code: string): Promise<void> {
  await (await find(page, code)).dblclick();
  await panel(page).getByRole('heading', { name: code }).waitFor();
}

/** Places an open operation by its form, at the earliest that its lane takes it. */
export async function placeByForm(page: Page): Promise<void> {
  const form = panel(page);
  await form.getByRole('button', { name: 'Earliest' }).click();
  await expect(form.getByText(/^Would end/)).toBeVisible();
  await form.getByRole('button', { name: 'Place', exact: true }).click();
  await expect(form.getByRole('button', { name: 'Show on board' })).toBeVisible();
}

export async function closePanel(page: Page): Promise<void> {
  await panel(page).getByRole('button', { name: 'Close details' }).click();
}

/**
 * Has an operation that waits placed, and leaves its bar in view.
 * @param by another window that places it, so that this one has nothing of its own to undo.
 */
export async function placeSomething(page: Page, by: Page = page): Promise<string> {
  const code = await waitingOperation(page);
  await open(page, code);
  if (by !== page) await open(by, code);
  await placeByForm(by);
  await panel(page).getByRole('button', { name: 'Show on board' }).click();
  await closePanel(page);
  await expect(bar(page, code)).toBeVisible();
  return code;
}

/** What stands beside the bar in hand; the buttons' own tooltips have no heading. */
export function bubble(page: Page): Locator {
  return page.getByRole('tooltip').filter({ has: page.getByRole('strong') });
}

/** Where a bar is, once the board has come to rest. */
export async function boxOf(bar: Locator) {
  let before = '';
  for (;;) {
    const box = await bar.boundingBox();
    if (!box) throw new Error(`${String(bar)} is not in view`);
    if (JSON.stringify(box) === before) return box;
    before = JSON.stringify(box);
    // The board tells assistive technology where its bars stand a moment after they have got there.
    await bar.page().waitForTimeout(500);
  }
}

/** The middle of what is to be seen of a bar. */
async function middle(page: Page, code: string): Promise<{ x: number; y: number }> {
  const box = await boxOf(bar(page, code));
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

export async function select(page: Page, code: string): Promise<void> {
  const { x, y } = await middle(page, code);
  await page.mouse.click(x, y);
  await expect(bar(page, code)).toHaveAttribute('aria-selected', 'true');
}

/** Takes a bar into the hand of the keyboard. */
export async function pickUp(page: Page, code: string): Promise<void> {
  await select(page, code);
  await page.keyboard.press('Enter');
  await expect(announcement(page)).toContainText(`${code} picked up`);
}

/** Drags a bar by its middle, and lets go where `byX` ends. */
export async function drag(page: Page, code: string, byX: number, letGo = true): Promise<void> {
  const { x, y } = await middle(page, code);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + byX / 2, y, { steps: 4 });
  await page.mouse.move(x + byX, y, { steps: 4 });
  if (letGo) await page.mouse.up();
}

/** What a bar is called: its operation, state and place. */
export async function nameOf(page: Page, code: string): Promise<string> {
  return (await bar(page, code).innerText()).trim();
}

/** Where a bar begins, halfway down. */
export async function startOf(page: Page, code: string): Promise<{ x: number; y: number }> {
  const box = await boxOf(bar(page, code));
  return { x: box.x, y: box.y + box.height / 2 };
}

/**
 * Takes an operation out of the unscheduled list with the mouse and carries it onto a lane, to the first
 * place from there on that the board takes it at.
 * @returns the name of the lane.
 */
export async function dropOnBoard(
  page: Page,
  code: string,
  from: { readonly x: number; readonly y: number },
): Promise<string> {
  const handle = (await find(page, code)).locator('.ag-drag-handle');
  // The rows of the grid glide to their places.
  await handle.hover();
  const grip = await handle.boundingBox();
  if (!grip) throw new Error(`${code} is not in the list`);
  const middleY = grip.y + grip.height / 2;
  await page.mouse.move(grip.x + grip.width / 2, middleY);
  await page.mouse.down();
  await page.mouse.move(grip.x - 20, middleY, { steps: 3 });
  // Away from the edge of the lanes' names, where nothing is held.
  for (let byX = 20; byX < 220; byX += 8) {
    await page.mouse.move(from.x + byX - 4, from.y);
    await page.mouse.move(from.x + byX, from.y);
    // What is said is drawn with the next frame, and the browser keeps the first movements for itself.
    await page.waitForTimeout(100);
    if (!(await bubble(page).isVisible())) continue;
    if ((await bubble(page).getAttribute('data-accent')) !== 'selected') continue;
    const lane = (await bubble(page).getByRole('strong').innerText()).trim();
    await page.mouse.up();
    return lane;
  }
  await page.mouse.up();
  throw new Error(`the lane does not take ${code}`);
}
