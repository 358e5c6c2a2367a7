import type { ProblemFault } from '../checker/fault.ts';
import { validateProblem } from '../checker/validate-problem.ts';
import { objectiveTerms, type Problem } from '../model/problem.ts';
import { faultsOfShape, type Shape } from './shape.ts';

const windows: Shape = { list: { fields: { start: 'number', end: 'number' } } };

/** The problem of model/problem.ts as JSON. Lists that may be empty may be left out. */
const problemShape: Shape = {
  fields: {
    lanes: {
      list: {
        fields: {
          id: 'text',
          'name?': 'text',
          'capacity?': 'number',
          'windows?': windows,
          'blocked?': {
            list: {
              fields: {
                start: 'number',
                end: 'number',
                reason: { oneOf: ['closure', 'maintenance', 'machine-down', 'reserved'] },
                label: 'text',
              },
            },
          },
          'family?': 'text',
        },
      },
    },
    orders: {
      list: {
        fields: {
          id: 'text',
          'name?': 'text',
          'release?': 'number',
          'materialAt?': 'number',
          'due?': 'number',
          'weight?': 'number',
        },
      },
    },
    operations: {
      list: {
        fields: {
          id: 'text',
          'name?': 'text',
          order: 'text',
          choices: { list: { fields: { lane: 'text', run: 'number', 'cost?': 'number' } } },
          'family?': 'text',
          'interruptible?': 'boolean',
          'release?': 'number',
          'needs?': { list: { fields: { skill: 'text', units: 'number' } } },
          'pin?': {
            fields: {
              lane: 'text',
              start: 'number',
              end: 'number',
              why: { oneOf: ['started', 'locked', 'frozen'] },
              'setupEnd?': 'number',
              'resources?': { list: 'text' },
            },
          },
          'published?': { fields: { lane: 'text', start: 'number' } },
        },
      },
    },
    'links?': {
      list: {
        fields: {
          from: 'text',
          to: 'text',
          kind: { oneOf: ['finish_start', 'start_start', 'finish_finish'] },
          'minLag?': 'number',
          'maxLag?': 'number',
        },
      },
    },
    'resources?': {
      list: {
        fields: {
          id: 'text',
          'name?': 'text',
          'kind?': { oneOf: ['person', 'tool'] },
          skills: { list: 'text' },
          'units?': 'number',
          'windows?': windows,
        },
      },
    },
    'setups?': {
      list: {
        fields: {
          'lane?': 'text',
          'from?': 'text',
          to: 'text',
          time: 'number',
          'cost?': 'number',
          'forbidden?': 'boolean',
        },
      },
    },
    'objective?': {
      fields: {
        mode: { oneOf: ['weighted', 'lexicographic'] },
        terms: { list: { fields: { term: { oneOf: objectiveTerms }, weight: 'number' } } },
      },
    },
    'now?': 'number',
  },
};

export type JsonProblem =
  | { readonly ok: true; readonly problem: Problem }
  | { readonly ok: false; readonly faults: readonly ProblemFault[] };

/** What may be left out in JSON and has a value of its own then. */
type Sparse<Item, Key extends keyof Item> = Omit<Item, Key> & Partial<Pick<Item, Key>>;
interface WrittenProblem {
  readonly lanes: readonly Sparse<Problem['lanes'][number], 'name' | 'capacity'>[];
  readonly orders: readonly Sparse<Problem['orders'][number], 'name' | 'weight'>[];
  readonly operations: readonly Sparse<Problem['operations'][number], 'name'>[];
  readonly links?: Problem['links'];
  readonly resources?: readonly Sparse<Problem['resources'][number], 'name' | 'kind' | 'units'>[];
  readonly setups?: Problem['setups'];
  readonly objective?: Problem['objective'];
  readonly now?: number;
}

/**
 * Reads a problem from JSON text. Left out: a name is the id, a capacity, weight and number of units is 1, the
 * objective is weighted tardiness, then makespan.
 */
export function readJsonProblem(text: string): JsonProblem {
  let value: unknown;
  try {
    value = withoutNulls(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { ok: false, faults: [{ rule: 'not-json', path: '', values: { reason } }] };
  }
  const shapeFaults = faultsOfShape(value, problemShape, '');
  if (shapeFaults.length > 0) return { ok: false, faults: shapeFaults };
  // Its shape has just been looked at, field by field.
  const written = value as WrittenProblem;
  const problem: Problem = {
    lanes: written.lanes.map((lane) => ({
      ...lane,
      name: lane.name ?? lane.id,
      capacity: lane.capacity ?? 1,
    })),
    orders: written.orders.map((order) => ({
      ...order,
      name: order.name ?? order.id,
      weight: order.weight ?? 1,
    })),
    operations: written.operations.map((operation) => ({
      ...operation,
      name: operation.name ?? operation.id,
    })),
    links: written.links ?? [],
    resources: (written.resources ?? []).map((resource) => ({
      ...resource,
      name: resource.name ?? resource.id,
      kind: resource.kind ?? 'person',
      units: resource.units ?? 1,
    })),
    setups: written.setups ?? [],
    objective: written.objective ?? {
      mode: 'lexicographic',
      terms: [
        { term: 'tardiness', weight: 1 },
        { term: 'makespan', weight: 1 },
      ],
    },
    now: written.now ?? 0,
  };
  const faults = validateProblem(problem);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, problem };
}

/** Null and left out mean the same in JSON. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}
