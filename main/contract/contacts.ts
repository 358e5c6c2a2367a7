/** How customers, suppliers and those who ordered are reached: kept encrypted, found by the exact address or number. */
import { z } from 'zod';
import { id, shortText } from './common.ts';
import { emailText, phoneText } from './people.ts';
import type { PersonalDataProblem } from './people.ts';
import { mutation, query } from './procedures.ts';

/** A customer is a place that goods go to; an order is one that a sales system sent, with the address of its service. */
export const partyKinds = ['customer', 'supplier', 'order'] as const;
export type PartyKind = (typeof partyKinds)[number];

export interface PartyRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly countryCode: string | null;
  readonly active: boolean;
  readonly hasEmail: boolean;
  readonly hasPhone: boolean;
  readonly hasAddress: boolean;
}

export interface PartyDetail extends PartyRow {
  readonly version: number;
  readonly email: string | null;
  readonly phone: string | null;
  /** Of a supplier: of the company, as on its invoices. */
  readonly address: string | null;
  readonly problem: PersonalDataProblem | null;
}

const kind = z.enum(partyKinds);
const party = z.object({
  kind,
  email: emailText,
  phone: phoneText,
  address: z
    .string()
    .trim()
    .max(500)
    .transform((text) => text || null)
    .nullable(),
});
/** Of an order both are the sales system's: what is sent for them is not looked at. */
const named = { name: shortText, active: z.boolean() };

export const contacts = {
  /** By code or name, or exactly by e-mail address, telephone number or address. */
  list: query<{ readonly parties: readonly PartyRow[]; readonly problem: PersonalDataProblem | null }>()(
    'admin:read',
    z.object({ kind, text: z.string().max(500).default('') }).strict(),
  ),
  party: query<PartyDetail>()('admin:read', z.object({ kind, id }).strict()),
  /** A customer or a supplier. */
  create: mutation<{ readonly id: string }>()(
    'admin:write',
    party.extend({ kind: kind.exclude(['order']), code: shortText, ...named }).strict(),
  ),
  /** `Conflict` with what stands there when somebody else changed it. */
  update: mutation<null>()(
    'admin:write',
    party.extend({ id, version: z.number().int().min(1), ...named }).strict(),
  ),
};
