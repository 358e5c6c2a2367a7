/** The contract as a tRPC router type. `api/router.ts` builds the router that fulfils it. */
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';
import type { Contract } from './contract.ts';
import type { ErrorShape } from './errors.ts';
import type { AnyProcedure, InputOf, OutputOf } from './procedures.ts';

/** tRPC's own shape, with ours in `data.app`. */
export interface WireErrorShape extends TRPCDefaultErrorShape {
  readonly data: TRPCDefaultErrorShape['data'] & { readonly app: ErrorShape };
}

interface Definition<P extends AnyProcedure> {
  input: InputOf<P>;
  output: OutputOf<P>;
  meta: object;
}

type ProcedureOf<P extends AnyProcedure> = P extends { readonly kind: 'query' }
  ? TRPCQueryProcedure<Definition<P>>
  : P extends { readonly kind: 'mutation' }
    ? TRPCMutationProcedure<Definition<P>>
    : TRPCSubscriptionProcedure<{
        input: InputOf<P>;
        output: AsyncIterable<OutputOf<P>, void, unknown>;
        meta: object;
      }>;

type RecordOf<Subjects extends Record<string, Record<string, AnyProcedure>>> = {
  [S in keyof Subjects]: { [N in keyof Subjects[S]]: ProcedureOf<Subjects[S][N]> };
};

export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: WireErrorShape; transformer: false },
  RecordOf<Contract>
>;
