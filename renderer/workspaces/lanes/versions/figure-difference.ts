/** How far figures of two schedules are apart, as a reader of both would count it. */
import type { ScheduleFigures } from '#contract/schedules';

export type FigureName = 'lateOrders' | 'tardinessS' | 'setupS' | 'changes' | 'unscheduled' | 'loadRatio';

/**
 * `value` less `beside`, both rounded as they are shown before: what reads the same is no different, and no
 * difference has a sign without having a size. Load in steps of 0.01, all else whole.
 */
export function differenceOf(
  name: FigureName,
  value: ScheduleFigures[FigureName],
  beside: ScheduleFigures[FigureName],
): number {
  const steps = name === 'loadRatio' ? 100 : 1;
  return (Math.round(value * steps) - Math.round(beside * steps)) / steps;
}
