/** Gives the contract its bodies: a tRPC router that checks who calls, validates, and calls one service. */
import { initTRPC, TRPCError } from '@trpc/server';
import type { AnyTRPCProcedure } from '@trpc/server';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { contract } from '#contract/contract';
import type { Contract } from '#contract/contract';
import { AppError, invalid, notAllowed } from '#contract/errors';
import type { ErrorShape } from '#contract/errors';
import type { Access, AnyProcedure, OutputOf, ParsedInputOf } from '#contract/procedures';
import type { AppRouter } from '#contract/router';
import type { Call, Log, SignedInCall } from '#main/services/core';

type CallOf<P extends AnyProcedure> = P['access'] extends 'public' ? Call : SignedInCall;

type Body<P extends AnyProcedure> = P['kind'] extends 'subscription'
  ? (call: CallOf<P>, input: ParsedInputOf<P>, signal: AbortSignal) => AsyncIterable<OutputOf<P>>
  : (call: CallOf<P>, input: ParsedInputOf<P>, signal: AbortSignal) => Promise<OutputOf<P>>;

/** A body for each procedure of the contract; services have these shapes already. */
export type Bodies = {
  readonly [S in keyof Contract]: {
    readonly [N in keyof Contract[S]]: Contract[S][N] extends AnyProcedure ? Body<Contract[S][N]> : never;
  };
};

type AnyBody = (call: Call, input: unknown, signal: AbortSignal) => Promise<unknown> & AsyncIterable<unknown>;

/**
 * @param bodies what each procedure does.
 * @param log gets every `Internal` with its incident id.
 */
export function createRouter(bodies: Bodies, log: Log): AppRouter {
  const t = initTRPC.context<Call>().create({
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      // What a bug says may hold personal data or SQL: it stays in the log.
      message: shapeOf(error).reason,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        app: shapeOf(error),
      },
    }),
  });

  const shapes = new WeakMap<Error, ErrorShape>();
  const shapeOf = (error: TRPCError): ErrorShape => {
    const known = shapes.get(error);
    if (known) return known;
    const shape = appShape(error, log);
    shapes.set(error, shape);
    return shape;
  };

  const build = (definition: AnyProcedure, body: AnyBody): AnyTRPCProcedure => {
    const procedure = t.procedure.input(definition.input);
    const prepare = (options: { ctx: Call; input: unknown; signal: AbortSignal | undefined }) => {
      checkAccess(definition.access, options.ctx);
      return body(options.ctx, options.input, options.signal ?? new AbortController().signal);
    };
    if (definition.kind === 'query') return procedure.query(prepare);
    if (definition.kind === 'mutation') return procedure.mutation(prepare);
    return procedure.subscription(async function* stream(options) {
      yield* prepare(options);
    });
  };

  const record: Record<string, Record<string, AnyTRPCProcedure>> = {};
  for (const [subject, procedures] of Object.entries(contract)) {
    const built: Record<string, AnyTRPCProcedure> = {};
    for (const [name, definition] of Object.entries(procedures)) {
      const subjectBodies: Readonly<Record<string, unknown>> = bodies[subject as keyof Contract];
      built[name] = build(definition as AnyProcedure, subjectBodies[name] as AnyBody);
    }
    record[subject] = built;
  }
  // The one place where the run-time router takes on the type that is derived from the same contract.
  return t.router(record) as unknown as AppRouter;
}

/** Refuses early and in words; the database asks again, row by row. */
function checkAccess(access: Access, call: Call): asserts call is SignedInCall {
  if (access === 'public') return;
  if (!call.signedIn) throw notAllowed('error.not-signed-in');
  if (access === 'signed-in') return;
  if (!call.signedIn.identity.permissions.includes(access)) {
    throw notAllowed('error.no-permission', { permission: access });
  }
}

function appShape(error: TRPCError, log: Log): ErrorShape {
  const cause = error.cause;
  if (cause instanceof AppError) return cause.shape;
  if (error.code === 'BAD_REQUEST' && cause instanceof z.ZodError) {
    const issue = cause.issues[0];
    return invalid(issue?.path.join('.') ?? '', 'error.invalid-input', {
      field: issue?.path.join('.') ?? '',
      detail: issue?.message ?? '',
    }).shape;
  }
  if (error.code === 'NOT_FOUND' || error.code === 'METHOD_NOT_SUPPORTED' || error.code === 'BAD_REQUEST') {
    return invalid('', 'error.unknown-call').shape;
  }
  const incident = uuidv7();
  log.error({ incident, error: cause ?? error }, 'a call failed');
  return { code: 'Internal', reason: 'error.internal', values: { incident }, incident };
}
