import { mergeIntervals } from '../calendars/intervals.ts';
import { plantDay, shiftWindows } from '../calendars/shifts.ts';
import type { DemoDefinition } from './definition.ts';
import {
  aheadDays,
  dayMs,
  type Foundation,
  type FoundationTable,
  foundationTables,
  get,
  type Ground,
  historyDays,
  hourMs,
  type LaneFacts,
  type Plant,
  wallTime,
} from './facts.ts';
import { addMaterials } from './materials.ts';
import { addPeople } from './people.ts';
import { addSetups } from './setups.ts';
import { idMaker, randomStream } from './random.ts';
import type { PlainRow } from './rows.ts';

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
      affects_oee: !reason.planned,
    });
  }
  const materials = addMaterials(definition, { own, id, rows, plants });
  const setups = addSetups(definition, { own, id, rows, plants, lanes });
  return {
    organizationId,
    companyPrefix: organization.gs1CompanyPrefix,
    plants,
    lanes,
    materials,
    userIds,
    setups,
    stationCode: definition.people.station.stationCode,
    rows,
  };
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
