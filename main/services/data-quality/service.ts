/** What is wrong in the data itself: named checks that an administrator runs (`analytics.check_data_quality`). */
import { sql } from 'kysely';
import type { DataCheck } from '#contract/system';
import type { Core, SignedInCall } from '#main/services/core';

interface CheckRow {
  check_name: string;
  target: string;
  problem_count: number;
  samples: readonly Record<string, unknown>[];
}

/** Over the last 90 days, of the caller's organization and plants; those with problems first. */
export function createDataQualityService(core: Core) {
  return {
    async check(call: SignedInCall): Promise<readonly DataCheck[]> {
      const rows = await core.database.transaction(
        { token: call.signedIn.token },
        'data-quality.check',
        async (transaction) =>
          (
            await sql<CheckRow>`
              SELECT check_name, target, problem_count, samples FROM analytics.check_data_quality()
              ORDER BY problem_count = 0, check_name`.execute(transaction)
          ).rows,
      );
      return rows.map(({ check_name, target, problem_count, samples }) => ({
        name: check_name,
        target,
        problems: problem_count,
        samples: samples.map(({ sample_no: _sampleNo, ...sample }) => sample),
      }));
    },
  };
}
