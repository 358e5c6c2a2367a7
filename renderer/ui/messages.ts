/**
 * The message catalogue: one flat file a piece in resources/locales/en, merged. Keys are typed, so that
 * a text that does not exist does not compile; keys that the core sends are looked up as they come.
 */
import { useCallback } from 'react';
import { createIntl, createIntlCache, useIntl } from 'react-intl';
import type { IntlShape } from 'react-intl';

type Catalogue = typeof import('../../resources/locales/en/app.json') &
  typeof import('../../resources/locales/en/status.json') &
  typeof import('../../resources/locales/en/lanes.json') &
  typeof import('../../resources/locales/en/line.json') &
  typeof import('../../resources/locales/en/stations.json') &
  typeof import('../../resources/locales/en/packing.json') &
  typeof import('../../resources/locales/en/genealogy.json') &
  typeof import('../../resources/locales/en/records.json') &
  typeof import('../../resources/locales/en/admin.json') &
  typeof import('../../resources/locales/en/credentials.json') &
  typeof import('../../resources/locales/en/mail.json') &
  typeof import('../../resources/locales/en/people.json') &
  typeof import('../../resources/locales/en/error.json') &
  typeof import('../../resources/locales/en/board.json');

export type MessageKey = Exclude<keyof Catalogue, symbol | number>;
export type MessageValues = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

const files = import.meta.glob<Record<string, string>>('../../resources/locales/en/*.json', {
  eager: true,
  import: 'default',
});

export const messages: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(files));

/** A control room reads 24 hours, whatever the country. */
export const formats = {
  time: {
    short: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    medium: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  },
  date: {
    short: { day: '2-digit', month: 'short' },
    day: { weekday: 'short', day: '2-digit', month: 'short' },
    long: { day: '2-digit', month: 'short', year: 'numeric' },
  },
} as const;

/** The user's own English, for dates and numbers; the texts are English so far. */
export const locale = navigator.languages.find((language) => /^en(-|$)/i.test(language)) ?? 'en-GB';

export const defaultIntl: IntlShape = createIntl(
  { locale, messages: { ...messages }, formats },
  createIntlCache(),
);

export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** The function stays the same until the language changes: what is made with it may be remembered. */
export function useText(): Translate {
  const intl = useIntl();
  return useCallback((key, values) => intl.formatMessage({ id: key }, values), [intl]);
}

/**
 * The text of a key that arrived as data. Tries the prefixes in order (`refusal.` for the reason of a
 * rule); what the catalogue lacks is shown by the fallback, with the key so that it can be reported.
 */
export function textOfKey(
  intl: IntlShape,
  key: string,
  values: MessageValues,
  prefixes: readonly string[],
  fallback: MessageKey,
  /** What the fallback calls the key; the key itself when left out. */
  name = key,
): string {
  const found = ['', ...prefixes].map((prefix) => prefix + key).find((id) => id in messages);
  if (!found) return intl.formatMessage({ id: fallback }, { ...values, reason: name });
  return intl.formatMessage({ id: found }, values);
}
