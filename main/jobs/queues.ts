/** The queues of the product. 0020_jobs.sql (app.queue_permission) says who may give them work. */

export const queueNames = ['background', 'erp_sync', 'email', 'report', 'barcode'] as const;
export type QueueName = (typeof queueNames)[number];

/** Where what was given up waits for a person. Nobody works on it. */
export function deadLetterOf(queue: QueueName): string {
  return `${queue}_dead`;
}

/** As pg-boss' `create_queue` takes them. */
export interface QueueSettings {
  /** stately: of like jobs (those with the same key) one waits and one runs. */
  readonly policy: 'standard' | 'stately';
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryBackoff: boolean;
  readonly retryDelayMax: number;
  readonly expireInSeconds: number;
  /** Without a sign of life for so long, its runner is taken for dead and the job goes to another. */
  readonly heartbeatSeconds: number | null;
  /** How long it may wait before it is forgotten. */
  readonly retentionSeconds: number;
  /** How long it can be looked at after it is done. */
  readonly deleteAfterSeconds: number;
  readonly deadLetter: string | null;
  /** Runners are told at once when work comes in. */
  readonly notify: boolean;
}

const hourS = 3600;
const dayS = 24 * hourS;

const working: Omit<QueueSettings, 'deadLetter'> = {
  policy: 'stately',
  // Half a minute, twice that and so on: the fifth and last about a quarter of an hour after the first.
  retryLimit: 5,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: hourS,
  expireInSeconds: 4 * hourS,
  heartbeatSeconds: 60,
  retentionSeconds: 365 * dayS,
  deleteAfterSeconds: 7 * dayS,
  notify: true,
};

const dead: QueueSettings = {
  ...working,
  policy: 'standard',
  retryLimit: 0,
  heartbeatSeconds: null,
  // Until somebody decides.
  retentionSeconds: 3650 * dayS,
  deadLetter: null,
  notify: false,
};

/** Dead letters first: a queue names its own. */
export const queueSettings: readonly (readonly [name: string, settings: QueueSettings])[] = [
  ...queueNames.map((name) => [deadLetterOf(name), dead] as const),
  ...queueNames.map((name) => [name, { ...working, deadLetter: deadLetterOf(name) }] as const),
];
