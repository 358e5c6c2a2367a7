/** How far a long piece of work is, a table at a time. */
export interface CareStep {
  readonly work: 'backup' | 'restore' | 'verify' | 'check' | 'analyze';
  /** What is worked on now. */
  readonly table: string;
  readonly tables: number;
  readonly of: number;
  readonly rows: number;
}

export type CareProgress = (step: CareStep) => void;

export function progressOf(work: CareStep['work'], of: number, onProgress: CareProgress | undefined) {
  let tables = 0;
  let before = 0;
  const tell = (table: string, rows: number) => onProgress?.({ work, table, tables, of, rows });
  return {
    /** @param rows of this table, until now. */
    within: (table: string, rows: number) => tell(table, before + rows),
    done(table: string, rows: number) {
      tables++;
      before += rows;
      tell(table, before);
    },
    rows: () => before,
  };
}
