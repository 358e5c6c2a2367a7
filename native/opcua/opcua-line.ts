import { createStateHolder } from '#native/devices/connection-state';
import type { ConnectionState, OfflineReason } from '#native/devices/connection-state';
import type { CertificateDecision } from '#native/opcua/certificate-trust';
import { createMachineImage } from '#native/opcua/machine-sample';
import type { TagChange, TagName } from '#native/opcua/machine-sample';
import type { OpcUaLineHandlers, OpcUaLineOptions } from '#native/opcua/opcua-line-types';

export interface OpcUaLine {
  state: () => ConnectionState;
  /** Resolves when nothing of it runs any more. */
  close: () => Promise<void>;
}

const retryDelaysMs = [500, 1000, 2000, 4000];

/**
 * The machines behind one OPC-UA server, until `close()`. One subscription carries all tags; a line that
 * is lost or falls silent is built anew, for ever. When it is lost each machine gets one sample with
 * state `offline`, and the first after it says `gap`. Handlers are never called after `close()`.
 */
export function openOpcUaLine(options: OpcUaLineOptions, handlers: OpcUaLineHandlers): OpcUaLine {
  let closed = false;
  let attempt = 0;
  let wasOnline = false;
  let retryTimer: NodeJS.Timeout | undefined;
  let connecting: Promise<{ close: () => Promise<void> }> | undefined;
  let lastVerdict = '';
  const state = createStateHolder((next) => {
    if (!closed) handlers.onState(next);
  });
  const images = options.machines.map(({ machineCode, tags, stateByValue }) => {
    const expected: TagName[] = ['state', 'goodCount', 'rejectCount'];
    return createMachineImage(machineCode, tags.fault ? [...expected, 'fault'] : expected, stateByValue);
  });

  function onEnd(reason: OfflineReason, detail: string): void {
    if (closed) return;
    connecting = undefined;
    state.set({ status: 'offline', reason, detail });
    if (wasOnline) {
      wasOnline = false;
      const receivedAt = Date.now();
      for (const image of images) handlers.onMachine(image.disconnect(receivedAt));
    }
    const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)];
    attempt += 1;
    retryTimer = setTimeout(open, delayMs);
  }

  function onChanges(machineIndex: number, changes: readonly TagChange[]): void {
    wasOnline = true;
    for (const sample of images[machineIndex]?.apply(changes, Date.now()) ?? []) {
      if (!closed) handlers.onMachine(sample);
    }
  }

  function onCertificate(decision: CertificateDecision): void {
    const verdict = `${decision.thumbprint}/${decision.verdict}/${decision.code ?? ''}`;
    if (closed || verdict === lastVerdict) return;
    lastVerdict = verdict;
    handlers.onCertificate(decision);
  }

  async function connect(): Promise<{ close: () => Promise<void> }> {
    // node-opcua takes most of a second to load: only a plant that has a line pays for it.
    const { openOpcUaConnection } = await import('#native/opcua/opcua-connection');
    if (closed) return { close: () => Promise.resolve() };
    return openOpcUaConnection(options, {
      onOnline() {
        attempt = 0;
        wasOnline = true;
        if (!closed) state.set({ status: 'online' });
      },
      onChanges,
      onCertificate,
      onEnd,
    });
  }

  function open(): void {
    connecting = connect();
  }

  open();
  return {
    state: state.current,
    async close() {
      if (closed) return;
      closed = true;
      clearTimeout(retryTimer);
      state.set({ status: 'offline', reason: 'closed' });
      await (await connecting)?.close();
    },
  };
}
