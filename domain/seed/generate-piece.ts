import { putOrganization, putPlant, type SeedRole, type SeedSecrets } from './foundation.ts';
import { putReadings } from './readings.ts';
import { plantSetting, type SeedInput } from './setting.ts';
import type { SeedPiece } from './size.ts';
import { putStock } from './stock.ts';
import type { PutRow } from './tables.ts';
import { putWorkOrders } from './work-orders.ts';

export interface SeedMaterial extends SeedInput {
  readonly roles: readonly SeedRole[];
  readonly secrets: SeedSecrets;
}

/**
 * The rows of one piece, handed to `put` one by one. They depend on the arguments alone, never on other
 * pieces having been made: that is what lets a seed go on where it was.
 */
export function generatePiece(material: SeedMaterial, piece: SeedPiece, put: PutRow): void {
  if (piece.kind === 'organization') {
    putOrganization(material, piece.organization, material.roles, material.secrets, put);
    return;
  }
  const setting = plantSetting(material, piece.organization, piece.plant);
  if (piece.kind === 'plant') {
    putPlant(setting, material.secrets, put);
    for (let cell = 0; cell < material.size.cells; cell += 1) putStock(setting, cell, put);
  } else if (piece.kind === 'work-orders') {
    putWorkOrders(setting, piece.cell, piece.from, piece.to, put);
  } else putReadings(setting, piece.part, piece.parts, put);
}
