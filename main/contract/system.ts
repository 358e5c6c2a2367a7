import { z } from 'zod';
import { id, nothing, shortText } from './common.ts';
import { mutation, query } from './procedures.ts';

export type LinkState = 'starting' | 'online' | 'offline' | 'absent';

export interface DeviceStatus {
  readonly code: string;
  readonly state: LinkState;
  /** Message key under `status.device.`, why it is so. */
  readonly reason: string | null;
  readonly since: number;
}

/** What the status strip tells, always. */
export interface SystemStatus {
  readonly version: string;
  readonly simulated: boolean;
  readonly station: { readonly code: string; readonly name: string };
  readonly database: {
    readonly state: LinkState;
    readonly kind: 'embedded' | 'central';
    /** Message key under `error.` when it is not online, with what to do. */
    readonly reason: string | null;
    readonly values: Readonly<Record<string, string | number>>;
    readonly since: number;
  };
  /** When the mirror was last brought up to date, epoch ms; null while it holds nothing. */
  readonly mirroredAt: number | null;
  readonly outbox: {
    readonly waiting: number;
    readonly quarantined: number;
    readonly oldestAt: number | null;
    /** 0..1 of the configured bound; a warning shows from 0.7 on. */
    readonly fill: number;
  };
  readonly line: {
    readonly state: LinkState;
    readonly reason: string | null;
    readonly machines: number;
    readonly good: number;
  };
  readonly scanner: DeviceStatus;
  readonly gauge: DeviceStatus;
  readonly printers: readonly DeviceStatus[];
}

/** A command of this station that is not (yet) in the database. */
export interface OutboxEntry {
  readonly sequence: number;
  readonly commandId: string;
  readonly kind: string;
  /** One line for a person: what it would do. */
  readonly summary: string;
  readonly payload: unknown;
  readonly person: string | null;
  readonly capturedAt: number;
  readonly state: 'waiting' | 'quarantined' | 'discarded';
  readonly attempts: number;
  readonly problem: {
    readonly code: string;
    readonly reason: string;
    readonly values: Readonly<Record<string, string | number>>;
  } | null;
}

export interface LogLine {
  readonly at: number;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly room: string;
  readonly message: string;
  readonly correlationId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One check of the data itself; its sentence is the text `data-check.<name>`. */
export interface DataCheck {
  readonly name: string;
  /** The tables that it reads. */
  readonly target: string;
  readonly problems: number;
  /** A few of them, by column. */
  readonly samples: readonly Readonly<Record<string, unknown>>[];
}

export const system = {
  status: query<SystemStatus>()('public', nothing),
  logs: query<readonly LogLine[]>()(
    'admin:read',
    z
      .object({
        minLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
        text: z.string().max(200).default(''),
        limit: z.number().int().min(1).max(5000).default(500),
      })
      .strict(),
  ),
  /** Looks through the data of the last 90 days for what cannot be true. */
  checkData: query<readonly DataCheck[]>()('admin:read', nothing),
  outbox: query<readonly OutboxEntry[]>()('signed-in', nothing),
  /** Sends a quarantined command again, its payload mended where given. */
  retry: mutation<null>()('signed-in', z.object({ commandId: id, payload: z.unknown().optional() }).strict()),
  /** Gives a quarantined command up, with a reason; it stays on file. */
  discard: mutation<null>()('signed-in', z.object({ commandId: id, reason: shortText }).strict()),
};
