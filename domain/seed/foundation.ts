import { bulkComponents, pieceComponents, planCell } from './cell-plan.ts';
import { seedShifts } from './calendar.ts';
import { sensorsOf } from './readings.ts';
import {
  companyName,
  companyPrefix,
  foundedAt,
  keys,
  laneCodeOf,
  organizationCode,
  organizationIdOf,
  type PlantSetting,
  plantIdOf,
  productsPerCell,
  type SeedInput,
} from './setting.ts';
import { idMaker, randomStream } from '../demo/random.ts';
import { lanesPerCell } from './size.ts';
import type { PutRow } from './tables.ts';

/** A role as it is given out; the codes `planner`, `inspector`, `packer`, `operator` and `admin` must be among them. */
export interface SeedRole {
  readonly code: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** What people sign in with, hashed: those who may, and those who only stand in the records. */
export interface SeedSecrets {
  readonly people: string;
  readonly nobody: string;
}

export const supplierCount = 6;
const supplierNames = ['Hartmann', 'Vasa', 'Corvin', 'Merrow', 'Tessen', 'Aldgate'] as const;
export const supplierName = (supplier: number) => `${supplierNames[supplier % supplierCount] ?? ''} Supplies`;
const givenNames = [
  'Ada',
  'Ben',
  'Chidi',
  'Dana',
  'Emil',
  'Farah',
  'Grete',
  'Hugo',
  'Ines',
  'Jonas',
] as const;
const familyNames = [
  'Akin',
  'Berg',
  'Costa',
  'Dietz',
  'Eriks',
  'Falk',
  'Gomez',
  'Holm',
  'Ivers',
  'Juhl',
] as const;

export const laneKinds = ['fabrication', 'machining', 'assembly', 'testing'] as const;
export const laneNames = ['Blanks', 'Machining', 'Assembly', 'Test'] as const;
const machineKinds = ['press', 'CNC', 'assembly cell', 'test bench'] as const;

export const downtimeReasons = [
  { code: 'MECHANICAL', name: 'Mechanical fault', category: 'equipment' },
  { code: 'ELECTRICAL', name: 'Electrical fault', category: 'equipment' },
  { code: 'TOOL', name: 'Tool worn or broken', category: 'equipment' },
  { code: 'JAM', name: 'Jam', category: 'process' },
  { code: 'MATERIAL', name: 'Material missing', category: 'material' },
  { code: 'QUALITY', name: 'Stopped for quality', category: 'quality' },
] as const;

export const currency = 'EUR';
/** Of one unit of a component, constant, so that stock is worth what it cost by any method. */
export const componentCost = (component: number) => (component + 1) * 0.75;

const supplierId = (input: SeedInput, organization: number, supplier: number) =>
  idMaker(randomStream(input.seed, `supplier ${organization} ${supplier}`))(foundedAt(input.now));
export const supplierOf = (setting: PlantSetting, component: number) =>
  supplierId(setting, setting.organization, component % supplierCount);

const roleId = (input: SeedInput, organization: number, code: string) =>
  idMaker(randomStream(input.seed, `role ${organization} ${code}`))(foundedAt(input.now));

/** An organization with its roles, suppliers, reasons for standing, and its administrator. */
export function putOrganization(
  input: SeedInput,
  organization: number,
  roles: readonly SeedRole[],
  secrets: SeedSecrets,
  put: PutRow,
): void {
  const at = foundedAt(input.now);
  const own = organizationIdOf(input, organization);
  put('org.organizations', at, [
    own,
    organizationCode(organization),
    companyName(organization),
    companyPrefix(organization),
    'drives',
  ]);
  for (const role of roles) {
    const id = roleId(input, organization, role.code);
    put('identity.roles', at, [own, id, role.code, role.name]);
    for (const permission of role.permissions) put('identity.role_permissions', at, [own, id, permission]);
  }
  for (let supplier = 0; supplier < supplierCount; supplier += 1) {
    put('material.suppliers', at, [
      own,
      supplierId(input, organization, supplier),
      `S-${String(supplier + 1).padStart(3, '0')}`,
      supplierName(supplier),
      3 + (supplier % 3),
    ]);
  }
  for (const { code, name, category } of downtimeReasons) {
    put('equipment.downtime_reasons', at, [
      own,
      code,
      name,
      false,
      category === 'equipment',
      category,
      'unscheduled',
    ]);
  }
  const random = randomStream(input.seed, `administrator ${organization}`);
  const plants = Array.from({ length: input.size.plants }, (_, plant) =>
    plantIdOf(input, organization, plant),
  );
  putPerson(put, {
    own,
    id: idMaker(random)(at),
    grantId: idMaker(random)(at),
    login: `admin.${organization + 1}`,
    given: 'Robin',
    family: companyName(organization),
    employee: `A${organization + 1}`,
    roleId: roleId(input, organization, 'admin'),
    plants,
    hash: secrets.people,
    active: true,
    at,
  });
}

function putPerson(
  put: PutRow,
  person: {
    readonly own: string;
    readonly id: string;
    readonly grantId: string;
    readonly login: string;
    readonly given: string;
    readonly family: string;
    readonly employee: string;
    readonly roleId: string;
    readonly plants: readonly string[];
    readonly hash: string;
    readonly active: boolean;
    readonly at: number;
  },
): void {
  const { own, id, at } = person;
  put('identity.users', at, [
    own,
    id,
    person.login,
    `${person.given} ${person.family}`,
    person.hash,
    person.plants[0] ?? null,
    person.active,
    person.given,
    person.family,
    person.employee,
  ]);
  put('identity.user_roles', at, [own, person.grantId, id, person.roleId, at]);
  for (const plant of person.plants) put('identity.user_plant_access', at, [own, id, plant, true]);
}

/** A plant with its people, places, machines, sensors and materials. */
export function putPlant(setting: PlantSetting, secrets: SeedSecrets, put: PutRow): void {
  const { organizationId: own, plantId, code, name, timeZone, size, time } = setting;
  const at = foundedAt(setting.now);
  put('org.plants', at, [own, plantId, code, `${name} plant`, timeZone, 'production']);
  for (const shift of seedShifts) {
    put('production.shifts', at, [
      own,
      setting.id(`shift ${shift.code}`),
      plantId,
      shift.code,
      shift.name,
      shift.startTime,
      shift.endTime,
      shift.weekdays,
    ]);
  }
  putPeople(setting, secrets, put);
  for (let cell = 0; cell < size.cells; cell += 1) {
    const idealCycleMs = idealCycle(setting, cell);
    put('org.areas', at, [
      own,
      setting.id(`area ${cell}`),
      plantId,
      `C${cell + 1}`,
      `Cell ${cell + 1}`,
      cell,
    ]);
    for (let position = 0; position < lanesPerCell; position += 1) {
      const laneCode = laneCodeOf(setting, cell, position);
      put('production.lanes', at, [
        own,
        setting.id(keys.lane(cell, position)),
        plantId,
        setting.id(`area ${cell}`),
        laneCode,
        `${laneNames[position] ?? ''} ${cell + 1}`,
        cell * lanesPerCell + position,
        seedShifts.map((shift) => shift.code),
        laneKinds[position] ?? null,
      ]);
      put('equipment.machines', at, [
        own,
        setting.id(keys.machine(cell, position)),
        plantId,
        setting.id(keys.lane(cell, position)),
        `M-${laneCode}`,
        `${laneNames[position] ?? ''} machine ${cell + 1}`,
        idealCycleMs,
        machineKinds[position] ?? null,
        position === 1 ? 'high' : 'medium',
      ]);
    }
    putMaterials(setting, cell, put);
  }
  const intervalMs = Math.max(
    1,
    Math.floor((time.workedBy(setting.now) * sensorsOf(size).count) / size.readings),
  );
  for (const sensor of sensorsOf(size).all(setting)) {
    put('equipment.sensors', at, [
      own,
      sensor.id,
      sensor.number,
      plantId,
      setting.id(keys.machine(sensor.cell, sensor.position)),
      sensor.code,
      sensor.name,
      sensor.kind,
      sensor.metric,
      sensor.unit,
      intervalMs,
      sensor.low,
      sensor.high,
    ]);
  }
}

/** What a machine would need for a unit if nothing held it up: the largest order just fits into its time. */
function idealCycle(setting: PlantSetting, cell: number): number {
  const orders = planCell(setting, cell);
  const operation = orders[0]?.operations[0];
  if (operation === undefined) throw new RangeError('A cell has work orders');
  const most = Math.max(...orders.map(({ quantity }) => quantity));
  return Math.floor((0.8 * (operation.slotEnds - operation.slotStarts)) / most);
}

function putPeople(setting: PlantSetting, secrets: SeedSecrets, put: PutRow): void {
  const { organizationId: own, organization, plantId, code, size } = setting;
  const at = foundedAt(setting.now);
  let count = 0;
  const add = (key: string, login: string, role: string, signsIn: boolean) => {
    const given = givenNames[count % givenNames.length] ?? '';
    const family = familyNames[Math.floor(count / givenNames.length + count) % familyNames.length] ?? '';
    count += 1;
    putPerson(put, {
      own,
      id: setting.id(key),
      grantId: setting.id(`role of ${key}`),
      login: `${login}.${code.toLowerCase()}`,
      given,
      family,
      employee: `${code}-${String(count).padStart(3, '0')}`,
      roleId: roleId(setting, organization, role),
      plants: [plantId],
      hash: signsIn ? secrets.people : secrets.nobody,
      active: signsIn,
      at,
    });
  };
  add(keys.planner, 'planner', 'planner', true);
  add(keys.inspector, 'inspector', 'inspector', true);
  add(keys.packer, 'packer', 'packer', true);
  for (let cell = 0; cell < size.cells; cell += 1) {
    for (let position = 0; position < lanesPerCell; position += 1) {
      for (let shift = 0; shift < seedShifts.length; shift += 1) {
        const login = `op${String((cell * lanesPerCell + position) * seedShifts.length + shift + 1)}`;
        add(keys.operator(cell, position, shift), login, 'operator', false);
      }
    }
  }
}

/** The nominal value of what is measured after machining and at the end. */
export const measured = [
  { operation: 20, code: 'BORE', name: 'Bore', unit: 'mm', nominal: 32, tolerance: 0.05 },
  { operation: 40, code: 'TORQUE', name: 'Idle torque', unit: 'Nm', nominal: 4.2, tolerance: 0.6 },
] as const;

export const productCode = ({ code }: PlantSetting, cell: number, product: number) =>
  `DRV-${code}-${cell + 1}${product === 0 ? 'A' : 'B'}`;
export const componentUnit = (component: number) => (component < bulkComponents ? 'kg' : 'pcs');

function putMaterials(setting: PlantSetting, cell: number, put: PutRow): void {
  const { organizationId: own, plantId, code } = setting;
  const at = foundedAt(setting.now);
  const material = (id: string, row: readonly (string | number | boolean | null)[]) =>
    put('material.materials', at, [own, id, plantId, ...row]);
  const components = bulkComponents + pieceComponents;
  for (let component = 0; component < components; component += 1) {
    const bulk = component < bulkComponents;
    const number = `${cell + 1}${String(component + 1).padStart(2, '0')}`;
    const id = setting.id(keys.component(cell, component));
    material(id, [
      `${bulk ? 'RAW' : 'CMP'}-${code}-${number}`,
      `${bulk ? 'Alloy' : 'Part'} ${number}`,
      bulk ? 'raw' : 'component',
      componentUnit(component),
      false,
      null,
      componentCost(component),
      currency,
      7,
    ]);
    put('material.material_suppliers', at, [own, id, supplierOf(setting, component), true, 7]);
  }
  for (let product = 0; product < productsPerCell; product += 1) {
    const id = setting.id(keys.product(cell, product));
    const row = [
      productCode(setting, cell, product),
      `Drive ${cell + 1}${product === 0 ? 'A' : 'B'}`,
      'product',
    ];
    material(id, [...row, 'pcs', true, 6, 180, currency, null]);
    for (let component = 0; component < components; component += 1) {
      put('material.compositions', at, [
        own,
        id,
        setting.id(keys.component(cell, component)),
        component < bulkComponents ? (component + 1) / 8 : 1,
        componentUnit(component),
        component,
      ]);
    }
    for (const [index, one] of measured.entries()) {
      put('quality.characteristics', at, [
        own,
        setting.id(keys.characteristic(cell, product, index)),
        plantId,
        id,
        one.operation,
        one.code,
        one.name,
        one.unit,
        one.nominal,
        one.nominal - one.tolerance,
        one.nominal + one.tolerance,
      ]);
    }
  }
}
