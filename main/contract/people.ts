/** Who works in the organization, and what they may do. */
import { z } from 'zod';
import { id, shortText } from './common.ts';
import type { ErrorValues } from './errors.ts';
import { mutation, query } from './procedures.ts';

export interface PlantReach {
  readonly id: string;
  readonly code: string;
  readonly mayWrite: boolean;
  readonly mayDelete: boolean;
}

export interface PersonRow {
  readonly id: string;
  readonly login: string;
  readonly displayName: string;
  readonly employeeCode: string | null;
  readonly active: boolean;
  /** False until the first password was chosen. */
  readonly hasPassword: boolean;
  readonly hasEmail: boolean;
  readonly hasPhone: boolean;
  /** Epoch ms while too many wrong passwords keep them out; null otherwise. */
  readonly lockedUntil: number | null;
  readonly signedInAt: number | null;
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    /** False: bound to a plant or department; this screen leaves it as it is. */
    readonly everywhere: boolean;
  }[];
  readonly plants: readonly PlantReach[];
}

/** Why personal data cannot be read or written here; the rest goes on. */
export interface PersonalDataProblem {
  /** Message key under `error.pii-`. */
  readonly reason: string;
  readonly values: ErrorValues;
}

export interface PersonDetail extends PersonRow {
  readonly version: number;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly homePlantId: string;
  readonly stations: readonly string[];
  readonly email: string | null;
  readonly emailVerifiedAt: number | null;
  readonly phone: string | null;
  readonly problem: PersonalDataProblem | null;
  /** A permission or plant that they have and the caller has not: then the caller may not change them. */
  readonly beyond: string | null;
}

/** What a person can be given. */
export interface PeopleChoices {
  readonly roles: readonly {
    readonly id: string;
    readonly name: string;
    /** The first permission of it that the caller does not hold, who then cannot give it; null: none. */
    readonly notHeld: string | null;
  }[];
  readonly plants: readonly {
    readonly id: string;
    readonly code: string;
    readonly name: string;
    readonly mayGive: boolean;
  }[];
  readonly stations: readonly { readonly code: string; readonly plantId: string }[];
}

/** Shown once: nobody can read it again. */
export interface PasswordCode {
  /** Twenty letters and digits. */
  readonly code: string;
  readonly expiresAt: number;
}

const optionalText = z
  .string()
  .trim()
  .max(100)
  .transform((text) => text || null)
  .nullable();

/** As it is written down; what is sent to it shows whether it is right. */
export const emailText = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)
  .nullable();
export const phoneText = z
  .string()
  .trim()
  .max(40)
  .regex(/^[+0-9][0-9 ()/.-]{3,}$/)
  .nullable();

const contacts = z.object({ email: emailText, phone: phoneText }).strict();

const person = z.object({
  displayName: shortText,
  givenName: optionalText,
  familyName: optionalText,
  employeeCode: optionalText,
  homePlantId: id,
  roleIds: z.array(id).max(50),
  plants: z
    .array(z.object({ id, mayWrite: z.boolean(), mayDelete: z.boolean() }).strict())
    .min(1)
    .max(500),
  stations: z.array(z.string().min(1).max(40)).max(500),
  /** Left out: as they are. */
  contacts: contacts.exactOptional(),
});

export const loginText = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9._@-]{2,100}$/);

export const people = {
  /** By name or login, or exactly by e-mail address or telephone number. */
  list: query<{
    readonly people: readonly PersonRow[];
    readonly problem: PersonalDataProblem | null;
  }>()('admin:read', z.object({ text: z.string().max(254).default('') }).strict()),
  person: query<PersonDetail>()('admin:read', z.object({ id }).strict()),
  choices: query<PeopleChoices>()('admin:read', z.object({}).strict()),
  /** Answers with the code that the person sets a first password with. */
  create: mutation<{ readonly id: string; readonly code: PasswordCode }>()(
    'admin:write',
    person.extend({ login: loginText }).strict(),
  ),
  /** `Conflict` with the person as they stand when somebody else changed them. */
  update: mutation<null>()('admin:write', person.extend({ id, version: z.number().int().min(1) }).strict()),
  /** Ends their sessions too; the reason goes into the audit log. */
  deactivate: mutation<null>()('admin:write', z.object({ id, reason: shortText }).strict()),
  activate: mutation<null>()('admin:write', z.object({ id }).strict()),
  /** Lets a person try again at once whom wrong passwords locked out. */
  unlock: mutation<null>()('admin:write', z.object({ id }).strict()),
  /** A code for a new password; the ones before are void. */
  newCode: mutation<PasswordCode>()('admin:write', z.object({ id }).strict()),
};
