import { plantDay, shiftWindows } from '../calendars/shifts.ts';
import type { Interval } from '../scheduling/types.ts';
import type { MaterialDefinition, PlantDefinition, RoutingStep } from './definition.ts';
import type { PlainRow } from './rows.ts';

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const minuteMs = 60_000;
/** How far the demo reaches back and ahead. */
export const historyDays = 56;
export const aheadDays = 42;

export interface Plant {
  readonly id: string;
  readonly definition: PlantDefinition;
  /** Midnight there of the home plant's day: what everything is relative to. */
  readonly today: number;
  readonly operatorIds: readonly string[];
  readonly customers: readonly { readonly name: string; readonly destination: string }[];
}

export interface LaneFacts {
  readonly id: string;
  readonly code: string;
  readonly area: string;
  readonly plant: Plant;
  readonly capacity: number;
  /** Unbroken stretches of work, ascending. */
  readonly stretches: readonly Interval[];
  readonly machines: readonly { readonly id: string; readonly code: string }[];
}

export interface Material {
  readonly id: string;
  readonly definition: MaterialDefinition;
  readonly plant: Plant;
  readonly steps: readonly RoutingStep[];
  readonly recipe: readonly RecipePart[];
  readonly characteristics: readonly Characteristic[];
}

export interface RecipePart {
  readonly component: Material;
  readonly quantity: number;
  readonly operation: number;
  readonly intoSerial: boolean;
}

export interface Characteristic {
  readonly id: string;
  readonly operation: number;
  readonly nominal: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly decimals: number;
  readonly due: number;
}

/** What stands before anything happens, and the rows of it. */
export interface Foundation {
  readonly organizationId: string;
  readonly companyPrefix: string;
  readonly plants: readonly Plant[];
  readonly lanes: ReadonlyMap<string, LaneFacts>;
  readonly materials: ReadonlyMap<string, Material>;
  readonly userIds: ReadonlyMap<string, string>;
  readonly setups: SetupMatrix;
  readonly stationCode: string;
  readonly rows: Readonly<Record<FoundationTable, readonly PlainRow[]>>;
}

/** What goes with what without a change of set-up. */
export interface SetupFamilyFacts {
  readonly id: string;
  readonly code: string;
}

export interface SetupMatrix {
  familyOf(materialCode: string, operation: number): SetupFamilyFacts | undefined;
  /** Milliseconds of working time; only on lanes for one operation. */
  changeMs(lane: LaneFacts, from: SetupFamilyFacts | undefined, to: SetupFamilyFacts | undefined): number;
  /** Milliseconds by the clock between two operations that follow each other. */
  lagMs(material: Material, from: number, to: number): number;
  readonly secondChoice: number;
}

export type FoundationTable = (typeof foundationTables)[number];
export const foundationTables = [
  'org.organizations',
  'org.plants',
  'org.areas',
  'identity.users',
  'identity.roles',
  'identity.role_permissions',
  'identity.user_roles',
  'identity.user_plant_access',
  'material.materials',
  'material.compositions',
  'production.shifts',
  'production.closures',
  'production.lanes',
  'production.setup_families',
  'production.setup_transitions',
  'equipment.machines',
  'equipment.downtime_reasons',
  'quality.characteristics',
] as const;

/** Where rows of the foundation are collected. */
export interface Ground {
  readonly own: { readonly organization_id: string };
  readonly id: () => string;
  readonly rows: Record<FoundationTable, PlainRow[]>;
}

/** The value under a key that must be there. */
export function get<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`The demo definition names no "${key}"`);
  return value;
}

/** An instant by the plant's clock, some days from its today. */
export function wallTime(plant: Plant, dayOffset: number, time: string): number {
  const { timeZone } = plant.definition;
  // Noon is in the day meant also where a day has 23 or 25 hours.
  const day = plantDay(plant.today + dayOffset * dayMs + dayMs / 2, timeZone);
  const window = shiftWindows({
    timeZone,
    shifts: [{ code: 'then', startTime: time, endTime: time, weekdays: [day.weekday] }],
    range: { startsAt: day.startsAt, endsAt: day.endsAt },
  }).find((one) => one.startsAt >= day.startsAt);
  if (window === undefined) throw new RangeError(`There is no ${time} on ${day.date} in ${timeZone}`);
  return window.startsAt;
}

/** Rounds to decimals, away from the noise of binary fractions. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
