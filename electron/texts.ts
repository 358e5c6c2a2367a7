import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Looks up a message and puts `{name}` values in. An unknown key comes back as itself, so that it is seen. */
export type Texts = (key: string, values?: Readonly<Record<string, string>>) => string;

export function createTexts(catalogue: Readonly<Record<string, string>>): Texts {
  return (key, values = {}) =>
    (catalogue[key] ?? key).replaceAll(/\{([\w-]+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function readCatalogue(appRoot: string, language: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(
      readFileSync(join(appRoot, 'resources', 'locales', language, 'shell.json'), 'utf8'),
    );
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    // A language that has no shell texts yet falls back to English, key by key.
    return {};
  }
}

/** The shell's own texts (menu, dialogs) in the user's language. @param locale BCP 47, as `app.getLocale()` gives it. */
export function loadTexts(appRoot: string, locale: string): Texts {
  const language = locale.split('-')[0] ?? 'en';
  return createTexts({
    ...readCatalogue(appRoot, 'en'),
    ...(/^[a-z]{2,3}$/.test(language) && language !== 'en' ? readCatalogue(appRoot, language) : {}),
  });
}
