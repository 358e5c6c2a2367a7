/** The solver on drafts: runs that go on whoever looks, are told as they go, and end in the draft. */
import { availableParallelism } from 'node:os';
import { notFound, refused } from '#contract/errors';
import type { SolveProgress, schedules } from '#contract/schedules';
import type { ParsedInputOf } from '#contract/procedures';
import { writablePlant } from '#main/services/access';
import type { Core, SignedInCall } from '#main/services/core';
import { claimCommand } from '#main/services/desk-command';
import { draftOf, lockPlan, sourceOf } from '#main/services/lanes/plan-source';
import { adoptOperations } from '#main/services/lanes/write-entries';
import { askInfeasible } from '#main/solver/ask-worker';
import { solveRich } from '#main/solver/solve-rich';
import type { RichSolution } from '#main/solver/solve-rich';
import { onTheClock } from './check.ts';
import { problemOf } from './problem.ts';
import type { PlanProblem } from './problem.ts';
import { createProgressChannel } from './progress-channel.ts';
import { beginRun, endRun, refuseWhileSolving, writeSolution } from './run-record.ts';
import type { RunParameters } from './run-record.ts';
import { solvedPlan } from './solved-plan.ts';
import { holdDraft } from './versions.ts';

/** More would only take the processors from each other, and from the line. */
const mostRuns = 2;
/** A conflict that takes longer to be told is not small enough to help anybody. */
const explainMs = 20_000;

interface Run {
  readonly id: string;
  readonly call: SignedInCall;
  readonly parameters: RunParameters;
  readonly plantId: string;
  readonly plan: PlanProblem;
  /** Of the draft as it was read: nobody may have changed it when the result comes. */
  readonly draftVersion: number;
  readonly stopping: AbortController;
  discard: boolean;
  ended: Promise<void>;
}

export function createSolverRuns(core: Core) {
  const runs = new Map<string, Run>();
  const channel = createProgressChannel();

  async function start(
    call: SignedInCall,
    input: ParsedInputOf<typeof schedules.solve>,
  ): Promise<{ readonly runId: string }> {
    if (runs.size >= mostRuns) throw refused('refusal.too-many-runs', { count: runs.size });
    const { versionId, mode, objective, seconds, seed } = input;
    const threads = Math.max(1, Math.min(8, availableParallelism() - 1));
    const parameters = { versionId, mode, objective, seconds, seed, threads };
    const now = core.now();
    const id = core.newId();
    const run = await core.database.transaction(
      { token: call.signedIn.token },
      'schedules.solve',
      async (transaction): Promise<Run | null> => {
        const { plantId } = await sourceOf(transaction, versionId);
        writablePlant(call.signedIn, plantId);
        const draft = await draftOf(transaction, plantId, versionId);
        await lockPlan(transaction, draft);
        const isNew = await claimCommand(transaction, {
          commandId: input.commandId,
          kind: 'schedules.solve',
          at: now,
        });
        if (!isNew) return null;
        await refuseWhileSolving(transaction, versionId, 'refusal.run-under-way');
        await adoptOperations(transaction, draft);
        const plan = await problemOf(transaction, draft, { now, objective, begun: 'expected' });
        await beginRun(transaction, { id, plantId, parameters });
        const row = await transaction
          .selectFrom('production.schedule_versions')
          .select('version')
          .where('id', '=', versionId)
          .executeTakeFirstOrThrow();
        return {
          id,
          call,
          parameters,
          plantId,
          plan,
          draftVersion: row.version,
          stopping: new AbortController(),
          discard: false,
          ended: Promise.resolve(),
        };
      },
    );
    if (run === null) {
      const running = [...runs.values()].find((one) => one.parameters.versionId === versionId);
      if (running === undefined) throw notFound('error.run-gone');
      return { runId: running.id };
    }
    runs.set(id, run);
    run.ended = carryOut(run).finally(() => runs.delete(id));
    return { runId: id };
  }

  async function carryOut(run: Run): Promise<void> {
    const tell = (progress: Partial<SolveProgress> & Pick<SolveProgress, 'phase'>) =>
      channel.tell({ ...nothingYet(run), ...latest, ...progress });
    let latest: Partial<SolveProgress> = {};
    const solved = solvedPlan(run.plan);
    tell({ phase: 'solving' });
    try {
      const { seconds, seed, threads, mode } = run.parameters;
      const solution = await solveRich(run.plan.problem, {
        seconds,
        seed,
        threads,
        mode,
        current: run.plan.schedule,
        signal: run.stopping.signal,
        onProgress(progress) {
          const { elapsedMs, moves, objective, bound, assignments } = progress;
          latest = {
            ...latest,
            elapsedMs: Math.round(elapsedMs),
            moves,
            objective,
            bound,
            ...(assignments === null ? {} : { figures: solved.figuresOf(assignments) }),
          };
          const placements = assignments === null ? null : solved.placementsOf(assignments);
          tell({ phase: 'solving', placements });
        },
      });
      if (run.discard) return await giveUp(run, solution.elapsedMs, tell);
      tell({ phase: 'writing' });
      await keep(run, solution);
      if (run.stopping.signal.aborted) tell({ phase: 'stopped', placements: null });
      else if (solution.unplaced.length === 0) tell({ phase: 'done', placements: null });
      else tell({ phase: 'infeasible', placements: null, conflicts: await conflictsOf(run.plan) });
    } catch (cause) {
      core.log.error({ runId: run.id, error: cause }, 'a run of the solver failed');
      const failure = cause instanceof Error ? cause.message : String(cause);
      await record(run, { status: 'failed', failure, solveMs: latest.elapsedMs ?? 0 });
      tell({ phase: 'failed', placements: null });
    }
  }

  /** Writes the schedule into the draft, unless somebody changed it meanwhile. */
  function keep(run: Run, solution: RichSolution): Promise<void> {
    const { versionId } = run.parameters;
    return core.database.transaction(
      { token: run.call.signedIn.token },
      'schedules.solved',
      async (transaction) => {
        const draft = await draftOf(transaction, run.plantId, versionId);
        await lockPlan(transaction, draft);
        await holdDraft(transaction, versionId, run.draftVersion, core.now());
        await writeSolution(
          transaction,
          versionId,
          run.id,
          solvedPlan(run.plan).barsOf(solution.schedule.assignments),
        );
        const { objective, bound, elapsedMs, isOptimal, unplaced } = solution;
        await endRun(transaction, run.id, {
          status: 'completed',
          outcome: isOptimal ? 'optimal' : unplaced.length > 0 ? 'infeasible' : 'feasible',
          objective,
          bound,
          solveMs: elapsedMs,
          failure: null,
        });
      },
    );
  }

  async function giveUp(
    run: Run,
    solveMs: number,
    tell: (progress: Pick<SolveProgress, 'phase' | 'placements'>) => void,
  ): Promise<void> {
    await record(run, { status: 'cancelled', failure: null, solveMs });
    tell({ phase: 'stopped', placements: null });
  }

  /** Of a run that left nothing in the draft. Where the database is away, the run's time ends it there. */
  async function record(
    run: Run,
    end: {
      readonly status: 'failed' | 'cancelled';
      readonly failure: string | null;
      readonly solveMs: number;
    },
  ): Promise<void> {
    await core.database
      .transaction({ token: run.call.signedIn.token }, 'schedules.run-ended', (transaction) =>
        endRun(transaction, run.id, { ...end, outcome: null, objective: null, bound: null }),
      )
      .catch((error: unknown) =>
        core.log.warn({ runId: run.id, error }, 'the end of a run was not recorded'),
      );
  }

  return {
    start,
    async stop(call: SignedInCall, runId: string, discard: boolean): Promise<void> {
      const run = runs.get(runId);
      if (run === undefined) throw notFound('error.unknown-run');
      writablePlant(call.signedIn, run.plantId);
      run.discard = discard;
      run.stopping.abort();
      await run.ended;
    },
    progress: (versionId: string, signal: AbortSignal) => channel.listen(versionId, signal),
    /** At the end of the core: what was found so far is given up, for nobody looks at it any more. */
    async close(): Promise<void> {
      const under = [...runs.values()];
      for (const run of under) {
        run.discard = true;
        run.stopping.abort();
      }
      await Promise.all(under.map(({ ended }) => ended));
    },
  };
}

function nothingYet(run: Run): SolveProgress {
  return {
    runId: run.id,
    versionId: run.parameters.versionId,
    phase: 'reading',
    elapsedMs: 0,
    moves: 0,
    figures: null,
    objective: null,
    bound: null,
    placements: null,
    conflicts: [],
  };
}

/** What keeps the rest from having a place, in words. */
async function conflictsOf({ problem, originAt }: PlanProblem): Promise<SolveProgress['conflicts']> {
  const conflicts = await askInfeasible(problem, explainMs);
  return conflicts.map(({ rule, values, operations }) => ({
    rule,
    values: onTheClock(values, originAt),
    operationIds: operations,
  }));
}
