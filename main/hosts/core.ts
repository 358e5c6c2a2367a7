/**
 * The core, put together: stores, services, devices and the ways between them. Hosts (utility process,
 * server, command line) start one and attach clients to it; it imports nothing of theirs.
 */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ClientMessage, CoreChannel } from '#contract/channel';
import { AppError, unavailable } from '#contract/errors';
import type { CoreConfig } from '#contract/host';
import type { DemoSignIn } from '#contract/session';
import type { SystemStatus } from '#contract/system';
import { createRouter } from '#main/api/router';
import { serveChannel } from '#main/api/serve-channel';
import { keepJobsRunning } from '#main/jobs/keep-running';
import type { JobRunner } from '#main/jobs/runner';
import { openLog } from '#main/logging';
import { createMailJobs, withoutMail } from '#main/mail/mail-jobs';
import { readMailSettings } from '#main/mail/settings';
import { createMailTransport } from '#main/mail/transport';
import { openPersonalData } from '#main/pii/personal-data';
import type { OpenPii } from '#main/pii/personal-data';
import type { Core, Log, SignedIn } from '#main/services/core';
import { createCredentialsService } from '#main/services/session/credentials';
import { createSessionService } from '#main/services/session/service';
import type { ConnectedDatabase } from '#main/store/postgres/connect';
import { checkSchema } from '#main/store/postgres/migrate';
import { createMirror } from '#main/store/sqlite/mirror';
import { createOfflinePeople } from '#main/store/sqlite/offline-people';
import type { OfflinePeople } from '#main/store/sqlite/offline-people';
import { createOutbox } from '#main/store/sqlite/outbox';
import { openStationFile } from '#main/store/sqlite/station-file';
import { startChangeFeed } from '#main/sync/change-feed';
import type { ChangeFeed } from '#main/sync/change-feed';
import { createDelivery } from '#main/sync/delivery';
import { createEventHub } from '#main/sync/event-hub';
import { readTexts } from '#main/texts';
import { createBodies } from './bodies.ts';
import { createClients } from './clients.ts';
import { openControlSocket } from './control-socket.ts';
import { readStationAccount, startDatabase } from './database-start.ts';
import type { Progress, StartedDatabase } from './database-start.ts';
import { lateDatabase } from './late-database.ts';
import { createServices } from './services.ts';
import { stationCommands } from './station-commands.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';

export const version = '0.1.0';

const tellOutboxMs = 100;

export interface RunningCore {
  /** Serves a client until its channel closes. `token` resumes a session; `onSession` tells of a new one. */
  attach(
    channel: CoreChannel,
    options: { readonly token: string | null; readonly onSession?: (token: string | null) => void },
  ): void;
  signIn(login: string, password: string): Promise<SignedIn>;
  endSession(token: string): Promise<void>;
  health(): { readonly version: string; readonly database: string };
  readonly settings: Settings;
  readonly log: Log;
  demoPeople(): Promise<readonly DemoSignIn[]>;
  /** Tells every client how the desk stands. */
  announce(): void;
  /** Resolves when the database is there and filled, or when it is known why not. */
  readonly settled: Promise<AppError | null>;
  /** As the services have it. */
  readonly pii: OpenPii;
  /** Delivers what waits (briefly), stops the devices, the simulators and the embedded database. */
  stop(): Promise<void>;
}

/**
 * Starts at once: clients may attach while the database is still on its way.
 * @throws AppError when the settings or the station file cannot be used at all.
 */
export async function startCore(
  config: CoreConfig,
  options: { readonly simulatorsEntry: URL; readonly onProgress: Progress },
): Promise<RunningCore> {
  const book = await openLog(config.logDir);
  const log = book.with({ room: 'core' });
  const settings = await readSettings(config.dataDir);
  const mail = readMailSettings(settings.mail);
  const databaseUrl = config.databaseUrl ?? settings.databaseUrl;
  const file = openStationFile(config.dataDir, { now: Date.now });
  for (const problem of file.problems) log.warn({ problem }, 'the station file was mended');
  const mirror = createMirror(file);
  const people = createOfflinePeople(file);
  /** What the station signs in with; null before the first start of an embedded database. */
  const account =
    databaseUrl === undefined ? await readStationAccount(config.dataDir) : centralStation(settings);
  const outbox = createOutbox({
    file,
    commands: stationCommands,
    now: Date.now,
    log: book.with({ room: 'outbox' }),
    bound: settings.outboxBound,
  });

  const hub = createEventHub();
  const clients = createClients();
  let stationSession: SignedIn | null = null;
  let feed: ChangeFeed | undefined;
  let jobs: JobRunner | undefined;
  let started: StartedDatabase | undefined;
  let stopping = false;
  const stationAccount = () => started?.station ?? account;
  /** A session of its own that the database knows. */
  const stationToken = () => (stationSession?.identity.vouched === false ? stationSession.token : null);

  const publishStatus = () => {
    if (!stopping) hub.publish({ type: 'status', status: status() });
  };
  // A command that waits is told of at once, though a stream of scans tells it ten times a second only.
  let telling: NodeJS.Timeout | undefined;
  outbox.onChange(() => {
    telling ??= setTimeout(() => {
      telling = undefined;
      publishStatus();
    }, tellOutboxMs);
  });
  const database = lateDatabase(
    book.with({ room: 'database' }),
    (state) => {
      log.info({ online: state.online, reason: state.problem?.shape.reason }, 'database state');
      databaseSince = Date.now();
      if (state.online) return void databaseIsBack();
      if (started) currentUntil = databaseSince;
      publishStatus();
    },
    (connectionString) => checkSchema(connectionString, config.appRoot),
  );
  let databaseSince = Date.now();
  /** When the database was lost: until then the mirror followed each change. */
  let currentUntil: number | null = null;

  const told = toldDatabase(database, people);
  const sessions = createSessionService({
    database: () => told,
    mirror,
    people,
    mayVouch: () => stationAccount() !== null,
    stationCode: settings.station.code,
    now: Date.now,
    log: book.with({ room: 'session' }),
  });
  const core: Core = {
    now: Date.now,
    newId: uuidv7,
    log: book.with({ room: 'services' }),
    database: told,
    outbox,
    mirror,
    pii: openPersonalData(config.dataDir),
    station: { code: settings.station.code, name: settings.station.name, number: settings.station.number },
    stationSignedIn: () => stationSession,
    personAtStation: () => clients.latestPerson() ?? stationSession,
    publish: (event, scope) => hub.publish(event, scope),
  };

  const services = createServices({
    core,
    config,
    settings,
    simulatorsEntry: options.simulatorsEntry,
    log: book.with({ room: 'line' }),
    onDeviceState: publishStatus,
  });
  const delivery = createDelivery({
    outbox,
    database,
    commands: stationCommands,
    stationToken,
    onStationSessionEnded: () => {
      stationSession = null;
      void signInStation().then(() => delivery.wake());
    },
    personToken: (sessionId) => clients.tokenOf(sessionId),
    isUntold: (sessionId) => people.hasSession(sessionId),
    log: book.with({ room: 'delivery' }),
    now: Date.now,
    onDelivered: (entries) => {
      hub.publish({ type: 'outbox', delivered: entries.map(({ commandId }) => commandId), quarantined: [] });
      publishStatus();
    },
    onQuarantined: (entries) => {
      hub.publish({ type: 'outbox', delivered: [], quarantined: entries.map(({ commandId }) => commandId) });
      publishStatus();
    },
  });

  const status = (): SystemStatus => {
    const state = database.state();
    const devices = services.deviceStatus();
    return {
      version,
      simulated: services.simulated(),
      station: { code: settings.station.code, name: settings.station.name },
      database: {
        state: state.online
          ? 'online'
          : started || databaseUrl !== undefined
            ? 'offline'
            : settledWith
              ? 'offline'
              : 'starting',
        kind: databaseUrl === undefined ? 'embedded' : 'central',
        reason: state.problem?.shape.reason ?? null,
        values: state.problem?.shape.values ?? {},
        since: databaseSince,
      },
      mirroredAt: state.online ? mirror.mirroredAt() : (currentUntil ?? mirror.mirroredAt()),
      outbox: outbox.status(),
      ...devices,
    };
  };

  /** The station signs in with its own account: it delivers, reads changes and keeps the mirror. */
  const signInStation = async () => {
    const known = stationAccount();
    if (stationToken() !== null || !known) return;
    try {
      stationSession = await sessions.signIn(known.login, known.secret);
    } catch (cause) {
      log.warn({ error: cause }, 'the station could not sign in');
    }
  };

  /** Sessions that the station opened while the database was away become known to it. */
  const vouchForSessions = async () => {
    const token = stationToken();
    if (token === null) return;
    try {
      await sessions.vouch(token);
    } catch (cause) {
      log.warn({ error: cause }, 'the database could not be told of a session');
    }
  };

  /** Sessions that the cache spoke for are looked at by the database as soon as it can. */
  const confirmSessions = async () => {
    for (const client of clients.offline()) {
      const token = client.signedIn()?.token;
      if (token === undefined) continue;
      try {
        const signedIn = await sessions.resume(token);
        if (!signedIn) hub.publish({ type: 'signed-out', reason: 'error.session-ended' }, { token });
        client.setSignedIn(signedIn);
      } catch (cause) {
        log.warn({ error: cause }, 'a session could not be confirmed');
      }
    }
  };

  let catchingUp: Promise<void> | null = null;
  const catchUp = async () => {
    await signInStation();
    await vouchForSessions();
    await confirmSessions();
    publishStatus();
    delivery.wake();
    await services.catchUp();
    publishStatus();
  };
  /** Once at a time: start-up and the first answer of the database both ask for it. */
  const databaseIsBack = (): Promise<void> => {
    catchingUp ??= catchUp().finally(() => (catchingUp = null));
    return catchingUp;
  };

  let settledWith: AppError | null = null;
  const settled = (async (): Promise<AppError | null> => {
    try {
      started = await startDatabase({
        appRoot: config.appRoot,
        dataDir: config.dataDir,
        databaseUrl,
        station: settings.station,
        onProgress: options.onProgress,
      });
    } catch (cause) {
      log.error({ error: cause }, 'no database');
      if (!(cause instanceof AppError)) throw cause;
      settledWith = cause;
      database.fail(cause);
      await signInStation();
      if (databaseUrl === undefined) {
        // Nothing will bring it back while we run; what is scanned and measured is saved all the same.
        await services.openLine(false);
        publishStatus();
        return cause;
      }
      // A central server that is down now may be up later: the pool goes on trying.
      started = {
        kind: 'central',
        appUrl: databaseUrl,
        jobsUrl: null,
        station: centralStation(settings),
        stop: async () => {},
      };
    }
    if (stopping) return settledWith;
    // Without it all else works; who needs it is told the same sentence.
    await core.pii().catch((cause: unknown) => log.warn({ error: cause }, 'personal data cannot be read'));
    options.onProgress('start.line');
    database.connect(started.appUrl);
    await databaseIsBack();
    feed = startChangeFeed({
      connectionString: (started.kind === 'central' ? settings.changesUrl : undefined) ?? started.appUrl,
      database,
      token: () => stationToken() ?? clients.latestPerson()?.token ?? null,
      onChanges: (changes) => {
        for (const { subject, organizationId, plantId, ids } of changes) {
          hub.publish({ type: 'changed', subject, plantId, ids }, { organizationId, plantId });
        }
        services.onChanges(changes);
      },
      log: book.with({ room: 'changes' }),
    });
    const jobsUrl = started.jobsUrl ?? settings.jobsDatabaseUrl ?? null;
    if (mail && jobsUrl === null)
      log.warn({}, 'mail is set up, but only a core that works on the jobs sends it');
    jobs = keepJobsRunning(jobsUrl, book.with({ room: 'jobs' }), {
      work: (primaryUrl) =>
        mail === null
          ? withoutMail(primaryUrl, settings.station.code)
          : createMailJobs({
              jobsUrl: primaryUrl,
              settings: mail,
              send: createMailTransport(mail),
              pii: core.pii,
              texts: readTexts(config.appRoot),
              stationCode: settings.station.code,
              log: book.with({ room: 'mail' }),
            }),
    });
    // Simulated machines must never write into a real plant's history.
    await services.openLine(config.simulate && started.kind === 'embedded');
    publishStatus();
    return settledWith;
  })();
  // Looked at by whoever waits for it; a bug in start-up must not end the process unseen.
  settled.catch((cause: unknown) => log.error({ error: cause }, 'start-up failed'));

  const signIn = async (login: string, password: string): Promise<SignedIn> => {
    // Whether the database is away is known when it has had its time to start.
    await settled.catch(() => {});
    const signedIn = await sessions.signIn(login, password);
    log.info({ userId: signedIn.identity.userId }, 'signed in');
    return signedIn;
  };
  const endSession = async (token: string): Promise<void> => {
    const signedIn = await sessions.resume(token);
    hub.publish({ type: 'signed-out', reason: 'signed-out' }, { token });
    clients.forget(token);
    if (signedIn) await sessions.signOut(signedIn);
  };

  const calls = book.with({ room: 'calls' });
  const router = createRouter(
    createBodies({
      services,
      sessions,
      credentials: createCredentialsService({ core, database: () => told, remember: sessions.remember }),
      outbox,
      delivery,
      clients,
      hub,
      status,
      logDir: config.logDir,
      signIn,
      publishStatus,
      sessionsConfirmed: () => catchingUp ?? Promise.resolve(),
    }),
    book.with({ room: 'api' }),
  );

  const attach: RunningCore['attach'] = (channel, { token, onSession }) => {
    const client = clients.add(onSession ?? (() => {}));
    // A token from before a restart is taken up before the first call is answered.
    const resumed = token
      ? sessions.resume(token).then(
          (signedIn) => client.setSignedIn(signedIn),
          (cause: unknown) => log.warn({ error: cause }, 'a session could not be resumed'),
        )
      : Promise.resolve();
    // Calls that come before the session is known wait for it, in order.
    let waiting: ClientMessage[] | null = [];
    let deliver: (message: ClientMessage) => void = () => {};
    channel.onMessage((message) => {
      if (waiting) waiting.push(message);
      else deliver(message);
    });
    const gated: CoreChannel = { ...channel, onMessage: (listener) => void (deliver = listener) };
    const stop = serveChannel(
      gated,
      router,
      (correlationId) => ({
        correlationId,
        clientId: client.id,
        signedIn: client.signedIn(),
      }),
      calls,
    );
    void resumed.then(() => {
      const early = waiting ?? [];
      waiting = null;
      for (const message of early) deliver(message);
    });
    channel.onClose(() => {
      stop();
      clients.remove(client.id);
    });
  };
  const closeControl = await openControlSocket(config.dataDir, (channel) => attach(channel, { token: null }));

  return {
    attach,
    signIn,
    endSession,
    health: () => ({ version, database: database.online() ? 'online' : 'offline' }),
    settings,
    log: book.with({ room: 'server' }),
    demoPeople: sessions.demoPeople,
    announce: publishStatus,
    settled,
    pii: core.pii,
    async stop() {
      if (stopping) return;
      stopping = true;
      clearTimeout(telling);
      await closeControl();
      await settled.catch(() => {});
      await services.schedules.close();
      await services.closeLine();
      await delivery.flush(3000);
      await delivery.stop();
      await feed?.stop();
      await jobs?.stop();
      await database.close();
      await started?.stop();
      outbox.close();
      file.close();
      log.info({}, 'stopped');
      book.flush();
    },
  };
}

/** To the database, a session that it was not told of yet is not there: for it, the database is still away. */
function toldDatabase(database: ConnectedDatabase, people: OfflinePeople): ConnectedDatabase {
  return {
    ...database,
    async transaction(who, name, work) {
      if (people.hasToken(createHash('sha256').update(who.token).digest())) {
        throw unavailable('error.database-starting');
      }
      return database.transaction(who, name, work);
    },
  };
}

function centralStation(settings: Settings): StartedDatabase['station'] {
  const { login, secret } = settings.station;
  return login && secret ? { login, secret } : null;
}
