import { readFile, readdir } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { correlated } from '#main/correlation';
import { openLog } from '#main/logging';
import { connectDatabase } from '#main/store/postgres/connect';
import { createTestDatabase } from '../tests/support/postgres.ts';
import { fillSmallPlant, tokenOf } from '../tests/support/small-plant.ts';

test('the id of a call is on its log lines and in the name of its transactions', async () => {
  const target = await createTestDatabase();
  await fillSmallPlant(target.ownerUrl);
  const logDir = mkdtempSync(join(tmpdir(), 'lanewright-log-'));
  const book = await openLog(logDir);
  const database = connectDatabase({ connectionString: target.appUrl, log: book, onState: () => {} });

  const name = await correlated('the-click', async () => {
    book.info({ password: 'hunter2' }, 'something happened');
    return database.transaction({ token: tokenOf('pumps') }, 'name', async (transaction) => {
      const { rows } = await sql<{
        name: string;
      }>`SELECT current_setting('application_name') AS name`.execute(transaction);
      return rows[0]?.name;
    });
  });

  expect(name).toBe('lanewright the-click');
  book.flush();
  const [file = ''] = await readdir(logDir);
  const line = JSON.parse((await readFile(join(logDir, file), 'utf8')).split('\n')[0] ?? '') as object;
  expect(line).toMatchObject({ correlationId: 'the-click', msg: 'something happened', password: '[cut]' });
  await database.close();
  await target.drop();
});
