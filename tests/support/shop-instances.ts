/** Real instances for the tests, from those that the bench measures with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createShopInstance } from '#domain/scheduling/shop/instance';
import type { ShopInstance } from '#domain/scheduling/shop/instance';
import { parseFlexibleJobShop, parseJobShop } from '#domain/scheduling/shop/parse';

const folder = join(import.meta.dirname, '../bench/instances');

export function instanceText(kind: 'job-shop' | 'flexible', name: string): string {
  return readFileSync(join(folder, kind, `${name}.txt`), 'utf8');
}

export function readInstance(kind: 'job-shop' | 'flexible', name: string): ShopInstance {
  const parsed = (kind === 'flexible' ? parseFlexibleJobShop : parseJobShop)(instanceText(kind, name));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

/** Shops of any shape: recirculation, operations without a duration, jobs without operations, machines without work. */
export const anyShop = fc.integer({ min: 1, max: 5 }).chain((machineCount) => {
  const alternative = fc.record({
    machine: fc.nat({ max: machineCount - 1 }),
    duration: fc.nat({ max: 9 }),
  });
  return fc
    .array(fc.array(fc.array(alternative, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), {
      maxLength: 7,
    })
    .map((routes) => createShopInstance(routes, machineCount));
});
