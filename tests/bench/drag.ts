/** What a drag on the lane board computes at each step of the pointer: who is pushed, and what gets late. */
import { consequences } from '#domain/scheduling/consequences/consequences';
import { indexBoard } from '#domain/scheduling/board-index';
import { densePlan } from './dense-plan.ts';
import type { Bench } from './figure.ts';
import { quantile } from './statistics.ts';

const hourMs = 3_600_000;
const stepMs = hourMs / 4;
const drags = 40;
const stepsEach = 12;

export const drag: Bench = {
  name: 'drag',
  measures: 'the consequences of a drag, a step of the pointer, on a plan without gaps',
  run(say) {
    return Promise.resolve(
      [10_000, 50_000].map((count) => {
        const board = densePlan(count);
        const began = performance.now();
        const index = indexBoard(board);
        const indexedMs = performance.now() - began;
        const took: number[] = [];
        const floor: number[] = [];
        let pushed = 0;
        let most = 0;
        let refused = 0;
        for (let n = 0; n < drags + 4; n += 1) {
          const operation = board.operations[Math.floor((n * board.operations.length) / (drags + 4))];
          if (operation?.placement === undefined) continue;
          const { placement } = operation;
          for (let step = 1; step <= stepsEach; step += 1) {
            const laneId = operation.eligibleLaneIds[step % 3] ?? placement.laneId;
            const startsAt = placement.startsAt + step * stepMs;
            const from = performance.now();
            const result = consequences(index, [
              { type: 'place', operationId: operation.operationId, laneId, startsAt },
            ]);
            const tookMs = performance.now() - from;
            // The first drags warm the code up, as the first seconds with the product do.
            if (n < 4) continue;
            took.push(tookMs);
            if (!result.ok) refused += 1;
            pushed += result.pushed.length;
            most = Math.max(most, result.pushed.length);
            const passed = performance.now();
            let sum = 0;
            for (const each of board.operations) sum += each.placement?.endsAt ?? 0;
            if (sum > 0) floor.push(performance.now() - passed);
          }
        }
        const figure = `drag.${count / 1000}k.p95`;
        say(`    ${figure}: ${took.length} steps`);
        return {
          figure,
          value: quantile(took, 0.95),
          unit: 'ms' as const,
          floor: quantile(floor, 0.95),
          floorIs: 'reading each bar once',
          notes: [
            `median ${quantile(took, 0.5).toFixed(2)} ms, longest ${Math.max(...took).toFixed(2)} ms`,
            `bars pushed: ${Math.round(pushed / took.length)} on average, ${most} at most; ${refused} of ${took.length} steps refused`,
            `indexing the board once, when it changes: ${indexedMs.toFixed(0)} ms`,
          ],
        };
      }),
    );
  },
};
