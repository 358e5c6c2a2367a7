/** Every kind of station command that this core knows, by kind. */
import type { StationCommand } from '#main/services/core';
import { recordMachineState } from '#main/services/line/commands';
import { packingCommands } from '#main/services/packing/commands';
import { stationsCommands } from '#main/services/stations/commands';
import type { StationCommands } from '#main/store/sqlite/outbox';

/** The payload of each was checked by its own schema before it comes back to it. */
const known = [
  ...stationsCommands,
  recordMachineState,
  ...packingCommands,
] as unknown as readonly StationCommand<unknown>[];

export const stationCommands: StationCommands = new Map(known.map((command) => [command.kind, command]));
