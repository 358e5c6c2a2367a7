import fc from 'fast-check';
import type { Problem, Span } from '../model/problem.ts';

/** Small problems with everything in them, mostly feasible: what properties of solver and checker are tried on. */

const laneIds = ['A', 'B', 'C'];
const familyIds = ['red', 'blue', 'nuts'];
const personIds = ['Ann', 'Bob'];

const windowsFrom = (lengths: readonly (readonly [gap: number, work: number])[]): Span[] => {
  let at = 0;
  const windows = lengths.map(([gap, work]) => {
    const start = at + gap;
    at = start + work;
    return { start, end: at };
  });
  // Open at the end, so that what is possible at all finds room.
  return [...windows, { start: at + 10, end: at + 100_000 }];
};
const windows = fc.option(
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 20, max: 120 })), { maxLength: 4 })
    .map(windowsFrom),
  { nil: undefined },
);

const operationWish = fc.record({
  order: fc.nat(3),
  lanes: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  runs: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 3 }),
  family: fc.option(fc.nat(2), { nil: undefined }),
  interruptible: fc.boolean(),
  release: fc.option(fc.nat(100), { nil: undefined }),
  need: fc.option(fc.constantFrom('weld', 'check', 'both'), { nil: undefined, freq: 3 }),
});

const linkWish = fc.record({
  from: fc.nat(20),
  to: fc.nat(20),
  kind: fc.constantFrom('finish_start' as const, 'start_start' as const, 'finish_finish' as const),
  minLag: fc.nat(20),
  more: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
});

export interface ProblemWishes {
  /** Maximum lags and forbidden set-ups can make a problem infeasible; false leaves them out. */
  readonly maxLags?: boolean | undefined;
}

export const problems = ({ maxLags = true }: ProblemWishes = {}): fc.Arbitrary<Problem> =>
  fc
    .record({
      laneWindows: fc.array(windows, { minLength: 3, maxLength: 3 }),
      capacities: fc.array(fc.constantFrom(1, 1, 2), { minLength: 3, maxLength: 3 }),
      laneFamily: fc.option(fc.constantFrom(...familyIds), { nil: undefined }),
      wishes: fc.array(operationWish, { minLength: 1, maxLength: 12 }),
      links: fc.array(linkWish, { maxLength: 8 }),
      setups: fc.array(
        fc.record({
          from: fc.option(fc.constantFrom(...familyIds), { nil: undefined }),
          to: fc.constantFrom(...familyIds),
          time: fc.nat(20),
          lane: fc.option(fc.constant('A'), { nil: undefined, freq: 2 }),
        }),
        { maxLength: 5 },
      ),
      personWindows: windows,
      now: fc.nat(30),
      pin: fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined }),
      materialAt: fc.option(fc.nat(120), { nil: undefined }),
      dues: fc.array(fc.option(fc.nat(300), { nil: undefined }), { minLength: 4, maxLength: 4 }),
    })
    .map((wish): Problem => {
      const operations = wish.wishes.map((one, index) => ({
        id: `o${index}`,
        name: `Operation ${index}`,
        order: `W${one.order}`,
        choices: one.lanes.map((lane, at) => ({
          lane: laneIds[lane] ?? 'A',
          run: one.runs[at] ?? 1,
          cost: at,
        })),
        family: one.family === undefined ? undefined : familyIds[one.family],
        // Short enough to fit into the last window, whatever the others are.
        interruptible: one.interruptible,
        release: one.release,
        needs:
          one.need === undefined
            ? undefined
            : one.need === 'both'
              ? [
                  { skill: 'weld', units: 1 },
                  { skill: 'check', units: 1 },
                ]
              : [{ skill: one.need, units: 1 }],
      }));
      const pinned = wish.pin === undefined ? undefined : operations[0];
      const pinLane = pinned?.choices[0];
      return {
        lanes: laneIds.map((id, at) => ({
          id,
          name: `Lane ${id}`,
          capacity: id === 'A' ? 1 : (wish.capacities[at] ?? 1),
          windows: wish.laneWindows[at],
          family: wish.laneFamily,
        })),
        orders: [0, 1, 2, 3].map((at) => ({
          id: `W${at}`,
          name: `WO-${at}`,
          weight: at + 1,
          due: wish.dues[at],
          materialAt: at === 0 ? wish.materialAt : undefined,
        })),
        operations: operations.map((operation) =>
          operation === pinned && pinLane !== undefined && wish.pin !== undefined
            ? {
                ...operation,
                needs: undefined,
                pin: {
                  lane: pinLane.lane,
                  start: wish.pin,
                  end: wish.pin + pinLane.run,
                  why: 'started' as const,
                },
              }
            : operation,
        ),
        links: uniqueLinks(
          wish.links
            .map(({ from, to, kind, minLag, more }) => {
              const a = from % operations.length;
              const b = to % operations.length;
              const maxLag = maxLags && more !== undefined ? minLag + more : undefined;
              return { from: `o${Math.min(a, b)}`, to: `o${Math.max(a, b)}`, kind, minLag, maxLag };
            })
            .filter(({ from, to }) => from !== to),
        ),
        resources: personIds.map((id, at) => ({
          id,
          name: id,
          kind: 'person' as const,
          skills: at === 0 ? ['weld', 'check'] : ['weld'],
          units: 1,
          windows: at === 0 ? undefined : wish.personWindows,
        })),
        setups: wish.setups
          .map((rule) => ({ ...rule, forbidden: maxLags && rule.time < 4 }))
          .filter(
            (rule, at) =>
              wish.setups.findIndex(
                (other) => other.from === rule.from && other.to === rule.to && other.lane === rule.lane,
              ) === at,
          ),
        objective: {
          mode: 'weighted',
          terms: [
            { term: 'tardiness', weight: 1 },
            { term: 'makespan', weight: 1 },
            { term: 'setup-time', weight: 1 },
          ],
        },
        now: wish.now,
      };
    });

function uniqueLinks<Link extends { from: string; to: string; kind: string }>(links: Link[]): Link[] {
  return links.filter(
    (link, at) =>
      links.findIndex(({ from, to, kind }) => from === link.from && to === link.to && kind === link.kind) ===
      at,
  );
}
