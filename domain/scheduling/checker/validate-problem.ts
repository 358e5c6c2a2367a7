import type { Pin, Problem, ProblemOperation, Span } from '../model/problem.ts';
import type { FaultRule, ProblemFault } from './fault.ts';
import { cycleOf } from './link-cycle.ts';

/**
 * What is wrong with a problem before it is tried: ids that are not there or stand twice, times that are no
 * whole seconds, windows out of order, links in a cycle. Empty: solver and checker may have it. Whether it
 * can be solved is another question (`explainInfeasible`).
 */
export function validateProblem(problem: Problem): ProblemFault[] {
  const faults: ProblemFault[] = [];
  const say = (rule: FaultRule, path: string, values: ProblemFault['values'] = {}) => {
    faults.push({ rule, path, values });
  };
  const whole = (path: string, value: number | undefined, least = -1e12) => {
    if (value === undefined) return;
    if (!Number.isInteger(value)) say('not-whole', path, { value });
    else if (value < least) say('too-small', path, { value, least });
  };
  const atLeast = (path: string, value: number | undefined, least: number) => {
    if (value !== undefined && !(Number.isFinite(value) && value >= least))
      say('too-small', path, { value, least });
  };
  const known = (path: string, ids: ReadonlySet<string>, id: string | undefined) => {
    if (id !== undefined && !ids.has(id)) say('unknown', path, { id });
  };
  const distinct = (list: string, items: readonly { readonly id: string }[]): ReadonlySet<string> => {
    const seen = new Set<string>();
    for (const [at, { id }] of items.entries()) {
      if (seen.has(id)) say('duplicate', `${list}[${at}].id`, { id });
      seen.add(id);
    }
    return seen;
  };
  const ordered = (path: string, windows: readonly Span[] | undefined) => {
    let end = -Infinity;
    for (const [at, span] of (windows ?? []).entries()) {
      whole(`${path}[${at}].start`, span.start);
      whole(`${path}[${at}].end`, span.end);
      if (!(span.start > end) || !(span.end > span.start)) say('windows', `${path}[${at}]`, { ...span });
      end = span.end;
    }
  };

  const lanes = distinct('lanes', problem.lanes);
  const orders = distinct('orders', problem.orders);
  const operations = distinct('operations', problem.operations);
  const resources = distinct('resources', problem.resources);
  whole('now', problem.now);
  for (const [at, lane] of problem.lanes.entries()) {
    whole(`lanes[${at}].capacity`, lane.capacity, 1);
    ordered(`lanes[${at}].windows`, lane.windows);
  }
  for (const [at, order] of problem.orders.entries()) {
    whole(`orders[${at}].release`, order.release);
    whole(`orders[${at}].materialAt`, order.materialAt);
    whole(`orders[${at}].due`, order.due);
    atLeast(`orders[${at}].weight`, order.weight, 1e-6);
  }
  for (const [at, resource] of problem.resources.entries()) {
    whole(`resources[${at}].units`, resource.units, 1);
    ordered(`resources[${at}].windows`, resource.windows);
  }
  const checkChoices = (path: string, { choices, pin }: ProblemOperation) => {
    if (choices.length === 0 && pin === undefined) say('no-choices', `${path}.choices`);
    const taken = new Set<string>();
    for (const [at, choice] of choices.entries()) {
      known(`${path}.choices[${at}].lane`, lanes, choice.lane);
      if (taken.has(choice.lane)) say('duplicate', `${path}.choices[${at}].lane`, { id: choice.lane });
      taken.add(choice.lane);
      whole(`${path}.choices[${at}].run`, choice.run, 0);
      atLeast(`${path}.choices[${at}].cost`, choice.cost, 0);
    }
  };
  const checkPin = (path: string, pin: Pin) => {
    known(`${path}.lane`, lanes, pin.lane);
    whole(`${path}.start`, pin.start);
    whole(`${path}.end`, pin.end);
    whole(`${path}.setupEnd`, pin.setupEnd);
    const setupEnd = pin.setupEnd ?? pin.start;
    if (!(pin.start <= setupEnd && setupEnd <= pin.end)) {
      say('pin-times', path, { start: pin.start, end: pin.end });
    }
    for (const [at, id] of (pin.resources ?? []).entries()) known(`${path}.resources[${at}]`, resources, id);
  };
  for (const [at, operation] of problem.operations.entries()) {
    const path = `operations[${at}]`;
    known(`${path}.order`, orders, operation.order);
    whole(`${path}.release`, operation.release);
    checkChoices(path, operation);
    if (operation.pin !== undefined) checkPin(`${path}.pin`, operation.pin);
    const skills = new Set<string>();
    for (const [index, need] of (operation.needs ?? []).entries()) {
      whole(`${path}.needs[${index}].units`, need.units, 1);
      if (need.units > 1000)
        say('too-small', `${path}.needs[${index}].units`, { value: need.units, least: 1 });
      if (skills.has(need.skill)) say('duplicate', `${path}.needs[${index}].skill`, { id: need.skill });
      skills.add(need.skill);
    }
  }
  for (const [at, link] of problem.links.entries()) {
    const path = `links[${at}]`;
    known(`${path}.from`, operations, link.from);
    known(`${path}.to`, operations, link.to);
    if (link.from === link.to) say('same-operation', path, { id: link.from });
    whole(`${path}.minLag`, link.minLag, 0);
    whole(`${path}.maxLag`, link.maxLag, 0);
    if (link.maxLag !== undefined && link.maxLag < (link.minLag ?? 0)) {
      say('lag-order', path, { minLag: link.minLag ?? 0, maxLag: link.maxLag });
    }
  }
  const cycle = cycleOf(problem.links);
  if (cycle !== undefined) say('cycle', 'links', { operations: cycle.join(' → ') });
  const single = new Set(problem.lanes.filter(({ capacity }) => capacity === 1).map(({ id }) => id));
  const seen = new Set<string>();
  for (const [at, rule] of problem.setups.entries()) {
    const path = `setups[${at}]`;
    known(`${path}.lane`, lanes, rule.lane);
    if (rule.lane !== undefined && lanes.has(rule.lane) && !single.has(rule.lane)) {
      say('setup-capacity', `${path}.lane`, { id: rule.lane });
    }
    whole(`${path}.time`, rule.time, 0);
    atLeast(`${path}.cost`, rule.cost, 0);
    const key = JSON.stringify([rule.lane, rule.from ?? null, rule.to]);
    if (seen.has(key)) say('duplicate', path, { id: `${rule.from ?? ''} → ${rule.to}` });
    seen.add(key);
  }
  for (const [at, term] of problem.objective.terms.entries()) {
    atLeast(`objective.terms[${at}].weight`, term.weight, 0);
  }
  return faults;
}
