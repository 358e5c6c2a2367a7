/** Machines that are down, as planners see them: what the plant assumes, what the board says, and when it looks again. */
import { useEffect, useRef } from 'react';
import { v7 as uuidv7 } from 'uuid';
import type { Lane } from '#domain/scheduling/types';
import type { ErrorShape } from '#contract/errors';
import type { BreakdownSettings } from '#contract/schedules';
import { useCoreMutation, useCoreQuery, useInvalidate } from '../../client/hooks.ts';
import type { Translate } from '../../ui/messages.ts';
import { useNow } from '../../ui/time.tsx';

const usualChoicesS = {
  assumedRepairS: [1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800],
  minorStopS: [0, 60, 300, 900],
} as const;

/** A number of seconds that the plant has chosen. */
export interface SecondsChoice {
  readonly seconds: number;
  /** Ascending, what holds among them. */
  readonly choices: readonly number[];
  readonly choose: (seconds: number) => void;
}

/** How long a machine that is down is planned around, and for how long a stop is none. */
export type Breakdowns = Readonly<Record<keyof BreakdownSettings, SecondsChoice>>;

/** The settings of the plant, to look at and to change; null until they are known, and for who may not change them. */
export function useBreakdowns(
  plantId: string,
  mayPlan: boolean,
  onFailed: (error: ErrorShape) => void,
): Breakdowns | null {
  const preferences = useCoreQuery('schedules.preferences', { plantId }, { enabled: mayPlan });
  const { mutate } = useCoreMutation('schedules.setPreferences', {
    stale: ['schedules.preferences', 'lanes.board', 'lanes.standing'],
    onError: onFailed,
  });
  const { data } = preferences;
  if (!mayPlan || !data) return null;
  const choice = (name: keyof BreakdownSettings): SecondsChoice => ({
    seconds: data[name],
    choices: choicesWith(usualChoicesS[name], data[name]),
    choose: (seconds) => mutate({ commandId: uuidv7(), plantId, [name]: seconds }),
  });
  return { assumedRepairS: choice('assumedRepairS'), minorStopS: choice('minorStopS') };
}

/** Seconds to choose from: the usual ones, and what holds when it is none of them. */
export function choicesWith(usual: readonly number[], seconds: number): readonly number[] {
  return [...new Set([...usual, seconds])].toSorted((a, b) => a - b);
}

/** What is assumed of a machine that is down is counted from now on: a board that is open follows in such steps. */
const followMs = 5 * 60_000;
const minuteMs = 60_000;

/** Has the board read again when a lane stands, or goes on, and now and then while one does. */
export function useStandingLanes(plantId: string): void {
  const { data, refetch } = useCoreQuery('lanes.standing', { plantId });
  const invalidate = useInvalidate();
  const step = Math.floor(useNow(minuteMs) / followMs);
  // A stop turns into a breakdown by time alone.
  useEffect(() => {
    const timer = setInterval(() => void refetch(), minuteMs);
    return () => clearInterval(timer);
  }, [refetch]);
  const lanes = data?.map(({ laneId, startedAt }) => `${laneId} ${startedAt}`).join();
  const standing = lanes === undefined || lanes === '' ? lanes : `${lanes} ${step}`;
  const seen = useRef(standing);
  useEffect(() => {
    if (seen.current !== undefined && seen.current !== standing)
      invalidate('lanes.board', 'schedules.versions');
    seen.current = standing;
  }, [standing, invalidate]);
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
