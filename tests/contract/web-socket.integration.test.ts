import { WebSocket } from 'ws';
import { expect, test } from 'vitest';
import type { ClientChannel, CoreMessage } from '#contract/channel';
import { startServer } from '#main/hosts/server';
import { contractSuite } from './contract-suite.ts';
import { appRoot } from '../support/postgres.ts';
import { startContractCore } from './contract-core.ts';
import type { ContractCore } from './contract-core.ts';

const serverOf = ({ core }: ContractCore) =>
  startServer({ core, rendererDir: `${appRoot}/out/renderer`, host: '127.0.0.1', port: 0, log: core.log });

async function socketChannel(url: string, headers: Record<string, string>): Promise<ClientChannel> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api`, { headers });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    onMessage: (listener) =>
      void socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString('utf8')) as CoreMessage)),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.terminate(),
  };
}

contractSuite('over a WebSocket', async () => {
  const prepared = await startContractCore();
  const server = await serverOf(prepared);
  return {
    ...prepared,
    transport: {
      connect: (presented) =>
        socketChannel(server.url, {
          origin: server.url,
          ...(presented ? { cookie: `lanewright-${new URL(server.url).port}=${presented}` } : {}),
        }),
      async close() {
        await server.close();
        await prepared.stop();
      },
    },
  };
});

test('the server keeps strangers out', async () => {
  const prepared = await startContractCore();
  const server = await serverOf(prepared);
  const signIn = (headers: Record<string, string>, body: unknown) =>
    fetch(`${server.url}/session`, { method: 'POST', headers, body: JSON.stringify(body) });
  const right = { login: 'planner', password: prepared.password };

  await expect(socketChannel(server.url, { origin: 'http://evil.example' })).rejects.toThrow('403');
  await expect(socketChannel(server.url, {})).rejects.toThrow('403');
  expect((await signIn({ origin: 'http://evil.example' }, right)).status).toBe(401);
  expect((await signIn({ origin: server.url }, { login: 'planner', password: 'wrong' })).status).toBe(401);
  expect((await signIn({ origin: server.url }, 'no form')).status).toBe(400);
  expect((await fetch(`${server.url}/assets/..%2f..%2f..%2fpackage.json`)).status).toBe(404);

  const signedIn = await signIn({ origin: server.url }, right);
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\//);
  expect(JSON.stringify(await signedIn.json())).not.toContain(cookie.split('=')[1]?.split(';')[0]);
  expect(signedIn.headers.get('content-security-policy')).toContain("default-src 'none'");

  const out = await fetch(`${server.url}/session`, {
    method: 'DELETE',
    headers: { origin: server.url, cookie: cookie.split(';')[0] ?? '' },
  });
  expect(out.status).toBe(204);
  await server.close();
  await prepared.stop();
});

test('without a certificate it listens on loopback only', async () => {
  const prepared = await startContractCore();
  await expect(
    startServer({
      core: prepared.core,
      rendererDir: appRoot,
      host: '0.0.0.0',
      port: 0,
      log: prepared.core.log,
    }),
  ).rejects.toMatchObject({ shape: { reason: 'error.server-needs-tls' } });
  await prepared.stop();
});
