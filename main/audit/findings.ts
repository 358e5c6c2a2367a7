/** What can be wrong with the audit log; `audit.<kind>` in the catalogue says it in a sentence. */
export const findingKinds = [
  /** The content of a row is not what was sealed. */
  'entry-changed',
  /** A row that no batch knows. */
  'entry-unsealed',
  'entries-missing',
  'entries-added',
  /** All rows fit their own hashes and are as many as they were, but they are not the ones that were sealed. */
  'entries-exchanged',
  'batch-changed',
  /** A batch does not follow the one before it. */
  'batch-unlinked',
  'batches-missing',
  'batch-added',
  /** The chain ends before its head says. */
  'tail-missing',
  'head-wrong',
  'head-missing',
  /** What an anchor was taken of is not there any more. */
  'anchor-broken',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly organizationId: string;
  readonly stationCode: string;
  /** Of the batch. */
  readonly seq?: string;
  /** Of the row in audit.log. */
  readonly id?: string;
  readonly target?: string;
  /** How many rows or batches are missing or too many. */
  readonly count?: number;
}

export interface Findings {
  readonly list: readonly Finding[];
  readonly count: () => number;
  readonly add: (finding: Finding) => void;
}

/** Counts all, keeps the first `kept`: of a log that was shredded nobody reads every row. */
export function collectFindings(kept: number): Findings {
  const list: Finding[] = [];
  let count = 0;
  return {
    list,
    count: () => count,
    add(finding) {
      count += 1;
      if (list.length < kept) list.push(finding);
    },
  };
}
