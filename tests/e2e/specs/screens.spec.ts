/** Every screen in both colour schemes: no violation that axe knows of, and a picture to look at. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { go, signIn, useColours } from '../model/frame.ts';
import type { WorkspaceName } from '../model/frame.ts';
import { latest, graph, trace } from '../model/genealogy.ts';
import { codesIn, openOperation } from '../model/stations.ts';
import { violations } from '../runner/axe.ts';
import { expect, test } from '../runner/test.ts';

const folder = join(import.meta.dirname, '../../../screenshots');
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
const schemes = ['light', 'dark'] as const;

/** What a screen has to be brought to before it is looked at. */
const prepared: Partial<Record<string, (page: Page) => Promise<void>>> = {
  Lanes: (page) => page.getByRole('grid', { name: 'Lane board' }).getByRole('gridcell').first().waitFor(),
  Stations: async (page) => {
    const [code = ''] = await codesIn(page, 'Running');
    await openOperation(page, code);
  },
  Genealogy: async (page) => {
    const [serial = ''] = await latest(page, 'Serial');
    await trace(page, serial);
    await graph(page).getByText(serial).first().waitFor();
  },
  Packing: async (page) => {
    await page
      .getByRole('button', { name: /, Closed, / })
      .first()
      .click();
    await page.getByRole('img', { name: /^Preview of the label/ }).waitFor();
  },
  Records: (page) => page.getByRole('gridcell').first().waitFor(),
  Line: (page) =>
    page
      .getByRole('button', { name: /Show its history$/ })
      .first()
      .waitFor(),
};

async function lookAt(
  name: string,
  page: Page,
  project: string,
  pictures: (size: (typeof sizes)[number]) => Promise<void>,
) {
  for (const scheme of schemes) {
    await useColours(page, scheme);
    expect(await violations(page), `${name}, ${scheme}`).toEqual([]);
    for (const size of sizes) {
      await pictures(size);
      const file = `${name.toLowerCase()}-${scheme}-${size.width}x${size.height}.png`;
      await page.screenshot({ path: join(folder, project, file) });
    }
  }
}

const workspaces: readonly WorkspaceName[] = [
  'Lanes',
  'Line',
  'Stations',
  'Genealogy',
  'Packing',
  'Records',
  'Admin',
];

for (const name of workspaces) {
  test(`${name} can be used by everyone, light and dark`, async ({ page, room }, info) => {
    await signIn(page, 'admin');
    await go(page, name);
    await prepared[name]?.(page);
    await lookAt(name, page, info.project.name, (size) => room.resize(page, size));
  });
}

for (const tab of ['Jobs', 'Logs', 'Data', 'Simulators', 'About'] as const) {
  test(`Admin's ${tab} can be used by everyone, light and dark`, async ({ page, room }, info) => {
    await signIn(page, 'admin');
    await go(page, 'Admin');
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tabpanel', { name: tab }).waitFor();
    if (tab === 'Data') {
      await page.getByRole('button', { name: 'Check now' }).click();
      await page.getByText(/checks (are good|found problems)/).waitFor();
    }
    await lookAt(`admin-${tab}`, page, info.project.name, (size) => room.resize(page, size));
  });
}

test('the sign-in page can be used by everyone', async ({ page }, info) => {
  await page.getByRole('heading', { name: 'Sign in to Lanewright' }).waitFor();
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await violations(page), scheme).toEqual([]);
    await page.screenshot({ path: join(folder, info.project.name, `sign-in-${scheme}.png`) });
  }
});
