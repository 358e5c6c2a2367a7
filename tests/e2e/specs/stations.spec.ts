import { go, signIn } from '../model/frame.ts';
import { measureBySimulator, openSimulators } from '../model/admin.ts';
import { characteristics, codesIn, openOperation, save, valueField, verdict } from '../model/stations.ts';
import { expect, test } from '../runner/test.ts';

/** Far outside of whatever is measured at the demo plant. */
const outside = 987_654;

test('an inspector types a value, and sees at once whether it is inside', async ({ page }) => {
  await signIn(page, 'inspector');
  await go(page, 'Stations');
  const [code = ''] = await codesIn(page, 'Running');
  await openOperation(page, code);
  const first = characteristics(page).first();
  await valueField(first).fill(String(outside));
  await expect(verdict(first)).toContainText('too large');
  const limits = await first.innerText();
  const nominal = /nominal ([\d.,]+)/.exec(limits)?.[1] ?? /([\d.,]+) – /.exec(limits)?.[1] ?? '';
  await valueField(first).fill(nominal);
  await expect(verdict(first)).toContainText('Inside the limits');
  await save(first).click();
  await expect(verdict(first)).toContainText('Saved');
});

test('a gauge fills in the marked value, and what is outside is saved as outside', async ({ page, room }) => {
  await signIn(page, 'admin');
  await go(page, 'Stations');
  const length = characteristics(page)
    .filter({ has: page.getByRole('textbox', { name: /value in mm$/ }) })
    .first();
  // The gauge measures lengths: an operation where one is due.
  for (const code of [...(await codesIn(page, 'Running')), ...(await codesIn(page, 'Paused'))]) {
    await openOperation(page, code);
    await characteristics(page).first().waitFor();
    if (await length.isVisible()) break;
    await page.getByRole('button', { name: 'Worklist' }).click();
  }
  await valueField(length).focus();
  const second = await room.secondWindow();
  await signIn(second, 'admin');
  await openSimulators(second);
  await measureBySimulator(second, outside);
  await expect(valueField(length)).toHaveValue(String(outside));
  await expect(verdict(length)).toContainText('too large');
  await save(length).click();
  await expect(verdict(length)).toContainText('It is outside the limits');
  await second.close();
});
