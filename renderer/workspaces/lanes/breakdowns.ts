/** Machines that are down, as planners see them: what the plant assumes, what the board says, and when it looks again. */
import { useEffect, useRef } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { v7 as uuidv7 } from 'uuid';
import type { Lane } from '#domain/scheduling/types';
import type { BreakdownSettings } from '#contract/schedules';
import { useCoreMutation, useCoreQuery, useInvalidate } from '../../client/hooks.ts';
import { queryKeyOf } from '../../client/paths.ts';
import type { Translate } from '../../ui/messages.ts';
import { useNow } from '../../ui/time.tsx';

/** Seconds. */
export const usualChoicesS: Readonly<Record<keyof BreakdownSettings, readonly number[]>> = {
  assumedRepairS: [1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200],
  minorStopS: [0, 60, 300, 900],
};

/** The settings of the plant, to look at and to change. */
export function useBreakdownSettings(plantId: string) {
  const settings = useCoreQuery('schedules.preferences', { plantId });
  const queries = useQueryClient();
  const { mutate, isPending, variables, error } = useCoreMutation('schedules.setPreferences', {
    stale: ['lanes.board', 'lanes.standing'],
    onSuccess: (answer) => queries.setQueryData(queryKeyOf('schedules.preferences', { plantId }), answer),
  });
  return {
    settings,
    change: (changed: BreakdownSettings) => mutate({ commandId: uuidv7(), plantId, ...changed }),
    /** What was chosen and is on its way. */
    wanted: isPending ? variables : undefined,
    error,
  };
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
      invalidate('lanes.board', 'schedules.versions', 'schedules.promise');
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
