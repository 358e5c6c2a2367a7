/**
 * A station for the trials: the real station file and the real delivery, with one kind of command whose
 * effect can be counted.
 */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Acknowledgement } from '#contract/common';
import { refused } from '#contract/errors';
import type { Log, SignedIn, StationCommand } from '#main/services/core';
import { connectDatabase } from '#main/store/postgres/connect';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import { createOutbox } from '#main/store/sqlite/outbox';
import type { StationOutbox } from '#main/store/sqlite/outbox';
import { openStationFile } from '#main/store/sqlite/station-file';
import { createDelivery } from '#main/sync/delivery';
import type { Delivery, Delivered, Quarantined } from '#main/sync/delivery';

/** Where a station works, and as whom. */
export interface TrialStationConfig {
  readonly dataDir: string;
  readonly appUrl: string;
  readonly stationToken: string;
  readonly organizationId: string;
  readonly plantId: string;
  readonly userId: string;
  readonly sessionId: string;
}

export interface TrialStation {
  readonly outbox: StationOutbox;
  readonly database: ConnectedDatabase;
  readonly delivery: Delivery;
  readonly delivered: Delivered[];
  readonly quarantined: Quarantined[];
  scan(scan: Partial<TrialScan> & Pick<TrialScan, 'subject'>, commandId?: string): Promise<Acknowledgement>;
  stop(): Promise<void>;
}

const scanSchema = z
  .object({ plantId: z.uuid(), subject: z.string().min(1), text: z.string(), refuse: z.boolean() })
  .strict();
export type TrialScan = z.infer<typeof scanSchema>;

/**
 * Leaves a row with a fresh id each time it is applied and the command's id as its code, so that a second
 * application shows as a second row and is not hidden by a unique key.
 */
export const trialScan: StationCommand<TrialScan> = {
  kind: 'trial.scan',
  schema: scanSchema,
  subject: (scan) => scan.subject,
  summary: (scan) => `scan at ${scan.subject}`,
  async apply(transaction, scan, meta) {
    if (scan.refuse) throw refused('refusal.trial', { subject: scan.subject });
    await transaction
      .insertInto('trace.scans')
      .values({
        organization_id: meta.organizationId,
        id: uuidv7(),
        plant_id: scan.plantId,
        code: meta.commandId,
        kind: `${scan.subject} ${scan.text}`,
        source: 'serial',
        user_id: meta.userId,
        station_code: meta.stationCode,
        at: new Date(meta.capturedAt),
      })
      .execute();
  },
};

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export function openTrialStation(
  config: TrialStationConfig,
  options: { readonly log?: Log; readonly now?: () => number; readonly bound?: number } = {},
): TrialStation {
  const log = options.log ?? quietLog;
  const now = options.now ?? Date.now;
  const commands = new Map([[trialScan.kind, trialScan as StationCommand<unknown>]]);
  const file = openStationFile(config.dataDir, { now });
  const outbox = createOutbox({
    file,
    commands,
    now,
    log,
    ...(options.bound === undefined ? {} : { bound: options.bound }),
  });
  const delivered: Delivered[] = [];
  const quarantined: Quarantined[] = [];
  let delivery: Delivery | undefined;
  const database = connectDatabase({
    connectionString: config.appUrl,
    log,
    onState: ({ online }) => {
      if (online) delivery?.databaseOnline();
    },
  });
  delivery = createDelivery({
    outbox,
    database,
    commands,
    stationToken: () => config.stationToken,
    personToken: () => null,
    log,
    now,
    onDelivered: (entries) => void delivered.push(...entries),
    onQuarantined: (entries) => void quarantined.push(...entries),
  });
  const running = delivery;
  const signedIn = signedInAs(config);
  return {
    outbox,
    database,
    delivery: running,
    delivered,
    quarantined,
    scan: (scan, commandId = uuidv7()) =>
      outbox.accept(
        trialScan,
        { plantId: config.plantId, text: '', refuse: false, ...scan },
        { commandId, capturedAt: now(), signedIn },
      ),
    async stop() {
      await running.stop();
      await database.close();
      outbox.close();
      file.close();
    },
  };
}

/** The station itself, as the one who scans. */
export function signedInAs(config: TrialStationConfig): SignedIn {
  return {
    token: config.stationToken,
    gs1CompanyPrefix: '9521234',
    identity: {
      sessionId: config.sessionId,
      userId: config.userId,
      login: 'trial',
      displayName: 'Trial',
      organizationId: config.organizationId,
      organizationName: 'Trial',
      roles: [],
      permissions: [],
      plants: [],
      homePlantId: config.plantId,
      expiresAt: Date.now() + 3_600_000,
      offline: false,
      vouched: false,
    },
  };
}
