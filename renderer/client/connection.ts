/** This window's one connection to the core, over whatever way its host gives it. */
import { createTRPCUntypedClient } from '@trpc/client';
import type { QueryClient } from '@tanstack/react-query';
import { createChannelClient } from '#contract/channel-link';
import type { CoreEvent } from '#contract/events';
import type { Bridge } from '#contract/host';
import type { AppRouter } from '#contract/router';
import type { Identity } from '#contract/session';
import { ShapedError, isErrorShape } from './errors.ts';
import { createEventBatcher, emitEvents, nextFrame, useFeed } from './feed.ts';
import { staleQueries } from './invalidation.ts';
import { queryKeyOf } from './paths.ts';
import type { InputAt, MutationPath, OutputAt, QueryPath, SubscriptionPath } from './paths.ts';
import { connectPorts } from './port-channel.ts';
import { connectSocket } from './socket-channel.ts';

declare global {
  interface Window {
    readonly lanewright?: Bridge;
  }
}

export interface Connection {
  query<Path extends QueryPath>(
    path: Path,
    input: InputAt<Path>,
    signal?: AbortSignal,
  ): Promise<OutputAt<Path>>;
  mutate<Path extends MutationPath>(path: Path, input: InputAt<Path>): Promise<OutputAt<Path>>;
  /** Streams until the function that it gives is called; begins anew when the way to the core is back. */
  subscribe<Path extends SubscriptionPath>(
    path: Path,
    input: InputAt<Path>,
    onData: (value: OutputAt<Path>) => void,
  ): () => void;
  signIn(credentials: { readonly login: string; readonly password: string }): Promise<Identity>;
  signOut(): Promise<void>;
  close(): void;
}

/** A half-open socket looks open for minutes: ask something small, and give it up when nothing comes. */
const probeIntervalMs = 15_000;
const probeTimeoutMs = 6_000;

/**
 * Connects by the shell's ports where there is a shell, by a WebSocket to the own origin otherwise,
 * and keeps the query cache and the live feed true to what the core says.
 */
export function createConnection(queries: QueryClient): Connection {
  const setConnected = (connected: boolean) => {
    useFeed.setState((state) =>
      state.connected === connected
        ? state
        : {
            connected,
            connectionSince: Date.now(),
            everConnected: state.everConnected || connected,
            retryAt: null,
          },
    );
    // While the way was closed anything may have changed unheard.
    if (connected) void queries.invalidateQueries();
  };
  const channels = createChannelClient({ onConnection: setConnected });
  const client = createTRPCUntypedClient<AppRouter>({ links: [channels.link] });

  const batcher = createEventBatcher(nextFrame, (batch) => {
    const { status } = useFeed.getState();
    const stale = new Set(batch.flatMap((event) => staleQueries(event, status)));
    emitEvents(batch);
    for (const path of stale) void queries.invalidateQueries({ queryKey: queryKeyOf(path) });
  });
  const feed = client.subscription(
    'events.feed',
    {},
    {
      onData: (event) => batcher.push(event as CoreEvent),
    },
  );

  const connection: Omit<Connection, 'signIn' | 'signOut' | 'close'> = {
    query: (path, input, signal) => client.query(path, input, signal ? { signal } : {}) as Promise<never>,
    mutate: (path, input) => client.mutation(path, input) as Promise<never>,
    subscribe(path, input, onData) {
      const stream = client.subscription(path, input, { onData: (value) => onData(value as never) });
      return () => stream.unsubscribe();
    },
  };
  const bridge = window.lanewright;
  if (bridge) {
    const stopPorts = connectPorts(bridge, (channel) => channels.use(channel));
    const stopState = bridge.onCoreState((core) => {
      useFeed.setState({ core, retryAt: core.phase === 'down' ? core.retryAt : null });
    });
    return {
      ...connection,
      signIn: (credentials) => connection.mutate('session.signIn', credentials),
      async signOut() {
        await connection.mutate('session.signOut', {});
      },
      close() {
        stopPorts();
        stopState();
        feed.unsubscribe();
        channels.close();
      },
    };
  }

  const socket = connectSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api`,
    use: (channel) => channels.use(channel),
    onRetry: (retryAt) => useFeed.setState({ retryAt }),
  });
  const probe = setInterval(() => {
    if (!channels.connected()) return;
    const silent = setTimeout(() => socket.reopen(), probeTimeoutMs);
    // Any answer will do, a refusal too.
    void connection
      .query('system.status', {})
      .catch(() => {})
      .then(() => clearTimeout(silent));
  }, probeIntervalMs);
  return {
    ...connection,
    async signIn(credentials) {
      const identity = await requestSession('POST', credentials);
      socket.reopen();
      return identity as Identity;
    },
    async signOut() {
      await requestSession('DELETE');
      socket.reopen();
    },
    close() {
      clearInterval(probe);
      feed.unsubscribe();
      socket.close();
      channels.close();
    },
  };
}

/** The cookie is HttpOnly: only HTTP can set it or take it away. */
async function requestSession(method: 'POST' | 'DELETE', body?: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch('/session', {
      method,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ShapedError({ code: 'Unavailable', reason: 'error.core-lost', values: {} });
  }
  if (response.status === 204) return null;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const app = typeof answer === 'object' && answer !== null && 'app' in answer ? answer.app : null;
  throw new ShapedError(
    isErrorShape(app) ? app : { code: 'Unavailable', reason: 'error.core-slow', values: {} },
  );
}
