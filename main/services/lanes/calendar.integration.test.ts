/** When lanes work, as the database has it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hourMs, startPlanning } from '../../../tests/support/planning.ts';
import type { Planning } from '../../../tests/support/planning.ts';

let on: Planning;
beforeAll(async () => {
  on = await startPlanning();
});
afterAll(() => on.close());

const breakAt = (seconds: number, times: string) =>
  on.owner.query(
    `UPDATE production.shifts SET break_s = $1, breaks_at = $2 WHERE plant_id = $3 AND code = 'DAY'`,
    [seconds, times, on.at.plant.pumps],
  );

test('lanes rest in the breaks of their shift, and a bar goes on after them', async () => {
  const { mondayAt, lanes } = on.at.plant;
  const endOf = async () => {
    const { placement } = await on.find('WO-000001/10');
    return ((placement?.endsAt ?? 0) - mondayAt) / hourMs;
  };
  await on.place('WO-000001/10', 2);
  const before = await endOf();
  await breakAt(1800, '{09:00,12:00}');
  const windows = (await on.board()).lanes
    .find(({ id }) => id === lanes.assembly)
    ?.windows.filter(({ startsAt }) => startsAt < mondayAt + 12 * hourMs)
    .map(({ startsAt, endsAt, shiftCode }) => [
      (startsAt - mondayAt) / hourMs,
      (endsAt - mondayAt) / hourMs,
      shiftCode,
    ]);
  expect(windows).toEqual([
    [0, 3, 'DAY'],
    [3.25, 6, 'DAY'],
    [6.25, 8, 'DAY'],
    [8, 16, 'LATE'],
  ]);
  await on.place('WO-000001/10', 2.5);
  expect(await endOf()).toBe(before + 0.5 + 0.25);
  await expect(on.place('WO-000001/10', 3)).rejects.toMatchObject({
    shape: { reason: 'refusal.outside-shift' },
  });
});

test('breaks take a minute at least', async () => {
  await expect(breakAt(90, '{09:00,12:00}')).rejects.toThrow('shifts_check');
});
