import { go, lastScan, signIn } from '../model/frame.ts';
import { openSimulators, printedLabel, setPaperOut } from '../model/admin.ts';
import {
  closeCarton,
  emptyOpenCarton,
  labels,
  openCarton,
  preview,
  printers,
  serials,
  typeSerial,
} from '../model/packing.ts';
import { expect, test } from '../runner/test.ts';

test('serials are scanned into a carton, and its label is printed once there is paper', async ({
  page,
  room,
}) => {
  await signIn(page, 'admin');
  await go(page, 'Packing');
  // What the last shift left in an open carton goes into a new one.
  const [first, second] = await emptyOpenCarton(page);
  await openCarton(page);
  // The first by a scanner that types, the next by hand.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.type(first);
  await page.keyboard.press('Enter');
  await expect(lastScan(page)).toContainText(`Serial ${first}`);
  await expect(serials(page)).toHaveCount(1);
  await typeSerial(page, second);
  await expect(serials(page)).toHaveCount(2);
  await typeSerial(page, second);
  await expect(page.getByRole('alert')).toContainText(/in this carton|already/i);

  await closeCarton(page);
  await expect(preview(page)).toBeVisible();
  await printers(page).first().click();

  const simulators = await room.secondWindow();
  await signIn(simulators, 'admin');
  await openSimulators(simulators);
  await setPaperOut(simulators, true);
  await page.getByRole('button', { name: 'Print label' }).click();
  await expect(labels(page).first()).toContainText('Not printed');
  await expect(labels(page).first()).toContainText('Out of labels');

  await setPaperOut(simulators, false);
  await page.getByRole('button', { name: 'Print label' }).click();
  await expect(labels(page).first()).toContainText('Printed');
  await expect(printedLabel(simulators)).toBeVisible();
  await simulators.close();
});
