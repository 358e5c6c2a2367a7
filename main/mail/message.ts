/** What the mails say: plain text and the same in HTML, from the catalogue. */
import { groupedMailCode } from '#domain/credentials/mail-code';
import type { Texts } from '#main/texts';
import type { MailMessage } from './transport.ts';

/** Each is a kind of job of the queue `email` and a purpose of identity.take_outgoing. */
export const mailPurposes = ['password-reset', 'email-verification'] as const;
export type MailPurpose = (typeof mailPurposes)[number];

/** The page of the screens that takes the code; behind the `#`, so that it is in no server's log. */
const pages: Readonly<Record<MailPurpose, string>> = {
  'password-reset': 'password',
  'email-verification': 'verify-email',
};

/**
 * @param options.code as identity.take_outgoing made it.
 * @param options.publicAddress where browsers reach the screens; null: the mail has the code alone.
 */
export function composeMail(options: {
  readonly purpose: MailPurpose;
  readonly to: string;
  readonly name: string;
  readonly login: string;
  readonly code: string;
  readonly publicAddress: string | null;
  readonly texts: Texts;
}): MailMessage {
  const { purpose, texts, publicAddress } = options;
  const code = groupedMailCode(options.code);
  const say = (part: string) => texts(`mail.${purpose}.${part}`, { login: options.login });
  const greeting = texts('mail.greeting', { name: options.name });
  const link = publicAddress === null ? null : `${publicAddress}/#/${pages[purpose]}/${code}`;
  const steps = link === null ? say('enter-code') : say('or-enter-code');
  const after = [say('good-for'), say('not-you')];
  const text = [
    greeting,
    say('asked'),
    ...(link === null ? [] : [`${say('follow')}\n${link}`]),
    `${steps}\n${code}`,
    ...after,
    texts('mail.footer'),
  ].join('\n\n');
  const html = page(say('subject'), [
    paragraph(greeting),
    paragraph(say('asked')),
    ...(link === null ? [] : [button(link, say('button'))]),
    paragraph(steps),
    codeBlock(code),
    ...after.map(paragraph),
    small(texts('mail.footer')),
  ]);
  return { to: options.to, subject: say('subject'), text: `${text}\n`, html };
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}

const paragraph = (text: string) => `<p style="margin:0 0 16px">${escaped(text)}</p>`;
const small = (text: string) =>
  `<p style="margin:24px 0 0;font-size:13px;color:#5b6670">${escaped(text)}</p>`;
const codeBlock = (code: string) =>
  `<p style="margin:0 0 16px;padding:12px 16px;font:600 20px/1.4 ui-monospace,Consolas,monospace;letter-spacing:1px;background:#eef2f3;color:#14212a;border-radius:6px">${escaped(code)}</p>`;
const button = (link: string, label: string) =>
  `<p style="margin:0 0 16px"><a href="${escaped(link)}" style="display:inline-block;padding:12px 20px;background:#0b6470;color:#ffffff;text-decoration:none;border-radius:6px">${escaped(label)}</a></p>`;

/** Styles stand on the elements: mail programs drop style sheets. */
function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light"><title>${escaped(title)}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#14212a;font:16px/1.5 system-ui,'Segoe UI',sans-serif">
<div style="max-width:560px">
${parts.join('\n')}
</div>
</body>
</html>
`;
}
