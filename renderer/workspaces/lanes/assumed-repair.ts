/** How long a machine that is down is planned around: a setting of the plant, and what the board says of it. */
import { v7 as uuidv7 } from 'uuid';
import type { Lane } from '#domain/scheduling/types';
import type { ErrorShape } from '#contract/errors';
import { useCoreMutation, useCoreQuery } from '../../client/hooks.ts';
import type { Translate } from '../../ui/messages.ts';

const usualChoicesS = [1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800] as const;

export interface AssumedRepair {
  readonly seconds: number;
  /** Seconds, ascending, what holds among them. */
  readonly choices: readonly number[];
  readonly choose: (seconds: number) => void;
}

/** The setting of the plant, to look at and to change; null until it is known, and for who may not change it. */
export function useAssumedRepair(
  plantId: string,
  mayPlan: boolean,
  onFailed: (error: ErrorShape) => void,
): AssumedRepair | null {
  const preferences = useCoreQuery('schedules.preferences', { plantId }, { enabled: mayPlan });
  const set = useCoreMutation('schedules.setPreferences', {
    stale: ['schedules.preferences', 'lanes.board'],
    onError: onFailed,
  });
  if (!mayPlan || !preferences.data) return null;
  const seconds = preferences.data.assumedRepairS;
  return {
    seconds,
    choices: choicesWith(seconds),
    choose: (assumedRepairS) => set.mutate({ commandId: uuidv7(), plantId, assumedRepairS }),
  };
}

/** Seconds to choose from: the usual ones, and what holds when it is none of them. */
export function choicesWith(seconds: number): readonly number[] {
  return [...new Set([...usualChoicesS, seconds])].toSorted((a, b) => a - b);
}

/** The lanes as the board is to write them: a stretch whose end is assumed says so. Others stay the same objects. */
export function withAssumptions(lanes: readonly Lane[], text: Translate): readonly Lane[] {
  return lanes.map((lane) => {
    if (!lane.blocked?.some(({ assumedS }) => assumedS !== undefined)) return lane;
    const blocked = lane.blocked.map((stretch) => {
      const { assumedS, label: machine } = stretch;
      if (assumedS === undefined) return stretch;
      return { ...stretch, label: text('lanes.assumed-down', { machine, hours: assumedS / 3600 }) };
    });
    return { ...lane, blocked };
  });
}
