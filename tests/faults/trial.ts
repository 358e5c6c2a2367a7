/** What a trial hands back: the figures of the table. */
export interface TrialResult {
  readonly trial: string;
  /** How often the fault was done. */
  readonly runs: number;
  /** Commands that were acknowledged while it was done. */
  readonly commands: number;
  readonly losses: number;
  readonly duplicates: number;
  /** From the end of a fault until all was delivered, the longest, ms. */
  readonly longestRecoveryMs: number;
  /** Sentences about what was promised beside and not kept; empty when all was. */
  readonly broken: readonly string[];
}

export interface Trial {
  readonly name: string;
  readonly promise: string;
  run(size: 'short' | 'full', tell: (line: string) => void): Promise<TrialResult>;
}

export function isKept(result: TrialResult): boolean {
  return result.losses === 0 && result.duplicates === 0 && result.broken.length === 0;
}
