/** The rich solver on several threads: each searches by itself, and after every round all begin from the best. */
import type { Assignment, Figures, Problem, Schedule } from '#domain/scheduling/model/problem';
import type { PlanImage } from '#domain/scheduling/rich/convert';
import { isBetter, type Score } from '#domain/scheduling/rich/judge';
import type {
  RichSolverFound,
  RichSolverReply,
  RichSolverRound,
  RichSolverTask,
} from '../workers/rich-solver.ts';
import { createRounds, startSearchThread } from './search-threads.ts';

export interface RichProgress {
  readonly elapsedMs: number;
  /** Looked at by all threads together. */
  readonly moves: number;
  readonly figures: Figures;
  readonly objective: number;
  /** What no schedule can go below, in the unit of the objective. */
  readonly bound: number;
  /** The best so far when it is new; else null. */
  readonly assignments: readonly Assignment[] | null;
  /** Ids of operations that the best so far has no place for. */
  readonly unplaced: readonly string[];
}

export interface SolveRichOptions {
  readonly seconds: number;
  readonly threads: number;
  readonly seed: number;
  readonly mode: 'optimise' | 'repair';
  /** What is repaired; needed by `repair`. */
  readonly current?: Schedule | undefined;
  /** Moves of each thread, in place of `seconds`: the same ones give the same schedule. */
  readonly moves?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RichProgress) => void) | undefined;
}

export interface RichSolution {
  readonly schedule: Schedule;
  readonly figures: Figures;
  readonly objective: number;
  readonly bound: number;
  readonly unplaced: readonly string[];
  readonly moves: number;
  readonly elapsedMs: number;
  /** Everything has a place and each term of the objective stands at its bound: there is nothing better. */
  readonly isOptimal: boolean;
  readonly wasStopped: boolean;
}

const roundMoves = 5000;

/**
 * Searches until the time is up, the moves are used, the bound is reached or `signal` says stop, and gives
 * the best that was found: stopped at once it is still a plan.
 *
 * @param problem one that `validateProblem` finds nothing wrong with.
 * @throws RangeError for `repair` without `current`; what a thread threw.
 */
export async function solveRich(problem: Problem, options: SolveRichOptions): Promise<RichSolution> {
  const { mode, current, signal, onProgress } = options;
  if (mode === 'repair' && current === undefined) throw new RangeError('repair needs the current schedule');
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  const threads = Array.from({ length: Math.max(1, options.threads) }, (_, index) =>
    startSearchThread<RichSolverRound, RichSolverReply>('rich-solver', {
      problem,
      seed: options.seed + index,
      current: mode === 'repair' ? current : undefined,
    } satisfies RichSolverTask),
  );
  try {
    let best: RichSolverFound | undefined;
    let bestThread = 0;
    let moves = 0;
    let bound: Score = [];
    const hear = (replies: readonly RichSolverReply[]) => {
      moves = replies.reduce((sum, reply) => sum + reply.moves, 0);
      let isNew = false;
      for (const [thread, { found, bound: proved }] of replies.entries()) {
        bound = proved;
        if (found === null || (best !== undefined && !isBetter(found.score, best.score))) continue;
        best = found;
        bestThread = thread;
        isNew = true;
      }
      if (best === undefined) return;
      const { figures, objective, schedule, unplaced } = best;
      const assignments = isNew ? schedule.assignments : null;
      onProgress?.({
        elapsedMs: elapsedMs(),
        moves,
        figures,
        objective,
        bound: bound[1] ?? 0,
        assignments,
        unplaced,
      });
    };
    hear(await Promise.all(threads.map((thread) => thread.next())));
    const isOptimal = () => best !== undefined && !isBetter(bound, best.score);
    const nextRound = createRounds(options, roundMoves, elapsedMs);
    while (signal?.aborted !== true && !isOptimal()) {
      const round = nextRound();
      if (round === undefined) break;
      const image: PlanImage | undefined = best?.image;
      const from = bestThread;
      hear(
        await Promise.all(
          threads.map((thread, index) => thread.run({ ...round, image: index === from ? undefined : image })),
        ),
      );
    }
    if (best === undefined) throw new Error('no thread answered');
    const { schedule, figures, objective, unplaced } = best;
    return {
      schedule,
      figures,
      objective,
      bound: bound[1] ?? 0,
      unplaced,
      moves,
      elapsedMs: elapsedMs(),
      isOptimal: isOptimal(),
      wasStopped: signal?.aborted === true,
    };
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}
