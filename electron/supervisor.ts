/**
 * Keeps one core running: starts it, tells everyone how it is, starts it again after a crash and
 * gives every window a new port with the session it had. Knows nothing of Electron: how a process
 * is started and what a port is come from outside.
 */
import type { CoreConfig, CoreState, CoreToShell, ShellToCore } from '#contract/host';

/** A core that was started. */
export interface CoreProcess<Port> {
  readonly pid: number | undefined;
  send(message: ShellToCore): void;
  /** Gives the core its end of a client's way. `session` is presented with it. */
  attach(clientId: string, session: string | undefined, port: Port): void;
  detach(clientId: string): void;
  /** At once, without asking. */
  kill(): void;
}

/** What a started core tells its supervisor; frames of clients are the driver's own business. */
export interface CoreEvents {
  message(message: CoreToShell): void;
  /** Once; `null` when a signal ended it or it could not be started. */
  exit(exitCode: number | null): void;
}

export type CoreDriver<Port> = (events: CoreEvents) => CoreProcess<Port>;

export interface SupervisorOptions<Port> {
  readonly driver: CoreDriver<Port>;
  readonly config: CoreConfig;
  readonly createChannel: () => { readonly client: Port; readonly core: Port };
  readonly onState: (state: CoreState) => void;
  readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Supervisor<Port> {
  start(): void;
  state(): CoreState;
  /** A window asks for a way to the core: `deliver` gets a port now or when the core is ready, and again after each restart. */
  connect(windowId: string, deliver: (port: Port) => void): void;
  /** The window is gone; its session is forgotten. */
  disconnect(windowId: string): void;
  /** Asks the core to stop and resolves when its process has ended; the same promise for every caller. */
  stop(): Promise<void>;
}

const firstDelayMs = 250;
const longestDelayMs = 10_000;
const quietMs = 60_000;
const stopWithinMs = 10_000;
/** Between `stopped` and the end of the process: nothing is left to write then. */
const exitWithinMs = 1_000;

interface Client<Port> {
  deliver: (port: Port) => void;
  /** In memory only, as long as its window lives. */
  session: string | undefined;
  /** A new one for each port, so that a late answer to an old page never reaches a new one. */
  clientId: string | undefined;
}

export function createSupervisor<Port>(options: SupervisorOptions<Port>): Supervisor<Port> {
  const { driver, config, createChannel, log } = options;
  const clients = new Map<string, Client<Port>>();
  let current: { process: CoreProcess<Port>; ready: boolean; readyAt: number } | undefined;
  let state: CoreState = { phase: 'starting' };
  let restarts = 0;
  let attachments = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let killTimer: ReturnType<typeof setTimeout> | undefined;
  let stopping: { promise: Promise<void>; ended: () => void } | undefined;

  const enter = (next: CoreState) => {
    state = next;
    options.onState(next);
  };

  const issuePort = (windowId: string, client: Client<Port>) => {
    if (!current?.ready || stopping) return;
    if (client.clientId !== undefined) current.process.detach(client.clientId);
    attachments += 1;
    client.clientId = `${windowId}.${attachments}`;
    const { client: clientEnd, core: coreEnd } = createChannel();
    current.process.attach(client.clientId, client.session, coreEnd);
    client.deliver(clientEnd);
  };

  const receive = (message: CoreToShell) => {
    if (message.type === 'progress') {
      // Later steps (the database comes up while calls are answered already) reach the page from the core itself.
      if (state.phase !== 'starting') return;
      enter({ phase: 'starting', step: message.step, fraction: message.fraction });
    } else if (message.type === 'ready') {
      if (!current || current.ready) return;
      current.ready = true;
      current.readyAt = Date.now();
      log('core.ready', { pid: current.process.pid });
      if (stopping) return;
      enter({ phase: 'running' });
      for (const [windowId, client] of clients) issuePort(windowId, client);
    } else if (message.type === 'session') {
      for (const client of clients.values()) {
        if (client.clientId === message.clientId) client.session = message.session ?? undefined;
      }
    } else if (message.type === 'stopped') {
      if (stopping) killWithin(exitWithinMs);
    }
  };

  const ended = (exitCode: number | null) => {
    const wasReady = current?.ready === true;
    const ranMs = wasReady && current ? Date.now() - current.readyAt : 0;
    current = undefined;
    clearTimeout(killTimer);
    for (const client of clients.values()) client.clientId = undefined;
    if (stopping) {
      log('core.stopped', { exitCode });
      stopping.ended();
      return;
    }
    restarts = ranMs >= quietMs ? 1 : restarts + 1;
    const delayMs = Math.min(firstDelayMs * 2 ** (restarts - 1), longestDelayMs);
    log('core.down', { exitCode, restarts, delayMs });
    enter({ phase: 'down', exitCode, retryAt: Date.now() + delayMs, restarts });
    retryTimer = setTimeout(launch, delayMs);
  };

  function killWithin(afterMs: number): void {
    clearTimeout(killTimer);
    killTimer = setTimeout(() => {
      log('core.killed', { afterMs });
      current?.process.kill();
    }, afterMs);
  }

  function launch(): void {
    enter({ phase: 'starting' });
    let started: CoreProcess<Port>;
    try {
      // What an ended process still says must not touch the one that came after it.
      started = driver({
        message: (message) => {
          if (current?.process === started) receive(message);
        },
        exit: (exitCode) => {
          if (current?.process === started) ended(exitCode);
        },
      });
    } catch (error) {
      log('core.not-started', { error: String(error) });
      ended(null);
      return;
    }
    current = { process: started, ready: false, readyAt: 0 };
    log('core.started', { pid: started.pid });
    started.send({ type: 'configure', config });
  }

  return {
    start() {
      if (!current && !retryTimer && !stopping) launch();
    },
    state: () => state,
    connect(windowId, deliver) {
      const known = clients.get(windowId);
      const client = known ?? { deliver, session: undefined, clientId: undefined };
      client.deliver = deliver;
      clients.set(windowId, client);
      issuePort(windowId, client);
    },
    disconnect(windowId) {
      const client = clients.get(windowId);
      clients.delete(windowId);
      if (client?.clientId !== undefined) current?.process.detach(client.clientId);
    },
    stop() {
      if (stopping) return stopping.promise;
      const { promise, resolve } = Promise.withResolvers<void>();
      stopping = { promise, ended: resolve };
      clearTimeout(retryTimer);
      enter({ phase: 'stopping' });
      if (!current) {
        resolve();
      } else {
        current.process.send({ type: 'shutdown' });
        killWithin(stopWithinMs);
      }
      return promise;
    },
  };
}
