/** Hands one mail to a mail server over SMTP (RFC 5321) and says what became of it. */
import { readFile } from 'node:fs/promises';
import { isLoopback } from './settings.ts';
import type { MailSettings } from './settings.ts';

export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type MailOutcome =
  | { readonly kind: 'accepted' }
  /** The server has not got it. `final`: it never will (5xx to the mail itself): trying again does not help. */
  | { readonly kind: 'refused'; readonly final: boolean; readonly problem: string }
  /** It has all of it, but its answer did not come: it may be delivered, or not. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** Never rejects. `problem` is the server's words, without addresses and without what the mail says. */
export type SendMail = (message: MailMessage, signal: AbortSignal) => Promise<MailOutcome>;

interface Timeouts {
  readonly connectMs: number;
  readonly silenceMs: number;
}

const usual: Timeouts = { connectMs: 15_000, silenceMs: 60_000 };

export function createMailTransport(settings: MailSettings, timeouts: Timeouts = usual): SendMail {
  const elsewhere = !isLoopback(settings.host);
  return async (message, signal) => {
    // Loaded late: a core without a mail server never needs it.
    const { createTransport } = await import('nodemailer');
    let handedOver = false;
    try {
      const transport = createTransport({
        host: settings.host,
        port: settings.port ?? (settings.secure ? 465 : 587),
        secure: settings.secure,
        requireTLS: elsewhere && !settings.secure && !settings.plain,
        ...(settings.caFile ? { tls: { ca: await readFile(settings.caFile) } } : {}),
        ...(settings.user === undefined
          ? {}
          : { auth: { user: settings.user, pass: settings.password ?? '' } }),
        connectionTimeout: timeouts.connectMs,
        dnsTimeout: timeouts.connectMs,
        greetingTimeout: timeouts.connectMs,
        socketTimeout: timeouts.silenceMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        // Nothing of it is kept: it tells when the last byte of the mail, the full stop, was given to the socket.
        logger: {
          info: (entry: { readonly tnx?: unknown; readonly outByteCount?: unknown } | undefined) => {
            if (entry?.tnx === 'message' && entry.outByteCount !== undefined) handedOver = true;
          },
        },
      });
      await transport.sendMail({
        from: settings.from,
        to: { name: '', address: message.to },
        subject: message.subject,
        text: message.text,
        html: message.html,
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      return { kind: 'accepted' };
    } catch (cause) {
      const problem = wordsOf(cause, [message.to, settings.password]);
      const { code, responseCode } = cause as { readonly code?: unknown; readonly responseCode?: unknown };
      if (typeof responseCode === 'number') {
        // A login, a certificate or a server's mood can be put right while the mail waits.
        const ofMail = code === 'EENVELOPE' || code === 'EMESSAGE';
        return { kind: 'refused', final: ofMail && responseCode >= 500, problem };
      }
      return handedOver ? { kind: 'unknown', problem } : { kind: 'refused', final: false, problem };
    }
  };
}

/** Servers repeat addresses, and some what they were sent. */
function wordsOf(cause: unknown, hidden: readonly (string | undefined)[]): string {
  let words = cause instanceof Error ? cause.message : String(cause);
  for (const secret of hidden) if (secret) words = words.replaceAll(secret, '…');
  return words
    .replaceAll(/[0-9A-Z]{5}(-[0-9A-Z]{5}){3}/gi, '…')
    .replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
