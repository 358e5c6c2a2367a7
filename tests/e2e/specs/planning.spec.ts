/** A planner's week, from an empty one to a published schedule, a breakdown and a repaired plan: by either hand. */
import type { Page } from '@playwright/test';
import { openSimulators, setMachine } from '../model/admin.ts';
import { demoPassword, go, signIn, signOut } from '../model/frame.ts';
import { keyboardOf, mouseOf } from '../model/hands.ts';
import type { Hand } from '../model/hands.ts';
import { announcement, board } from '../model/lanes.ts';
import type { ControlRoom } from '../runner/control-room.ts';
import { rowsOf } from '../runner/database.ts';
import { expect, test } from '../runner/test.ts';

/** The solver runs twice, and the plant is broken in between. */
test.setTimeout(240_000);

const machineCode = 'CNC-01';

test('a week is planned, published and repaired without a mouse', async ({ page, room }) => {
  await walk(page, keyboardOf(page), room);
});

test('a week is planned, published and repaired by mouse', async ({ page, room }) => {
  await walk(page, mouseOf(page), room);
});

async function walk(page: Page, hand: Hand, room: ControlRoom): Promise<void> {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const placed = () =>
    rowsOf<{ placed: number }>(
      room.dataDir,
      `SELECT count(*)::int AS placed FROM production.operations AS operation
       JOIN org.plants AS plant ON plant.id = operation.plant_id
       WHERE plant.code = 'PUMPS' AND lane_id IS NOT NULL AND status IN ('planned', 'ready')`,
      [],
    ).then(([row]) => row?.placed ?? 0);

  const draft = `Week by ${hand.name}`;
  await signIn(page, 'planner');
  await board(page).waitFor();
  const before = await placed();
  await hand.press(button('New draft'));
  await hand.type(page.getByLabel('Name'), draft);
  await hand.press(button('Make the draft'));
  await expect(page.getByLabel('Schedule on the board')).toContainText(draft);
  await hand.clearBoard();
  await expect(announcement(page)).toContainText('taken off their lanes');
  expect(await placed(), 'the floor goes on by the plan').toBe(before);

  await solve(page, hand);
  await publish(page, hand, `Planned by ${hand.name}`);
  await expect(page.getByRole('toolbar', { name: 'Schedule' })).toContainText('Published');
  expect(await placed(), 'what waited has a place').toBeGreaterThanOrEqual(before);

  // No minor stop, and long enough to stand in the way of work on any day of the week, but of no locked bar.
  await hand.pressIn(button('View and pictures'), 'Breakdowns…');
  const breakdowns = page.getByRole('dialog', { name: 'Breakdowns' });
  await hand.choose(breakdowns.getByLabel('A stop is planned around after'), 'first');
  await hand.choose(breakdowns.getByLabel('The machine is planned around for'), 'last');
  await hand.press(breakdowns.getByRole('button', { name: 'Close' }));
  // Not the planner's doing: a machine stops.
  await setByAdmin(page, room, 'Down');
  const notice = page.getByRole('region', { name: 'The floor and the plan' });
  await expect(notice).toContainText(/The floor moves \d+ operations? off the plan/);
  await hand.press(notice.getByRole('button', { name: 'Repair in a draft' }));
  await expect(page.getByRole('radio', { name: 'Repair' })).toBeChecked();
  await solve(page, hand);
  await publish(page, hand, `Repaired by ${hand.name}`);
  await expect(notice).toBeHidden();
  await setByAdmin(page, room, 'By plan');
}

/** Starts the solver on the draft that is shown, for the shortest time, and waits for what it found. */
async function solve(page: Page, hand: Hand): Promise<void> {
  const panel = page.getByRole('form', { name: 'Solve' });
  if (!(await panel.isVisible())) await hand.press(page.getByRole('button', { name: 'Solve', exact: true }));
  await hand.choose(panel.getByLabel('At most'), 'first');
  await hand.press(panel.getByRole('button', { name: 'Start' }));
  await expect(panel).toContainText('Done: the best is in the draft.', { timeout: 40_000 });
  await hand.press(panel.getByRole('button', { name: 'Close' }));
}

async function publish(page: Page, hand: Hand, reason: string): Promise<void> {
  await hand.press(page.getByRole('button', { name: 'Publish', exact: true }));
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('it breaks no rule');
  await hand.choose(dialog.getByLabel('Frozen horizon'), 'first');
  await hand.type(dialog.getByLabel('Why it is published'), reason);
  await hand.type(dialog.getByLabel('Your password', { exact: true }), demoPassword);
  await hand.press(dialog.getByRole('button', { name: 'Sign and publish' }));
  await expect(page.getByText(/Schedule no\. \d+ holds from now on/)).toBeVisible();
}

/** At a desk of its own, whose news the open board has to hear; the windows of a desktop share who is signed in. */
async function setByAdmin(page: Page, room: ControlRoom, state: string): Promise<void> {
  const hasOwnDesk = test.info().project.name === 'chromium';
  const desk = hasOwnDesk ? await room.secondWindow() : page;
  if (!hasOwnDesk) await signOut(page);
  await signIn(desk, 'admin');
  await openSimulators(desk);
  await setMachine(desk, machineCode, state);
  if (hasOwnDesk) return desk.close();
  await go(page, 'Lanes');
  await signOut(page);
  await signIn(page, 'planner');
}
