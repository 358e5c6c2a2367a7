import { accept, type Outcome, refuse } from '../refusal.ts';

/*
 * What may follow what. A status that is not listed under another may not follow it; one with an empty list
 * is final. The database's CHECKs hold the same words.
 */
export const machines = {
  operation: {
    planned: ['ready', 'running', 'cancelled'],
    ready: ['planned', 'running', 'cancelled'],
    running: ['paused', 'completed'],
    paused: ['running', 'completed', 'cancelled'],
    completed: [],
    cancelled: ['planned'],
  },
  workOrder: {
    planned: ['released', 'cancelled'],
    released: ['planned', 'in_progress', 'cancelled'],
    in_progress: ['completed', 'cancelled'],
    completed: ['in_progress', 'closed'],
    closed: [],
    cancelled: ['planned'],
  },
  lot: {
    active: ['completed', 'quarantined', 'rejected'],
    completed: ['released', 'quarantined', 'rejected'],
    /** Only a signed disposition leads out. */
    quarantined: ['released', 'rejected'],
    released: ['quarantined'],
    rejected: [],
  },
  serial: {
    in_process: ['released', 'quarantined', 'scrapped'],
    released: ['packed', 'quarantined', 'scrapped'],
    packed: ['released', 'shipped', 'quarantined'],
    /** What comes back from a customer is judged before anything else. */
    shipped: ['returned', 'quarantined'],
    returned: ['quarantined', 'scrapped'],
    quarantined: ['released', 'scrapped'],
    scrapped: [],
  },
  inspection: {
    pending: ['in_progress', 'cancelled'],
    in_progress: ['completed', 'failed', 'cancelled'],
    completed: [],
    failed: [],
    cancelled: [],
  },
  /** Only a resolved report is closed, by signature; until then it may turn out not to be resolved. */
  ncr: {
    open: ['in_review'],
    in_review: ['open', 'resolved'],
    resolved: ['in_review', 'closed'],
    closed: [],
  },
  maintenanceOrder: {
    planned: ['in_progress', 'cancelled'],
    in_progress: ['planned', 'completed', 'cancelled'],
    completed: [],
    cancelled: ['planned'],
  },
  rfq: {
    draft: ['sent', 'cancelled'],
    sent: ['received', 'cancelled'],
    received: ['approved', 'rejected', 'cancelled'],
    approved: [],
    rejected: [],
    cancelled: [],
  },
  /** What was rejected is drawn anew, as another revision. */
  drawing: {
    pending: ['in_review'],
    in_review: ['pending', 'approved', 'rejected'],
    approved: [],
    rejected: [],
  },
  /** An archived plan does not come back: a draft is copied from it. */
  scheduleVersion: {
    draft: ['published', 'archived'],
    published: ['archived'],
    archived: [],
  },
  dataRoomContract: {
    pending: ['active', 'rejected', 'revoked'],
    active: ['suspended', 'revoked', 'expired'],
    suspended: ['active', 'revoked', 'expired'],
    rejected: [],
    revoked: [],
    expired: [],
  },
  /** Of a proposal of the assistant: what nobody approved is never executed. */
  approval: {
    pending: ['approved', 'rejected', 'expired'],
    approved: ['executed', 'failed'],
    rejected: [],
    expired: [],
    executed: [],
    failed: [],
  },
  /** A closed carton is not opened again: it is voided, and its serials are packed anew under a new SSCC. */
  carton: {
    open: ['closed', 'voided'],
    closed: ['shipped', 'voided'],
    shipped: [],
    voided: [],
  },
  shipment: {
    planned: ['loading', 'cancelled'],
    loading: ['planned', 'shipped', 'cancelled'],
    shipped: ['delivered'],
    delivered: [],
    cancelled: [],
  },
  /** A label whose outcome is unknown waits for a person: it came out, or it is void. Never two valid ones. */
  label: {
    queued: ['printed', 'refused', 'unknown', 'voided'],
    printed: ['voided'],
    refused: ['voided'],
    unknown: ['printed', 'voided'],
    voided: [],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>;

export type Machine = keyof typeof machines;

/** How a new thing may begin, where that is not left open: what was made elsewhere comes in any status. */
export const initialStatuses: { readonly [Name in Machine]?: readonly StatusOf<Name>[] } = {
  ncr: ['open'],
  scheduleVersion: ['draft'],
  approval: ['pending'],
};

/** What auditors ask about: the database refuses too what the table does not hold. */
export const enforcedMachines = ['lot', 'serial', 'ncr', 'scheduleVersion'] as const satisfies Machine[];

export type StatusOf<Name extends Machine> = keyof (typeof machines)[Name] & string;

/** The statuses of a machine, in the order of the table. */
export function statusesOf<Name extends Machine>(machine: Name): readonly StatusOf<Name>[] {
  return Object.keys(machines[machine]).filter(
    (status): status is StatusOf<Name> => status in machines[machine],
  );
}

/**
 * Whether a thing may go from one status to another. Staying is no transition, and refused like any other
 * that the table does not hold; the refusal names the thing and both states.
 */
export function mayTransition<Name extends Machine>(
  machine: Name,
  from: StatusOf<Name>,
  to: StatusOf<Name>,
): Outcome<StatusOf<Name>, 'transition-forbidden'> {
  return followersOf(machine, from).includes(to)
    ? accept(to)
    : refuse('transition-forbidden', { machine, from, to });
}

/** Whether nothing can follow. */
export function isFinal<Name extends Machine>(machine: Name, status: StatusOf<Name>): boolean {
  return followersOf(machine, status).length === 0;
}

function followersOf(machine: Machine, status: string): readonly string[] {
  const table: Readonly<Record<string, readonly string[]>> = machines[machine];
  return table[status] ?? [];
}
