import { TRPCClientError } from '@trpc/client';
import { errorCodes } from '#contract/errors';
import type { ErrorCode, ErrorShape } from '#contract/errors';

const codes: ReadonlySet<string> = new Set(errorCodes);

/** A failure of a call over HTTP (`/session`), in the same shape as one over the channel. */
export class ShapedError extends Error {
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape) {
    super(`${shape.code}: ${shape.reason}`);
    this.name = 'ShapedError';
    this.shape = shape;
  }
}

export function isErrorShape(value: unknown): value is ErrorShape {
  if (typeof value !== 'object' || value === null) return false;
  const { code, reason, values } = value as Partial<Record<keyof ErrorShape, unknown>>;
  return (
    typeof code === 'string' &&
    codes.has(code) &&
    typeof reason === 'string' &&
    typeof values === 'object' &&
    values !== null
  );
}

/** The typed error in whatever was thrown; what is not one of ours is a bug of the screen and says so. */
export function errorShapeOf(thrown: unknown): ErrorShape {
  if (thrown instanceof ShapedError) return thrown.shape;
  if (thrown instanceof TRPCClientError) {
    const app: unknown = thrown.data?.app;
    if (isErrorShape(app)) return app;
  }
  if (isErrorShape(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'Internal', reason: 'error.screen', values: { message } };
}

/** Asking again may help: nothing was refused, the way or the other side was only away. */
export function worthRetrying(code: ErrorCode): boolean {
  return code === 'Unavailable' || code === 'Internal' || code === 'Conflict';
}
