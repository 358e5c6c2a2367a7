import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { SerialTransport } from '#native/serial/serial-wire';
import type { TcpTransport } from '#native/tcp/tcp-wire';

/** The far end of a line device: what is sent here arrives at the port that `transport` names. */
export interface SimulatedLine {
  readonly transport: SerialTransport | TcpTransport;
  /** Resolves false when the device is unplugged, or nobody is connected (TCP). */
  send: (bytes: Uint8Array) => Promise<boolean>;
  /** What the application wrote to the device. */
  onReceived: (listener: (bytes: Uint8Array) => void) => void;
  /** Pulls the plug: the port vanishes. `true` puts it back at the same place. */
  setPlugged: (plugged: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

export interface SimulatedLineOptions {
  /** Folder in which the port appears under `name`, on a pty. */
  readonly directory: string;
  readonly name: string;
  /** TCP port where there is no socat; 0 (default) is any free one. */
  readonly tcpPort?: number;
  /** `tcp` goes without socat even where it is installed. */
  readonly wire?: 'pty-if-possible' | 'tcp';
}

/** On a pty pair where socat is installed, on TCP otherwise. */
export async function startSimulatedLine(options: SimulatedLineOptions): Promise<SimulatedLine> {
  if (options.wire !== 'tcp' && process.platform !== 'win32') {
    const line = await startPtyLine(options);
    if (line) return line;
  }
  return startTcpLine(options);
}

async function startPtyLine(options: SimulatedLineOptions): Promise<SimulatedLine | undefined> {
  await mkdir(options.directory, { recursive: true });
  const path = join(options.directory, options.name);
  const listeners = new Set<(bytes: Uint8Array) => void>();
  let current = await plugPty(path, listeners);
  if (!current) return undefined;
  return {
    transport: { kind: 'serial', path, baudRate: 9600 },
    send: async (bytes) => (await current?.send(bytes)) ?? false,
    onReceived: (listener) => listeners.add(listener),
    async setPlugged(plugged) {
      if (plugged) current ??= await plugPty(path, listeners);
      else {
        await current?.pull();
        current = undefined;
      }
    },
    async stop() {
      await current?.pull();
      current = undefined;
    },
  };
}

interface PluggedPty {
  send: (bytes: Uint8Array) => Promise<boolean>;
  pull: () => Promise<void>;
}

/** Nothing when there is no socat. */
async function plugPty(
  path: string,
  listeners: ReadonlySet<(bytes: Uint8Array) => void>,
): Promise<PluggedPty | undefined> {
  await rm(path, { force: true });
  // socat ends when its standard input does: it cannot outlive us, however we die. The short -t is how
  // long it lingers then.
  const socat = spawn('socat', ['-t', '0.1', '-', `PTY,link=${path},rawer`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    socat.once('exit', () => resolve());
    socat.once('error', () => resolve());
  });
  socat.stdin.on('error', () => undefined);
  socat.stdout.on('data', (bytes: Buffer) => {
    for (const listener of listeners) listener(bytes);
  });
  if (!(await appears(path, socat))) {
    socat.kill('SIGKILL');
    return undefined;
  }
  // While one descriptor stays open, the application may close and reopen the port without socat
  // seeing an end of file.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  return {
    send: (bytes) =>
      new Promise((resolve) => {
        if (socat.exitCode !== null || socat.signalCode !== null) return resolve(false);
        socat.stdin.write(bytes, (error) => resolve(!error));
      }),
    async pull() {
      closeSync(held);
      socat.kill('SIGKILL');
      await ended;
      await rm(path, { force: true });
    },
  };
}

async function appears(path: string, process: ChildProcess): Promise<boolean> {
  let failed = false;
  process.once('error', () => {
    failed = true;
  });
  for (let turn = 0; turn < 250 && !failed && process.exitCode === null; turn += 1) {
    const found = await stat(path).then(
      () => true,
      () => false,
    );
    if (found) return true;
    await delay(20);
  }
  return false;
}

async function startTcpLine(options: SimulatedLineOptions): Promise<SimulatedLine> {
  const sockets = new Set<Socket>();
  const listeners = new Set<(bytes: Uint8Array) => void>();
  const serve = async (port: number): Promise<Server> => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (bytes: Buffer) => {
        for (const listener of listeners) listener(bytes);
      });
    });
    server.listen({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    return server;
  };
  const pull = async (): Promise<void> => {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    server = undefined;
    await closed;
  };
  let server: Server | undefined = await serve(options.tcpPort ?? 0);
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    transport: { kind: 'tcp', host: '127.0.0.1', port },
    async send(bytes) {
      const written = [...sockets].map(
        (socket) => new Promise<boolean>((resolve) => socket.write(bytes, (error) => resolve(!error))),
      );
      return (await Promise.all(written)).some(Boolean);
    },
    onReceived: (listener) => listeners.add(listener),
    async setPlugged(plugged) {
      if (plugged) server ??= await serve(port);
      else await pull();
    },
    stop: pull,
  };
}
