/** Progress of runs, handed to whoever listens: each gets the latest, and no placements are lost between two looks. */
import type { SolveProgress } from '#contract/schedules';

export interface ProgressChannel {
  tell(progress: SolveProgress): void;
  /** Begins with what is under way; ends with `signal`. */
  listen(versionId: string, signal: AbortSignal): AsyncIterable<SolveProgress>;
}

/** How a run ended is told to who comes a little late. */
const rememberedMs = 60_000;

export function createProgressChannel(): ProgressChannel {
  const latest = new Map<string, SolveProgress>();
  const listeners = new Set<{ readonly versionId: string; offer(progress: SolveProgress): void }>();
  return {
    tell(progress) {
      const { versionId, placements } = progress;
      const before = latest.get(versionId);
      const isSameRun = before?.runId === progress.runId;
      latest.set(versionId, {
        ...progress,
        placements: placements ?? (isSameRun ? before.placements : null),
      });
      if (isEnd(progress)) {
        setTimeout(() => {
          if (latest.get(versionId)?.runId === progress.runId) latest.delete(versionId);
        }, rememberedMs).unref();
      }
      for (const listener of listeners) if (listener.versionId === versionId) listener.offer(progress);
    },
    async *listen(versionId, signal) {
      let waiting: SolveProgress[] = [];
      let wake = () => {};
      const listener = {
        versionId,
        offer(progress: SolveProgress) {
          const last = waiting.at(-1);
          if (last?.runId === progress.runId && !isEnd(last)) {
            waiting[waiting.length - 1] = { ...progress, placements: progress.placements ?? last.placements };
          } else waiting.push(progress);
          wake();
        },
      };
      const known = latest.get(versionId);
      if (known !== undefined && !isEnd(known)) waiting.push(known);
      listeners.add(listener);
      const onAbort = () => wake();
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted) {
          const batch = waiting;
          waiting = [];
          yield* batch;
          if (waiting.length > 0 || signal.aborted) continue;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        listeners.delete(listener);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

export function isEnd({ phase }: SolveProgress): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'infeasible' || phase === 'failed';
}
