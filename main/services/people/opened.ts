import { AppError } from '#contract/errors';
import type { PersonalDataProblem } from '#contract/people';
import type { Pii } from '#main/pii/pii';
import type { Core } from '#main/services/core';

/** What the key opens, or why it opens nothing: a list of people is shown all the same. */
export async function opened<T>(
  core: Core,
  work: (pii: Pii) => T,
): Promise<
  | { readonly value: T; readonly problem: null }
  | { readonly value: null; readonly problem: PersonalDataProblem }
> {
  try {
    return { value: work(await core.pii()), problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.shape.code !== 'Unavailable') throw error;
    return { value: null, problem: { reason: error.shape.reason, values: error.shape.values } };
  }
}
