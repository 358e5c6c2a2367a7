/**
 * A rule that says no. `reason` is a message key under `refusal.` in resources/locales; `values` fill
 * its text (instants are epoch milliseconds, formatted by the text itself).
 */
export interface RuleRefusal<Reason extends string = string> {
  readonly reason: Reason;
  readonly values: Readonly<Record<string, string | number>>;
}

/** What a rule gives back where "no" is an expected answer. */
export type Outcome<Value, Reason extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: RuleRefusal<Reason> };

export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function refuse<Reason extends string>(
  reason: Reason,
  values: Readonly<Record<string, string | number>> = {},
): { readonly ok: false; readonly refusal: RuleRefusal<Reason> } {
  return { ok: false, refusal: { reason, values } };
}
