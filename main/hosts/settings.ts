/** The desk's settings file, `settings.json` in the data directory: what of the outside world it talks to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { invalid } from '#contract/errors';
import { mailInFile } from '#main/mail/settings';

const transport = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('serial'),
      path: z.string().min(1),
      baudRate: z.number().int().min(110).default(9600),
    })
    .strict(),
  z
    .object({ kind: z.literal('tcp'), host: z.string().min(1), port: z.number().int().min(1).max(65_535) })
    .strict(),
]);

/** As `Framing` of native/scanning/framer.ts; characters as text with JSON's escapes. */
const framing = z
  .object({
    end: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('line') }).strict(),
      z.object({ kind: z.literal('terminator'), terminator: z.string().min(1).max(8) }).strict(),
      z.object({ kind: z.literal('length'), lengthBytes: z.number().int().min(1).max(4096) }).strict(),
      z.object({ kind: z.literal('idle') }).strict(),
    ]),
    prefix: z.string().max(20).exactOptional(),
    suffix: z.string().max(20).exactOptional(),
    interByteTimeoutMs: z.number().int().min(5).max(5000).exactOptional(),
    encoding: z.enum(['latin1', 'utf8']).exactOptional(),
  })
  .strict();

const schema = z
  .object({
    /** Central database, PostgreSQL 15 or later; the embedded one when absent. */
    databaseUrl: z.string().optional(),
    /** A way to the same database that keeps a session, for who listens: where `databaseUrl` leads through a pooler. */
    changesUrl: z.string().optional(),
    /** A login of the same database that may act as lanewright_jobs: this core then works on its jobs. */
    jobsDatabaseUrl: z.string().optional(),
    station: z
      .object({
        code: z.string().regex(/^[A-Z0-9-]{2,20}$/),
        name: z.string().min(1).max(100),
        /** 0-999, part of every SSCC that this station gives: no two stations may share it. */
        number: z.number().int().min(0).max(999),
        /** The station's own account in a central database. */
        login: z.string().optional(),
        secret: z.string().optional(),
      })
      .strict()
      .default({ code: 'DESK-1', name: 'Desk 1', number: 1 }),
    scanner: z
      .object({
        transport,
        framing: framing.exactOptional(),
        duplicateWindowMs: z.number().int().min(0).default(800),
      })
      .strict()
      .optional(),
    gauge: z.object({ transport, framing: framing.exactOptional() }).strict().optional(),
    printers: z
      .array(
        z
          .object({
            code: z.string().min(1).max(40),
            name: z.string().min(1).max(100),
            plantCode: z.string(),
            host: z.string().min(1),
            port: z.number().int().min(1).max(65_535).default(9100),
          })
          .strict(),
      )
      .default([]),
    opcUa: z
      .object({
        endpointUrl: z.string().startsWith('opc.tcp://'),
        securityPolicy: z
          .enum(['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])
          .default('Basic256Sha256'),
        securityMode: z.enum(['None', 'Sign', 'SignAndEncrypt']).default('SignAndEncrypt'),
        trust: z.enum(['explicit', 'first-use']).default('explicit'),
        machines: z.array(
          z
            .object({
              machineCode: z.string(),
              tags: z
                .object({
                  state: z.string(),
                  goodCount: z.string(),
                  rejectCount: z.string(),
                  fault: z.string().exactOptional(),
                })
                .strict(),
            })
            .strict(),
        ),
      })
      .strict()
      .optional(),
    /** The mail server, for a core that works on the jobs; main/mail/settings.ts. */
    mail: mailInFile.optional(),
    /** TLS for the server: without it, it listens on loopback only. */
    server: z
      .object({ host: z.string(), certificateFile: z.string(), keyFile: z.string() })
      .strict()
      .optional(),
    /** Commands that the outbox may hold. */
    outboxBound: z.number().int().min(100).max(10_000_000).default(1_000_000),
  })
  .strict();

export type Settings = z.infer<typeof schema>;

/** @throws AppError `Invalid` that names the line of the file to mend. A missing file means the defaults. */
export async function readSettings(dataDir: string): Promise<Settings> {
  const file = join(dataDir, 'settings.json');
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '{}';
    throw invalid('', 'error.settings-unreadable', { file, detail: cause.message });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid('', 'error.settings-unreadable', { file, detail: String(cause) });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') ?? '';
  throw invalid(field, 'error.settings-invalid', { file, field, detail: issue?.message ?? '' });
}
