/**
 * Entry of the core beside the shell: a utility process, where each client's MessagePort is handed over,
 * or a child on plain Node, where the shell relays each client's frames.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CoreChannel, CoreMessage } from '#contract/channel';
import type { CoreToShell, ShellToCore } from '#contract/host';
import { startCore } from './core.ts';
import type { RunningCore } from './core.ts';

/** What of Electron's `parentPort` and `MessagePortMain` is used here; the core imports nothing of Electron. */
interface Port {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly Port[] }) => void,
  ): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

const parentPort = (process as { readonly parentPort?: Port }).parentPort;

const toShell = (message: CoreToShell): void => {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
};

let core: RunningCore | undefined;
/** Clients whose frames are relayed, by client id. */
const relayed = new Map<string, { receive(data: unknown): void; closed(): void }>();

function portChannel(port: Port): CoreChannel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', ({ data }) => listener(data as never));
      port.start();
    },
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}

function relayChannel(clientId: string): CoreChannel {
  let listener: (data: never) => void = () => {};
  const closeListeners: (() => void)[] = [];
  relayed.set(clientId, {
    receive: (data) => listener(data as never),
    closed: () => {
      for (const close of closeListeners) close();
    },
  });
  return {
    send: (message: CoreMessage) => toShell({ type: 'frame', clientId, data: message }),
    onMessage: (next) => void (listener = next),
    onClose: (next) => void closeListeners.push(next),
    close: () => void relayed.delete(clientId),
  };
}

async function receive(message: ShellToCore, ports: readonly Port[]): Promise<void> {
  switch (message.type) {
    case 'configure': {
      core = await startCore(message.config, {
        simulatorsEntry: pathToFileURL(join(message.config.appRoot, 'out/main/workers/simulators.js')),
        onProgress: (step, fraction) => toShell({ type: 'progress', step, fraction }),
      });
      toShell({ type: 'ready' });
      return;
    }
    case 'attach': {
      const port = ports[0];
      const { clientId } = message;
      core?.attach(port ? portChannel(port) : relayChannel(clientId), {
        token: message.session ?? null,
        onSession: (session) => toShell({ type: 'session', clientId, session }),
      });
      return;
    }
    case 'frame':
      return relayed.get(message.clientId)?.receive(message.data);
    case 'detach':
      relayed.get(message.clientId)?.closed();
      relayed.delete(message.clientId);
      return;
    case 'shutdown':
      await shutdown();
      return;
  }
}

let shuttingDown = false;
async function shutdown(): Promise<void> {
  if (shuttingDown) return;
  shuttingDown = true;
  await core?.stop();
  toShell({ type: 'stopped' });
  // The message must be out before the pipe closes.
  setTimeout(() => process.exit(0), 50);
}

const failed = (cause: unknown) => {
  console.error(cause);
  process.exit(1);
};

if (parentPort) {
  parentPort.on('message', ({ data, ports }) => void receive(data as ShellToCore, ports).catch(failed));
} else {
  process.on('message', (message) => void receive(message as ShellToCore, []).catch(failed));
  // The shell holds the other end of stdin: its death, however it comes, is the end of input.
  process.stdin.on('end', () => void shutdown());
  process.stdin.resume();
  process.on('disconnect', () => void shutdown());
}
// The shell decides when to stop; a signal to the whole group (Ctrl-C) must not cut the flush short.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void shutdown());
