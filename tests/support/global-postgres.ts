/** Vitest's global set-up: one PostgreSQL for the whole run, its migrated template made once. */
import { startTestPostgres } from './postgres.ts';

export async function setup(): Promise<() => Promise<void>> {
  const server = await startTestPostgres();
  process.env['LANEWRIGHT_TEST_DATABASE_URL'] = server.adminUrl;
  process.env['LANEWRIGHT_TEST_TEMPLATE_READY'] = '1';
  return () => server.stop();
}
