/** How a planner likes the board; kept at this desk, by plant. */
import { useState } from 'react';
import { z } from 'zod';
import { pushModes } from '#domain/scheduling/consequences/types';
import { colourModes } from './board/layers.ts';

export const densities = ['comfortable', 'compact', 'overview'] as const;

const viewSettings = z.object({
  density: z.enum(densities).catch('comfortable'),
  colourBy: z.enum(colourModes).catch('status'),
  pushMode: z.enum(pushModes).catch('use-slack'),
  showLoad: z.boolean().catch(true),
  showMiniMap: z.boolean().catch(true),
  showLegend: z.boolean().catch(false),
  /** Of the side beside the board, CSS pixels. */
  sideWidth: z.number().min(280).max(900).catch(400),
  /** Lane ids from top to bottom; what is not named follows. */
  laneOrder: z.array(z.string()).catch([]),
});
export type ViewSettings = z.infer<typeof viewSettings>;

export function useViewSettings(
  plantId: string,
): readonly [ViewSettings, (change: Partial<ViewSettings>) => void] {
  const place = `lanewright board ${plantId}`;
  const [settings, setSettings] = useState(() => read(place));
  const change = (wanted: Partial<ViewSettings>) =>
    setSettings((before) => {
      const next = { ...before, ...wanted };
      localStorage.setItem(place, JSON.stringify(next));
      return next;
    });
  return [settings, change];
}

/** Settings are a convenience: what cannot be read is as it was at first. */
function read(place: string): ViewSettings {
  try {
    return viewSettings.parse(JSON.parse(localStorage.getItem(place) ?? '{}'));
  } catch {
    return viewSettings.parse({});
  }
}

/** The order after a lane was put before another one (undefined: after all of them). */
export function reordered(
  laneIds: readonly string[],
  laneId: string,
  beforeId: string | undefined,
): string[] {
  const rest = laneIds.filter((id) => id !== laneId);
  const at = beforeId === undefined ? rest.length : rest.indexOf(beforeId);
  return [...rest.slice(0, at), laneId, ...rest.slice(at)];
}
