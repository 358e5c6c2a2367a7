/** A run of the solver on the draft that is shown, as it goes. */
import { useState } from 'react';
import { v7 as uuidv7 } from 'uuid';
import type { Objective } from '#domain/scheduling/model/problem';
import type { SolveProgress } from '#contract/schedules';
import { useCoreMutation, useCoreStream, useInvalidate } from '../../../client/hooks.ts';

/** The best so far at a moment of the run. */
export interface SolvePoint {
  readonly elapsedMs: number;
  readonly objective: number;
}

const ended: readonly SolveProgress['phase'][] = ['done', 'stopped', 'infeasible', 'failed'];

export function useSolve(versionId: string | null) {
  const invalidate = useInvalidate();
  const [run, setRun] = useState<{
    readonly versionId: string;
    readonly last: SolveProgress;
    readonly placements: SolveProgress['placements'];
    readonly points: readonly SolvePoint[];
  } | null>(null);
  useCoreStream('schedules.solveProgress', versionId === null ? null : { versionId }, (progress) => {
    setRun((before) => {
      const same = before?.last.runId === progress.runId ? before : null;
      const best = same?.points.at(-1)?.objective;
      return {
        versionId: progress.versionId,
        last: progress,
        placements: progress.placements ?? same?.placements ?? null,
        points:
          progress.objective === null || progress.objective === best
            ? (same?.points ?? [])
            : [...(same?.points ?? []), { elapsedMs: progress.elapsedMs, objective: progress.objective }],
      };
    });
    if (ended.includes(progress.phase)) invalidate('lanes.board', 'schedules.versions');
  });
  const start = useCoreMutation('schedules.solve');
  const stop = useCoreMutation('schedules.stopSolve');
  const [ending, setEnding] = useState<{ readonly runId: string; readonly kept: boolean } | null>(null);
  const current = run?.versionId === versionId ? run : null;
  const running = current !== null && !ended.includes(current.last.phase);
  return {
    run: current,
    running,
    /** What became of the best when one stopped it here; null: it was not stopped, or at another desk. */
    kept: ending !== null && ending.runId === current?.last.runId ? ending.kept : null,
    starting: start.isPending,
    error: start.error ?? stop.error,
    /** What the board shows in place of the draft while the run goes on: the best so far. */
    preview: running ? current.placements : null,
    start: (wanted: {
      readonly mode: 'optimise' | 'repair';
      readonly objective: Objective;
      readonly seconds: number;
    }) => {
      if (versionId === null) return;
      const { mode, terms } = wanted.objective;
      start.mutate({ ...wanted, objective: { mode, terms: [...terms] }, commandId: uuidv7(), versionId });
    },
    stop: (discard: boolean) => {
      if (!current) return;
      const { runId } = current.last;
      setEnding({ runId, kept: !discard });
      stop.mutate({ runId, discard });
    },
    forget: () => setRun(null),
  };
}
export type Solve = ReturnType<typeof useSolve>;
