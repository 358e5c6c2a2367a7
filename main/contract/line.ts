import { z } from 'zod';
import { id } from './common.ts';
import type { Freshness } from './common.ts';
import { query } from './procedures.ts';

export const machineStates = ['running', 'idle', 'setup', 'down', 'offline'] as const;
export type MachineState = (typeof machineStates)[number];

export interface MachineTile {
  readonly machineId: string;
  readonly plantId: string;
  readonly code: string;
  readonly name: string;
  readonly laneId: string;
  readonly laneCode: string;
  readonly state: MachineState;
  /** Since when it is in that state. */
  readonly stateSince: number;
  readonly faultCode: string | null;
  readonly goodCount: number;
  readonly rejectCount: number;
  /** OPC-UA quality of the value. */
  readonly quality: 'good' | 'uncertain' | 'bad';
  /** When the machine said so (OPC-UA source timestamp); null if it never did. */
  readonly sourceAt: number | null;
  readonly operationCode: string | null;
  /** 0..1 of the operation that runs on its lane. */
  readonly progress: number | null;
}

export interface StateChange {
  readonly machineId: string;
  readonly state: MachineState;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly faultCode: string | null;
}

export const line = {
  machines: query<Freshness & { readonly machines: readonly MachineTile[] }>()(
    'line:read',
    z.object({ plantId: id }).strict(),
  ),
  /** The last states of a machine, newest first. */
  history: query<readonly StateChange[]>()(
    'line:read',
    z.object({ machineId: id, limit: z.number().int().min(1).max(500).default(50) }).strict(),
  ),
};
