/** The database as services hold it from the first moment: `Unavailable`, with the reason, until it is there. */
import { AppError, unavailable } from '#contract/errors';
import type { Log } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase, DatabaseState } from '#main/store/postgres/connect';

export interface LateDatabase extends ConnectedDatabase {
  connect(connectionString: string): void;
  /** It could not be started: this is why. */
  fail(problem: AppError): void;
}

export function lateDatabase(log: Log, onState: (state: DatabaseState) => void): LateDatabase {
  let connected: ConnectedDatabase | null = null;
  let problem = unavailable('error.database-starting');

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
      connected = connectDatabase({ connectionString, log, onState });
      onState(connected.state());
    },
    fail(next) {
      problem = next;
      onState({ online: false, problem });
    },
    async close() {
      await connected?.close();
    },
  };
}
