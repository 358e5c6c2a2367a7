/**
 * What every service asks before it looks at anything: the database's row-level security has the last
 * word, but the mirror has none, and an early answer names the thing instead of a policy.
 */
import { notAllowed, notFound } from '#contract/errors';
import type { PlantAccess } from '#contract/session';
import type { SignedIn } from '#main/services/core';

/** The plant, if this person may see it. `NotFound` otherwise: what is not theirs does not exist for them. */
export function readablePlant(signedIn: SignedIn, plantId: string): PlantAccess {
  const plant = signedIn.identity.plants.find((one) => one.id === plantId);
  if (plant === undefined) throw notFound('error.unknown-plant');
  return plant;
}

/** The plant, if this person may record in it. */
export function writablePlant(signedIn: SignedIn, plantId: string): PlantAccess {
  const plant = readablePlant(signedIn, plantId);
  if (!plant.mayWrite) throw notAllowed('error.plant-read-only', { plant: plant.name });
  return plant;
}
