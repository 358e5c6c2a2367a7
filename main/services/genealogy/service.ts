import { notFound, refused } from '#contract/errors';
import type { genealogy, TraceNodeKind } from '#contract/genealogy';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import { parseScan } from '#domain/scanning/parse-scan';
import { readablePlant } from '#main/services/access';
import type { Core, DatabaseTransaction, SignedIn, SignedInCall } from '#main/services/core';
import { loadGraph, reachFrom } from '#main/services/genealogy/graph';
import type { GenealogyGraph, Reached } from '#main/services/genealogy/graph';
import {
  findByCode,
  findLotOf,
  readEdgesBetween,
  readNodes,
  readSuggestions,
} from '#main/services/genealogy/queries';

/** Graphs that are kept: one for each set of plants that people here may see. */
const keptGraphs = 8;

/** Which lots are in this pump, which customers got that flour: both ways from a code. */
export function createGenealogyService(core: Core) {
  let graphs = new Map<string, Promise<GenealogyGraph>>();

  /** Whoever sees the same plants sees the same edges: row-level security knows nothing finer here. */
  function graphFor(signedIn: SignedIn): Promise<GenealogyGraph> {
    const { organizationId, plants } = signedIn.identity;
    const key = [organizationId, ...plants.map(({ id }) => id).sort()].join('/');
    const kept = graphs.get(key);
    if (kept !== undefined) return kept;
    const loading = core.database.transaction({ token: signedIn.token }, 'genealogy.load', (transaction) =>
      loadGraph(transaction),
    );
    const into = graphs;
    into.set(key, loading);
    loading.catch(() => into.delete(key));
    if (into.size > keptGraphs) into.delete(into.keys().next().value ?? '');
    return loading;
  }

  return {
    async trace(
      call: SignedInCall,
      input: ParsedInputOf<typeof genealogy.trace>,
    ): Promise<OutputOf<typeof genealogy.trace>> {
      const asOf = core.now();
      const graph = await graphFor(call.signedIn);
      return core.database.transaction(
        { token: call.signedIn.token },
        'genealogy.trace',
        async (transaction) => {
          const start = await resolve(transaction, input.code);
          const index = graph.indexById.get(start.id);
          const { nodes, reached } =
            index === undefined
              ? { nodes: [{ ...start, depth: 0 }], reached: 1 }
              : reachFrom(graph, index, input.direction, {
                  maxDepth: input.maxDepth,
                  maxNodes: input.maxNodes,
                });
          const details = await readNodes(transaction, idsByKind(nodes));
          return {
            source: 'database',
            asOf,
            startId: start.id,
            nodes: nodes.flatMap(({ id, depth }) => {
              const detail = details.get(id);
              return detail === undefined ? [] : [{ ...detail, depth }];
            }),
            edges: await readEdgesBetween(transaction, [...details.keys()]),
            reached,
          };
        },
      );
    },

    async suggestions(
      call: SignedInCall,
      input: ParsedInputOf<typeof genealogy.suggestions>,
    ): Promise<OutputOf<typeof genealogy.suggestions>> {
      readablePlant(call.signedIn, input.plantId);
      return core.database.transaction(
        { token: call.signedIn.token },
        'genealogy.suggestions',
        (transaction) => readSuggestions(transaction, input.plantId),
      );
    },

    /** Genealogy has changed: the next trace reads it anew. */
    invalidate(): void {
      graphs = new Map();
    },
  };
}
export type GenealogyService = ReturnType<typeof createGenealogyService>;

/** What a typed or scanned code names. `Refused` where it names no such thing, `NotFound` where there is none. */
async function resolve(
  transaction: DatabaseTransaction,
  text: string,
): Promise<{ readonly id: string; readonly kind: TraceNodeKind }> {
  const { kind, code, workOrderNumber } = readCode(text);
  const id =
    workOrderNumber === undefined
      ? await findByCode(transaction, kind, code)
      : await findLotOf(transaction, workOrderNumber);
  if (id === undefined) throw notFound('error.unknown-trace-code', { code });
  return { id, kind };
}

function readCode(text: string): {
  readonly kind: TraceNodeKind;
  readonly code: string;
  /** A work order stands for the lot that it makes. */
  readonly workOrderNumber?: string;
} {
  const plain = text.trim().toUpperCase();
  if (/^SH-[0-9A-Z._-]+$/.test(plain)) return { kind: 'shipment', code: plain };
  if (/^WO-[0-9]{6}$/.test(plain)) return { kind: 'lot', code: plain, workOrderNumber: plain };
  const parsed = parseScan(text);
  switch (parsed.kind) {
    case 'lot':
    case 'serial':
    case 'carton':
      return { kind: parsed.kind, code: parsed.identifier };
    case 'operation':
      return { kind: 'lot', code: parsed.code, workOrderNumber: parsed.workOrderNumber };
    case 'gs1':
      throw refused('refusal.trace-needs-lot-or-serial', { code: parsed.identifier });
    case 'unknown':
      throw refused(`refusal.${parsed.refusal.reason}`, parsed.refusal.values);
  }
}

function idsByKind(nodes: readonly Reached[]): Map<TraceNodeKind, string[]> {
  const groups = new Map<TraceNodeKind, string[]>();
  for (const { id, kind } of nodes) {
    const group = groups.get(kind) ?? [];
    groups.set(kind, group);
    group.push(id);
  }
  return groups;
}
