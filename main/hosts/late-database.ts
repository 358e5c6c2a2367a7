/** The database as services hold it from the first moment: `Unavailable`, with the reason, until it is there. */
import { AppError, unavailable } from '#contract/errors';
import type { Log } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase, DatabaseState } from '#main/store/postgres/connect';

export interface LateDatabase extends ConnectedDatabase {
  /** After `fail`, it is offline until it passes the check of the start. */
  connect(connectionString: string): void;
  /** It could not be started: this is why. */
  fail(problem: AppError): void;
}

/** @param check whether a database can be used by this version and this login. @throws AppError why not. */
export function lateDatabase(
  log: Log,
  onState: (state: DatabaseState) => void,
  check: (connectionString: string) => Promise<void>,
): LateDatabase {
  let connected: ConnectedDatabase | null = null;
  let problem = unavailable('error.database-starting');
  let failed = false;

  const now = (): ConnectedDatabase => {
    if (!connected) throw problem;
    return connected;
  };
  return {
    online: () => connected?.online() ?? false,
    state: () => connected?.state() ?? { online: false, problem },
    transaction: async (who, name, work) => now().transaction(who, name, work),
    anonymous: async (name, work) => now().anonymous(name, work),
    connect(connectionString) {
      const unusable = failed ? { problem, check: () => check(connectionString) } : undefined;
      connected = connectDatabase({ connectionString, log, onState, unusable });
      onState(connected.state());
    },
    fail(next) {
      problem = next;
      failed = true;
      onState({ online: false, problem });
    },
    async close() {
      await connected?.close();
    },
  };
}
