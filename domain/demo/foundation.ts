import { mergeIntervals } from '../calendars/intervals.ts';
import { plantDay, shiftWindows } from '../calendars/shifts.ts';
import { checkDigit } from '../gs1/check-digit.ts';
import type { Interval } from '../scheduling/types.ts';
import type { DemoDefinition, MaterialDefinition, PlantDefinition, RoutingStep } from './definition.ts';
import { idMaker, randomStream } from './random.ts';
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
  readonly stationCode: string;
  readonly rows: Readonly<Record<FoundationTable, readonly PlainRow[]>>;
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
  'equipment.machines',
  'equipment.downtime_reasons',
  'quality.characteristics',
] as const;

/** Organization, people, plants, lanes, machines, materials and what is measured on them. */
export function layFoundation(definition: DemoDefinition, seed: number, now: number): Foundation {
  const rows = Object.fromEntries(foundationTables.map((table) => [table, []])) as unknown as Record<
    FoundationTable,
    PlainRow[]
  >;
  const home = definition.company.plants[0];
  if (home === undefined) throw new RangeError('The demo needs a plant');
  const homeDay = plantDay(now, home.timeZone);
  const foundedAt = homeDay.startsAt - 400 * dayMs;
  const newId = idMaker(randomStream(seed, 'foundation'));
  const id = () => newId(foundedAt);

  const { organization } = definition.company;
  const organizationId = id();
  const own = { organization_id: organizationId };
  rows['org.organizations'].push({
    id: organizationId,
    code: organization.code,
    name: organization.name,
    gs1_company_prefix: organization.gs1CompanyPrefix,
    created_at: foundedAt,
  });

  const plantIds = new Map(definition.company.plants.map((plant) => [plant.code, id()]));
  const userIds = addPeople(definition, { own, id, rows, plantIds, foundedAt });
  const plants = definition.company.plants.map((plant): Plant => {
    const { people } = definition;
    return {
      id: get(plantIds, plant.code),
      definition: plant,
      // One calendar day for all: the home plant's noon lies in it in the other zones as well.
      today: plantDay(homeDay.startsAt + dayMs / 2, plant.timeZone).startsAt,
      operatorIds: people.operators
        .filter((one) => one.plant === plant.code)
        .map((one) => get(userIds, one.login)),
      customers: people.customers.filter((one) => one.plant === plant.code),
    };
  });

  const lanes = new Map<string, LaneFacts>();
  for (const plant of plants) addPlant(plant, { own, id, rows, lanes, foundedAt });
  for (const reason of definition.quality.downtimeReasons) {
    rows['equipment.downtime_reasons'].push({
      ...own,
      code: reason.code,
      name: reason.name,
      is_planned: reason.planned,
    });
  }
  const materials = addMaterials(definition, { own, id, rows, plants });
  return {
    organizationId,
    companyPrefix: organization.gs1CompanyPrefix,
    plants,
    lanes,
    materials,
    userIds,
    stationCode: definition.people.station.stationCode,
    rows,
  };
}

/** The value under a key that must be there. */
export function get<Value>(map: ReadonlyMap<string, Value>, key: string): Value {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`The demo definition names no "${key}"`);
  return value;
}

interface Ground {
  readonly own: { readonly organization_id: string };
  readonly id: () => string;
  readonly rows: Record<FoundationTable, PlainRow[]>;
}

function addPeople(
  { people }: DemoDefinition,
  ground: Ground & { readonly plantIds: ReadonlyMap<string, string>; readonly foundedAt: number },
): Map<string, string> {
  const { own, id, rows, plantIds, foundedAt } = ground;
  const roleIds = new Map<string, string>();
  const userIds = new Map<string, string>();
  for (const role of people.roles) {
    const roleId = id();
    roleIds.set(role.code, roleId);
    rows['identity.roles'].push({ ...own, id: roleId, code: role.code, name: role.name });
    for (const permission of role.permissions) {
      rows['identity.role_permissions'].push({ ...own, role_id: roleId, permission });
    }
  }
  const addUser = (user: {
    readonly login: string;
    readonly displayName: string;
    readonly role: string;
    readonly plants: readonly string[];
    readonly stationCode?: string;
    readonly active: boolean;
  }) => {
    const userId = id();
    userIds.set(user.login, userId);
    rows['identity.users'].push({
      ...own,
      id: userId,
      login: user.login,
      display_name: user.displayName,
      kind: user.stationCode === undefined ? 'person' : 'station',
      station_code: user.stationCode ?? null,
      home_plant_id: get(plantIds, user.plants[0] ?? ''),
      active: user.active,
      created_at: foundedAt,
    });
    rows['identity.user_roles'].push({ ...own, user_id: userId, role_id: get(roleIds, user.role) });
    for (const code of user.plants) {
      rows['identity.user_plant_access'].push({
        ...own,
        user_id: userId,
        plant_id: get(plantIds, code),
        may_write: true,
      });
    }
  };
  for (const person of people.people) addUser({ ...person, active: true });
  for (const operator of people.operators) {
    addUser({ ...operator, role: 'operator', plants: [operator.plant], active: false });
  }
  addUser({ ...people.station, plants: [...plantIds.keys()], active: true });
  return userIds;
}

function addPlant(
  plant: Plant,
  ground: Ground & { readonly lanes: Map<string, LaneFacts>; readonly foundedAt: number },
): void {
  const { own, id, rows, lanes, foundedAt } = ground;
  const { definition, id: plantId } = plant;
  const { timeZone } = definition;
  rows['org.plants'].push({
    ...own,
    id: plantId,
    code: definition.code,
    name: definition.name,
    time_zone: timeZone,
    created_at: foundedAt,
  });
  const areaIds = new Map<string, string>();
  for (const [position, area] of definition.areas.entries()) {
    const areaId = id();
    areaIds.set(area.code, areaId);
    rows['org.areas'].push({
      ...own,
      id: areaId,
      plant_id: plantId,
      code: area.code,
      name: area.name,
      position,
    });
  }
  for (const shift of definition.shifts) {
    rows['production.shifts'].push({
      ...own,
      id: id(),
      plant_id: plantId,
      code: shift.code,
      name: shift.name,
      starts_at: shift.startTime,
      ends_at: shift.endTime,
      weekdays: shift.weekdays,
    });
  }
  const laneIds = new Map(definition.lanes.map((lane) => [lane.code, id()]));
  const closures = definition.closures.map((closure) => {
    const startsAt = wallTime(plant, closure.dayOffset, closure.startTime);
    const endsAt = startsAt + closure.hours * hourMs;
    const laneId = closure.lane === undefined ? null : get(laneIds, closure.lane);
    rows['production.closures'].push({
      ...own,
      id: id(),
      plant_id: plantId,
      lane_id: laneId,
      starts_at: startsAt,
      ends_at: endsAt,
      reason: closure.reason,
    });
    return { laneId, startsAt, endsAt };
  });
  for (const [position, lane] of definition.lanes.entries()) {
    const laneId = get(laneIds, lane.code);
    rows['production.lanes'].push({
      ...own,
      id: laneId,
      plant_id: plantId,
      area_id: get(areaIds, lane.area),
      code: lane.code,
      name: lane.name,
      position,
      capacity: lane.capacity ?? 1,
      shift_codes: lane.shifts,
    });
    const machines = lane.machines.map((machine) => {
      const machineId = id();
      rows['equipment.machines'].push({
        ...own,
        id: machineId,
        plant_id: plantId,
        lane_id: laneId,
        code: machine.code,
        name: machine.name,
        ideal_cycle_time_ms: machine.idealCycleMs,
      });
      return { id: machineId, code: machine.code };
    });
    const windows = shiftWindows({
      timeZone,
      shifts: definition.shifts.filter((shift) => lane.shifts.includes(shift.code)),
      closures: closures.filter((closure) => closure.laneId === null || closure.laneId === laneId),
      range: {
        startsAt: plant.today - (historyDays + 4) * dayMs,
        endsAt: plant.today + 2 * aheadDays * dayMs,
      },
    });
    lanes.set(lane.code, {
      id: laneId,
      code: lane.code,
      area: lane.area,
      plant,
      capacity: lane.capacity ?? 1,
      stretches: mergeIntervals(windows),
      machines,
    });
  }
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

function addMaterials(
  { company, products, quality }: DemoDefinition,
  { own, id, rows, plants }: Ground & { readonly plants: readonly Plant[] },
): Map<string, Material> {
  const materials = new Map<string, Material>();
  const plantOf = new Map(plants.map((plant) => [plant.definition.code, plant]));
  const routings = new Map(products.routings.map((routing) => [routing.code, routing.steps]));
  for (const [position, definition] of products.materials.entries()) {
    const plant = get(plantOf, definition.plant);
    const materialId = id();
    const itemReference = String(position + 1).padStart(
      12 - company.organization.gs1CompanyPrefix.length,
      '0',
    );
    const body = `${company.organization.gs1CompanyPrefix}${itemReference}`;
    rows['material.materials'].push({
      ...own,
      id: materialId,
      plant_id: plant.id,
      code: definition.code,
      name: definition.name,
      kind: definition.kind,
      unit: definition.unit,
      serialised: definition.serialised ?? false,
      allergens: definition.allergens ?? [],
      shelf_life_days: definition.shelfLifeDays ?? null,
      gtin: definition.kind === 'product' ? `0${body}${checkDigit(body)}` : null,
      per_carton: definition.perCarton ?? null,
    });
    const recipe = (definition.recipe ?? []).map((line, place): RecipePart => {
      const component = get(materials, line.component);
      rows['material.compositions'].push({
        ...own,
        parent_id: materialId,
        component_id: component.id,
        quantity: line.quantity,
        unit: component.definition.unit,
        position: place,
      });
      return {
        component,
        quantity: line.quantity,
        operation: line.operation,
        intoSerial: line.intoSerial ?? false,
      };
    });
    const characteristics = quality.characteristics.flatMap((one): Characteristic[] => {
      const nominal = one.nominals[one.materials.indexOf(definition.code)];
      if (nominal === undefined) return [];
      const characteristic = {
        id: id(),
        operation: one.operation,
        nominal,
        lower: one.below === undefined ? null : roundTo(nominal - one.below, one.decimals + 2),
        upper: one.above === undefined ? null : roundTo(nominal + one.above, one.decimals + 2),
        decimals: one.decimals,
        due: one.due,
      };
      rows['quality.characteristics'].push({
        ...own,
        id: characteristic.id,
        plant_id: plant.id,
        material_id: materialId,
        operation_number: one.operation,
        code: one.code,
        name: one.name,
        unit: one.unit,
        nominal,
        lower_limit: characteristic.lower,
        upper_limit: characteristic.upper,
        decimals: one.decimals,
        measurements_due: one.due,
      });
      return [characteristic];
    });
    const steps = definition.routing === undefined ? [] : get(routings, definition.routing);
    materials.set(definition.code, { id: materialId, definition, plant, steps, recipe, characteristics });
  }
  return materials;
}

export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}
