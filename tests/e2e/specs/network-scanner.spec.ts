/** A scanner on the network, named in the settings, from its socket to the screen and back after a pulled cable. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulatedScanner } from '#native/simulators/simulated-scanner';
import { go, lastScan, signIn, status } from '../model/frame.ts';
import { codesIn, operation } from '../model/stations.ts';
import { rowsOf } from '../runner/database.ts';
import { copyOfTemplate } from '../runner/plant-template.ts';
import { expect, openRoom, test } from '../runner/test.ts';

// oxlint-disable-next-line no-empty-pattern -- Playwright reads what a test needs from this pattern.
test('scans of a network scanner are taken, shown and kept', async ({}, info) => {
  test.setTimeout(120_000);
  const dataDir = copyOfTemplate(`network-scanner-${info.project.name}`);
  const scanner = await startSimulatedScanner({ directory: dataDir, wire: 'tcp' });
  const settings = { scanner: { transport: scanner.transport } };
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings));
  const room = await openRoom(info.project.name, dataDir);
  try {
    const page = await room.window();
    await signIn(page, 'inspector');
    await go(page, 'Stations');
    const [code = ''] = await codesIn(page, 'Running');
    await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: online', { timeout: 20_000 });
    expect(await scanner.scan(`${code}/PAUSE`)).toBe(true);
    await expect(lastScan(page)).toContainText(`${code} paused`);
    await expect(lastScan(page)).toContainText('network scanner');
    await expect(operation(page, code)).toContainText('Paused');

    await scanner.setPlugged(false);
    await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: offline');
    await scanner.setPlugged(true);
    await expect(status(page, 'Scanner')).toHaveAccessibleName('Scanner: online');
    expect(await scanner.scan(`${code}/START`)).toBe(true);
    await expect(lastScan(page)).toContainText(`${code} resumed`);
    const kept = () =>
      rowsOf<{ code: string; source: string }>(
        dataDir,
        `SELECT code, source FROM trace.scans WHERE code LIKE $1 AND source = 'tcp' ORDER BY at`,
        [`${code}/%`],
      );
    await expect.poll(kept).toEqual([
      { code: `${code}/PAUSE`, source: 'tcp' },
      { code: `${code}/START`, source: 'tcp' },
    ]);
  } finally {
    await room.stop();
    await scanner.stop();
  }
});
