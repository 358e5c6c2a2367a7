/** What is wrong with a problem: `problem.<rule>` with `path` and the other values is the text for people. */
export interface ProblemFault {
  readonly rule: FaultRule;
  /** Where: `operations[3].choices[0].lane`. */
  readonly path: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export const faultRules = [
  'not-json',
  'wrong-type',
  'unknown-field',
  'missing-field',
  'not-one-of',
  'not-whole',
  'too-small',
  'duplicate',
  'unknown',
  'windows',
  'no-choices',
  'pin-times',
  'lag-order',
  'same-operation',
  'setup-capacity',
  'cycle',
] as const;
export type FaultRule = (typeof faultRules)[number];
