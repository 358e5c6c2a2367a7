/**
 * Every column that holds personal data, by table: `<field>_cipher`, and `<field>_index` where it is searched
 * for. What writes, reads and re-encrypts them all goes by this list; a test holds it against the catalogue.
 */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { IndexKind, Pii } from './pii.ts';

export interface PersonalColumn {
  readonly table: string;
  readonly field: string;
  /** Null: nobody searches for it. */
  readonly index: IndexKind | null;
  /** Name of the table's column with the organization. */
  readonly organization: 'organization_id' | 'id';
}

const column = (table: string, field: string, index: IndexKind | null = null): PersonalColumn => ({
  table,
  field,
  index,
  organization: table === 'org.organizations' ? 'id' : 'organization_id',
});

export const personEmail = column('identity.users', 'email', 'email');
export const personPhone = column('identity.users', 'phone', 'phone');

export const personalColumns: readonly PersonalColumn[] = [
  personEmail,
  personPhone,
  column('org.organizations', 'contact_email'),
  column('org.organizations', 'contact_phone'),
  column('org.organizations', 'billing_email'),
  column('org.locations', 'email', 'email'),
  column('org.locations', 'phone', 'phone'),
  column('org.locations', 'address'),
  column('org.stores', 'phone'),
  column('org.stores', 'email', 'email'),
  column('material.suppliers', 'email', 'email'),
  column('material.suppliers', 'phone', 'phone'),
  column('orders.service_orders', 'customer_email', 'email'),
  column('orders.service_orders', 'customer_phone', 'phone'),
  column('orders.service_orders', 'service_address', 'text'),
  column('orders.integration_events', 'payload'),
];

/** @throws Error for a table or field that is not in the list. */
export function personalColumn(table: string, field: string): PersonalColumn {
  const found = personalColumns.find((one) => one.table === table && one.field === field);
  if (found === undefined) throw new Error(`${table} keeps no ${field}`);
  return found;
}

/** What a cipher is bound to: moved to another row or column it does not open. */
export function placeOf({ table, field }: PersonalColumn, id: string): string {
  return `${table}/${field}/${id}`;
}

export interface Sealed {
  readonly cipher: Buffer;
  /** Newest key first; the first is what is stored. Empty where nobody searches. */
  readonly indexes: readonly Buffer[];
}

export function seal(pii: Pii, of: PersonalColumn, id: string, text: string): Sealed {
  return {
    cipher: pii.encrypt(text, placeOf(of, id)),
    indexes: of.index === null ? [] : pii.blindIndexes(of.index, text),
  };
}

/** @throws AppError `Unavailable` as `Pii.decrypt`. */
export function unseal(pii: Pii, of: PersonalColumn, id: string, cipher: Uint8Array | null): string | null {
  return cipher === null ? null : pii.decrypt(cipher, placeOf(of, id));
}

/** What was typed into a search field, as what it may be an address or a telephone number of. */
export function soughtAs(text: string): { readonly email: string | null; readonly phone: string | null } {
  const typed = text.trim();
  return {
    email: typed.includes('@') ? typed : null,
    phone: /^[+0-9][0-9 ()/.-]{5,}$/.test(typed) ? typed : null,
  };
}

export function byteaArray(all: readonly Buffer[]): RawBuilder<Buffer[]> {
  return sql`${all.map((one) => `\\x${one.toString('hex')}`)}::bytea[]`;
}
