/**
 * The closed set of errors that crosses the contract. A service throws `AppError`; the edge turns
 * anything else into `Internal` with an incident id that is in the log. `reason` is a message key
 * (`error.<reason>` or `refusal.<reason>` in the catalogue) whose text tells a user what to do next;
 * `values` fill it.
 */
export const errorCodes = [
  'Invalid',
  'NotAllowed',
  'NotFound',
  'Conflict',
  'Unavailable',
  'Refused',
  'Internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export type ErrorValues = Readonly<Record<string, string | number>>;

/** What a client gets of an error, the same over every transport. */
export interface ErrorShape {
  readonly code: ErrorCode;
  /** Message key, e.g. `refusal.lane-occupied`. */
  readonly reason: string;
  readonly values: ErrorValues;
  /** `Invalid`: which input, as a path (`quantity`, `shifts.0.code`). */
  readonly field?: string | undefined;
  /** `Conflict`: what stands in the database now, in the shape of the thing that was to be changed. */
  readonly theirs?: unknown;
  /** `Internal`: the id under which the log tells more. */
  readonly incident?: string | undefined;
}

/** An expected failure. Thrown by services, turned into an `ErrorShape` at the edge. */
export class AppError extends Error {
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape, options?: ErrorOptions) {
    super(`${shape.code}: ${shape.reason} ${JSON.stringify(shape.values)}`, options);
    this.name = 'AppError';
    this.shape = shape;
  }
}

export function invalid(field: string, reason: string, values: ErrorValues = {}): AppError {
  return new AppError({ code: 'Invalid', reason, values, field });
}

export function notAllowed(reason: string, values: ErrorValues = {}): AppError {
  return new AppError({ code: 'NotAllowed', reason, values });
}

export function notFound(reason: string, values: ErrorValues = {}): AppError {
  return new AppError({ code: 'NotFound', reason, values });
}

/** @param theirs what stands in the database now; the caller shows it beside what the user wanted. */
export function conflict(reason: string, theirs: unknown, values: ErrorValues = {}): AppError {
  return new AppError({ code: 'Conflict', reason, values, theirs });
}

export function unavailable(reason: string, values: ErrorValues = {}, cause?: unknown): AppError {
  return new AppError({ code: 'Unavailable', reason, values }, { cause });
}

export function refused(reason: string, values: ErrorValues = {}): AppError {
  return new AppError({ code: 'Refused', reason, values });
}
