import { createTRPCUntypedClient } from '@trpc/client';
import { expect, test } from 'vitest';
import { createChannelClient } from '#contract/channel-link';
import type { AppRouter } from '#contract/router';
import { errorShapeOf } from './errors.ts';
import { portChannel } from './port-channel.ts';

/** The window's end of a new pair, and the core's, which answers each call by `answer`. */
function ports(answer: (message: { readonly id: number; readonly path: string }) => unknown) {
  const { port1, port2 } = new MessageChannel();
  port2.addEventListener('message', (event: MessageEvent<{ readonly id: number; readonly path: string }>) => {
    const data = answer(event.data);
    if (data !== undefined) port2.postMessage({ type: 'result', id: event.data.id, data });
  });
  port2.start();
  return { window: port1, core: port2 };
}

test('calls go over the port, and over the next one after the core was restarted', async () => {
  const states: boolean[] = [];
  const channels = createChannelClient({ onConnection: (open) => states.push(open) });
  const client = createTRPCUntypedClient<AppRouter>({ links: [channels.link] });

  const first = ports(({ path }) => (path === 'system.status' ? 'first' : undefined));
  channels.use(portChannel(first.window));
  expect(await client.query('system.status', {})).toBe('first');

  // The core dies with a call under way: it is told so, and what is asked meanwhile waits.
  const lost = client.mutation('lanes.edit', {}).catch(errorShapeOf);
  first.core.close();
  expect(await lost).toMatchObject({ code: 'Unavailable', reason: 'error.core-lost' });
  const waiting = client.query('system.status', {});

  const second = ports(() => 'second');
  channels.use(portChannel(second.window));
  expect(await waiting).toBe('second');
  expect(states).toEqual([true, false, true]);
  channels.close();
  second.core.close();
});
