/** Promise 6: commands that can never be applied, among many that can. */
import { v7 as uuidv7 } from 'uuid';
import { balance, makeTrialPlant } from './trial-plant.ts';
import type { TrialPlant } from './trial-plant.ts';
import type { Trial } from './trial.ts';
import { openTrialStation } from './trial-station.ts';
import type { TrialScan } from './trial-station.ts';

const sizes = { short: { commands: 500, poison: 20 }, full: { commands: 10_000, poison: 100 } };
const promisedPerSecond = 500;

export const poison: Trial = {
  name: 'poison',
  promise: 'poison among many: all of it in quarantine, all else delivered; a mended one goes through',
  async run(size) {
    const { commands, poison: wanted } = sizes[size];
    const every = commands / wanted;
    const plant = await makeTrialPlant();
    const station = openTrialStation(await plant.station());
    const broken: string[] = [];
    try {
      const good = new Set<string>();
      const bad: string[] = [];
      const began = performance.now();
      await Promise.all(
        Array.from({ length: commands }, async (_, index) => {
          const commandId = uuidv7();
          const isPoison = index % every === Math.floor(every / 2);
          // Each by itself, as most scans are: what depends on a poisoned one has a test of its own.
          const subject = `operation-${index}`;
          await station.scan({ subject, ...(isPoison ? poisonOf(bad.length, plant) : {}) }, commandId);
          if (isPoison) bad.push(commandId);
          else good.add(commandId);
        }),
      );
      if (!(await station.delivery.flush(120_000))) broken.push('not all delivered within two minutes');
      const tookMs = performance.now() - began;
      const perSecond = Math.round((commands / tookMs) * 1000);
      if (size === 'full' && perSecond < promisedPerSecond) broken.push(`only ${perSecond} commands/s`);

      const status = station.outbox.status();
      if (status.waiting !== 0) broken.push(`${status.waiting} still wait`);
      if (status.quarantined !== bad.length) {
        broken.push(`${status.quarantined} in quarantine instead of ${bad.length}`);
      }
      const before = await plant.arrived();
      if (bad.some((commandId) => before.has(commandId))) broken.push('poison left something behind');

      // Each kind mended once.
      for (const commandId of bad.slice(0, poisons)) {
        const mended = { plantId: plant.plant.pumps, subject: 'mended', text: '', refuse: false };
        await station.delivery.retry(commandId, mended satisfies TrialScan);
        good.add(commandId);
      }
      if (!(await station.delivery.flush(30_000))) broken.push('the mended ones were not delivered');
      return {
        trial: 'poison',
        runs: bad.length,
        commands,
        ...balance(good, await plant.arrived()),
        longestRecoveryMs: tookMs,
        broken,
      };
    } finally {
      await station.stop();
      await plant.close();
    }
  },
};

const poisons = 3;

/** In turn: another organization's plant (row-level security), a NUL (no text for PostgreSQL), a rule's refusal. */
function poisonOf(count: number, plant: TrialPlant): Partial<TrialScan> {
  switch (count % poisons) {
    case 0:
      return { plantId: plant.plant.organizationId };
    case 1:
      return { text: 'a\u0000b' };
    default:
      return { refuse: true };
  }
}
