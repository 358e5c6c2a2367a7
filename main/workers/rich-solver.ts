/** Worker entry: one search for a schedule, run in rounds, so that several can share the best between them. */
import { parentPort, workerData } from 'node:worker_threads';
import { figuresOf } from '#domain/scheduling/checker/figures';
import type { Figures, Problem, Schedule } from '#domain/scheduling/model/problem';
import type { PlanImage } from '#domain/scheduling/rich/convert';
import type { Score } from '#domain/scheduling/rich/judge';
import { createRepairSearch } from '#domain/scheduling/rich/repair';
import { createRichSearch } from '#domain/scheduling/rich/search';

export interface RichSolverTask {
  readonly problem: Problem;
  readonly seed: number;
  /** What is to be repaired; absent: a plan from nothing. */
  readonly current?: Schedule | undefined;
}

/** A round: until the time is up, or that many moves. `image` is the best of the others. */
export interface RichSolverRound {
  readonly ms?: number | undefined;
  readonly moves?: number | undefined;
  readonly image?: PlanImage | undefined;
}

export interface RichSolverFound {
  readonly schedule: Schedule;
  readonly unplaced: readonly string[];
  readonly objective: number;
  readonly score: Score;
  readonly figures: Figures;
  readonly image: PlanImage;
}

export interface RichSolverReply {
  readonly moves: number;
  /** What no score can be better than. */
  readonly bound: Score;
  /** When it is better than what this search knew before. */
  readonly found: RichSolverFound | null;
}

/** Moves between two looks at the clock. */
const batch = 250;

const port = parentPort;
if (port) {
  const { problem, seed, current } = workerData as RichSolverTask;
  const search =
    current === undefined
      ? createRichSearch(problem, { seed })
      : createRepairSearch(problem, current, { seed });
  const bound = search.bound();
  const answer = (isNew: boolean) => {
    const best = isNew ? search.best() : null;
    const found: RichSolverFound | null = best && {
      ...best,
      figures: figuresOf(problem, best.schedule),
      image: search.image(),
    };
    port.postMessage({ moves: search.moves, bound, found } satisfies RichSolverReply);
  };
  answer(true);
  port.on('message', ({ ms, moves, image }: RichSolverRound) => {
    if (image !== undefined) search.adopt(image);
    let better = false;
    if (moves !== undefined) better = search.step(moves);
    else {
      const until = performance.now() + (ms ?? 0);
      while (performance.now() < until) better = search.step(batch) || better;
    }
    answer(better);
  });
}
