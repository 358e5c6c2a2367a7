/**
 * What the shell and the core say to each other. The core is the same entry in a utility process
 * (a client's MessagePort is transferred with `attach`) and in a child on the project's Node
 * (no ports there: the shell relays each client's frames as `frame`).
 */

/** How a core is set up; the first message it gets. Paths are absolute. */
export interface CoreConfig {
  /** Folder that holds `package.json`, `resources/`, `main/store/postgres/migrations/`. */
  readonly appRoot: string;
  /** Database cluster, station file, settings. */
  readonly dataDir: string;
  readonly logDir: string;
  /** Central database; the embedded one when absent. */
  readonly databaseUrl?: string | undefined;
  /** Start the simulated line of the demo plant. */
  readonly simulate: boolean;
}

export type ShellToCore =
  | { readonly type: 'configure'; readonly config: CoreConfig }
  | { readonly type: 'attach'; readonly clientId: string; readonly session?: string | undefined }
  | { readonly type: 'detach'; readonly clientId: string }
  | { readonly type: 'frame'; readonly clientId: string; readonly data: unknown }
  | { readonly type: 'shutdown' };

export type CoreToShell =
  /** The core answers calls from now on; the database may still be on its way. */
  | { readonly type: 'ready' }
  /** What start-up is doing, for the splash and the console. `step` is a message key. */
  | { readonly type: 'progress'; readonly step: string; readonly fraction?: number | undefined }
  | { readonly type: 'frame'; readonly clientId: string; readonly data: unknown }
  /** A client signed in or out: the shell keeps the token in memory and presents it on re-attach. */
  | { readonly type: 'session'; readonly clientId: string; readonly session: string | null }
  | { readonly type: 'stopped' };

/** What a window sees of the preload bridge; `window.lanewright`. */
export interface Bridge {
  readonly platform: string;
  /** Asks the shell for a MessagePort to the core. It arrives as a window message `core-port`, and again after each restart of the core. */
  requestPort(): void;
  /** How the core is doing, as its supervisor sees it. Returns the unsubscribe function. */
  onCoreState(listener: (state: CoreState) => void): () => void;
}

/** The supervisor's view of the core. */
export type CoreState =
  | { readonly phase: 'starting'; readonly step?: string | undefined; readonly fraction?: number | undefined }
  | { readonly phase: 'running' }
  /** Crashed; starts again at `retryAt` (epoch ms). `restarts` counts the crashes since the last quiet minute. */
  | {
      readonly phase: 'down';
      readonly exitCode: number | null;
      readonly retryAt: number;
      readonly restarts: number;
    }
  | { readonly phase: 'stopping' };

/** The page's address in the shell; the only origin the shell trusts. */
export const appScheme = 'app';
export const appHost = 'lanewright';

/** Names of the messages between preload and shell. */
export const bridgeChannels = {
  requestPort: 'lanewright:request-port',
  corePort: 'lanewright:core-port',
  watchCoreState: 'lanewright:watch-core-state',
  coreState: 'lanewright:core-state',
} as const;

/** Data of the window message that carries a MessagePort to the core into the page. */
export const corePortMessage = 'core-port';
