/** The contract by path (`lanes.board`), for hooks that take a path and give typed input and output. */
import type { Contract } from '#contract/contract';
import type { AnyProcedure, InputOf, OutputOf } from '#contract/procedures';

type Subject = keyof Contract;

type PathsOfKind<Kind extends AnyProcedure['kind']> = {
  [S in Subject]: {
    [N in keyof Contract[S] & string]: Contract[S][N] extends { readonly kind: Kind } ? `${S}.${N}` : never;
  }[keyof Contract[S] & string];
}[Subject];

export type QueryPath = PathsOfKind<'query'>;
export type MutationPath = PathsOfKind<'mutation'>;
export type SubscriptionPath = PathsOfKind<'subscription'>;
export type CallPath = QueryPath | MutationPath | SubscriptionPath;

type ProcedureAt<Path extends CallPath> = Path extends `${infer S}.${infer N}`
  ? S extends Subject
    ? N extends keyof Contract[S]
      ? Contract[S][N] extends AnyProcedure
        ? Contract[S][N]
        : never
      : never
    : never
  : never;

export type InputAt<Path extends CallPath> = InputOf<ProcedureAt<Path>>;
export type OutputAt<Path extends CallPath> = OutputOf<ProcedureAt<Path>>;

/** Where an answer lives in the query cache: `['lanes', 'board', input]`. */
export function queryKeyOf(path: QueryPath, input?: unknown): readonly unknown[] {
  return input === undefined ? path.split('.') : [...path.split('.'), input];
}
