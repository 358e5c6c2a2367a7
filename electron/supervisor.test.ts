import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CoreState } from '#contract/host';
import { nodeCoreDriver } from './core-node.ts';
import type { RelayPort } from './core-node.ts';
import { createSupervisor } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';

/** A real process that speaks the host protocol and answers each frame with what it knows of its sender. */
const coreScript = `
const sessions = new Map();
const tell = (message) => process.send(message);
process.stdin.on('end', () => process.exit(3));
process.stdin.resume();
process.on('message', (message) => {
  if (message.type === 'configure') {
    tell({ type: 'progress', step: 'database.starting', fraction: 0.5 });
    tell({ type: 'ready' });
  }
  if (message.type === 'attach') sessions.set(message.clientId, message.session ?? null);
  if (message.type === 'frame') {
    const { clientId, data } = message;
    if (data.signIn) {
      sessions.set(clientId, data.signIn);
      tell({ type: 'session', clientId, session: data.signIn });
    }
    if (data.signOut) {
      sessions.set(clientId, null);
      tell({ type: 'session', clientId, session: null });
    }
    if (data.end !== undefined) process.exit(data.end);
    tell({ type: 'frame', clientId, data: { ...data, clientId, pid: process.pid, session: sessions.get(clientId) } });
  }
  if (message.type === 'shutdown') {
    if (process.env.DEAF) return;
    tell({ type: 'stopped' });
    if (!process.env.LINGERS) process.exit(0);
  }
});
`;

/** A worker_threads port in the shape of Electron's, which wraps what it delivers in an event. */
function asRelayPort(port: MessagePort): RelayPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) =>
      event === 'message'
        ? port.on('message', (data) => listener({ data }))
        : port.on('close', () => listener({ data: undefined })),
    start: () => port.start(),
    close: () => port.close(),
  };
}

interface Answer {
  readonly n?: number;
  readonly clientId: string;
  readonly pid: number;
  readonly session: string | null;
}

let folder: string;
let states: CoreState[];
let pids: number[];
let supervisor: Supervisor<RelayPort>;
let clientEnds: Map<RelayPort, MessagePort>;

function setUp(env: Record<string, string> = {}, node = process.execPath): void {
  const entry = join(folder, 'core.cjs');
  writeFileSync(entry, coreScript);
  supervisor = createSupervisor<RelayPort>({
    driver: nodeCoreDriver({ node, entry, env: { ...process.env, ...env }, output: () => {} }),
    config: { appRoot: folder, dataDir: folder, logDir: folder, simulate: false },
    createChannel: () => {
      const { port1, port2 } = new MessageChannel();
      const client = asRelayPort(port1);
      clientEnds.set(client, port1);
      return { client, core: asRelayPort(port2) };
    },
    onState: (state) => states.push(state),
    log: (event, { pid }) => {
      if (event === 'core.started' && typeof pid === 'number') pids.push(pid);
    },
  });
}

/** Waits on real time, also where the test holds the clock. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await nextTurn();
  }
}

/** A window with the ports it was given, the answers that came and how many of its ports closed. */
function openWindow(id: string) {
  const window = { ports: [] as MessagePort[], answers: [] as Answer[], closed: 0 };
  supervisor.connect(id, (end) => {
    const port = clientEnds.get(end);
    if (!port) throw new Error('a port that was never made');
    port.on('message', (answer: Answer) => window.answers.push(answer));
    port.on('close', () => (window.closed += 1));
    window.ports.push(port);
  });
  return {
    ...window,
    get closed() {
      return window.closed;
    },
    say: (data: object) => window.ports.at(-1)?.postMessage(data),
    async ask(data: object): Promise<Answer> {
      const before = window.answers.length;
      window.ports.at(-1)?.postMessage(data);
      await until('an answer', () => window.answers.length > before);
      const answer = window.answers[before];
      if (!answer) throw new Error('no answer');
      return answer;
    },
  };
}

const phases = () => states.map(({ phase }) => phase);
const running = () => until('the core runs', () => supervisor.state().phase === 'running');
const down = () => until('the core is down', () => supervisor.state().phase === 'down');
const killCore = () => process.kill(pids.at(-1) ?? 0, 'SIGKILL');
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const retryDelayMs = () => {
  const state = supervisor.state();
  return state.phase === 'down' ? state.retryAt - Date.now() : undefined;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanewright-supervisor-'));
  [states, pids, clientEnds] = [[], [], new Map()];
  // Only the supervisor's own time is held; processes and pipes run on.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});

afterEach(async () => {
  const stopped = supervisor.stop();
  await vi.advanceTimersByTimeAsync(20_000);
  await stopped;
  vi.useRealTimers();
  for (const port of clientEnds.values()) port.close();
  rmSync(folder, { recursive: true, force: true });
});

test('tells the start step by step, and relays the frames of each window to it alone', async () => {
  setUp();
  const one = openWindow('1');
  supervisor.start();
  await running();
  expect(states).toEqual([
    { phase: 'starting' },
    { phase: 'starting', step: 'database.starting', fraction: 0.5 },
    { phase: 'running' },
  ]);
  const two = openWindow('2');
  expect((await one.ask({ n: 1 })).n).toBe(1);
  expect((await two.ask({ n: 2 })).n).toBe(2);
  expect(one.answers).toHaveLength(1);
});

test('a core killed with -9 comes back, with a new port and the same session for each window', async () => {
  setUp();
  supervisor.start();
  await running();
  const [signedIn, stranger] = [openWindow('1'), openWindow('2')];
  await signedIn.ask({ signIn: 'token-of-1' });
  await stranger.ask({});
  killCore();
  await down();
  await until('the old ports close', () => signedIn.closed === 1 && stranger.closed === 1);
  expect(supervisor.state()).toMatchObject({ phase: 'down', exitCode: null, restarts: 1 });
  await vi.advanceTimersByTimeAsync(250);
  await running();
  expect(signedIn.ports).toHaveLength(2);
  const answer = await signedIn.ask({});
  expect(answer.session).toBe('token-of-1');
  expect(answer.pid).toBe(pids[1]);
  expect((await stranger.ask({})).session).toBeNull();
});

test('a session ends with signing out, and with its window', async () => {
  setUp();
  supervisor.start();
  await running();
  const [leaving, closing] = [openWindow('1'), openWindow('2')];
  await leaving.ask({ signIn: 'token-of-1' });
  await leaving.ask({ signOut: true });
  await closing.ask({ signIn: 'token-of-2' });
  supervisor.disconnect('2');
  await until('its port closes', () => closing.closed === 1);
  killCore();
  await down();
  await vi.advanceTimersByTimeAsync(250);
  await running();
  expect((await leaving.ask({})).session).toBeNull();
  expect(closing.ports).toHaveLength(1);
  expect((await openWindow('2').ask({})).session).toBeNull();
});

test('a page loaded again keeps its session and hears nothing meant for the page before it', async () => {
  setUp();
  supervisor.start();
  await running();
  const before = openWindow('1');
  const first = await before.ask({ signIn: 'token' });
  before.say({ n: 'asked by the old page' });
  const after = openWindow('1');
  await until('the old port closes', () => before.closed === 1);
  const second = await after.ask({ n: 2 });
  expect(second).toMatchObject({ n: 2, session: 'token' });
  expect(second.clientId).not.toBe(first.clientId);
  expect(after.answers).toHaveLength(1);
});

test('waits twice as long after each crash, ten seconds at most, and forgets after a quiet minute', async () => {
  setUp();
  supervisor.start();
  const delays: (number | undefined)[] = [];
  for (let crash = 0; crash < 8; crash += 1) {
    await running();
    killCore();
    await down();
    delays.push(retryDelayMs());
    await vi.advanceTimersByTimeAsync(delays.at(-1) ?? 0);
  }
  expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  await running();
  await vi.advanceTimersByTimeAsync(60_000);
  killCore();
  await down();
  expect(supervisor.state()).toMatchObject({ restarts: 1 });
  expect(retryDelayMs()).toBe(250);
});

test('does not start a moment before its time', async () => {
  setUp();
  supervisor.start();
  await running();
  killCore();
  await down();
  await vi.advanceTimersByTimeAsync(249);
  expect(pids).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(pids).toHaveLength(2);
});

test('a core that ends by itself is a crash too, and its exit code is told', async () => {
  setUp();
  supervisor.start();
  await running();
  openWindow('1').say({ end: 7 });
  await down();
  expect(supervisor.state()).toMatchObject({ exitCode: 7 });
});

test.each([
  ['is not there', () => join(folder, 'nowhere', 'node')],
  ['cannot be a program', () => join(folder, 'core.cjs', 'node')],
])('a Node that %s is told as down and tried again', async (_what, node) => {
  setUp({}, node());
  supervisor.start();
  await down();
  await vi.advanceTimersByTimeAsync(250);
  await until('down again', () => phases().filter((phase) => phase === 'down').length === 2);
  expect(supervisor.state()).toMatchObject({ exitCode: null, restarts: 2 });
});

test('stops when asked, once for all who ask, and leaves no process', async () => {
  setUp();
  supervisor.start();
  await running();
  await Promise.all([supervisor.stop(), supervisor.stop()]);
  expect(phases().at(-1)).toBe('stopping');
  expect(pids.filter(alive)).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pids).toHaveLength(1);
});

test('stopping between a crash and the next start starts nothing', async () => {
  setUp();
  supervisor.start();
  await running();
  killCore();
  await down();
  await supervisor.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pids).toHaveLength(1);
});

test.each([
  ['does not hear', { DEAF: '1' }, 10_000],
  ['has stopped but stays', { LINGERS: '1' }, 1_000],
])('a core that %s is killed', async (_what, env, afterMs) => {
  setUp(env);
  supervisor.start();
  await running();
  let over = false;
  const stopped = supervisor.stop().finally(() => (over = true));
  // Lets `stopped` arrive, where it comes, so that its shorter time runs.
  await passRealTime(50);
  await vi.advanceTimersByTimeAsync(afterMs - 1);
  await passRealTime(20);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await stopped;
  expect(pids.filter(alive)).toEqual([]);
});

/** Real time for messages of another process to arrive, ms. */
async function passRealTime(forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) await nextTurn();
}
