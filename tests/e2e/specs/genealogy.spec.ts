import { go, signIn } from '../model/frame.ts';
import { follow, graph, latest, list, look, reached, showAs, trace } from '../model/genealogy.ts';
import { expect, test } from '../runner/test.ts';

test('a serial is traced to what it was made from, and back from there', async ({ page }) => {
  await signIn(page, 'admin');
  await go(page, 'Genealogy');
  const [serial = ''] = await latest(page, 'Serial');
  await trace(page, serial);
  await expect(page.getByRole('heading', { name: serial })).toBeVisible();
  await look(page, 'Made from');
  await expect(reached(page)).toContainText(/\d+ items, \d+ links/);
  await expect(graph(page).getByText(serial).first()).toBeVisible();
  await follow(page, '1 step');
  await showAs(page, 'List');
  const used = list(page).getByText(/^LOT-/).first();
  await expect(used).toBeVisible();
  const lot = (await used.innerText()).trim();

  await trace(page, lot);
  await look(page, 'Went into');
  await expect(page.getByRole('heading', { name: lot })).toBeVisible();
  await showAs(page, 'Graph');
  await expect(graph(page).getByText(serial).first()).toBeVisible();
});

test('a code that nobody knows is said to be unknown', async ({ page }) => {
  await signIn(page, 'admin');
  await go(page, 'Genealogy');
  await trace(page, 'LOT-NEVER-MADE');
  await expect(page.getByRole('alert')).toContainText('LOT-NEVER-MADE');
});
