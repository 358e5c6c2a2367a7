/**
 * The id that follows a call from the click to the SQL: made by the client, on each log line that the
 * call causes, and in `application_name` of its transactions, where PostgreSQL's own log shows it (%a).
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** Runs `work`, and whatever it starts, under a correlation id. */
export function correlated<T>(correlationId: string, work: () => T): T {
  return storage.run(correlationId, work);
}

/** The id of the call that is being served; undefined outside of one. */
export function correlationId(): string | undefined {
  return storage.getStore();
}
