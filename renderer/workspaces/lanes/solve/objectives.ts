/** What a planner may ask of the solver in one word; the weights behind it can be changed. */
import type { Objective, ObjectiveTerm } from '#domain/scheduling/model/problem';

export const goals = ['on-time', 'few-setups', 'short', 'calm'] as const;
export type Goal = (typeof goals)[number];

const order = (...terms: ObjectiveTerm[]): Objective => ({
  mode: 'lexicographic',
  terms: terms.map((term) => ({ term, weight: 1 })),
});

export const objectiveOf: Readonly<Record<Goal, Objective>> = {
  'on-time': order('tardiness', 'setup-time', 'makespan'),
  'few-setups': {
    mode: 'weighted',
    terms: [
      { term: 'setup-time', weight: 10 },
      { term: 'setup-cost', weight: 1 },
      { term: 'tardiness', weight: 1 },
    ],
  },
  short: order('makespan', 'tardiness', 'setup-time'),
  calm: order('tardiness', 'changes', 'setup-time'),
};
