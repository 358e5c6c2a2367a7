/** The mail server that this core sends through: `mail` in settings.json, with the environment before it. */
import { z } from 'zod';
import { invalid } from '#contract/errors';

const httpAddress = z
  .string()
  .regex(/^https?:\/\/[^\s/#?]+$/, 'an address like https://lanewright.example, without a path')
  .refine(
    (address) => address.startsWith('https://') || isLoopback(new URL(address).hostname),
    'https, since passwords are set there',
  );

const fields = z
  .object({
    host: z.string().min(1).max(253),
    /** 587 unless `secure`, then 465. */
    port: z.number().int().min(1).max(65_535).exactOptional(),
    /** TLS from the first byte. Otherwise STARTTLS, which a server elsewhere must offer. */
    secure: z.boolean().default(false),
    /** Sends without TLS where the server offers none: for a relay in a network that is trusted. */
    plain: z.boolean().default(false),
    /** PEM file of the authority that signed the server's certificate, where the system does not know it. */
    caFile: z.string().min(1).exactOptional(),
    user: z.string().min(1).exactOptional(),
    password: z.string().min(1).exactOptional(),
    /** `lanewright@plant.example`, or with a name: `Lanewright <lanewright@plant.example>`. */
    from: z
      .string()
      .max(320)
      .regex(/^([^<>\r\n]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/, 'an e-mail address'),
    /** Where browsers reach the control room; without it mails hold a code and no link. */
    publicAddress: httpAddress.exactOptional(),
  })
  .strict();

const whole = fields.refine(({ user, password }) => (user === undefined) === (password === undefined), {
  path: ['password'],
  message: 'user and password go together',
});

export type MailSettings = z.output<typeof whole>;
type Written = z.input<typeof fields>;

/** `mail` in settings.json: what stands in the environment, the password say, may be left out. */
export const mailInFile = fields.partial();

/** Whether a host is this computer: nobody else hears what is sent to it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * LANEWRIGHT_MAIL_HOST, _PORT, _SECURE, _PLAIN, _CA_FILE, _USER, _PASSWORD, _FROM and _PUBLIC_ADDRESS, one
 * by one before SMTP_URL (`smtp[s]://user:password@host:port`), that before the file.
 * @returns null where no mail server is named at all.
 * @throws AppError `Invalid` `error.mail-settings` that names the setting; never holds a value of it.
 */
export function readMailSettings(
  fromFile: z.output<typeof mailInFile> | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): MailSettings | null {
  const given = { ...fromUrl(environment['SMTP_URL']), ...fromVariables(environment) };
  if (fromFile === undefined && Object.keys(given).length === 0) return null;
  const parsed = whole.safeParse({ ...fromFile, ...given });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw invalid(`mail.${field}`, 'error.mail-settings', { field, detail: issue?.message ?? '' });
}

type Given = { -readonly [Name in keyof Written]?: unknown };

function fromUrl(text: string | undefined): Given {
  if (!text?.trim()) return {};
  if (!URL.canParse(text) || !/^smtps?:$/.test(new URL(text).protocol)) {
    throw invalid('mail.host', 'error.mail-settings', {
      field: 'SMTP_URL',
      detail: 'smtp://user:password@host:port',
    });
  }
  const url = new URL(text);
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    secure: url.protocol === 'smtps:',
    ...(url.port ? { port: Number(url.port) } : {}),
    ...(url.username
      ? { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
      : {}),
  };
}

const truth: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

function fromVariables(environment: Readonly<Record<string, string | undefined>>): Given {
  const given: Given = {};
  const text = (
    name: keyof Written,
    variable: string,
    read: (value: string) => unknown = (value) => value,
  ) => {
    const value = environment[`LANEWRIGHT_MAIL_${variable}`]?.trim();
    if (value) given[name] = read(value);
  };
  text('host', 'HOST');
  text('port', 'PORT', Number);
  text('secure', 'SECURE', (value) => truth[value.toLowerCase()] ?? value);
  text('plain', 'PLAIN', (value) => truth[value.toLowerCase()] ?? value);
  text('caFile', 'CA_FILE');
  text('user', 'USER');
  text('password', 'PASSWORD');
  text('from', 'FROM');
  text('publicAddress', 'PUBLIC_ADDRESS');
  return given;
}
