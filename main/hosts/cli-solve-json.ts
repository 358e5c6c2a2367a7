/** The command line's `solve --format json`: the whole model, as domain/scheduling/model/problem.ts has it. */
import { refused } from '#contract/errors';
import { checkSchedule } from '#domain/scheduling/checker/check-schedule';
import { readJsonProblem } from '#domain/scheduling/json/read-json-problem';
import type { Problem } from '#domain/scheduling/model/problem';
import { explainInfeasible } from '#domain/scheduling/rich/explain-infeasible';
import { solveRich } from '#main/solver/solve-rich';
import type { RichProgress, RichSolution, SolveRichOptions } from '#main/solver/solve-rich';
import type { SolveCommandHost } from './cli-solve.ts';

type SolveOptions = Pick<SolveRichOptions, 'seconds' | 'threads' | 'seed' | 'moves' | 'signal'>;

/** What is wrong with a file is said line by line; more than that nobody reads. */
const mostFaults = 20;

/**
 * Prints `{makespan, objective, bound, seconds, moves, figures, operations, unplaced, conflicts}`: times in
 * seconds from the origin of the file, `conflicts` when something finds no place.
 * @throws AppError `error.solve-problem` for a file that is no problem.
 */
export async function solveJson(
  text: string,
  options: SolveOptions,
  { texts, say, print }: SolveCommandHost,
): Promise<void> {
  const read = readJsonProblem(text);
  if (!read.ok) {
    for (const { rule, path, values } of read.faults.slice(0, mostFaults)) {
      say(`  ${texts(`problem.${rule}`, { path, ...values })}`);
    }
    throw refused('error.solve-problem', { count: read.faults.length });
  }
  const { problem } = read;
  let told = Number.POSITIVE_INFINITY;
  const onProgress = ({ elapsedMs, objective, bound }: RichProgress) => {
    if (objective >= told) return;
    told = objective;
    say(texts('solve.rich-progress', { seconds: (elapsedMs / 1000).toFixed(1), objective, bound }));
  };
  const solution = await solveRich(problem, { ...options, mode: 'optimise', onProgress });
  const violations = checkSchedule(problem, solution.schedule).filter(({ rule }) => rule !== 'missing');
  const conflicts = solution.unplaced.length > 0 || violations.length > 0 ? explainInfeasible(problem) : [];
  const result = { ...asJson(solution), violations, conflicts };
  print(result, () => [...laneLines(problem, solution), texts('solve.rich-done', summary(solution))]);
}

function asJson(solution: RichSolution) {
  const { figures, objective, bound, elapsedMs, moves, unplaced, isOptimal, schedule } = solution;
  return {
    makespan: figures.makespan,
    objective,
    bound,
    isOptimal,
    seconds: Math.round(elapsedMs) / 1000,
    moves,
    figures,
    operations: schedule.assignments,
    unplaced,
  };
}

function summary({ figures, objective, bound, elapsedMs, moves, unplaced }: RichSolution) {
  return {
    objective,
    bound,
    makespan: figures.makespan,
    late: figures['late-orders'],
    unplaced: unplaced.length,
    seconds: (elapsedMs / 1000).toFixed(1),
    moves: moves.toLocaleString('en'),
  };
}

/** A line a lane: `operation` at the time that it takes the lane. */
function laneLines(problem: Problem, { schedule }: RichSolution): string[] {
  const byStart = schedule.assignments.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return problem.lanes.map(({ id, name }) => {
    const own = byStart.filter(({ lane }) => lane === id);
    return `${name}: ${own.map(({ operation, start }) => `${operation}@${start}`).join(' ')}`;
  });
}
