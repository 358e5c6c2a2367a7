/** Made-up e-mail addresses and telephone numbers for the demo plant: they are encrypted as real ones are. */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { personalColumn, seal } from '#main/pii/personal-columns';
import type { PersonalColumn } from '#main/pii/personal-columns';
import type { Pii } from '#main/pii/pii';
import { demoDefinition } from './demo-definition.ts';

/**
 * Gives the people of the demo plant contacts, and makes its customers and suppliers places with theirs. Says
 * nothing where they have them already.
 * @param ownerUrl the owner of the schema.
 */
export async function addDemoContacts(ownerUrl: string, pii: Pii): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'lanewright demo' });
  await client.connect();
  try {
    await client.query('BEGIN');
    const write = writer(client, pii);
    const { rows: people } = await client.query<{ id: string; login: string }>(
      `SELECT id, login FROM identity.users WHERE kind = 'person' AND email_cipher IS NULL ORDER BY login`,
    );
    for (const [index, { id, login }] of people.entries()) {
      await write('identity.users', id, { email: `${login}@example.com`, phone: phoneOf(100 + index) });
    }
    for (const [index, { name, destination }] of demoDefinition.people.customers.entries()) {
      const [, country = null] = / ([A-Z]{2})$/.exec(destination) ?? [];
      const [id] = await rowsOf(
        client,
        `INSERT INTO org.locations (organization_id, id, code, name, kind, country_code)
         SELECT id, $1, $2, $3, 'customer', (SELECT code FROM org.countries WHERE code = $4) FROM org.organizations
         ON CONFLICT DO NOTHING RETURNING id`,
        [uuidv7(), `CUSTOMER-${String(index + 1).padStart(2, '0')}`, name, country],
      );
      if (id === undefined) continue;
      await write('org.locations', id, {
        email: `buying@${slugOf(name)}.example.com`,
        phone: phoneOf(200 + index),
        address: `Example Street ${index + 1}, ${destination}`,
      });
    }
    const suppliers = await rowsOf(
      client,
      `INSERT INTO material.suppliers (organization_id, id, code, name)
       SELECT organization_id, app.uuidv7(), 'SUPPLIER-' || lpad(row_number() OVER (ORDER BY supplier)::text, 2, '0'), supplier
       FROM (SELECT DISTINCT organization_id, supplier FROM trace.lots WHERE supplier <> '') AS known
       ON CONFLICT DO NOTHING RETURNING id`,
    );
    for (const [index, id] of suppliers.entries()) {
      const email = `sales@supplier-${index + 1}.example.com`;
      await write('material.suppliers', id, { email, phone: phoneOf(300 + index) });
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** Of the range that Ofcom keeps free for drama: nobody ever answers. */
function phoneOf(number: number): string {
  return `+44 1632 960${number}`;
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}

async function rowsOf(client: pg.Client, statement: string, values: unknown[] = []): Promise<string[]> {
  return (await client.query<{ id: string }>(statement, values)).rows.map(({ id }) => id);
}

function writer(client: pg.Client, pii: Pii) {
  return async (table: string, id: string, texts: Readonly<Record<string, string>>): Promise<void> => {
    const columns = Object.entries(texts).flatMap(([field, text]): [string, Buffer][] => {
      const of: PersonalColumn = personalColumn(table, field);
      const { cipher, indexes } = seal(pii, of, id, text);
      const [index] = indexes;
      return [
        [`${field}_cipher`, cipher],
        ...(index ? ([[`${field}_index`, index]] as [string, Buffer][]) : []),
      ];
    });
    await client.query(
      `UPDATE ${table} SET ${columns.map(([name], at) => `${name} = $${at + 2}`).join(', ')} WHERE id = $1`,
      [id, ...columns.map(([, value]) => value)],
    );
  };
}
