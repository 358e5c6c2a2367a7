/** The pictures of docs/planning.md: one plant from an empty week to a repaired plan, each after the one before. */
import type { Locator, Page } from '@playwright/test';
import { open, signIn } from './picture.ts';
import type { Picture } from './picture.ts';

const draft = 'Week 48';
const password = 'lanewright-demo';
const machine = 'CNC-01';
const solvedMs = 90_000;

const board = (page: Page) => page.getByRole('grid', { name: 'Lane board' });
const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
const press = (page: Page | Locator, name: string) => button(page, name).click();
const solver = (page: Page) => page.getByRole('form', { name: 'Solve' });

async function openBoard(page: Page, shown?: string): Promise<void> {
  await open(page, 'Lanes');
  await board(page).waitFor();
  if (shown === undefined) return;
  const schedules = page.getByLabel('Schedule on the board');
  const option = schedules.locator('option', { hasText: shown });
  await option.waitFor({ state: 'attached' });
  await schedules.selectOption((await option.innerText()).trim());
  await page.waitForLoadState('networkidle');
}

/** Starts the solver for the shortest time. */
async function startSolver(page: Page): Promise<void> {
  if (!(await solver(page).isVisible())) await press(page, 'Solve');
  await solver(page).getByLabel('At most').selectOption({ index: 0 });
  await press(solver(page), 'Start');
}

async function askToPublish(page: Page, reason: string): Promise<Locator> {
  await press(page, 'Publish');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('it breaks no rule').waitFor();
  await dialog.getByLabel('Frozen horizon').selectOption({ index: 1 });
  await dialog.getByLabel('Why it is published').fill(reason);
  return dialog;
}

/** No stop is a minor one, and one stands in the way of work whatever the day of the week. */
async function planAroundBreakdowns(page: Page): Promise<void> {
  await press(page, 'View and pictures');
  await page.getByRole('menuitem', { name: 'Breakdowns…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('A stop is planned around after').selectOption('At once');
  await dialog.getByLabel('The machine is planned around for').selectOption('3 d 0 h');
  await press(dialog, 'Close');
}

/** Another person, at a desk of their own, takes a machine out of the simulated line. */
async function breakMachine(page: Page): Promise<void> {
  const context = await page.context().browser()?.newContext();
  if (!context) throw new Error('the page has no browser');
  const desk = await context.newPage();
  await desk.goto(page.url());
  await signIn(desk, 'administrator');
  await open(desk, 'Admin');
  await desk.getByRole('tab', { name: 'Simulators' }).click();
  const states = desk.getByRole('radiogroup', { name: `State of ${machine}` });
  await states.getByText('Down', { exact: true }).click();
  await context.close();
}

export const planningPictures: readonly Picture[] = [
  {
    file: 'planning-draft.png',
    login: 'planner',
    async show(page) {
      await openBoard(page);
      await press(page, 'New draft');
      await page.getByLabel('Name', { exact: true }).fill(draft);
      await press(page, 'Make the draft');
      await button(page, 'Publish').waitFor();
      // The draft is on the board when its answer is there.
      await page.waitForLoadState('networkidle');
      await page.waitForTimeout(1000);
      await board(page).focus();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await page.getByText(/taken off their lanes/).waitFor({ state: 'attached' });
      // Of what stays, first one bar is selected, then none.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('-');
      await page.keyboard.press('-');
    },
  },
  {
    file: 'planning-unscheduled.png',
    login: 'planner',
    async show(page) {
      await openBoard(page, draft);
      await page.getByLabel('Group by').selectOption({ label: 'By material' });
      await page
        .getByRole('gridcell', { name: /^WO-\d+\/10$/ })
        .first()
        .click();
      await press(page, 'Place');
      await page.keyboard.press('ArrowRight');
    },
  },
  {
    file: 'planning-solve.png',
    login: 'planner',
    // Some seconds into a run of ten.
    restMs: 3000,
    async show(page) {
      await openBoard(page, draft);
      await startSolver(page);
      await page.getByText(/improvements? since the first plan/).waitFor();
    },
  },
  {
    file: 'planning-publish.png',
    login: 'planner',
    async show(page) {
      await openBoard(page, draft);
      // The run of the picture before is at its end.
      await page
        .getByRole('button', { name: 'Publish', exact: true, disabled: false })
        .waitFor({ timeout: solvedMs });
      await page.waitForTimeout(12_000);
      await askToPublish(page, 'Week 48 as agreed with sales');
    },
  },
  {
    file: 'planning-why-late.png',
    login: 'planner',
    async show(page) {
      await openBoard(page);
      await board(page).focus();
      await page.keyboard.press('0');
      const late = board(page).getByRole('gridcell', { name: /(planned|ready).* late/ });
      await late.first().waitFor();
      const box = await late.first().boundingBox();
      if (!box) throw new Error('no bar is late');
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.keyboard.press('y');
      const chain = page.getByRole('complementary', { name: 'Operation' }).getByRole('list').first();
      await chain.getByRole('button').first().waitFor();
      for (let step = 0; step < 4; step += 1) await press(page, 'Zoom in');
      await chain.getByRole('button').first().click();
    },
  },
  {
    file: 'planning-scenarios.png',
    login: 'planner',
    async show(page) {
      await openBoard(page, draft);
      await page.getByRole('tab', { name: 'Scenarios' }).click();
      await page.getByRole('checkbox', { name: 'Show Weekly plan as ghosts on the board' }).check();
    },
  },
  {
    file: 'planning-breakdown.png',
    login: 'planner',
    async show(page) {
      await openBoard(page, draft);
      const dialog = await askToPublish(page, 'Week 48 as agreed with sales');
      await dialog.getByLabel('Your password', { exact: true }).fill(password);
      await press(dialog, 'Sign and publish');
      await page.getByText(/holds from now on/).waitFor();
      await planAroundBreakdowns(page);
      await breakMachine(page);
      await page.getByRole('region', { name: 'The floor and the plan' }).waitFor({ timeout: solvedMs });
      await page.getByText(/holds from now on/).waitFor({ state: 'hidden' });
    },
  },
  {
    file: 'planning-repair.png',
    login: 'planner',
    async show(page) {
      await openBoard(page);
      await press(page, 'Repair in a draft');
      await solver(page).waitFor();
      await startSolver(page);
      await solver(page).getByText('Done: the best is in the draft.').waitFor({ timeout: solvedMs });
    },
  },
  {
    file: 'planning-promise.png',
    login: 'planner',
    async show(page) {
      await openBoard(page);
      await press(page, 'When can it be ready?');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Material').first().click();
      await page.getByRole('option', { name: /PUMP-50/ }).click();
      await dialog.getByLabel('Quantity').fill('20');
      await press(dialog, 'Find the date');
      await dialog.getByRole('heading', { name: /Ready|Not within/ }).waitFor();
    },
  },
];
