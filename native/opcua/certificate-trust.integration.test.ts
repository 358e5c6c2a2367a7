import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OPCUACertificateManager } from 'node-opcua';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { decideServerCertificate, openCertificateStore } from '#native/opcua/certificate-trust';

const uri = 'urn:plant:plc-7';
const dayMs = 86_400_000;
let directory: string;
let server: OPCUACertificateManager;
let store: OPCUACertificateManager;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lanewright-trust-'));
  server = await openCertificateStore(join(directory, 'server'));
  store = await openCertificateStore(join(directory, 'client'));
});
afterEach(async () => {
  await server.dispose();
  await store.dispose();
  await rm(directory, { recursive: true, force: true });
});

async function makeCertificate(startsAt: number, days: number, applicationUri = uri): Promise<Buffer> {
  const outputFile = join(directory, `${Math.random()}.pem`);
  await server.createSelfSignedCertificate({
    applicationUri,
    dns: ['localhost'],
    outputFile,
    startDate: new Date(startsAt),
    subject: '/CN=PLC 7',
    validity: days,
  });
  return new X509Certificate(await readFile(outputFile)).raw as Buffer;
}

test('ten bad certificates: none is accepted, not even on first use', async () => {
  const now = Date.now();
  const good = await makeCertificate(now - dayMs, 30);
  const tampered = Buffer.from(good);
  tampered[tampered.length - 10] = (tampered.at(-10) ?? 0) ^ 0xff;
  const bad: [string, Buffer][] = [
    ['no-certificate', Buffer.alloc(0)],
    ['invalid', Buffer.from('nonsense')],
    ['invalid', good.subarray(0, good.length - 40)],
    ['invalid', tampered],
    ['time-invalid', await makeCertificate(now - 60 * dayMs, 30)],
    ['time-invalid', await makeCertificate(now - 2 * dayMs, 1)],
    ['time-invalid', await makeCertificate(now + dayMs, 30)],
    ['time-invalid', await makeCertificate(now + 300 * dayMs, 30)],
    ['wrong-application', await makeCertificate(now - dayMs, 30, 'urn:plant:plc-8')],
    ['wrong-application', await makeCertificate(now - dayMs, 30, 'urn:plant:plc-77')],
  ];
  for (const [code, der] of bad) {
    expect(await decideServerCertificate(store, 'first-use', der, uri)).toMatchObject({
      verdict: 'refused',
      code,
    });
  }
  expect(await readdir(join(directory, 'client/trusted/certs'))).toEqual([]);
});

test('an expired certificate stays refused after a person trusted it', async () => {
  const expired = await makeCertificate(Date.now() - 60 * dayMs, 30);
  await store.trustCertificate(expired);
  expect(await decideServerCertificate(store, 'explicit', expired, uri)).toMatchObject({
    verdict: 'refused',
    code: 'time-invalid',
  });
});

test('first use takes one sound certificate and says whose; the next needs a person', async () => {
  const first = await makeCertificate(Date.now() - dayMs, 30);
  expect(await decideServerCertificate(store, 'explicit', first, uri)).toMatchObject({
    verdict: 'refused',
    code: 'unknown',
  });
  expect(await decideServerCertificate(store, 'first-use', first, uri)).toMatchObject({
    verdict: 'trusted-on-first-use',
    subject: 'CN=PLC 7',
  });
  expect(await decideServerCertificate(store, 'explicit', first, uri)).toMatchObject({ verdict: 'trusted' });
  const second = await makeCertificate(Date.now() - 2 * dayMs, 30);
  expect(await decideServerCertificate(store, 'first-use', second, uri)).toMatchObject({
    verdict: 'refused',
    code: 'unknown',
  });
});
