/**
 * The core as Electron's utility process: a client's MessagePort goes straight to it, and the shell
 * sees none of the traffic.
 */
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { CoreToShell, ShellToCore } from '#contract/host';
import type { CoreDriver } from './supervisor.ts';

export interface UtilityCoreOptions {
  /** `utilityProcess.fork` with the core's entry. */
  readonly fork: () => UtilityProcess;
  readonly output: (text: Buffer) => void;
}

/** Node-API 10 came with Electron 35 (Node 22.14); the core's SQLite needs it. */
export function canRunInUtilityProcess(electronVersion: string): boolean {
  return Number.parseInt(electronVersion, 10) >= 35;
}

export function utilityCoreDriver(options: UtilityCoreOptions): CoreDriver<MessagePortMain> {
  return (events) => {
    const child = options.fork();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
    const post = (message: ShellToCore, ports?: MessagePortMain[]) => child.postMessage(message, ports);
    child.stdout?.on('data', options.output);
    child.stderr?.on('data', options.output);
    child.on('message', (message: CoreToShell) => events.message(message));
    child.on('exit', (exitCode) => events.exit(exitCode));
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => post(message),
      attach: (clientId, session, port) => post({ type: 'attach', clientId, session }, [port]),
      detach: (clientId) => post({ type: 'detach', clientId }),
      kill: () => {
        // `kill()` of a utility process asks politely (SIGTERM); this is for one that does not listen any more.
        if (child.pid === undefined) child.kill();
        else process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}
