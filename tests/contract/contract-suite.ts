/** What every transport must do alike; run in memory, over MessagePorts and over WebSockets. */
import { createTRPCClient, TRPCClientError } from '@trpc/client';
import type { TRPCClient } from '@trpc/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientChannel } from '#contract/channel';
import { createChannelClient } from '#contract/channel-link';
import type { ChannelClient } from '#contract/channel-link';
import { contract } from '#contract/contract';
import type { CoreEvent } from '#contract/events';
import type { AppRouter, WireErrorShape } from '#contract/router';

export interface Transport {
  /** A new client's channel, signed in when a token is given. */
  connect(token: string | null): Promise<ClientChannel>;
  close(): Promise<void>;
}

export interface Fixture {
  readonly transport: Transport;
  /** A planner's session token. */
  readonly token: string;
  readonly plantId: string;
  /** Makes the core publish a status. */
  nudge(): void;
}

function appError(cause: unknown) {
  if (!(cause instanceof TRPCClientError)) throw cause;
  return (cause.shape as WireErrorShape).data.app;
}

export function contractSuite(name: string, prepare: () => Promise<Fixture>): void {
  describe(name, () => {
    let fixture: Fixture;
    let anonymous: TRPCClient<AppRouter>;
    let planner: TRPCClient<AppRouter>;
    const opened: ChannelClient[] = [];

    const open = async (token: string | null) => {
      const connection = createChannelClient({ callTimeoutMs: 5000 });
      connection.use(await fixture.transport.connect(token));
      opened.push(connection);
      return createTRPCClient<AppRouter>({ links: [connection.link] });
    };

    beforeAll(async () => {
      fixture = await prepare();
      anonymous = await open(null);
      planner = await open(fixture.token);
    });
    afterAll(async () => {
      for (const connection of opened) connection.close();
      await fixture.transport.close();
    });

    test('answers a query', async () => {
      expect((await anonymous.system.status.query({})).station.code).toBe('DESK-1');
    });

    test('refuses who is not signed in, in words', async () => {
      const refusal = await anonymous.lanes.board
        .query({ plantId: fixture.plantId, from: 0, to: 1 })
        .catch(appError);
      expect(refusal).toMatchObject({ code: 'NotAllowed', reason: 'error.not-signed-in' });
    });

    test('knows who is signed in', async () => {
      expect((await planner.session.current.query({})).identity?.login).toBe('planner');
    });

    test('names the field of bad input', async () => {
      const refusal = await planner.lanes.board.query({ plantId: 'no id', from: 0, to: 1 }).catch(appError);
      expect(refusal).toMatchObject({ code: 'Invalid', field: 'plantId' });
    });

    test('carries a large answer whole', async () => {
      const now = Date.now();
      const days = (count: number) => now + count * 86_400_000;
      const board = await planner.lanes.board.query({
        plantId: fixture.plantId,
        from: days(-60),
        to: days(60),
      });
      expect(board.operations.length).toBeGreaterThan(300);
    });

    test('answers calls that run at once each with its own answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          index % 2 === 0
            ? planner.session.current.query({}).then(({ identity }) => identity?.login)
            : planner.system.status.query({}).then(({ station }) => station.code),
        ),
      );
      expect(new Set(answers)).toEqual(new Set(['planner', 'DESK-1']));
      expect(answers.every((answer, index) => (index % 2 === 0) === (answer === 'planner'))).toBe(true);
    });

    test('streams events until stopped', async () => {
      const seen: CoreEvent[] = [];
      const two = Promise.withResolvers<void>();
      const subscription = planner.events.feed.subscribe(
        {},
        {
          onData: (event) => {
            seen.push(event);
            if (seen.length === 1) fixture.nudge();
            if (seen.length === 2) two.resolve();
          },
          onError: (cause) => two.reject(cause),
        },
      );
      await two.promise;
      subscription.unsubscribe();
      expect(seen.map(({ type }) => type)).toEqual(['status', 'status']);
    });

    test('what was under way when the way is lost is Unavailable; what comes later goes the new way', async () => {
      const connection = createChannelClient({ callTimeoutMs: 5000 });
      opened.push(connection);
      const client = createTRPCClient<AppRouter>({ links: [connection.link] });
      const first = await fixture.transport.connect(fixture.token);
      // Nothing comes back over this one, so the call is still open when it closes.
      connection.use({ ...first, onMessage: () => {} });
      const lost = client.system.status.query({}).catch(appError);
      first.close();
      expect(await lost).toMatchObject({ code: 'Unavailable', reason: 'error.core-lost' });
      const later = client.system.status.query({});
      connection.use(await fixture.transport.connect(fixture.token));
      expect((await later).station.code).toBe('DESK-1');
    });

    test('every procedure refuses malformed input and stays up', async () => {
      const malformed = [
        undefined,
        null,
        7,
        'x',
        [],
        { extra: 1 },
        JSON.parse('{"__proto__": {"admin": true}, "x": 1}'),
        { commandId: "' OR 1=1 --" },
      ];
      const channel = await fixture.transport.connect(fixture.token);
      const answers = new Map<number, string>();
      const waiting = new Map<number, () => void>();
      channel.onMessage((message) => {
        if (message.type === 'event') return;
        answers.set(message.id, message.type === 'error' ? message.error.data.app.code : message.type);
        waiting.get(message.id)?.();
      });
      let id = 0;
      for (const [subject, procedures] of Object.entries(contract)) {
        for (const [procedure, definition] of Object.entries(procedures)) {
          const refusedInputs = malformed.filter((input) => !definition.input.safeParse(input).success);
          await Promise.all(
            refusedInputs.map((input) => {
              const call = ++id;
              const path = `${subject}.${procedure}`;
              channel.send({
                type: 'call',
                id: call,
                kind: definition.kind,
                path,
                input,
                correlationId: 'fuzz',
              });
              return new Promise<void>((resolve) => waiting.set(call, resolve));
            }),
          );
        }
      }
      channel.close();
      const accepted = [...answers.values()].filter((code) => !['Invalid', 'NotAllowed'].includes(code));
      expect(accepted).toEqual([]);
      expect((await planner.system.status.query({})).station.code).toBe('DESK-1');
    });
  });
}
