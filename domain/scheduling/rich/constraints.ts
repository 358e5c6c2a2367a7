import { minutes, type Violation } from '../checker/violation.ts';
import type { Problem, ProblemLink, ProblemOperation } from '../model/problem.ts';

/** Something that a problem asks for, how the problem looks without it, and how it is told. */
export interface Constraint {
  readonly violation: Violation;
  readonly without: (problem: Problem) => Problem;
}

const changing =
  (id: string, change: (operation: ProblemOperation) => Partial<ProblemOperation>) => (problem: Problem) => ({
    ...problem,
    operations: problem.operations.map((one) => (one.id === id ? { ...one, ...change(one) } : one)),
  });

/** All that a small problem asks for, what a planner would rather let go of first. */
export function constraintsOf(problem: Problem): Constraint[] {
  const name = new Map(problem.operations.map((operation) => [operation.id, operation.name]));
  const constraints: Constraint[] = [];
  const add = (
    rule: Violation['rule'],
    values: Violation['values'],
    operations: readonly string[],
    without: Constraint['without'],
  ) => constraints.push({ violation: { rule, values, operations }, without });
  const all = problem.operations.map(({ id }) => id);

  for (const { id, name: operation, interruptible, release, needs, pin, choices } of problem.operations) {
    const lanes = choices
      .map(({ lane }) => problem.lanes.find((one) => one.id === lane)?.name ?? lane)
      .join(', ');
    // Elsewhere: on a lane of its own that is always there.
    if (pin === undefined) {
      const run = Math.min(...choices.map((choice) => choice.run));
      add('conflict-lanes', { operation, lanes }, [id], (from) => ({
        ...changing(id, (one) => ({ choices: [...one.choices, { lane: `elsewhere ${id}`, run }] }))(from),
        lanes: [...from.lanes, { id: `elsewhere ${id}`, name: '', capacity: 1_000_000 }],
      }));
    }
    if (interruptible === false && pin === undefined) {
      add(
        'conflict-whole',
        { operation },
        [id],
        changing(id, () => ({ interruptible: true })),
      );
    }
    if (release !== undefined && pin === undefined) {
      add(
        'conflict-release',
        { operation, releaseAt: release },
        [id],
        changing(id, () => ({ release: undefined })),
      );
    }
    if ((needs ?? []).length > 0) {
      const skills = (needs ?? [])
        .map(({ skill, units }) => (units === 1 ? skill : `${units} × ${skill}`))
        .join(', ');
      add(
        'conflict-skill',
        { operation, skills },
        [id],
        changing(id, () => ({ needs: undefined })),
      );
    }
  }
  for (const order of problem.orders) {
    const own = problem.operations
      .filter((one) => one.order === order.id && one.pin === undefined)
      .map(({ id }) => id);
    if (own.length === 0) continue;
    const change = (change: Partial<typeof order>) => (from: Problem) => ({
      ...from,
      orders: from.orders.map((one) => (one.id === order.id ? { ...one, ...change } : one)),
    });
    if (order.release !== undefined) {
      const values = { operation: order.name, releaseAt: order.release };
      add('conflict-release', values, own, change({ release: undefined }));
    }
    if (order.materialAt !== undefined) {
      const values = { operation: order.name, materialAt: order.materialAt };
      add('conflict-material', values, own, change({ materialAt: undefined }));
    }
  }
  const sameLink = (a: ProblemLink, b: ProblemLink) =>
    a.from === b.from && a.to === b.to && a.kind === b.kind;
  for (const link of problem.links) {
    const values = {
      operation: name.get(link.to) ?? link.to,
      other: name.get(link.from) ?? link.from,
      kind: link.kind,
      lagMinutes: minutes(link.minLag ?? 0),
    };
    const ids = [link.to, link.from];
    if (link.maxLag !== undefined) {
      add('conflict-max-lag', { ...values, lagMinutes: minutes(link.maxLag) }, ids, (from) => ({
        ...from,
        links: from.links.map((one) => (sameLink(one, link) ? { ...one, maxLag: undefined } : one)),
      }));
    }
    add('conflict-link', values, ids, (from) => ({
      ...from,
      links: from.links
        .filter((one) => !sameLink(one, link) || one.maxLag !== undefined)
        .map((one) => (sameLink(one, link) ? { ...one, minLag: 0 } : one)),
    }));
  }
  for (const rule of problem.setups.filter(({ forbidden }) => forbidden === true)) {
    const lane = problem.lanes.find(({ id }) => id === rule.lane)?.name ?? 'none';
    add('conflict-setup', { from: rule.from ?? 'none', to: rule.to, lane }, all, (from) => ({
      ...from,
      setups: from.setups.map((one) =>
        one.lane === rule.lane && one.from === rule.from && one.to === rule.to
          ? { ...one, forbidden: false }
          : one,
      ),
    }));
  }
  for (const lane of problem.lanes) {
    const own = problem.operations
      .filter(({ choices, pin }) =>
        pin === undefined ? choices.some((one) => one.lane === lane.id) : pin.lane === lane.id,
      )
      .map(({ id }) => id);
    if (own.length === 0) continue;
    const change = (change: Partial<typeof lane>) => (from: Problem) => ({
      ...from,
      lanes: from.lanes.map((one) => (one.id === lane.id ? { ...one, ...change } : one)),
    });
    add(
      'conflict-capacity',
      { lane: lane.name, capacity: lane.capacity },
      own,
      change({ capacity: 1_000_000 }),
    );
    if (lane.windows !== undefined) {
      const endsAt = lane.windows.at(-1)?.end ?? 0;
      add('conflict-hours', { lane: lane.name, endsAt }, own, change({ windows: undefined }));
    }
  }
  const needy = problem.operations.filter(({ needs }) => (needs ?? []).length > 0).map(({ id }) => id);
  for (const resource of needy.length === 0 ? [] : problem.resources) {
    const change = (change: Partial<typeof resource>) => (from: Problem) => ({
      ...from,
      resources: from.resources.map((one) => (one.id === resource.id ? { ...one, ...change } : one)),
    });
    const values = { resource: resource.name, units: resource.units };
    add('conflict-resource-units', values, needy, change({ units: 1000 }));
    if (resource.windows !== undefined) {
      add('conflict-resource-hours', { resource: resource.name }, needy, change({ windows: undefined }));
    }
  }
  if (problem.operations.some(({ pin }) => pin === undefined)) {
    const free = problem.operations.filter(({ pin }) => pin === undefined).map(({ id }) => id);
    add('conflict-now', { nowAt: problem.now ?? 0 }, free, (from) => ({ ...from, now: -1e9 }));
  }
  for (const { id, name: operation, pin } of problem.operations) {
    if (pin === undefined) continue;
    const lane = problem.lanes.find((one) => one.id === pin.lane)?.name ?? pin.lane;
    const values = { operation, lane, why: pin.why, startsAt: pin.start, endsAt: pin.end };
    add('conflict-pin', values, [id], (from) =>
      changing(id, ({ choices }) => ({
        pin: undefined,
        choices: choices.length > 0 ? choices : [{ lane: pin.lane, run: pin.end - pin.start }],
      }))(from),
    );
  }
  return constraints;
}
