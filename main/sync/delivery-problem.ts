/** What a failed delivery means: for the command, or for the way to the database. */
import { AppError } from '#contract/errors';
import type { CommandProblem } from '#main/store/sqlite/outbox';

/**
 * `final`: the database (or the rule) refuses this command whatever is tried. `later`: nothing can be
 * delivered now. `again`: this command met another transaction, the next try may pass. `unknown`: tried
 * a few times more, then set aside, so that a mistake of ours blocks nobody for ever.
 */
export type DeliveryFailure =
  | { readonly kind: 'final'; readonly problem: CommandProblem }
  | { readonly kind: 'later' }
  | { readonly kind: 'again'; readonly problem: CommandProblem }
  | { readonly kind: 'unknown'; readonly problem: CommandProblem };

/**
 * Reads an error of a transaction. SQLSTATE by PostgreSQL's appendix A: class 22 data exception, class 23
 * integrity constraint, 42501 insufficient privilege; 40001 and 40P01 serialization and deadlock, 55P03
 * lock not available, 57014 cancelled by its time limit.
 */
export function readDeliveryFailure(cause: unknown, incident: () => string): DeliveryFailure {
  if (cause instanceof AppError) {
    return cause.shape.code === 'Unavailable'
      ? { kind: 'later' }
      : { kind: 'final', problem: problemOf(cause) };
  }
  const code = sqlState(cause);
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (code !== null) {
    const values = { code, detail, constraint: constraintOf(cause) };
    if (/^(40001|40P01|55P03|57014)$/.test(code)) {
      return { kind: 'again', problem: { code: 'Unavailable', reason: 'error.command-collided', values } };
    }
    if (/^(22|23)/.test(code) || code === '42501') {
      return { kind: 'final', problem: { code: 'Refused', reason: 'error.command-refused', values } };
    }
    // Connection, resources, shutting down, a standby, the system below: the command is not to blame.
    if (/^(08|53|57|58|25006|25P03|28)/.test(code) || /^E[A-Z_]+$/.test(code)) return { kind: 'later' };
  }
  return {
    kind: 'unknown',
    problem: {
      code: 'Internal',
      reason: 'error.command-failed',
      values: { detail: code === null ? detail : `${code} ${detail}` },
      incident: incident(),
    },
  };
}

export function problemOf(error: AppError): CommandProblem {
  const { code, reason, values, field, incident } = error.shape;
  return {
    code,
    reason,
    values,
    ...(field === undefined ? {} : { field }),
    ...(incident === undefined ? {} : { incident }),
  };
}

/** True when the door of the database did not let this token (or the person it stands for) in. */
export function isSessionEnded(cause: unknown): boolean {
  return cause instanceof AppError && cause.shape.reason === 'error.session-ended';
}

/** Kysely and our own layers may wrap what PostgreSQL said. */
function sqlState(cause: unknown): string | null {
  for (let one: unknown = cause, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth++) {
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return null;
}

function constraintOf(cause: unknown): string {
  return cause instanceof Error && 'constraint' in cause && typeof cause.constraint === 'string'
    ? cause.constraint
    : '';
}
