import {
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua';
import type {
  ClientSecureChannelLayer,
  ClientSubscription,
  EndpointDescription,
  OPCUACertificateManager,
  StatusCode,
} from 'node-opcua';

import { offlineReasonOf } from '#native/devices/connection-state';
import type { OfflineReason } from '#native/devices/connection-state';
import { decideServerCertificate, openCertificateStore } from '#native/opcua/certificate-trust';
import { takeOverDriverLog } from '#native/opcua/driver-log';
import type { TagChange } from '#native/opcua/machine-sample';
import { changeOf, createMonitoredGroup, monitoredTags } from '#native/opcua/monitored-tags';
import type { MonitoredTag } from '#native/opcua/monitored-tags';
import type { ConnectionEvents, OpcUaLineOptions } from '#native/opcua/opcua-line-types';

takeOverDriverLog(setWarningLogger, setErrorLogger);

/** From the first packet to the subscription. */
const setUpTimeoutMs = 15_000;
const requestTimeoutMs = 10_000;
/** node-opcua cuts a socket that is idle so long; our own watchdog is meant to be first. */
const idleSocketTimeoutMs = 120_000;
/** How often a server with nothing to tell says that it is there. */
const keepAliveIntervalMs = 2000;
const missedKeepAlives = 3;
const farewellTimeoutMs = 1000;
const closeTimeoutMs = 3000;
/** Requests stay well below the message limits of small servers. */
const itemsPerRequest = 500;
/** States and faults may change several times between two publishings; none may be lost unseen. */
const eventQueueSize = 50;

/**
 * One connection to the server, from discovery to the first lost sign of life. It never mends itself:
 * node-opcua's own repair can leave a subscription dead in silence, so the line throws the connection
 * away and makes a new one.
 */
export function openOpcUaConnection(
  options: OpcUaLineOptions,
  events: ConnectionEvents,
): { close: () => Promise<void> } {
  let ended = false;
  let client: OPCUAClient | undefined;
  let channel: ClientSecureChannelLayer | undefined;
  let watchdog: NodeJS.Timeout | undefined;
  const setUpTimer = setTimeout(() => end('timeout', 'connecting took too long'), setUpTimeoutMs);
  let flushScheduled = false;
  let pending = new Map<number, TagChange[]>();

  function end(reason: OfflineReason, detail: string): void {
    if (ended) return;
    ended = true;
    clearInterval(watchdog);
    clearTimeout(setUpTimer);
    void finish().then(() => events.onEnd(reason, detail));
  }

  /** Disconnecting first unblocks whatever the attempt is waiting for. */
  async function finish(): Promise<void> {
    await disposeClient();
    await within(work, closeTimeoutMs);
    await disposeClient();
  }

  async function disposeClient(): Promise<void> {
    const leaving = client;
    client = undefined;
    if (!leaving) return;
    const leavingChannel = channel;
    channel = undefined;
    const left = leaving.disconnect().catch(() => undefined);
    // On a dead wire nobody answers the farewell, and the socket would stay for minutes.
    const cutTimer = setTimeout(() => leavingChannel?.forceConnectionBreak(), farewellTimeoutMs);
    await within(left, closeTimeoutMs);
    clearTimeout(cutTimer);
  }

  function useClient(next: OPCUAClient): OPCUAClient {
    client = next;
    next.on('secure_channel_created', (created) => {
      channel = created;
    });
    return next;
  }

  function take({ machineIndex, tag }: MonitoredTag, change: Omit<TagChange, 'tag'>): void {
    if (ended) return;
    const list = pending.get(machineIndex);
    if (list) list.push({ tag, ...change });
    else pending.set(machineIndex, [{ tag, ...change }]);
    if (flushScheduled) return;
    flushScheduled = true;
    // What one notification brings comes in one turn: it is passed on together.
    setImmediate(() => {
      flushScheduled = false;
      const changes = pending;
      pending = new Map();
      if (ended) return;
      for (const [index, list] of changes) events.onChanges(index, list);
    });
  }

  async function run(): Promise<void> {
    const securityMode = MessageSecurityMode[options.securityMode];
    const securityPolicy = SecurityPolicy[options.securityPolicy];
    const store = await openCertificateStore(options.certificateStoreDir);
    try {
      let serverCertificate: Buffer | undefined;
      if (securityMode !== MessageSecurityMode.None) {
        const endpoint = await discover(store, securityMode, securityPolicy);
        if (ended) return;
        if (!endpoint) return end('no-such-endpoint', `${options.securityPolicy} ${options.securityMode}`);
        serverCertificate = endpoint.serverCertificate;
        const decision = await decideServerCertificate(
          store,
          options.trust,
          serverCertificate ?? Buffer.alloc(0),
          endpoint.server.applicationUri ?? undefined,
        );
        if (ended) return;
        events.onCertificate(decision);
        if (decision.verdict === 'refused') return end('certificate-refused', decision.code ?? '');
      }
      const connecting = useClient(
        createClient(store, {
          securityMode,
          securityPolicy,
          ...(serverCertificate ? { serverCertificate } : {}),
        }),
      );
      connecting.on('connection_lost', () => end('disconnected', 'connection lost'));
      connecting.on('close', () => end('disconnected', 'connection closed'));
      connecting.on('abort', () => end('disconnected', 'connection aborted by the server'));
      await connecting.connect(options.endpointUrl);
      if (ended) return;
      await subscribe(connecting);
    } catch (error) {
      end(reasonOf(error), error instanceof Error ? error.message : String(error));
    } finally {
      await store.dispose();
    }
  }

  /** Asks, without security as the standard has it, which endpoints there are; nothing said here is believed yet. */
  async function discover(
    store: OPCUACertificateManager,
    securityMode: MessageSecurityMode,
    securityPolicy: SecurityPolicy,
  ): Promise<EndpointDescription | undefined> {
    const discovering = useClient(
      createClient(store, {
        securityMode: MessageSecurityMode.None,
        securityPolicy: SecurityPolicy.None,
      }),
    );
    await discovering.connect(options.endpointUrl);
    const endpoints = await discovering.getEndpoints();
    await disposeClient();
    return endpoints.find(
      (endpoint) => endpoint.securityMode === securityMode && endpoint.securityPolicyUri === securityPolicy,
    );
  }

  async function subscribe(client: OPCUAClient): Promise<void> {
    const session = await client.createSession(
      options.user
        ? { type: UserTokenType.UserName, userName: options.user.name, password: options.user.password }
        : { type: UserTokenType.Anonymous },
    );
    session.on('session_closed', () => end('disconnected', 'session closed'));
    const keepAliveCount = Math.max(1, Math.ceil(keepAliveIntervalMs / options.publishingIntervalMs));
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: options.publishingIntervalMs,
      requestedMaxKeepAliveCount: keepAliveCount,
      requestedLifetimeCount: Math.max(100, keepAliveCount * 10),
      maxNotificationsPerPublish: 10_000,
      publishingEnabled: true,
      priority: 1,
    });
    watch(subscription);
    const tags = monitoredTags(options);
    const isEvent = ({ tag }: MonitoredTag): boolean => tag === 'state' || tag === 'fault';
    await monitor(subscription, tags.filter(isEvent), eventQueueSize);
    // Of a counter only the newest value matters.
    await monitor(
      subscription,
      tags.filter((tag) => !isEvent(tag)),
      1,
    );
    if (ended) return;
    clearTimeout(setUpTimer);
    events.onOnline();
  }

  /** The server owes a sign of life each keep-alive interval; three in a row missed, and it is rebuilt. */
  function watch(subscription: ClientSubscription): void {
    let lastSignAt = performance.now();
    const sign = (): void => {
      lastSignAt = performance.now();
    };
    subscription.on('keepalive', sign);
    subscription.on('received_notifications', sign);
    subscription.on('terminated', () => end('disconnected', 'subscription terminated'));
    subscription.on('status_changed', (status: StatusCode) => end('disconnected', status.toString()));
    subscription.on('internal_error', (error: Error) => end('disconnected', error.message));
    const allowedMs = subscription.maxKeepAliveCount * subscription.publishingInterval * missedKeepAlives;
    let lastLookAt = performance.now();
    watchdog = setInterval(() => {
      const now = performance.now();
      // After a stall of our own (sleep, debugger) the signs may be waiting to be read.
      if (now - lastLookAt > 2500) lastSignAt = Math.max(lastSignAt, now - allowedMs / 2);
      lastLookAt = now;
      if (now - lastSignAt > allowedMs)
        end('silent', `no sign of life for ${Math.round(now - lastSignAt)} ms`);
    }, 500);
  }

  async function monitor(
    subscription: ClientSubscription,
    tags: readonly MonitoredTag[],
    queueSize: number,
  ): Promise<void> {
    for (let from = 0; from < tags.length && !ended; from += itemsPerRequest) {
      const chunk = tags.slice(from, from + itemsPerRequest);
      const group = await createMonitoredGroup(subscription, chunk, {
        samplingInterval: options.samplingIntervalMs,
        discardOldest: true,
        queueSize,
      });
      group?.on('changed', (_item, dataValue, index) => {
        const tag = chunk[index];
        if (tag) take(tag, changeOf(dataValue));
      });
      chunk.forEach((tag, index) => {
        const status = group?.monitoredItems[index]?.statusCode;
        // A tag that the server does not have is a bad tag of its machine, not a dead line.
        if (!status?.isGood()) {
          take(tag, { value: undefined, quality: 'bad', sourceAt: Date.now(), overflow: false });
        }
      });
    }
  }

  const work = run();
  return {
    async close() {
      ended = true;
      clearInterval(watchdog);
      clearTimeout(setUpTimer);
      await finish();
    },
  };
}

function createClient(
  store: OPCUACertificateManager,
  security: { securityMode: MessageSecurityMode; securityPolicy: SecurityPolicy; serverCertificate?: Buffer },
): OPCUAClient {
  return OPCUAClient.create({
    ...security,
    applicationName: 'Lanewright',
    clientName: 'Lanewright',
    clientCertificateManager: store,
    endpointMustExist: false,
    // No repair by node-opcua, see above.
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1000 },
    transportTimeout: idleSocketTimeoutMs,
    defaultTransactionTimeout: requestTimeoutMs,
    requestedSessionTimeout: 60_000,
  });
}

function reasonOf(error: unknown): OfflineReason {
  const words = error instanceof Error ? error.message : '';
  if (/BadUserAccessDenied|BadIdentityToken/u.test(words)) return 'sign-in-refused';
  if (/ECONNREFUSED/u.test(words)) return 'refused';
  if (/ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN/u.test(words)) return 'unreachable';
  if (/timeout|timed out|ETIMEDOUT/iu.test(words)) return 'timeout';
  return offlineReasonOf(error);
}

/** Gives up waiting; the work goes on and its outcome is nobody's concern. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    }),
  ]);
  clearTimeout(timer);
}
