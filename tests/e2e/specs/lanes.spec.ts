import {
  announcement,
  bar,
  bubble,
  closePanel,
  drag,
  dropOnBoard,
  nameOf,
  open,
  panel,
  pickUp,
  placeByForm,
  placeSomething,
  redo,
  startOf,
  undo,
  waiting,
  waitingOperation,
} from '../model/lanes.ts';
import { signIn } from '../model/frame.ts';
import { rowsOf } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

test('a bar is moved by keyboard, undone and redone', async ({ page, room }) => {
  await signIn(page, 'planner');
  const second = await room.secondWindow();
  await signIn(second, 'planner');
  const code = await placeSomething(page, second);
  await second.close();
  const before = await nameOf(page, code);
  await pickUp(page, code);
  await page.keyboard.press('ArrowRight');
  await expect(announcement(page)).not.toContainText('picked up');
  await expect(announcement(page)).not.toContainText('Not possible');
  await page.keyboard.press('Enter');
  await expect(announcement(page)).toContainText(`${code} dropped on`);
  await expect(bar(page, code)).not.toHaveText(before);
  const after = await nameOf(page, code);
  await undo(page);
  await expect(bar(page, code)).toHaveText(before);
  await redo(page);
  await expect(bar(page, code)).toHaveText(after);
});

test('a bar is dragged by mouse', async ({ page, room }) => {
  await signIn(page, 'planner');
  const second = await room.secondWindow();
  await signIn(second, 'planner');
  const code = await placeSomething(page, second);
  await second.close();
  const before = await nameOf(page, code);
  await drag(page, code, 70);
  await expect(announcement(page)).toContainText(`${code} dropped on`);
  await expect(bar(page, code)).not.toHaveText(before);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(bar(page, code)).toHaveText(before);
});

test('an operation is dragged from the list onto a lane, and stands there in the database', async ({
  page,
  room,
}) => {
  await signIn(page, 'planner');
  // Taken off again it leaves a place in view that it fits into.
  const code = await placeSomething(page);
  const place = await startOf(page, code);
  await undo(page);
  await expect(waiting(page, code)).toBeVisible();
  const placement = () =>
    rowsOf<{ lane: string | null; is_whole: boolean }>(
      room.dataDir,
      `SELECT lane.name AS lane, ends_at >= starts_at + duration_s * interval '1 s' AS is_whole
       FROM production.operations LEFT JOIN production.lanes AS lane ON lane.id = lane_id
       WHERE operations.code = $1`,
      [code],
    );
  await expect.poll(placement).toEqual([{ lane: null, is_whole: null }]);
  const lane = await dropOnBoard(page, code, place);
  await expect(announcement(page)).toContainText(`${code} dropped on`);
  await expect(bar(page, code)).toContainText(lane);
  await expect(waiting(page, code)).toBeHidden();
  await expect.poll(placement).toEqual([{ lane, is_whole: true }]);
  await undo(page);
  await expect(waiting(page, code)).toBeVisible();
  await expect.poll(placement).toEqual([{ lane: null, is_whole: null }]);
});

test('a place that is not possible is refused with its reason', async ({ page }) => {
  await signIn(page, 'planner');
  const code = await placeSomething(page);
  const before = await nameOf(page, code);
  await pickUp(page, code);
  // On to the weekend or another operation: one of the next four days has something in the way.
  for (let step = 0; step < 200; step += 1) {
    await page.keyboard.press('Shift+ArrowRight');
    if (((await announcement(page).textContent()) ?? '').includes('Not possible')) break;
  }
  await expect(announcement(page)).toContainText(/Not possible: .{10,}/);
  const [, reason = ''] = /Not possible: (.*)$/.exec((await announcement(page).innerText()).trim()) ?? [];
  await expect(bubble(page)).toContainText(reason);
  await page.keyboard.press('Enter');
  await expect(announcement(page)).toContainText('Not possible');
  await page.keyboard.press('Escape');
  await expect(announcement(page)).toContainText(`${code} stays where it was`);
  await expect(bar(page, code)).toHaveText(before);
});

test('a second window sees a move', async ({ page, room }) => {
  await signIn(page, 'planner');
  const second = await room.secondWindow();
  await signIn(second, 'planner');
  const code = await waitingOperation(page);
  await open(second, code);
  await expect(panel(second)).toContainText('Not placed');
  await open(page, code);
  await placeByForm(page);
  await expect(panel(second)).not.toContainText('Not placed');
  await closePanel(second);
  await expect(waiting(second, code)).toBeHidden();
  await panel(page).getByRole('button', { name: 'Take off the lane' }).click();
  await expect(waiting(second, code)).toBeVisible();
  await second.close();
});

test('a move on something that has changed meanwhile shows both sides', async ({ page, room }) => {
  await signIn(page, 'planner');
  const second = await room.secondWindow();
  await signIn(second, 'planner');
  const code = await waitingOperation(page);
  await open(second, code);
  await second.getByLabel('Starts').waitFor();
  await open(page, code);
  await placeByForm(page);
  await expect(panel(second)).not.toContainText('Not placed');
  await panel(second).getByRole('button', { name: 'Show on board' }).click();
  await closePanel(second);
  await pickUp(second, code);
  await second.keyboard.press('ArrowRight');
  await expect(announcement(second)).not.toContainText('picked up');
  // The second window is too busy to hear of the first one's change before it drops its own.
  const dropped = second.evaluate((busyMs) => {
    const until = performance.now() + busyMs;
    while (performance.now() < until);
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  }, 2_500);
  await panel(page).getByRole('button', { name: 'Take off the lane' }).click();
  await dropped;
  const conflict = second.getByRole('dialog', { name: `${code} was moved at another desk` });
  await expect(conflict).toContainText('It stands now');
  await expect(conflict).toContainText('You wanted');
  await conflict.getByRole('button', { name: 'Leave it as it is' }).click();
  await expect(conflict).toBeHidden();
  await expect(waiting(second, code)).toBeVisible();
  await second.close();
});
