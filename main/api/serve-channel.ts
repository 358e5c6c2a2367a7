/** The core's end of the message protocol: runs calls of one client until its channel closes. */
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape } from '@trpc/server';
import { z } from 'zod';
import type { CoreChannel } from '#contract/channel';
import { unavailable } from '#contract/errors';
import type { AppRouter, WireErrorShape } from '#contract/router';
import { correlated } from '#main/correlation';
import type { Call, Log } from '#main/services/core';

const message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    id: z.number().int(),
    kind: z.enum(['query', 'mutation', 'subscription']),
    path: z.string().max(100),
    input: z.unknown().optional(),
    correlationId: z.string().regex(/^[\w-]{1,64}$/),
  }),
  z.object({ type: z.literal('stop'), id: z.number().int() }),
]);

/** Calls of one client that may run at once; more are refused, so that a broken page cannot drown the desk. */
const maxRunning = 200;

/**
 * @param context who calls, asked anew for each call.
 * @returns stops everything that runs for this client.
 */
export function serveChannel(
  channel: CoreChannel,
  router: AppRouter,
  context: (correlationId: string) => Call,
  log: Log,
): () => void {
  const running = new Map<number, AbortController>();

  const wire = (
    cause: unknown,
    call: z.infer<typeof message> & { type: 'call' },
    ctx: Call,
  ): WireErrorShape =>
    getTRPCErrorShape({
      config: router._def._config,
      error: getTRPCErrorFromUnknown(cause),
      type: call.kind,
      path: call.path,
      input: undefined,
      ctx,
    }) as WireErrorShape;

  const answer = async (call: z.infer<typeof message> & { type: 'call' }) => {
    const controller = new AbortController();
    running.set(call.id, controller);
    const ctx = context(call.correlationId);
    const began = performance.now();
    let outcome = 'done';
    try {
      if (running.size > maxRunning) throw unavailable('error.too-many-calls', { most: maxRunning });
      const data = await callTRPCProcedure({
        router,
        path: call.path,
        getRawInput: async () => call.input,
        ctx,
        type: call.kind,
        signal: controller.signal,
        batchIndex: 0,
      });
      if (call.kind !== 'subscription') {
        if (!controller.signal.aborted) channel.send({ type: 'result', id: call.id, data });
        return;
      }
      for await (const event of data as AsyncIterable<unknown>) {
        if (controller.signal.aborted) return;
        channel.send({ type: 'event', id: call.id, data: event });
      }
      channel.send({ type: 'end', id: call.id });
    } catch (cause) {
      const error = wire(cause, call, ctx);
      outcome = error.data.app.reason;
      if (!controller.signal.aborted) channel.send({ type: 'error', id: call.id, error });
    } finally {
      running.delete(call.id);
      const detail = { path: call.path, outcome, tookMs: Math.round(performance.now() - began) };
      if (call.kind === 'mutation') log.info(detail, 'command');
      else log.debug(detail, call.kind);
    }
  };

  channel.onMessage((raw) => {
    // A client may send anything: what is no message of the protocol has no id to answer to.
    const parsed = message.safeParse(raw);
    if (!parsed.success) return;
    if (parsed.data.type === 'stop') running.get(parsed.data.id)?.abort();
    else if (!running.has(parsed.data.id)) {
      const call = parsed.data;
      void correlated(call.correlationId, () => answer(call));
    }
  });
  const stop = () => {
    for (const controller of running.values()) controller.abort();
    running.clear();
  };
  channel.onClose(stop);
  return stop;
}
