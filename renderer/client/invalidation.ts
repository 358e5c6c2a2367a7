/** Which answers go stale by which event of the core. A screen refetches those that it shows. */
import type { ChangeSubject, CoreEvent } from '#contract/events';
import type { SystemStatus } from '#contract/system';
import type { QueryPath } from './paths.ts';

/** Subjects that no screen shows yet are not named; who listens by itself is not, either (`use-presence.ts`). */
const staleBySubject: Readonly<Partial<Record<ChangeSubject, readonly QueryPath[]>>> = {
  operations: [
    'lanes.board',
    'schedules.dispatch',
    'schedules.context',
    'stations.worklist',
    'stations.operation',
    'line.machines',
  ],
  'work-orders': ['lanes.board', 'stations.worklist', 'stations.operation'],
  'operation-links': ['lanes.board'],
  // Working time, and so the load of every version.
  lanes: ['lanes.board', 'schedules.versions'],
  closures: ['lanes.board', 'schedules.versions', 'schedules.promise'],
  shifts: ['lanes.board', 'schedules.versions', 'schedules.promise'],
  // What a change of set-up takes, and so what fits between two bars.
  'setup-families': ['lanes.board', 'schedules.versions', 'schedules.promise'],
  'setup-transitions': ['lanes.board', 'schedules.versions', 'schedules.promise'],
  reservations: ['lanes.board', 'schedules.versions', 'schedules.promise', 'schedules.reservations'],
  downtime: ['lanes.board', 'lanes.standing', 'schedules.versions', 'schedules.promise'],
  // What is taken for a breakdown, and how long it is planned around.
  'planning-settings': [
    'lanes.board',
    'lanes.standing',
    'schedules.versions',
    'schedules.promise',
    'schedules.preferences',
  ],
  inventory: ['schedules.context'],
  'schedule-entries': ['lanes.board', 'schedules.versions'],
  'schedule-versions': ['lanes.board', 'schedules.versions'],
  // Machines say much: a board is read again when another lane stands, or goes on (`breakdowns.ts`).
  machines: ['line.machines', 'line.history', 'lanes.standing'],
  'production-logs': ['stations.worklist', 'stations.operation', 'lanes.board', 'records.list'],
  measurements: ['stations.operation', 'records.list'],
  inspections: ['stations.operation', 'records.list'],
  cartons: ['packing.cartons'],
  labels: ['packing.cartons', 'records.list'],
  lots: ['genealogy.trace', 'genealogy.suggestions'],
  serials: ['genealogy.trace', 'genealogy.suggestions'],
  genealogy: ['genealogy.trace'],
};

/**
 * Answers that an event makes stale; empty for those that carry their own news.
 * @param before the status as it was known until this event.
 */
export function staleQueries(event: CoreEvent, before: SystemStatus | null = null): readonly QueryPath[] {
  switch (event.type) {
    case 'changed':
      return staleBySubject[event.subject] ?? [];
    case 'outbox':
      return ['system.outbox', 'stations.worklist', 'stations.operation', 'packing.cartons'];
    case 'scan':
      // A code may stand in the mirror before the database has it: what a station shows of it moves at once.
      return event.outcome.acknowledgement
        ? ['stations.worklist', 'stations.operation', 'system.outbox']
        : [];
    case 'signed-out':
      return ['session.current'];
    case 'status':
      return printersChanged(before, event.status) ? ['packing.printers'] : [];
    case 'gauge':
    case 'device-problem':
    case 'machines':
      return [];
  }
}

function printersChanged(before: SystemStatus | null, after: SystemStatus): boolean {
  const summary = (status: SystemStatus) =>
    status.printers.map(({ code, state, reason }) => `${code} ${state} ${reason ?? ''}`).join('\n');
  return before === null || summary(before) !== summary(after);
}
