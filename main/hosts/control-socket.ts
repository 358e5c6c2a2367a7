/**
 * A door of the running core for programs of the same user on the same machine: a socket in the data
 * directory (a named pipe on Windows) that carries the contract as JSON lines. The command line talks
 * through it to whatever host runs; a second start finds the first by it.
 */
import { createHash } from 'node:crypto';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Channel, ClientChannel, CoreChannel } from '#contract/channel';

/** Unix socket paths hold about a hundred bytes. */
const longestPath = 100;

function addressOf(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\lanewright-${name}`;
  const path = join(dataDir, 'control.sock');
  return path.length <= longestPath ? path : `/tmp/lanewright-${name}.sock`;
}

function lineChannel<Outgoing, Incoming>(socket: Socket): Channel<Outgoing, Incoming> {
  socket.on('error', () => socket.destroy());
  return {
    send: (message) => {
      if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
    },
    onMessage: (listener) => {
      createInterface({ input: socket }).on('line', (line) => {
        try {
          listener(JSON.parse(line) as Incoming);
        } catch {
          socket.destroy();
        }
      });
    },
    onClose: (listener) => void socket.on('close', listener),
    close: () => void socket.destroy(),
  };
}

/** @returns closes the door. */
export async function openControlSocket(
  dataDir: string,
  attach: (channel: CoreChannel) => void,
): Promise<() => Promise<void>> {
  const address = addressOf(dataDir);
  // The station file's lock says that no other core runs here: a socket file is left over from a crash.
  if (process.platform !== 'win32') await rm(address, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    attach(lineChannel(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  if (process.platform !== 'win32') await chmod(address, 0o600);
  return async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
}

/** A channel to the core that runs on this data directory; null when none does. */
export function reachRunningCore(dataDir: string): Promise<ClientChannel | null> {
  return new Promise((resolve) => {
    const socket = connect(addressOf(dataDir));
    socket.once('connect', () => resolve(lineChannel(socket)));
    socket.once('error', () => resolve(null));
  });
}
