/**
 * The whole core as a host starts it, on a desk whose scanner never rests. Writes each acknowledged scan's
 * command id to its standard output, a line each, before anything else. It is meant to be killed.
 *
 * Its argument is `CoreStationConfig` as JSON.
 */
import { writeSync } from 'node:fs';
import { createTRPCClient } from '@trpc/client';
import { createChannelClient } from '#contract/channel-link';
import type { AppRouter } from '#contract/router';
import { attachPerson, startStationCore } from './core-station.ts';
import type { CoreStationConfig } from './core-station.ts';

const config = JSON.parse(process.argv[2] ?? '') as CoreStationConfig;
const core = await startStationCore(config);
const connection = createChannelClient();
connection.use(attachPerson(core, config));
const client = createTRPCClient<AppRouter>({ links: [connection.link] });
client.events.feed.subscribe(
  {},
  {
    onData(event) {
      if (event.type !== 'scan' || event.outcome.acknowledgement === undefined) return;
      // Written by the kernel when it returns: what is acknowledged is known to the parent whatever happens.
      writeSync(1, `${event.outcome.acknowledgement.commandId}\n`);
    },
  },
);
