/**
 * Writes main/store/postgres/migrations/0019_state_machines.sql from domain/transitions. Before the first
 * release the migration is written anew; afterwards a change of a table is a migration of its own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateMachineMigration } from '#main/store/postgres/state-machines';

const file = join(import.meta.dirname, '../main/store/postgres/migrations/0019_state_machines.sql');
writeFileSync(file, stateMachineMigration());
