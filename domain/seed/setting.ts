import { idMaker, type Random, randomStream } from '../demo/random.ts';
import { type WorkingTime, workingTime } from './calendar.ts';
import { lanesPerCell, type SeedSize } from './size.ts';

/** What everything is made from: the same values give the same rows. */
export interface SeedInput {
  readonly seed: number;
  /** Epoch milliseconds; what happened has happened by then. */
  readonly now: number;
  readonly size: SeedSize;
}

/** A plant as its rows and those of what happens in it name it. Pieces know it without reading each other. */
export interface PlantSetting extends SeedInput {
  readonly organization: number;
  readonly plant: number;
  readonly organizationId: string;
  readonly plantId: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
  readonly companyPrefix: string;
  readonly time: WorkingTime;
  /** An id of something of the plant that other rows name: the same for the same key. */
  id(key: string): string;
  /** Randomness that belongs to a key. */
  random(key: string): Random;
  ids(key: string): (at: number) => string;
}

const sites = [
  { name: 'Kiel', timeZone: 'Europe/Berlin' },
  { name: 'Gdynia', timeZone: 'Europe/Warsaw' },
  { name: 'Toledo', timeZone: 'America/New_York' },
  { name: 'Penang', timeZone: 'Asia/Kuala_Lumpur' },
] as const;
export const companies = ['Nordhaven', 'Calder', 'Brandis', 'Osterby', 'Lindgate'] as const;
export const companyName = (organization: number) =>
  `${companies[organization % companies.length] ?? ''}${organization < companies.length ? '' : ` ${organization + 1}`} Drives`;
export const organizationCode = (organization: number) => `SEED-${organization + 1}`;
/** GS1 prefixes of seven digits; 952 is for examples (General Specifications, 1.4.2). */
export const companyPrefix = (organization: number) => `952${String(1000 + organization)}`;

const dayMs = 86_400_000;

export function organizationIdOf({ seed, now }: SeedInput, organization: number): string {
  return idMaker(randomStream(seed, `organization ${organization}`))(now - 400 * dayMs);
}

export function plantIdOf({ seed, now }: SeedInput, organization: number, plant: number): string {
  return idMaker(randomStream(seed, `plant ${organization} ${plant}`))(now - 400 * dayMs);
}

/** When all that stands before work begins was entered. */
export const foundedAt = (now: number) => now - 400 * dayMs;

export function plantSetting(input: SeedInput, organization: number, plant: number): PlantSetting {
  const site = sites[plant % sites.length] ?? sites[0];
  const random = (key: string) => randomStream(input.seed, `${organization} ${plant} ${key}`);
  const known = new Map<string, string>();
  const id = (key: string) => {
    const held = known.get(key) ?? idMaker(random(key))(foundedAt(input.now));
    known.set(key, held);
    return held;
  };
  return {
    ...input,
    organization,
    plant,
    organizationId: organizationIdOf(input, organization),
    plantId: plantIdOf(input, organization, plant),
    code: `P${organization + 1}${plant + 1}`,
    name: plant < sites.length ? site.name : `${site.name} ${plant + 1}`,
    timeZone: site.timeZone,
    companyPrefix: companyPrefix(organization),
    time: workingTime(input.now, site.timeZone),
    id,
    random,
    ids: (key) => idMaker(random(`ids ${key}`)),
  };
}

/** Keys of `PlantSetting.id`. */
export const keys = {
  lane: (cell: number, position: number) => `lane ${cell * lanesPerCell + position}`,
  machine: (cell: number, position: number) => `machine ${cell * lanesPerCell + position}`,
  product: (cell: number, product: number) => `product ${cell} ${product}`,
  component: (cell: number, component: number) => `component ${cell} ${component}`,
  characteristic: (cell: number, product: number, operation: number) =>
    `characteristic ${cell} ${product} ${operation}`,
  componentLot: (cell: number, component: number, week: number) => `lot ${cell} ${component} ${week}`,
  operator: (cell: number, position: number, shift: number) => `operator ${cell} ${position} ${shift}`,
  planner: 'planner',
  inspector: 'inspector',
  packer: 'packer',
} as const;

/** Each cell makes two products in turns, so many work orders of one after the other. */
export const productsPerCell = 2;
const campaign = 20;
export const productOf = (workOrder: number) => Math.floor(workOrder / campaign) % productsPerCell;

export function laneCodeOf({ code }: PlantSetting, cell: number, position: number): string {
  return `${code}-L${String(cell * lanesPerCell + position + 1).padStart(2, '0')}`;
}
