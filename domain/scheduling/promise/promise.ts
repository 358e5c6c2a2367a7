import { checkSchedule } from '../checker/check-schedule.ts';
import type { Violation } from '../checker/violation.ts';
import { whyLate, type WhyStep } from '../explain/why-late.ts';
import type {
  Assignment,
  Problem,
  ProblemLink,
  ProblemOperation,
  ProblemOrder,
  Schedule,
} from '../model/problem.ts';
import { createRichSearch } from '../rich/search.ts';

/** What somebody asks for: an order that does not exist yet. */
export interface PromiseRequest {
  readonly order: ProblemOrder;
  readonly operations: readonly ProblemOperation[];
  /** Between its operations, or from operations of the problem to them. */
  readonly links: readonly ProblemLink[];
  /** When its materials are there; seconds from the origin. */
  readonly materialAt?: number | undefined;
}

export type PromiseAnswer =
  | {
      readonly ok: true;
      /** End of its last operation; seconds from the origin. */
      readonly readyAt: number;
      readonly assignments: readonly Assignment[];
      /** Why not earlier, from its last operation back. */
      readonly chain: readonly WhyStep[];
      /** The step of its own that waited longest; undefined: it begins at once and never waits. */
      readonly binding: WhyStep | undefined;
    }
  | { readonly ok: false; readonly missing: readonly string[] };

export interface PromiseOptions {
  /** Ways of laying it that are tried beside the first one. */
  readonly moves?: number | undefined;
}

const movesByDefault = 600;

/**
 * The earliest end of a new order between what stands: nothing of `schedule` moves, its set-ups stay long
 * enough, and people keep what they hold. `ok: false` with the operations that find no place within the
 * windows of the lanes.
 *
 * @param schedule what is placed; operations of the problem that it lacks are not looked at.
 */
export function promise(
  problem: Problem,
  schedule: Schedule,
  request: PromiseRequest,
  { moves = movesByDefault }: PromiseOptions = {},
): PromiseAnswer {
  const standing = standingProblem(problem, schedule);
  const order = {
    ...request.order,
    due: problem.now ?? 0,
    materialAt: request.materialAt ?? request.order.materialAt,
  };
  const known = new Set([...standing.operations, ...request.operations].map(({ id }) => id));
  const asked: Problem = {
    ...standing,
    orders: [...standing.orders.filter(({ id }) => id !== order.id), order],
    operations: [...standing.operations, ...request.operations.map((one) => ({ ...one, order: order.id }))],
    links: [...standing.links, ...request.links].filter(({ from, to }) => known.has(from) && known.has(to)),
    objective: {
      mode: 'lexicographic',
      terms: [
        { term: 'tardiness', weight: 1 },
        { term: 'setup-cost', weight: 1 },
      ],
    },
  };
  const search = createRichSearch(asked, { seed: 1 });
  search.step(moves);
  const best = search.best();
  if (best.unplaced.length > 0) return { ok: false, missing: best.unplaced };
  const own = new Set(request.operations.map(({ id }) => id));
  const assignments = best.schedule.assignments.filter(({ operation }) => own.has(operation));
  const chain = whyLate(asked, best.schedule, order.id);
  const ends = new Map(best.schedule.assignments.map(({ operation, end }) => [operation, end]));
  /** How long after what it follows in its own order, or after now, an operation begins. */
  const delay = ({ operation, start }: WhyStep) => {
    const before = request.links.filter(({ to }) => to === operation).map(({ from }) => ends.get(from) ?? 0);
    return start - Math.max(problem.now ?? 0, ...before);
  };
  const delayed = chain.filter(
    (step) => own.has(step.operation) && step.cause !== 'predecessor' && delay(step) > 0,
  );
  return {
    ok: true,
    readyAt: assignments.reduce((last, { end }) => Math.max(last, end), -Infinity),
    assignments,
    chain,
    binding: delayed.toSorted((a, b) => delay(b) - delay(a))[0],
  };
}

/** The problem with everything placed standing still, and without what is not placed. */
function standingProblem(problem: Problem, schedule: Schedule): Problem {
  const placed = new Map(schedule.assignments.map((assignment) => [assignment.operation, assignment]));
  const operations = problem.operations.flatMap((operation): ProblemOperation[] => {
    const assignment = placed.get(operation.id);
    if (assignment === undefined) return [];
    const { lane, start, setupEnd, end, resources } = assignment;
    const why = operation.pin?.why ?? 'locked';
    return [{ ...operation, pin: { lane, start, setupEnd, end, resources, why } }];
  });
  return { ...problem, operations };
}

/** What a promise breaks when it is laid over a schedule: for those who reserve it later. */
export function checkPromise(
  problem: Problem,
  schedule: Schedule,
  request: PromiseRequest,
  assignments: readonly Assignment[],
): Violation[] {
  const standing = standingProblem(problem, schedule);
  const asked: Problem = {
    ...standing,
    orders: [...standing.orders.filter(({ id }) => id !== request.order.id), request.order],
    operations: [...standing.operations, ...request.operations],
    links: [...standing.links, ...request.links],
  };
  const own = new Set(request.operations.map(({ id }) => id));
  return checkSchedule(asked, { assignments: [...schedule.assignments, ...assignments] }).filter(
    ({ operations }) => operations.some((id) => own.has(id)),
  );
}
