/**
 * The core for browsers: the same renderer and the same contract over HTTP and WebSocket. The session
 * is an HttpOnly, SameSite=Strict cookie that holds the token; every request must come from our own
 * origin; without a TLS certificate it listens on loopback only.
 */
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { extname, join, normalize, sep } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { CoreChannel, CoreMessage } from '#contract/channel';
import { screenHeaders } from '#contract/csp';
import { AppError, invalid, notAllowed, unavailable } from '#contract/errors';
import type { ErrorShape } from '#contract/errors';
import type { Log } from '#main/services/core';
import type { RunningCore } from './core.ts';

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly core: RunningCore;
  /** Built renderer: `index.html` and its assets. */
  readonly rendererDir: string;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  readonly log: Log;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
const maxBodyBytes = 10_000;
const maxMessageBytes = 1_000_000;
const pingMs = 10_000;
const signInBody = z.object({ login: z.string().max(200), password: z.string().max(500) }).strict();

/** @throws AppError: `Refused` for a public address without TLS, `Unavailable` for a port in use. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  if (!options.tls && !loopback.has(options.host)) {
    throw invalid('host', 'error.server-needs-tls', { host: options.host });
  }
  const secure = options.tls !== undefined;
  const handle = (request: IncomingMessage, response: ServerResponse) => void respond(request, response);
  const server: Server = options.tls
    ? createHttpsServer(
        { cert: await readFile(options.tls.certificateFile), key: await readFile(options.tls.keyFile) },
        handle,
      )
    : createHttpServer(handle);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? unavailable('error.port-in-use', { port: options.port }, cause)
          : unavailable('error.server-not-listening', { detail: cause.message }, cause),
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const scheme = secure ? 'https' : 'http';
  const url = `${scheme}://${options.host}:${port}`;
  const cookieName = secure ? '__Host-lanewright' : `lanewright-${port}`;

  /** Browsers send Origin with every request that could change something; other programs send none and have no cookie. */
  const ownOrigin = (request: IncomingMessage): boolean =>
    request.headers.origin === `${scheme}://${request.headers.host}` && ownHost(request);
  /** A name that merely resolves to us (DNS rebinding) is not ours. */
  const ownHost = (request: IncomingMessage): boolean => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
    return secure || loopback.has(name);
  };
  const tokenOf = (request: IncomingMessage): string | null => {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value] = part.trim().split('=');
      if (name === cookieName && value && /^[0-9a-f]{64}$/.test(value)) return value;
    }
    return null;
  };
  const cookie = (token: string, maxAgeS: number) =>
    `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAgeS}${secure ? '; Secure' : ''}`;

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(screenHeaders)) response.setHeader(name, value);
    try {
      const path = new URL(request.url ?? '/', url).pathname;
      if (!ownHost(request)) throw notAllowed('error.wrong-origin');
      if (path === '/session') await answerSession(request, response);
      else if (path === '/health') sendJson(response, 200, { status: 'ok', ...options.core.health() });
      else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405).end();
      else await sendFile(options.rendererDir, path, response);
    } catch (cause) {
      fail(response, cause);
    }
  };

  const answerSession = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!ownOrigin(request)) throw notAllowed('error.wrong-origin');
    if (request.method === 'DELETE') {
      const token = tokenOf(request);
      if (token) await options.core.endSession(token);
      response.setHeader('Set-Cookie', cookie('', 0));
      response.writeHead(204).end();
      return;
    }
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const body = signInBody.safeParse(await readJson(request));
    if (!body.success) throw invalid('login', 'error.invalid-input', { field: 'login', detail: '' });
    const signedIn = await options.core.signIn(body.data.login, body.data.password);
    const maxAgeS = Math.floor((signedIn.identity.expiresAt - Date.now()) / 1000);
    response.setHeader('Set-Cookie', cookie(signedIn.token, maxAgeS));
    sendJson(response, 200, signedIn.identity);
  };

  const fail = (response: ServerResponse, cause: unknown): void => {
    if (response.headersSent) return void response.end();
    if (cause instanceof AppError) return sendJson(response, statusOf(cause.shape), { app: cause.shape });
    const incident = uuidv7();
    options.log.error({ incident, error: cause }, 'a request failed');
    const shape: ErrorShape = { code: 'Internal', reason: 'error.internal', values: { incident }, incident };
    sendJson(response, 500, { app: shape });
  };

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', url).pathname !== '/api' || !ownOrigin(request)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      options.core.attach(socketChannel(webSocket), { token: tokenOf(request) });
    });
  });

  return {
    url,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function socketChannel(socket: WebSocket): CoreChannel {
  let alive = true;
  const ping = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingMs);
  socket.on('pong', () => (alive = true));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => clearInterval(ping));
  return {
    send: (message: CoreMessage) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (listener) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) return socket.close(1003);
        try {
          listener(JSON.parse(data.toString('utf8')));
        } catch {
          socket.close(1007);
        }
      });
    },
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}

function statusOf(shape: ErrorShape): number {
  switch (shape.code) {
    case 'Invalid':
      return 400;
    case 'NotAllowed':
      return 401;
    case 'NotFound':
      return 404;
    case 'Conflict':
    case 'Refused':
      return 409;
    case 'Unavailable':
      return 503;
    default:
      return 500;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw invalid('', 'error.invalid-input', { field: '', detail: 'too long' });
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return null;
  }
}

/** Only what lies under the renderer's folder; any other path is the application's start page. */
async function sendFile(rendererDir: string, path: string, response: ServerResponse): Promise<void> {
  const wanted = normalize(join(rendererDir, decodeURIComponent(path)));
  const inside = wanted.startsWith(rendererDir + sep);
  const extension = extname(wanted);
  if (extension && extension !== '.html') {
    const content = inside ? await readFile(wanted).catch(() => null) : null;
    if (content === null) return void response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': contentTypes[extension] ?? 'application/octet-stream',
      // Built assets carry a hash in their name.
      'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.end(content);
    return;
  }
  const page = await readFile(join(rendererDir, 'index.html')).catch((cause: unknown) => {
    throw unavailable('error.renderer-not-built', { directory: rendererDir }, cause);
  });
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
  response.end(page);
}
