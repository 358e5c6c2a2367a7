/** The core in React: typed by the contract, kept fresh by its events, errors as `ErrorShape`. */
import { createContext, use, useCallback, useEffect, useEffectEvent } from 'react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { ErrorShape } from '#contract/errors';
import type { CoreEvent } from '#contract/events';
import type { Connection } from './connection.ts';
import { errorShapeOf } from './errors.ts';
import { listenToEvents } from './feed.ts';
import { queryKeyOf } from './paths.ts';
import type { InputAt, MutationPath, OutputAt, QueryPath, SubscriptionPath } from './paths.ts';

export const ConnectionContext = createContext<Connection | null>(null);

export function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (!connection) throw new Error('useConnection outside of ConnectionContext');
  return connection;
}

/** @param options.enabled ask only then. `keep` shows the last answer while the next one is on its way. */
export function useCoreQuery<Path extends QueryPath>(
  path: Path,
  input: InputAt<Path>,
  options: { readonly enabled?: boolean; readonly keep?: boolean; readonly staleMs?: number } = {},
): UseQueryResult<OutputAt<Path>, ErrorShape> {
  const connection = useConnection();
  return useQuery<OutputAt<Path>, ErrorShape>({
    queryKey: queryKeyOf(path, input),
    queryFn: ({ signal }) => shaped(connection.query(path, input, signal)),
    enabled: options.enabled ?? true,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
  });
}

/** @param stale answers that the change makes stale at once, before the core's own event. */
export function useCoreMutation<Path extends MutationPath>(
  path: Path,
  options: {
    readonly stale?: readonly QueryPath[];
    readonly onSuccess?: (output: OutputAt<Path>, input: InputAt<Path>) => void;
    readonly onError?: (error: ErrorShape, input: InputAt<Path>) => void;
  } = {},
): UseMutationResult<OutputAt<Path>, ErrorShape, InputAt<Path>> {
  const connection = useConnection();
  const queries = useQueryClient();
  return useMutation<OutputAt<Path>, ErrorShape, InputAt<Path>>({
    mutationFn: (input) => shaped(connection.mutate(path, input)),
    onSuccess: (output, input) => {
      for (const stalePath of options.stale ?? []) {
        void queries.invalidateQueries({ queryKey: queryKeyOf(stalePath) });
      }
      options.onSuccess?.(output, input);
    },
    onError: (error, input) => options.onError?.(error, input),
  });
}

/** Calls `handler` for each value of a stream of the core while the component is shown; null asks for none. */
export function useCoreStream<Path extends SubscriptionPath>(
  path: Path,
  input: InputAt<Path> | null,
  handler: (value: OutputAt<Path>) => void,
): void {
  const connection = useConnection();
  const latest = useEffectEvent(handler);
  // Two inputs that say the same are one stream.
  const key = input === null ? null : JSON.stringify(input);
  useEffect(() => {
    if (key === null) return undefined;
    return connection.subscribe(path, JSON.parse(key) as InputAt<Path>, (value) => latest(value));
  }, [connection, path, key]);
}

/** Calls `handler` for each event of the core while the component is shown. */
export function useCoreEvents(handler: (event: CoreEvent) => void): void {
  const latest = useEffectEvent(handler);
  useEffect(() => listenToEvents((event) => latest(event)), []);
}

/** A function that marks answers stale. */
export function useInvalidate(): (...paths: readonly QueryPath[]) => void {
  const queries = useQueryClient();
  return useCallback(
    (...paths) => {
      for (const path of paths) void queries.invalidateQueries({ queryKey: queryKeyOf(path) });
    },
    [queries],
  );
}

async function shaped<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (thrown) {
    throw errorShapeOf(thrown);
  }
}
