import type { Problem, ProblemResource } from '../model/problem.ts';
import type { Placed } from './check-schedule.ts';
import type { Violation } from './violation.ts';
import { workedBetween } from './working.ts';

/**
 * People and tools: who is named exists, has the skill, is there while the lane works, and holds no more
 * than it has from the start of the run to its end.
 */
export function checkResources(problem: Problem, placed: readonly Placed[]): Violation[] {
  const resources = new Map(problem.resources.map((resource) => [resource.id, resource]));
  const found: Violation[] = [];
  const holders = new Map<string, Placed[]>();
  for (const one of placed) {
    const operations = [one.operation];
    const held: ProblemResource[] = [];
    for (const id of one.resources ?? []) {
      const resource = resources.get(id);
      if (resource === undefined) {
        const values = { operation: one.subject.name, resource: id };
        found.push({ rule: 'resource-unknown', values, operations });
        continue;
      }
      held.push(resource);
      holders.set(id, [...(holders.get(id) ?? []), one]);
    }
    if (one.subject.pin?.why !== 'started') {
      const skill = skillNotCovered(one, held);
      if (skill !== undefined) {
        found.push({ rule: 'resource-missing', values: { operation: one.subject.name, skill }, operations });
      }
    }
    if (one.subject.pin !== undefined) continue;
    for (const resource of new Set(held)) {
      if (secondsTogether(one, resource) === workedBetween(one.where.windows, one.setupEnd, one.end))
        continue;
      const values = {
        operation: one.subject.name,
        resource: resource.name,
        startsAt: one.setupEnd,
        endsAt: one.end,
      };
      found.push({ rule: 'resource-absent', values, operations });
    }
  }
  for (const [id, all] of holders) {
    const resource = resources.get(id);
    if (resource === undefined) continue;
    for (const one of new Set(all)) {
      if (one.end === one.setupEnd) continue;
      const together = all.filter(({ setupEnd, end }) => setupEnd <= one.setupEnd && one.setupEnd < end);
      if (together.length <= resource.units) continue;
      const values = {
        resource: resource.name,
        units: resource.units,
        count: together.length,
        startsAt: one.setupEnd,
      };
      const operations = [...new Set(together.map(({ operation }) => operation))];
      found.push({ rule: 'resource-overbooked', values, operations });
    }
  }
  return found;
}

/** Working seconds of the run in which the resource is there. */
function secondsTogether({ where, setupEnd, end }: Placed, { windows }: ProblemResource): number {
  const stretches = where.windows ?? [{ start: setupEnd, end }];
  return stretches.reduce(
    (sum, window) =>
      sum + workedBetween(windows, Math.max(window.start, setupEnd), Math.min(window.end, end)),
    0,
  );
}

/** A skill for which no held unit is left, when every unit serves one need: bipartite matching. */
function skillNotCovered({ subject }: Placed, held: readonly ProblemResource[]): string | undefined {
  const wanted = (subject.needs ?? []).flatMap(({ skill, units }) =>
    Array.from({ length: units }, () => skill),
  );
  const serves = new Map<number, number>();
  const serve = (need: number, tried: Set<number>): boolean =>
    held.some((resource, unit) => {
      if (tried.has(unit) || !resource.skills.includes(wanted[need] ?? '')) return false;
      tried.add(unit);
      const other = serves.get(unit);
      if (other !== undefined && !serve(other, tried)) return false;
      serves.set(unit, need);
      return true;
    });
  return wanted.find((_, need) => !serve(need, new Set()));
}
