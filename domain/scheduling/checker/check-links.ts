import type { Problem } from '../model/problem.ts';
import type { Placed } from './check-schedule.ts';
import { minutes, type Violation } from './violation.ts';

/** Precedence with its lags. A link binds only when both of its operations are placed. */
export function checkLinks(problem: Problem, placed: ReadonlyMap<string, Placed>): Violation[] {
  return problem.links.flatMap((link): Violation[] => {
    const from = placed.get(link.from);
    const to = placed.get(link.to);
    if (from === undefined || to === undefined) return [];
    const since = link.kind === 'start_start' ? from.setupEnd : from.end;
    const at = link.kind === 'finish_finish' ? to.end : to.setupEnd;
    const earliest = since + (link.minLag ?? 0);
    const about = { operation: to.subject.name, other: from.subject.name, kind: link.kind, at };
    const operations = [link.to, link.from];
    if (at < earliest) {
      const values = { ...about, earliestAt: earliest, lagMinutes: minutes(link.minLag ?? 0) };
      return [{ rule: 'link-too-early', values, operations }];
    }
    if (link.maxLag !== undefined && at > since + link.maxLag) {
      const values = { ...about, latestAt: since + link.maxLag, lagMinutes: minutes(link.maxLag) };
      return [{ rule: 'link-too-late', values, operations }];
    }
    return [];
  });
}
