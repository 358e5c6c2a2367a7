/** Against a real mail server on a socket: what becomes of a mail, and what is said about it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readMail, startMailServer } from '../../tests/support/smtp-server.ts';
import type { TestMailOptions, TestMailServer } from '../../tests/support/smtp-server.ts';
import type { MailSettings } from './settings.ts';
import { createMailTransport } from './transport.ts';

const from = 'Lanewright <lanewright@plant.example>';
const message = {
  to: 'petra@plant.example',
  subject: 'Grüße',
  text: 'The code is 7K3Q9-FXM2B\n',
  html: '<p>The code is 7K3Q9-FXM2B</p>',
};
const never = new AbortController().signal;
const quick = { connectMs: 1000, silenceMs: 1000 };

let server: TestMailServer | undefined;
afterEach(() => server?.close());

async function serve(options: TestMailOptions = {}): Promise<TestMailServer> {
  server = await startMailServer(options);
  return server;
}

const send = (port: number, more: Partial<MailSettings> = {}, signal = never) =>
  createMailTransport({ host: '127.0.0.1', port, secure: false, plain: false, from, ...more }, quick)(
    message,
    signal,
  );

test('a mail that the server takes is accepted, with all that it says', async () => {
  const { port, mails } = await serve();
  expect(await send(port)).toEqual({ kind: 'accepted' });
  expect(mails).toHaveLength(1);
  const [mail] = mails;
  expect(mail).toMatchObject({ from: 'lanewright@plant.example', to: ['petra@plant.example'] });
  expect(mail && readMail(mail)).toEqual({
    subject: '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
    text: message.text,
    html: message.html,
  });
  expect(mail?.source).toContain('Auto-Submitted: auto-generated');
});

describe('a server that refuses', () => {
  test.each([
    [550, true],
    [451, false],
  ])('with %d is heard, without the address that it repeats', async (code, final) => {
    const { port } = await serve({
      refuse: (to) => ({ code, words: `5.1.1 <${to}> (also P.Lindqvist@Plant.Example): no such user` }),
    });
    const outcome = await send(port);
    expect(outcome).toMatchObject({ kind: 'refused', final });
    expect(JSON.stringify(outcome)).toContain('no such user');
    expect(JSON.stringify(outcome)).not.toMatch(/plant\.example/i);
  });

  test('a login is heard, without the password, and can be put right', async () => {
    const { port, mails } = await serve({ login: { user: 'lw', password: 'right' } });
    const outcome = await send(port, { user: 'lw', password: 'wrong-secret' });
    expect(outcome).toMatchObject({ kind: 'refused', final: false });
    expect(JSON.stringify(outcome)).not.toContain('wrong-secret');
    expect(await send(port, { user: 'lw', password: 'right' })).toEqual({ kind: 'accepted' });
    expect(mails[0]?.user).toBe('lw');
  });
});

test('nobody there is no mail sent, and can be tried again', async () => {
  const { port, close } = await serve();
  await close();
  expect(await send(port)).toMatchObject({ kind: 'refused', final: false });
});

test('an answer that is lost after the last byte is not taken for either', async () => {
  const { port, mails } = await serve({ afterData: () => 'hang up' });
  expect(await send(port)).toMatchObject({ kind: 'unknown' });
  expect(mails).toHaveLength(1);
});

test('a core that stops gives up what the server has not got', async () => {
  const stop = new AbortController();
  stop.abort();
  const { port, mails } = await serve();
  expect(await send(port, {}, stop.signal)).toMatchObject({ kind: 'refused', final: false });
  expect(mails).toEqual([]);
});

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanewright-mail-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=mail',
      '-addext',
      'subjectAltName=IP:127.0.0.1,DNS:localhost.plant.example',
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a server elsewhere that offers none gets nothing, unless the settings say so', async () => {
    const { port, mails } = await serve();
    // This computer, by a name that does not say so.
    expect(await send(port, { host: '127.1' })).toMatchObject({ kind: 'refused', final: false });
    expect(mails).toEqual([]);
    expect(await send(port, { host: '127.1', plain: true })).toEqual({ kind: 'accepted' });
  });

  test('a certificate of an authority that the file names is trusted, another is not', async () => {
    const { port, mails } = await serve({ tls });
    expect(await send(port)).toMatchObject({ kind: 'refused', final: false });
    expect(await send(port, { caFile: cert })).toEqual({ kind: 'accepted' });
    expect(mails.map(({ encrypted }) => encrypted)).toEqual([true]);
  });
});
