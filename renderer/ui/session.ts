/** Who is signed in and which plant they look at, for every screen behind the sign-in page. */
import { createContext, use } from 'react';
import type { Permission } from '#contract/procedures';
import type { Identity, PlantAccess } from '#contract/session';

export interface Session {
  readonly identity: Identity;
  readonly plant: PlantAccess;
  may(permission: Permission): boolean;
  choosePlant(plantId: string): void;
  signOut(): void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside of SessionContext');
  return session;
}
