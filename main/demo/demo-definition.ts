import type { DemoDefinition } from '#domain/demo/definition';
import company from '../../resources/demo/company.json' with { type: 'json' };
import products from '../../resources/demo/materials.json' with { type: 'json' };
import people from '../../resources/demo/people.json' with { type: 'json' };
import planning from '../../resources/demo/planning.json' with { type: 'json' };
import quality from '../../resources/demo/quality.json' with { type: 'json' };

/** The plant as it stands in resources/demo. */
export const demoDefinition: DemoDefinition = { company, products, quality, people, planning };

/** A machine of the demo plant, for the simulated line: what its operations are comes from the schedule. */
export interface DemoMachine {
  readonly code: string;
  readonly name: string;
  readonly plantCode: string;
  readonly laneCode: string;
  /** Planned run time per item (ISO 22400-2), milliseconds. */
  readonly idealCycleMs: number;
}

export const demoMachines: readonly DemoMachine[] = company.plants.flatMap((plant) =>
  plant.lanes.flatMap((lane) =>
    lane.machines.map((machine) => ({
      code: machine.code,
      name: machine.name,
      plantCode: plant.code,
      laneCode: lane.code,
      idealCycleMs: machine.idealCycleMs,
    })),
  ),
);

/** Label printers of the demo plant, by the code that labels are recorded under. */
export const demoPrinters: readonly { readonly code: string; readonly plantCodes: readonly string[] }[] = [
  ...new Set(company.plants.map((plant) => plant.printer)),
].map((code) => ({
  code,
  plantCodes: company.plants.filter((plant) => plant.printer === code).map((plant) => plant.code),
}));
