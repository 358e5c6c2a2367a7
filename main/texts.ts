/**
 * English for the console and the log, from the same catalogue as the screens. Only plain `{name}`
 * placeholders are filled in; the screens have the full ICU formatter.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppError } from '#contract/errors';

export type Texts = (key: string, values?: Readonly<Record<string, string | number>>) => string;

export function readTexts(appRoot: string): Texts {
  const folder = join(appRoot, 'resources/locales/en');
  const catalogue = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const part = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, string>;
    for (const [key, text] of Object.entries(part)) catalogue.set(key, text);
  }
  return (key, values = {}) =>
    (catalogue.get(key) ?? key).replaceAll(/\{(\w+)(?:,[^{}]*)?\}/g, (whole, name: string) =>
      name in values ? String(values[name]) : whole,
    );
}

/** An expected error as a sentence. */
export function sentence(texts: Texts, error: AppError): string {
  return texts(error.shape.reason, error.shape.values);
}
