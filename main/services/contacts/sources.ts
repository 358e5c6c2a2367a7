/** Where each kind of party stands, and which of its columns hold what. */
import type { PartyKind } from '#contract/contacts';
import { personalColumn } from '#main/pii/personal-columns';
import type { PersonalColumn } from '#main/pii/personal-columns';

export const contactFields = ['email', 'phone', 'address'] as const;
export type ContactField = (typeof contactFields)[number];

export interface PartySource {
  readonly table: string;
  /** SQL of the row `t`. */
  readonly code: string;
  readonly name: string;
  readonly country: string;
  readonly active: string;
  readonly where: string;
  /** Encrypted ones; the address of a supplier is a company's and stands as text. */
  readonly fields: Readonly<Partial<Record<ContactField, PersonalColumn>>>;
  readonly plainAddress: boolean;
  /** Code and name are ours to write. */
  readonly ours: boolean;
  /** What the database asks for besides admin:write. */
  readonly needs: 'order:write' | 'material:write' | null;
}

const of = (table: string, prefix: { readonly email: string; readonly phone: string }) => ({
  email: personalColumn(table, prefix.email),
  phone: personalColumn(table, prefix.phone),
});

export const sources: Readonly<Record<PartyKind, PartySource>> = {
  customer: {
    table: 'org.locations',
    code: 't.code',
    name: 't.name',
    country: 't.country_code',
    active: 't.active',
    where: `t.kind = 'customer'`,
    fields: {
      ...of('org.locations', { email: 'email', phone: 'phone' }),
      address: personalColumn('org.locations', 'address'),
    },
    plainAddress: false,
    ours: true,
    needs: null,
  },
  supplier: {
    table: 'material.suppliers',
    code: 't.code',
    name: 't.name',
    country: 't.country_code',
    active: 't.active',
    where: 'true',
    fields: of('material.suppliers', { email: 'email', phone: 'phone' }),
    plainAddress: true,
    ours: true,
    needs: 'material:write',
  },
  order: {
    table: 'orders.service_orders',
    code: 'coalesce(t.sales_order_number, t.sales_order_id)',
    name: `coalesce(t.customer_name, '')`,
    country: 't.country_code',
    active: `t.status NOT IN ('closed', 'cancelled')`,
    where: 'true',
    fields: {
      ...of('orders.service_orders', { email: 'customer_email', phone: 'customer_phone' }),
      address: personalColumn('orders.service_orders', 'service_address'),
    },
    plainAddress: false,
    ours: false,
    needs: 'order:write',
  },
};
