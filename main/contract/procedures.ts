/**
 * The contract as data: each procedure names its kind, who may call it and the shape of its input;
 * the shape of its output is a type. `api/` gives each one its body, `AppRouter` (router.ts) is what
 * a client compiles against, and the trials walk it to send every procedure what it must refuse.
 */
import type { z } from 'zod';

/**
 * Who may call: anyone, anyone signed in, or who holds the permission (resource:action).
 * The database asks again, row by row; this only refuses early and says why.
 */
export type Access = 'public' | 'signed-in' | Permission;

export const permissions = [
  'schedule:read',
  'schedule:write',
  'production:report',
  'quality:record',
  'packing:write',
  'trace:read',
  'line:read',
  'material:write',
  'order:write',
  'admin:read',
  'admin:write',
  'simulators:drive',
] as const;
export type Permission = (typeof permissions)[number];

export interface Procedure<
  Kind extends 'query' | 'mutation' | 'subscription',
  Schema extends z.ZodType,
  Output,
  Who extends Access = Access,
> {
  readonly kind: Kind;
  readonly access: Who;
  readonly input: Schema;
  /** Only a type: carries nothing at run time. */
  readonly output?: Output;
}

export type AnyProcedure = Procedure<'query' | 'mutation' | 'subscription', z.ZodType, unknown>;

/** Reads and changes nothing. */
export function query<Output>() {
  return <Who extends Access, Schema extends z.ZodType>(
    access: Who,
    input: Schema,
  ): Procedure<'query', Schema, Output, Who> => ({
    kind: 'query',
    access,
    input,
  });
}

/**
 * Changes something. A command that the outbox or the database keeps carries a `commandId` that the
 * caller made (UUIDv7).
 */
export function mutation<Output>() {
  return <Who extends Access, Schema extends z.ZodType>(
    access: Who,
    input: Schema,
  ): Procedure<'mutation', Schema, Output, Who> => ({
    kind: 'mutation',
    access,
    input,
  });
}

/** Streams until the caller stops it or the way to the core is lost. */
export function subscription<Output>() {
  return <Who extends Access, Schema extends z.ZodType>(
    access: Who,
    input: Schema,
  ): Procedure<'subscription', Schema, Output, Who> => ({ kind: 'subscription', access, input });
}

/** What a caller sends: defaults may be left out. */
export type InputOf<P extends AnyProcedure> = z.input<P['input']>;
/** What a body gets: checked, defaults filled in. */
export type ParsedInputOf<P extends AnyProcedure> = z.output<P['input']>;
export type OutputOf<P> = P extends { readonly output?: infer Output } ? Output : never;
