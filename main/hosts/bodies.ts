/** Which service answers which procedure: the whole contract on one page. */
import { notFound } from '#contract/errors';
import type { SystemStatus } from '#contract/system';
import type { Bodies } from '#main/api/router';
import type { Outbox, SignedIn } from '#main/services/core';
import type { CredentialsService } from '#main/services/session/credentials';
import type { SessionService } from '#main/services/session/service';
import { createSystemService } from '#main/services/system/service';
import type { OutboxRepair } from '#main/services/system/service';
import type { EventHub } from '#main/sync/event-hub';
import type { Clients } from './clients.ts';
import type { Services } from './services.ts';

export function createBodies(options: {
  readonly services: Services;
  readonly sessions: SessionService;
  readonly credentials: CredentialsService;
  /** After an outage: when the database has said which sessions are still good. */
  readonly sessionsConfirmed: () => Promise<void>;
  readonly outbox: Outbox;
  readonly delivery: OutboxRepair;
  readonly clients: Clients;
  readonly hub: EventHub;
  readonly status: () => SystemStatus;
  readonly logDir: string;
  readonly signIn: (login: string, password: string) => Promise<SignedIn>;
  readonly publishStatus: () => void;
}): Bodies {
  const { services, sessions, credentials, clients, hub } = options;
  const { lanes, schedules, stations, packing, genealogy, records, line, simulators } = services;
  const clientOf = (id: string) => {
    const client = clients.get(id);
    if (!client) throw notFound('error.client-gone');
    return client;
  };
  return {
    session: {
      async current(call) {
        await options.sessionsConfirmed();
        const signedIn = clientOf(call.clientId).signedIn();
        return { identity: signedIn?.identity ?? null, demo: await sessions.demoPeople() };
      },
      async signIn(call, { login, password }) {
        const signedIn = await options.signIn(login, password);
        clientOf(call.clientId).setSignedIn(signedIn);
        options.publishStatus();
        return signedIn.identity;
      },
      async signOut(call) {
        clients.forget(call.signedIn.token);
        await sessions.signOut(call.signedIn);
        return null;
      },
      ...credentials,
      async changePassword(call, input) {
        await credentials.changePassword(call, input);
        for (const token of clients.tokensOf(call.signedIn.identity.userId)) {
          if (token === call.signedIn.token) continue;
          hub.publish({ type: 'signed-out', reason: 'error.password-was-changed' }, { token });
          clients.forget(token);
        }
        return null;
      },
    },
    system: {
      ...createSystemService({
        status: options.status,
        outbox: options.outbox,
        repair: options.delivery,
        logDir: options.logDir,
      }),
      checkData: services.dataQuality.check,
    },
    events: {
      feed: (call, _input, signal) =>
        hub.subscribe(clientOf(call.clientId), [{ type: 'status', status: options.status() }], signal),
    },
    lanes,
    schedules,
    stations,
    packing,
    genealogy,
    records,
    jobs: services.jobs,
    people: {
      ...services.people,
      async deactivate(call, input) {
        await services.people.deactivate(call, input);
        for (const token of clients.tokensOf(input.id)) {
          hub.publish({ type: 'signed-out', reason: 'error.account-deactivated' }, { token });
          clients.forget(token);
        }
        return null;
      },
    },
    contacts: services.contacts,
    line,
    simulators,
  };
}
