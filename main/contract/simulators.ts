import { z } from 'zod';
import { nothing, scannedText, shortText } from './common.ts';
import { mutation, query } from './procedures.ts';
import { machineStates } from './line.ts';
import type { MachineState } from './line.ts';

export interface SimulatorView {
  readonly running: boolean;
  readonly opcUaEndpoint: string | null;
  readonly scannerPath: string | null;
  readonly gaugePath: string | null;
  readonly machines: readonly {
    readonly code: string;
    readonly state: MachineState;
    /** By hand, or as the schedule says. */
    readonly byHand: boolean;
  }[];
  readonly printers: readonly {
    readonly code: string;
    readonly port: number;
    readonly paperOut: boolean;
    readonly paused: boolean;
    /** Newest last; the ZPL of what came out. */
    readonly printed: readonly { readonly at: number; readonly zpl: string }[];
  }[];
}

/** Drives the simulated line by hand; `Unavailable` when no simulators run. */
export const simulators = {
  view: query<SimulatorView>()('simulators:drive', nothing),
  scan: mutation<null>()('simulators:drive', z.object({ code: scannedText }).strict()),
  measure: mutation<null>()(
    'simulators:drive',
    z.object({ value: z.number().min(-1e9).max(1e9), unit: z.string().max(10).default('mm') }).strict(),
  ),
  /** `state` null gives the machine back to the schedule. */
  machine: mutation<null>()(
    'simulators:drive',
    z.object({ code: shortText, state: z.enum(machineStates).nullable() }).strict(),
  ),
  printer: mutation<null>()(
    'simulators:drive',
    z.object({ code: shortText, paperOut: z.boolean().optional(), paused: z.boolean().optional() }).strict(),
  ),
};
