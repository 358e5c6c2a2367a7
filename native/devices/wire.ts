import type { OfflineReason } from '#native/devices/connection-state';

/**
 * One connection to one device, serial or TCP alike: it opens once, carries bytes, ends once. Coming
 * back is not its affair (see `devices/line-device.ts`).
 */
export interface Wire {
  /** Resolves true when the operating system took the bytes, false when the wire is not open or broke. */
  write: (bytes: Uint8Array) => Promise<boolean>;
  /** Ends it without a call to `onEnd`; resolves when the port or socket is free again. */
  close: () => Promise<void>;
}

export interface WireHandlers {
  onOpen: () => void;
  onBytes: (bytes: Uint8Array) => void;
  /** Called at most once: it could not be opened, or it was lost. */
  onEnd: (reason: OfflineReason, detail: string) => void;
}
