import { nothing } from './common.ts';
import type { MachineTile } from './line.ts';
import { subscription } from './procedures.ts';
import type { ScanOutcome } from './stations.ts';
import type { SystemStatus } from './system.ts';

/** What a change is about: a screen refetches what it shows of these. */
export const changeSubjects = [
  'approvals',
  'cartons',
  'closures',
  'connectors',
  'conversations',
  'dashboards',
  'data-rooms',
  'defects',
  'downtime',
  'drawings',
  'genealogy',
  'imports',
  'inference-jobs',
  'inspections',
  'inventory',
  'labels',
  'lane-assignments',
  'lanes',
  'lots',
  'machines',
  'maintenance-orders',
  'manpower-allocations',
  'materials',
  'measurements',
  'ncrs',
  'notifications',
  'operation-links',
  'operations',
  'optimization-runs',
  'planning-settings',
  'production-logs',
  'projects',
  'report-runs',
  'reservations',
  'rfqs',
  'schedule-entries',
  'schedule-presence',
  'schedule-versions',
  'scrap',
  'sensor-anomalies',
  'serials',
  'service-orders',
  'setup-families',
  'setup-transitions',
  'shift-handovers',
  'shifts',
  'shipments',
  'suppliers',
  'tasks',
  'work-orders',
] as const;
export type ChangeSubject = (typeof changeSubjects)[number];

export type CoreEvent =
  /** Rows changed, here or at another desk. `ids` is empty when there were too many to name. */
  | {
      readonly type: 'changed';
      readonly subject: ChangeSubject;
      readonly plantId: string | null;
      readonly ids: readonly string[];
    }
  | { readonly type: 'status'; readonly status: SystemStatus }
  /** A code came in, by whatever scanner: what was done with it, or why not. */
  | { readonly type: 'scan'; readonly outcome: ScanOutcome }
  /** A gauge sent a value. */
  | { readonly type: 'gauge'; readonly value: number; readonly unit: string | null; readonly at: number }
  /** A device sent what could not be read. */
  | { readonly type: 'device-problem'; readonly device: string; readonly reason: string; readonly at: number }
  /** The line moved: the latest of each machine that did, at most four times a second. */
  | { readonly type: 'machines'; readonly machines: readonly MachineTile[] }
  /** Commands of this station were delivered, or set aside. */
  | {
      readonly type: 'outbox';
      readonly delivered: readonly string[];
      readonly quarantined: readonly string[];
    }
  | { readonly type: 'signed-out'; readonly reason: string };

export const events = {
  /** Everything that a client must know at once. Begins with a `status`. */
  feed: subscription<CoreEvent>()('public', nothing),
};
