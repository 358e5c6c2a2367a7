/**
 * The state of anything at the end of a wire, as the status strip and the Admin page show it.
 * Reasons are codes; the words for them are in the message catalogue.
 */

/** Why a wire is not usable now. */
export type OfflineReason =
  /** No such port, or it vanished (USB pulled). */
  | 'not-found'
  /** The operating system does not let us open it. */
  | 'permission-denied'
  /** Another program holds it. */
  | 'busy'
  /** Nobody listens at that address. */
  | 'refused'
  /** No route, no such host. */
  | 'unreachable'
  | 'timeout'
  /** It was there and went away. */
  | 'disconnected'
  /** The other side is there but silent beyond its promise (OPC-UA keep-alive). */
  | 'silent'
  | 'certificate-refused'
  /** The other side has no endpoint with the wanted security policy and mode. */
  | 'no-such-endpoint'
  /** User name or password not accepted. */
  | 'sign-in-refused'
  /** `close()` was called. */
  | 'closed'
  | 'failed';

/** `since` is epoch milliseconds. `detail` is for the log only: a driver's own words, not for users. */
export interface ConnectionState {
  readonly status: 'connecting' | 'online' | 'offline';
  readonly since: number;
  readonly reason?: OfflineReason;
  readonly detail?: string;
}

const reasonByErrorCode: Readonly<Record<string, OfflineReason>> = {
  ENOENT: 'not-found',
  ENXIO: 'not-found',
  ENODEV: 'not-found',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  EBUSY: 'busy',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'disconnected',
  EPIPE: 'disconnected',
  EIO: 'disconnected',
  EBADF: 'disconnected',
};

/**
 * The reason code of an error thrown by a socket or by serialport. serialport reports system errors
 * only in words ("Error: No such file or directory, cannot open /dev/ttyUSB0"), so the words are read too.
 */
export function offlineReasonOf(error: unknown): OfflineReason {
  if (!(error instanceof Error)) return 'failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const known = code === undefined ? undefined : reasonByErrorCode[code];
  if (known) return known;
  const words = error.message;
  if (/no such file|file not found|no such device/iu.test(words)) return 'not-found';
  if (/permission denied|access denied/iu.test(words)) return 'permission-denied';
  if (/cannot lock|resource busy|temporarily unavailable/iu.test(words)) return 'busy';
  return 'failed';
}

/** Holds a state and tells each change once: an offline device that stays offline for the same reason is silent. */
export function createStateHolder(
  onState: (state: ConnectionState) => void,
  nowMs: () => number = Date.now,
): { current: () => ConnectionState; set: (next: Omit<ConnectionState, 'since'>) => void } {
  let current: ConnectionState = { status: 'connecting', since: nowMs() };
  return {
    current: () => current,
    set(next) {
      if (next.status === current.status && next.reason === current.reason) return;
      // "Offline since" is when it went offline, not when the reason was last refined.
      const since = next.status === current.status ? current.since : nowMs();
      current = { ...next, since };
      onState(current);
    },
  };
}
