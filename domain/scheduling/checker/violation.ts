/**
 * A rule that a schedule breaks: `violation.<rule>` with its values is the text for people. Values that end
 * in `At` are instants in seconds from the origin of the problem, those in `Minutes` are lengths.
 */
export interface Violation {
  readonly rule: ViolationRule;
  readonly values: Readonly<Record<string, string | number>>;
  /** Ids of the operations that it is about. */
  readonly operations: readonly string[];
}

export const violationRules = [
  'unknown-operation',
  'unknown-lane',
  'duplicate',
  'missing',
  'times',
  'not-eligible',
  'pin-moved',
  'outside-window',
  'run-length',
  'interrupted',
  'before-now',
  'before-release',
  'before-material',
  'lane-overlap',
  'lane-capacity',
  'setup-short',
  'setup-forbidden',
  'link-too-early',
  'link-too-late',
  'resource-unknown',
  'resource-missing',
  'resource-absent',
  'resource-overbooked',
  // What cannot hold together: told of problems, not of schedules.
  'conflict-capacity',
  'conflict-hours',
  'conflict-lanes',
  'conflict-link',
  'conflict-material',
  'conflict-max-lag',
  'conflict-now',
  'conflict-pin',
  'conflict-release',
  'conflict-resource-hours',
  'conflict-resource-units',
  'conflict-setup',
  'conflict-skill',
  'conflict-whole',
] as const;
export type ViolationRule = (typeof violationRules)[number];

export const minutes = (seconds: number) => Math.round(seconds / 6) / 10;
