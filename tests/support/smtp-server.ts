/** A mail server on a socket of this computer, for tests: takes mail, or does with it what a test wants. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came: headers and encoded parts. */
  readonly source: string;
  readonly user: string | null;
  readonly encrypted: boolean;
}

export interface TestMailServer {
  readonly port: number;
  readonly mails: TakenMail[];
  close(): Promise<void>;
}

export interface TestMailOptions {
  /** 0: any free one. */
  readonly port?: number;
  /** Who must sign in; nobody when left out. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What is said to a recipient; null takes them. */
  readonly refuse?: (to: string) => { readonly code: number; readonly words: string } | null;
  /** The whole mail has come: `hang up` ends the connection without an answer. */
  readonly afterData?: () => 'take' | 'hang up';
}

export async function startMailServer(options: TestMailOptions = {}): Promise<TestMailServer> {
  const mails: TakenMail[] = [];
  const { login, tls, refuse = () => null, afterData = () => 'take' } = options;
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    authOptional: login === undefined,
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    allowInsecureAuth: true,
    ...tls,
    onAuth(given, _session, done) {
      const right = given.username === login?.user && given.password === login?.password;
      if (right) done(null, { user: given.username });
      else done(new Error('wrong login'));
    },
    onRcptTo({ address }, _session, done) {
      const refusal = refuse(address);
      done(refusal ? Object.assign(new Error(refusal.words), { responseCode: refusal.code }) : null);
    },
    onData(stream, session, done) {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString('utf8')));
      stream.on('end', () => {
        const mail: TakenMail = {
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address),
          source,
          user: typeof session.user === 'string' ? session.user : null,
          encrypted: session.secure,
        };
        mails.push(mail);
        if (afterData() === 'take') return done();
        for (const connection of server.connections) connection.close();
      });
    },
  });
  server.on('error', () => {});
  const listening = once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');
  await listening;
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () =>
      new Promise((resolve) => {
        for (const connection of server.connections) connection.close();
        server.close(() => resolve());
      }),
  };
}

/** What a person reads of a mail: its subject, and the plain part decoded. */
export function readMail({ source }: TakenMail): {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
} {
  const part = (type: string) => {
    const [, encoding = '', body = ''] =
      new RegExp(
        `Content-Type: ${type};[^\\n]*\\r?\\nContent-Transfer-Encoding: ([\\w-]+)\\r?\\n\\r?\\n([\\s\\S]*?)\\r?\\n--`,
      ).exec(source) ?? [];
    return decoded(encoding, body);
  };
  const [, subject = ''] = /^Subject: (.*)$/m.exec(source) ?? [];
  const text = part('text/plain').replaceAll('\r\n', '\n');
  return { subject: subject.trim(), text, html: part('text/html') };
}

function decoded(encoding: string, body: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
