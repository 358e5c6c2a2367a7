/** The clients that are attached to this core, and who is signed in at them. */
import { v7 as uuidv7 } from 'uuid';
import type { SignedIn } from '#main/services/core';
import type { EventScope } from '#main/sync/event-hub';

export interface Client {
  readonly id: string;
  signedIn(): SignedIn | null;
  setSignedIn(signedIn: SignedIn | null): void;
  maySee(scope: EventScope): boolean;
}

export interface Clients {
  /** @param onSession told the token of each new session, null when it ends. */
  add(onSession: (token: string | null) => void): Client;
  get(id: string): Client | undefined;
  remove(id: string): void;
  /** Who signed in last and is still here. */
  latestPerson(): SignedIn | null;
  tokenOf(sessionId: string): string | null;
  /** Tokens of a person's sessions here. */
  tokensOf(userId: string): readonly string[];
  /** Those whose session was taken up without the database. */
  offline(): readonly Client[];
  /** Signs out every client that shares a token. */
  forget(token: string): void;
}

export function createClients(): Clients {
  const clients = new Map<string, Client>();
  let latest: SignedIn[] = [];

  const add = (onSession: (token: string | null) => void): Client => {
    let current: SignedIn | null = null;
    const client: Client = {
      id: uuidv7(),
      signedIn: () => current,
      setSignedIn(signedIn) {
        const before = current;
        current = signedIn;
        latest = latest.filter(({ token }) => token !== before?.token && token !== signedIn?.token);
        if (signedIn) latest.push(signedIn);
        onSession(signedIn?.token ?? null);
      },
      maySee(scope) {
        if (!current) return false;
        if ('token' in scope) return current.token === scope.token;
        if (current.identity.organizationId !== scope.organizationId) return false;
        return scope.plantId === null || current.identity.plants.some(({ id }) => id === scope.plantId);
      },
    };
    clients.set(client.id, client);
    return client;
  };

  return {
    add,
    get: (id) => clients.get(id),
    remove(id) {
      const token = clients.get(id)?.signedIn()?.token;
      clients.delete(id);
      const stillHere = [...clients.values()].some((client) => client.signedIn()?.token === token);
      if (!stillHere) latest = latest.filter((signedIn) => signedIn.token !== token);
    },
    latestPerson: () => latest.at(-1) ?? null,
    tokenOf: (sessionId) => latest.find(({ identity }) => identity.sessionId === sessionId)?.token ?? null,
    tokensOf: (userId) => [
      ...new Set(
        [...clients.values()].flatMap((client) => {
          const signedIn = client.signedIn();
          return signedIn?.identity.userId === userId ? [signedIn.token] : [];
        }),
      ),
    ],
    offline: () => [...clients.values()].filter((client) => client.signedIn()?.identity.offline === true),
    forget(token) {
      for (const client of clients.values()) {
        if (client.signedIn()?.token === token) client.setSignedIn(null);
      }
    },
  };
}
