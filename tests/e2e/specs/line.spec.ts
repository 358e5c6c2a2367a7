import { go, signIn } from '../model/frame.ts';
import { openSimulators, setMachine } from '../model/admin.ts';
import { machine } from '../model/line.ts';
import { expect, test } from '../runner/test.ts';

test('a machine that stops turns its tile, and one that runs again turns it back', async ({ page, room }) => {
  await signIn(page, 'admin');
  await go(page, 'Line');
  await expect(machine(page, 'CNC-01')).toBeVisible();
  const simulators = await room.secondWindow();
  await signIn(simulators, 'admin');
  await openSimulators(simulators);
  await setMachine(simulators, 'CNC-01', 'Down');
  await expect(machine(page, 'CNC-01', 'Down')).toBeVisible();
  await setMachine(simulators, 'CNC-01', 'Running');
  await expect(machine(page, 'CNC-01', 'Running')).toBeVisible();
  await machine(page, 'CNC-01').click();
  await expect(page.getByRole('dialog')).toContainText('Down');
  await setMachine(simulators, 'CNC-01', 'By plan');
  await simulators.close();
});
