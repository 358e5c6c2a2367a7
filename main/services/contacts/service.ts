/**
 * Contacts of customers, suppliers and orders. Row-level security says who may write which; e-mail addresses,
 * telephone numbers and the addresses of people are encrypted and decrypted here.
 */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { conflict, notAllowed, notFound, refused } from '#contract/errors';
import type { contacts, PartyDetail, PartyKind, PartyRow } from '#contract/contacts';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { byteaArray, seal, soughtAs, unseal } from '#main/pii/personal-columns';
import type { Pii } from '#main/pii/pii';
import type { Core, DatabaseTransaction, SignedInCall } from '#main/services/core';
import { opened } from '#main/services/people/opened';
import { contactFields, sources } from './sources.ts';
import type { ContactField, PartySource } from './sources.ts';

interface Row {
  id: string;
  version: number;
  code: string;
  name: string;
  country_code: string | null;
  active: boolean;
  email: Buffer | null;
  phone: Buffer | null;
  /** A cipher, or the text of a company's. */
  address: Buffer | string | null;
}

type Given = Pick<ParsedInputOf<typeof contacts.update>, ContactField>;

const mostListed = 1000;

export function createContactsService(core: Core) {
  const inTransaction = <T>(
    call: SignedInCall,
    name: string,
    work: (transaction: DatabaseTransaction) => Promise<T>,
  ): Promise<T> => core.database.transaction({ token: call.signedIn.token }, `contacts.${name}`, work);

  const detail = async (call: SignedInCall, kind: PartyKind, id: string): Promise<PartyDetail> => {
    const source = sources[kind];
    const row = await inTransaction(call, 'party', async (transaction) => {
      const { rows } = await sql<Row>`${selectFrom(source)} AND t.id = ${id}`.execute(transaction);
      return rows[0];
    });
    if (!row) throw notFound('error.unknown-party');
    const read = await opened(core, (pii) => ({
      email: unsealField(pii, source, 'email', row),
      phone: unsealField(pii, source, 'phone', row),
      address: unsealField(pii, source, 'address', row),
    }));
    return {
      ...partyOf(row),
      version: row.version,
      email: read.value?.email ?? null,
      phone: read.value?.phone ?? null,
      address: read.value?.address ?? (typeof row.address === 'string' ? row.address : null),
      problem: read.problem,
    };
  };

  return {
    async list(
      call: SignedInCall,
      { kind, text }: ParsedInputOf<typeof contacts.list>,
    ): Promise<OutputOf<typeof contacts.list>> {
      const source = sources[kind];
      const wanted = text.trim().toLowerCase();
      const indexes = await opened(core, (pii) => indexesOf(pii, source, text));
      const rows = await inTransaction(call, `list-${kind}`, async (transaction) => {
        const matches = [
          sql`position(${wanted} IN lower(${sql.raw(source.code)})) > 0`,
          sql`position(${wanted} IN lower(${sql.raw(source.name)})) > 0`,
          ...(indexes.value ?? []),
        ];
        const found =
          await sql<Row>`${selectFrom(source)} AND (${wanted} = '' OR ${sql.join(matches, sql` OR `)})
          ORDER BY lower(${sql.raw(source.name)}), ${sql.raw(source.code)}, t.id LIMIT ${mostListed}`.execute(
            transaction,
          );
        return found.rows;
      });
      return { parties: rows.map(partyOf), problem: indexes.problem };
    },

    /** @throws NotFound `error.unknown-party`. */
    party: (call: SignedInCall, { kind, id }: ParsedInputOf<typeof contacts.party>) => detail(call, kind, id),

    /** @throws Refused `refusal.party-code-taken`; Unavailable `error.pii-…` where the key is not here. */
    async create(
      call: SignedInCall,
      { kind, code, name, active, ...given }: ParsedInputOf<typeof contacts.create>,
    ): Promise<OutputOf<typeof contacts.create>> {
      const source = mayWrite(call, sources[kind]);
      const id = core.newId();
      const columns = sealed(await core.pii(), source, id, given);
      const own: [string, unknown][] = [
        ['id', id],
        ['code', code],
        ['name', name],
        ['active', active],
        ...(kind === 'customer' ? [['kind', 'customer'] as [string, unknown]] : []),
        ...columns,
      ];
      await inTransaction(call, 'create', (transaction) =>
        sql`INSERT INTO ${sql.table(source.table)} (organization_id, ${sql.join(own.map(([column]) => sql.ref(column)))})
          VALUES (identity.current_organization(), ${sql.join(own.map(([, value]) => value))})`.execute(
          transaction,
        ),
      ).catch((cause: unknown) => {
        if ((cause as { code?: unknown }).code === '23505')
          throw refused('refusal.party-code-taken', { code });
        throw cause;
      });
      return { id };
    },

    /** @throws NotFound; Conflict `error.party-changed` with what stands there; Invalid; Unavailable. */
    async update(
      call: SignedInCall,
      { kind, id, version, name, active, ...given }: ParsedInputOf<typeof contacts.update>,
    ): Promise<null> {
      const source = mayWrite(call, sources[kind]);
      if (kind === 'order' && given.address === null) throw refused('refusal.party-address-needed');
      const changes = sealed(await core.pii(), source, id, given);
      if (source.ours) changes.push(['name', name], ['active', active]);
      const outcome = await inTransaction(call, 'update', async (transaction) => {
        const { rows } = await sql<{ version: number }>`
          SELECT version FROM ${sql.table(source.table)} AS t WHERE ${sql.raw(source.where)} AND t.id = ${id}`.execute(
          transaction,
        );
        if (!rows[0]) return 'gone';
        const { numAffectedRows } = await sql`
          UPDATE ${sql.table(source.table)} AS t
          SET ${sql.join(changes.map(([column, value]) => sql`${sql.ref(column)} = ${value}`))}
          WHERE ${sql.raw(source.where)} AND t.organization_id = identity.current_organization() AND t.id = ${id}
            AND t.version = ${version}`.execute(transaction);
        return numAffectedRows === 1n ? 'saved' : rows[0].version === version ? 'refused' : 'changed';
      });
      if (outcome === 'gone') throw notFound('error.unknown-party');
      if (outcome === 'refused') throw notAllowed('error.not-allowed');
      if (outcome === 'changed') throw conflict('error.party-changed', await detail(call, kind, id));
      return null;
    },
  };
}

function mayWrite(call: SignedInCall, source: PartySource): PartySource {
  if (source.needs !== null && !call.signedIn.identity.permissions.includes(source.needs)) {
    throw notAllowed('error.no-permission', { permission: source.needs });
  }
  return source;
}

function selectFrom(source: PartySource): RawBuilder<unknown> {
  const cipher = (field: ContactField) => {
    const column = source.fields[field];
    return column
      ? `t.${column.field}_cipher`
      : field === 'address' && source.plainAddress
        ? 't.address'
        : 'NULL';
  };
  return sql.raw(`SELECT t.id, t.version, ${source.code} AS code, ${source.name} AS name, ${source.country} AS country_code,
    ${source.active} AS active, ${contactFields.map((field) => `${cipher(field)} AS ${field}`).join(', ')}
    FROM ${source.table} t WHERE ${source.where}`);
}

function partyOf(row: Row): PartyRow {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    countryCode: row.country_code,
    active: row.active,
    hasEmail: row.email !== null,
    hasPhone: row.phone !== null,
    hasAddress: row.address !== null,
  };
}

function unsealField(pii: Pii, source: PartySource, field: ContactField, row: Row): string | null {
  const column = source.fields[field];
  const value = row[field];
  if (!column) return typeof value === 'string' ? value : null;
  return unseal(pii, column, row.id, typeof value === 'string' ? null : value);
}

/** Column names with what is written into them; indexes of what is searched for beside its cipher. */
function sealed(pii: Pii, source: PartySource, id: string, given: Given): [string, unknown][] {
  return contactFields.flatMap((field): [string, unknown][] => {
    const column = source.fields[field];
    const text = given[field];
    if (!column) return field === 'address' && source.plainAddress ? [['address', text]] : [];
    const made = text === null ? null : seal(pii, column, id, text);
    return [
      [`${column.field}_cipher`, made?.cipher ?? null],
      ...(column.index === null
        ? []
        : ([[`${column.field}_index`, made?.indexes[0] ?? null]] as [string, unknown][])),
    ];
  });
}

/** Conditions for what was typed, where it may be an address or a number. */
function indexesOf(pii: Pii, source: PartySource, text: string): RawBuilder<unknown>[] {
  const sought = { ...soughtAs(text), address: text.trim() || null };
  return contactFields.flatMap((field) => {
    const column = source.fields[field];
    const typed = sought[field];
    if (!column || column.index === null || typed === null) return [];
    return [
      sql`${sql.ref(`t.${column.field}_index`)} = ANY (${byteaArray(pii.blindIndexes(column.index, typed))})`,
    ];
  });
}
