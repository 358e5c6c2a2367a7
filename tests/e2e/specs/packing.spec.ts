import { go, lastScan, signIn } from '../model/frame.ts';
import { openSimulators, paperOut, printedLabel } from '../model/admin.ts';
import { latest } from '../model/genealogy.ts';
import { closeCarton, labels, openCarton, preview, printers, serials, typeSerial } from '../model/packing.ts';
import { expect, test } from '../runner/test.ts';

test('serials are scanned into a carton, and its label is printed once there is paper', async ({
  page,
  room,
}) => {
  await signIn(page, 'packer');
  await go(page, 'Genealogy');
  const fresh = await latest(page, 'Serial');
  await go(page, 'Packing');
  await openCarton(page);
  // The first by the keyboard of a scanner, the next by hand; only of the same material.
  const [first = '', ...others] = fresh;
  const alike = others.find((serial) => serial.slice(0, 6) === first.slice(0, 6)) ?? '';
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.type(first);
  await page.keyboard.press('Enter');
  await expect(lastScan(page)).toContainText(`Serial ${first}`);
  await expect(serials(page)).toHaveCount(1);
  await typeSerial(page, alike);
  await expect(serials(page)).toHaveCount(2);
  await typeSerial(page, alike);
  await expect(page.getByRole('alert')).toContainText(/already/i);

  await closeCarton(page);
  await expect(preview(page)).toBeVisible();
  const chosen = printers(page).first();
  await chosen.click();
  const printer = (await chosen.getAttribute('value')) ?? '';

  const simulators = await room.secondWindow();
  await signIn(simulators, 'admin');
  await openSimulators(simulators);
  await paperOut(simulators, printer).click();
  await expect(paperOut(simulators, printer)).toBeChecked();
  await page.getByRole('button', { name: 'Print label' }).click();
  await expect(labels(page).first()).toContainText('Not printed');
  await expect(labels(page).first()).toContainText('Out of labels');

  await paperOut(simulators, printer).click();
  await expect(paperOut(simulators, printer)).not.toBeChecked();
  await page.getByRole('button', { name: 'Print label' }).click();
  await expect(labels(page).first()).toContainText('Printed');
  await expect(printedLabel(simulators, printer)).toBeVisible();
  await simulators.close();
});
