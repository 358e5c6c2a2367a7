import { createTRPCUntypedClient } from '@trpc/client';
import { WebSocketServer } from 'ws';
import type { WebSocket as ServerSocket } from 'ws';
import { afterEach, expect, test } from 'vitest';
import { createChannelClient } from '#contract/channel-link';
import type { ClientMessage } from '#contract/channel';
import type { AppRouter } from '#contract/router';
import { errorShapeOf } from './errors.ts';
import { backoffMs, connectSocket } from './socket-channel.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Answer = (message: ClientMessage, socket: ServerSocket) => void;

function listen(
  port: number,
  answer: Answer,
): Promise<{ readonly server: WebSocketServer; readonly port: number }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  server.on('connection', (socket) => {
    socket.on('message', (data) => answer(JSON.parse(String(data)), socket));
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of server.clients) socket.terminate();
      server.close(() => resolve());
    });
  closers.push(stop);
  return new Promise((resolve) => {
    server.once('listening', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address ? address.port : 0 });
    });
  });
}

function connect(port: number) {
  const states: boolean[] = [];
  const channels = createChannelClient({ callTimeoutMs: 5_000, onConnection: (open) => states.push(open) });
  const connector = connectSocket({
    url: `ws://127.0.0.1:${port}/api`,
    use: (channel) => channels.use(channel),
    firstDelayMs: 20,
    longestDelayMs: 100,
  });
  closers.push(() => {
    connector.close();
    channels.close();
  });
  return { client: createTRPCUntypedClient<AppRouter>({ links: [channels.link] }), connector, states };
}

const echo: Answer = (message, socket) => {
  if (message.type === 'call' && message.kind !== 'subscription') {
    socket.send(JSON.stringify({ type: 'result', id: message.id, data: message.path }));
  }
};

test('a call made before the core is there is answered once it is', async () => {
  const first = await listen(0, echo);
  await closers.pop()?.();
  const { client } = connect(first.port);
  const answer = client.query('system.status', {});
  await listen(first.port, echo);
  expect(await answer).toBe('system.status');
});

test('when the core goes away a call under way is told so, and the next one finds it again', async () => {
  const first = await listen(0, (message, socket) => {
    if (message.type === 'call') socket.terminate();
  });
  const { client, states } = connect(first.port);
  const lost = await client.mutation('lanes.edit', {}).catch(errorShapeOf);
  expect(lost).toMatchObject({ code: 'Unavailable', reason: 'error.core-lost' });
  await closers.shift()?.();
  await listen(first.port, echo);
  expect(await client.query('system.status', {})).toBe('system.status');
  expect(states[0]).toBe(true);
  expect(states.at(-1)).toBe(true);
  expect(states).toContain(false);
});

test('a subscription goes on after the socket was opened anew', async () => {
  let opened = 0;
  const { port } = await listen(0, (message, socket) => {
    if (message.type === 'call' && message.kind === 'subscription') {
      opened += 1;
      socket.send(JSON.stringify({ type: 'event', id: message.id, data: opened }));
    }
  });
  const { client, connector } = connect(port);
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => {
    client.subscription(
      'events.feed',
      {},
      {
        onData: (event) => {
          seen.push(event);
          if (seen.length === 1) connector.reopen();
          if (seen.length === 2) resolve();
        },
      },
    );
  });
  expect(seen).toEqual([1, 2]);
});

test('the wait before the next attempt doubles up to its bound, never in step with others', () => {
  expect([0, 1, 2, 10].map((attempt) => backoffMs(attempt, 250, 8_000, 0.5))).toEqual([
    250, 500, 1_000, 8_000,
  ]);
  expect(backoffMs(0, 250, 8_000, 0)).toBeLessThan(backoffMs(0, 250, 8_000, 1));
});
