/**
 * The core as a child on the project's own Node, for an Electron that is too old to load its native
 * modules. No MessagePort reaches such a child: each client's frames are relayed over its IPC pipe.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { CoreToShell, ShellToCore } from '#contract/host';
import type { CoreDriver } from './supervisor.ts';

/** What of Electron's `MessagePortMain` the relay needs. */
export interface RelayPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export interface NodeCoreOptions {
  /** The Node executable; absolute. */
  readonly node: string;
  /** The core's entry; absolute. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets what the core writes to its console. */
  readonly output: (text: Buffer) => void;
}

/** `LANEWRIGHT_NODE`, else the Node that the project depends on. */
export function projectNode(
  appRoot: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string {
  const executable = platform === 'win32' ? 'node.exe' : 'node';
  return env['LANEWRIGHT_NODE'] || join(appRoot, 'node_modules', 'node', 'bin', executable);
}

/** Without what would make a plain Node act as Electron, load foreign code, or open a debugger. */
export function coreEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const { NODE_OPTIONS, ELECTRON_RUN_AS_NODE, NODE_CHANNEL_FD, ...rest } = env;
  void [NODE_OPTIONS, ELECTRON_RUN_AS_NODE, NODE_CHANNEL_FD];
  return rest;
}

export function nodeCoreDriver(options: NodeCoreOptions): CoreDriver<RelayPort> {
  return (events) => {
    const ports = new Map<string, RelayPort>();
    let over = false;
    const child = spawn(options.node, [options.entry], {
      // The core holds its end of stdin: when the shell dies, however it dies, it reads the end and exits.
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: coreEnvironment(options.env),
      windowsHide: true,
    });

    const send = (message: ShellToCore) => {
      // A pipe that breaks under a message means the process is ending; `exit` tells it.
      if (child.connected) child.send(message, () => {});
    };
    const detach = (clientId: string) => {
      const port = ports.get(clientId);
      if (!port) return;
      ports.delete(clientId);
      port.close();
      send({ type: 'detach', clientId });
    };
    const exit = (exitCode: number | null) => {
      if (over) return;
      over = true;
      // Closing tells each page that what it waits for is not coming.
      for (const port of ports.values()) port.close();
      ports.clear();
      events.exit(exitCode);
    };

    child.stdin?.on('error', () => {});
    child.stdout?.on('data', options.output);
    child.stderr?.on('data', options.output);
    child.on('message', (message) => {
      const told = message as CoreToShell;
      if (told.type === 'frame') ports.get(told.clientId)?.postMessage(told.data);
      else events.message(told);
    });
    child.on('error', (error) => {
      options.output(Buffer.from(`${error.message}\n`));
      if (child.pid === undefined) exit(null);
    });
    child.on('exit', exit);

    return {
      pid: child.pid,
      send,
      attach(clientId, session, port) {
        ports.set(clientId, port);
        send({ type: 'attach', clientId, session });
        port.on('message', (event) => send({ type: 'frame', clientId, data: event.data }));
        port.on('close', () => detach(clientId));
        port.start();
      },
      detach,
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
