import { laneCodeOf, type PlantSetting } from './setting.ts';
import { lanesPerCell, type SeedSize, shareOf } from './size.ts';
import type { PutRow } from './tables.ts';

const temperature = {
  metric: 'temperature',
  kind: 'thermocouple',
  unit: '°C',
  cold: 22,
  warm: 48,
  noise: 0.8,
  low: -40,
  high: 200,
} as const;
const vibration = {
  metric: 'vibration',
  kind: 'accelerometer',
  unit: 'mm/s',
  cold: 2.2,
  warm: 2.6,
  noise: 0.25,
  low: 0,
  high: 50,
} as const;
/** What is measured on the machine of each lane of a cell. */
const metrics = [temperature, vibration, temperature, vibration] as const;

export interface SeedSensor {
  readonly id: string;
  readonly number: number;
  readonly cell: number;
  readonly position: number;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly metric: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

/** The sensors of a plant, one a machine; their numbers go on from plant to plant. */
export function sensorsOf(size: SeedSize) {
  const count = size.cells * lanesPerCell;
  return {
    count,
    all: (setting: PlantSetting): SeedSensor[] =>
      Array.from({ length: count }, (_, index) => {
        const position = index % lanesPerCell;
        const { metric, kind, unit, low, high } = metrics[position] ?? temperature;
        const cell = Math.floor(index / lanesPerCell);
        const machine = `M-${laneCodeOf(setting, cell, position)}`;
        return {
          id: setting.id(`sensor ${index}`),
          number: (setting.organization * size.plants + setting.plant) * count + index + 1,
          cell,
          position,
          code: `${machine}-${metric.slice(0, 1).toUpperCase()}`,
          name: `${machine} ${metric}`,
          kind,
          metric,
          unit,
          low,
          high,
        };
      }),
  };
}

const shiftsMs = 16 * 3_600_000;
const warmUpMs = 2 * 3_600_000;

/**
 * One part of the readings of a plant: of each sensor a stretch of the last 90 days. Machines are read
 * while the plant works, evenly; they are cold in the morning.
 */
export function putReadings(setting: PlantSetting, part: number, parts: number, put: PutRow): void {
  const { size, now, time, organizationId, plantId } = setting;
  const { count, all } = sensorsOf(size);
  const workedMs = time.workedBy(now);
  for (const [index, { number, position }] of all(setting).entries()) {
    const own = shareOf(size.readings, index, count);
    const random = setting.random(`readings ${index} ${part}`);
    const phase = setting.random(`phase ${index}`).next();
    const { cold, warm, noise } = metrics[position] ?? temperature;
    const first = Math.floor((part * own) / parts);
    const end = Math.floor(((part + 1) * own) / parts);
    for (let n = first; n < end; n += 1) {
      const worked = Math.floor(((n + phase) * workedMs) / own);
      const at = time.startAt(worked);
      const warmth = Math.min(1, (worked % shiftsMs) / warmUpMs);
      const value = cold + (warm - cold) * warmth + noise * (random.next() + random.next() - 1);
      put('equipment.sensor_readings', at, [
        organizationId,
        plantId,
        number,
        at,
        Math.max(0, Math.round(value * 100) / 100),
      ]);
    }
  }
}

/** Sensors are named by number all over the database: the highest that a seed gives. */
export function lastSensorNumber(size: SeedSize): number {
  return size.organizations * size.plants * sensorsOf(size).count;
}
