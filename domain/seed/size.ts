/** How much a seed makes. Everything is counted a plant, so that a group is the same plant many times over. */
export interface SeedSize {
  readonly organizations: number;
  /** In each organization. */
  readonly plants: number;
  /** In each plant: four lanes each, which a work order passes one after the other. */
  readonly cells: number;
  /** In each cell. */
  readonly workOrders: number;
  /** Production logs for each work order, over all of them; so are serials and edges. */
  readonly logsPerWorkOrder: number;
  readonly serialsPerWorkOrder: number;
  /** Genealogy. */
  readonly edgesPerWorkOrder: number;
  /** In each plant. */
  readonly readings: number;
}

export const lanesPerCell = 4;

const plantSize: SeedSize = {
  organizations: 1,
  plants: 1,
  cells: 5,
  workOrders: 500,
  logsPerWorkOrder: 100,
  serialsPerWorkOrder: 20,
  edgesPerWorkOrder: 100,
  readings: 1_000_000,
};

/**
 * `plant`: 20 lanes, 2,500 work orders, 250,000 production logs, 1,000,000 readings, 50,000 serials and
 * 250,000 genealogy edges. `group`: 5 organizations with 4 such plants each.
 */
export const seedSizes = {
  plant: plantSize,
  group: { ...plantSize, organizations: 5, plants: 4 },
} satisfies Record<string, SeedSize>;

/** What is written in one transaction. Counted from 0. */
export type SeedPiece =
  | { readonly name: string; readonly kind: 'organization'; readonly organization: number }
  | {
      readonly name: string;
      readonly kind: 'plant';
      readonly organization: number;
      readonly plant: number;
    }
  | {
      readonly name: string;
      readonly kind: 'work-orders';
      readonly organization: number;
      readonly plant: number;
      readonly cell: number;
      /** First, and the one after the last. */
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly name: string;
      readonly kind: 'readings';
      readonly organization: number;
      readonly plant: number;
      readonly part: number;
      readonly parts: number;
    };

const workOrdersPerPiece = 100;
const readingsPerPiece = 100_000;

/** All pieces, in the order in which they are best written; none needs another to be there. */
export function piecesOf(size: SeedSize): SeedPiece[] {
  const pieces: SeedPiece[] = [];
  for (let organization = 0; organization < size.organizations; organization += 1) {
    pieces.push({ name: `organization ${organization + 1}`, kind: 'organization', organization });
    for (let plant = 0; plant < size.plants; plant += 1) {
      const where = `plant ${organization + 1}.${plant + 1}`;
      pieces.push({ name: where, kind: 'plant', organization, plant });
      for (let cell = 0; cell < size.cells; cell += 1) {
        for (let from = 0; from < size.workOrders; from += workOrdersPerPiece) {
          const to = Math.min(from + workOrdersPerPiece, size.workOrders);
          const name = `${where}, cell ${cell + 1}, work orders ${from + 1} to ${to}`;
          pieces.push({ name, kind: 'work-orders', organization, plant, cell, from, to });
        }
      }
      const parts = Math.ceil(size.readings / readingsPerPiece);
      for (let part = 0; part < parts; part += 1) {
        const name = `${where}, readings ${part + 1} of ${parts}`;
        pieces.push({ name, kind: 'readings', organization, plant, part, parts });
      }
    }
  }
  return pieces;
}

/** The share of `total` that the one at `index` of `count` gets: whole numbers that add up to it. */
export function shareOf(total: number, index: number, count: number): number {
  return Math.floor(((index + 1) * total) / count) - Math.floor((index * total) / count);
}
