/**
 * A TCP proxy that does to a connection what networks do: cut it, swallow what goes one way, swallow all
 * in silence, or be slow.
 */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** `in`: what the server sends is lost. `out`: what the client sends is lost. */
export type Direction = 'in' | 'out' | 'both';

export interface TcpProxy {
  readonly port: number;
  /** Ends the connections there are with a reset and refuses new ones. */
  cut(): void;
  /**
   * Loses, without a word to either end, what goes this way, on the connections there are and on new
   * ones, as a broken switch does: TCP sees an open connection.
   */
  blackHole(direction: Direction): void;
  /** Holds each piece back for so long, each way. */
  setDelay(delayMs: number): void;
  /** All well again. Connections that lost something in a black hole are reset: no TCP survives a gap. */
  heal(): void;
  readonly connections: number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  lost: boolean;
}

/** @param target where the connections go. */
export async function startTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let refusing = false;
  let swallowing: Direction | null = null;
  let delayMs = 0;

  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };

  const carry = (pair: Pair, from: Socket, to: Socket, way: 'in' | 'out') => {
    from.on('data', (piece: Buffer) => {
      if (swallowing === way || swallowing === 'both') {
        pair.lost = true;
        return;
      }
      // Pieces that were under way when the hole opened went in it too.
      if (pair.lost) return;
      if (delayMs === 0) {
        to.write(piece);
        return;
      }
      setTimeout(() => {
        if (!to.destroyed && !pair.lost) to.write(piece);
      }, delayMs);
    });
    from.on('end', () => {
      if (swallowing === null) to.end();
      else pair.lost = true;
    });
    from.on('error', () => end(pair));
    from.on('close', () => {
      if (swallowing === null) end(pair);
      else pair.lost = true;
    });
  };

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    if (refusing) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ ...target, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    const pair: Pair = { client, server, lost: false };
    pairs.add(pair);
    carry(pair, client, server, 'out');
    carry(pair, server, client, 'in');
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;

  return {
    port,
    cut() {
      refusing = true;
      for (const pair of pairs) end(pair);
    },
    blackHole(direction) {
      swallowing = direction;
    },
    setDelay(ms) {
      delayMs = ms;
    },
    heal() {
      refusing = false;
      swallowing = null;
      delayMs = 0;
      for (const pair of pairs) if (pair.lost) end(pair);
    },
    get connections() {
      return pairs.size;
    },
    async close() {
      for (const pair of pairs) end(pair);
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}

/** The same URL, through the proxy. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
}

/** Where a URL leads: what `startTcpProxy` wants. */
export function targetOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
