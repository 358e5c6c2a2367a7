/** Whether the components of work orders are there, and if not, when they will be. Pure netting, order by order. */

/** What an order takes of a material. */
export interface MaterialNeed {
  readonly orderId: string;
  readonly materialId: string;
  readonly quantity: number;
}

/** What there is of a material, and what was promised, in one unit. */
export interface Supply {
  readonly materialId: string;
  readonly onHand: number;
  readonly receipts: readonly { readonly at: number; readonly quantity: number }[];
}

/** How an order stands; of several components the one that comes last counts. */
export interface Coverage {
  readonly state: 'available' | 'short';
  /** When the last missing component is expected; absent: nobody has promised it. */
  readonly at?: number | undefined;
  /** The component that is missing longest. */
  readonly materialId?: string | undefined;
}

/**
 * Gives what there is to one order after the other, in the order of `needs`: the first comes first
 * served. Materials without a supply are not kept in stock and bind nothing; an order all of whose
 * components are such has no coverage.
 */
export function coverNeeds(
  needs: readonly MaterialNeed[],
  supplies: readonly Supply[],
): ReadonlyMap<string, Coverage> {
  const stock = stockOf(supplies);
  const covered = new Map<string, Coverage>();
  for (const { orderId, materialId, quantity } of needs) {
    const lots = stock.get(materialId);
    if (lots === undefined) continue;
    const at = take(lots, quantity);
    const before = covered.get(orderId);
    if (at === -Infinity) {
      if (before === undefined) covered.set(orderId, { state: 'available' });
    } else if (before === undefined || before.state === 'available' || later(at, before.at)) {
      covered.set(orderId, { state: 'short', materialId, ...(at === undefined ? {} : { at }) });
    }
  }
  return covered;
}

/** A part of a supply that is there at once (-Infinity) or comes at a time; what is taken of it is gone. */
export interface Lot {
  readonly at: number;
  quantity: number;
}

/** What there is and what will come of each material, the earliest first. */
export function stockOf(supplies: readonly Supply[]): ReadonlyMap<string, Lot[]> {
  return new Map(
    supplies.map(({ materialId, onHand, receipts }) => [
      materialId,
      [{ at: -Infinity, quantity: Math.max(0, onHand) }, ...receipts.toSorted((a, b) => a.at - b.at)].map(
        (lot) => ({ ...lot }),
      ),
    ]),
  );
}

/** When the last of a quantity is there: -Infinity for at once, undefined where it runs out. */
export function take(stock: readonly Lot[], quantity: number): number | undefined {
  let missing = quantity;
  for (const lot of stock) {
    const taken = Math.min(lot.quantity, missing);
    lot.quantity -= taken;
    missing -= taken;
    // Quantities are decimal fractions in binary: what is left over of rounding is nothing.
    if (missing <= quantity * 1e-9) return lot.at;
  }
  return undefined;
}

/** Nobody knows when is later than any time. */
function later(at: number | undefined, than: number | undefined): boolean {
  return than !== undefined && (at === undefined || at > than);
}
