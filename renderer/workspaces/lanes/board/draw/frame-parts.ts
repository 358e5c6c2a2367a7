import { rowIndexAt } from '../rows.ts';
import type { BoardState } from '../store.ts';

/** Rows in view, as half-open indices. */
export function rowsInView(state: BoardState): { readonly firstRow: number; readonly afterRow: number } {
  const first = rowIndexAt(state.layout, state.viewport.scrollY);
  if (first < 0) return { firstRow: 0, afterRow: 0 };
  const last = rowIndexAt(state.layout, state.viewport.scrollY + state.viewport.height);
  return { firstRow: first, afterRow: last + 1 };
}
