/** What the desk itself tells and lets be mended: its state, its log, its outbox. */
import type { LogLine, OutboxEntry, SystemStatus } from '#contract/system';
import { readLog } from '#main/logging';
import type { Call, Outbox, SignedInCall } from '#main/services/core';

export interface OutboxRepair {
  /** @throws NotFound when no such command is quarantined; Invalid when the mended payload does not fit. */
  retry(commandId: string, payload?: unknown): Promise<void>;
  discard(commandId: string, reason: string): Promise<void>;
}

export function createSystemService(options: {
  readonly status: () => SystemStatus;
  readonly outbox: Outbox;
  readonly repair: OutboxRepair;
  readonly logDir: string;
}) {
  return {
    async status(_call: Call): Promise<SystemStatus> {
      return options.status();
    },
    logs(
      _call: SignedInCall,
      filter: { minLevel: LogLine['level']; text: string; limit: number },
    ): Promise<readonly LogLine[]> {
      return readLog(options.logDir, filter);
    },
    async outbox(_call: SignedInCall): Promise<readonly OutboxEntry[]> {
      return options.outbox.entries();
    },
    async retry(_call: SignedInCall, input: { commandId: string; payload?: unknown }): Promise<null> {
      await options.repair.retry(input.commandId, input.payload);
      return null;
    },
    async discard(_call: SignedInCall, input: { commandId: string; reason: string }): Promise<null> {
      await options.repair.discard(input.commandId, input.reason);
      return null;
    },
  };
}
