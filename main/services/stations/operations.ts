import { notFound, unavailable } from '#contract/errors';
import type { StationOperation } from '#contract/stations';
import { statusAfter } from '#domain/scanning/operation-action';
import { readablePlant } from '#main/services/access';
import type { Core, SignedIn } from '#main/services/core';
import { isUnavailable } from '#main/services/desk-command';
import {
  measurementSubject,
  operationSubject,
  recordMeasurement,
  reportProduction,
} from '#main/services/stations/commands';
import type { Measurement, ProductionReport } from '#main/services/stations/commands';
import { nextOnLane, readStationOperations, recentMeasurements } from '#main/services/stations/queries';
import type { OperationChoice } from '#main/services/stations/queries';
import { createUnsettled } from '#main/services/unsettled';

/** The mirror's set of a plant's operations, by code. Sets are by plant, so that nobody finds another plant's. */
export const operationSet = (plantId: string) => `operations:${plantId}`;

/** A station shows what it holds itself when the database does not answer within this. */
const patienceMs = 1000;

/** @throws Unavailable when the answer takes longer; a network that swallows everything says nothing for long. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable('error.database-slow')), patienceMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As it stands in the mirror: with the place in the outbox of the last command whose effect it shows. */
type Mirrored = StationOperation & { readonly lastSequence?: number };

/** What a command makes of an operation, before the database has said so. */
export type Effect =
  | { readonly kind: 'report'; readonly report: ProductionReport }
  | { readonly kind: 'measurement'; readonly measurement: Measurement; readonly at: number };

/** The operation as it stands once a command has taken effect. */
export function withEffect<Operation extends StationOperation>(
  operation: Operation,
  effect: Effect,
): Operation {
  if (effect.kind === 'report') {
    const { event, goodQuantity, scrapQuantity } = effect.report;
    return {
      ...operation,
      status: event === 'report' ? operation.status : statusAfter(event),
      goodQuantity: operation.goodQuantity + goodQuantity,
      scrapQuantity: operation.scrapQuantity + scrapQuantity,
    };
  }
  const { characteristicId, value, inside } = effect.measurement;
  return {
    ...operation,
    characteristics: operation.characteristics.map((one) =>
      one.id === characteristicId
        ? {
            ...one,
            taken: one.taken + 1,
            recent: [...one.recent, { value, at: effect.at, inside }].slice(-recentMeasurements),
          }
        : one,
    ),
  };
}

/** A station's view of operations: the database's, with what this station has just recorded on top. */
export function createOperations(core: Core) {
  const unsettled = createUnsettled(
    (code) => core.outbox.pending(operationSubject(code)) || core.outbox.pending(measurementSubject(code)),
  );

  function mirrored(signedIn: SignedIn, code: string): StationOperation | undefined {
    for (const plant of signedIn.identity.plants) {
      const found = core.mirror.get<Mirrored>(operationSet(plant.id), code);
      if (found) return fromMirror(found);
    }
    return undefined;
  }

  /** Reads, and gives what stands: ours where our commands are still on their way. `keep` copies the others. */
  async function read(
    token: string,
    name: string,
    choice: OperationChoice,
    keep: boolean,
  ): Promise<readonly StationOperation[]> {
    const held = unsettled.beginRead();
    const asOf = core.now();
    const read = await core.database.transaction({ token }, name, (transaction) =>
      readStationOperations(transaction, choice, asOf),
    );
    return read.map((operation) => {
      const set = operationSet(operation.plantId);
      const ours = held(operation.code) ? core.mirror.get<Mirrored>(set, operation.code) : undefined;
      if (ours !== undefined) return fromMirror(ours);
      if (keep) core.mirror.put(set, operation.code, operation, asOf);
      return operation;
    });
  }

  /**
   * A core that was killed after a command was on disk, and before the mirror showed it, left an operation
   * that looks as if nothing had been scanned. What waits in the outbox says better.
   */
  function recover(): void {
    for (const { kind, payload, sequence, state, capturedAt } of core.outbox.entries()) {
      if (state === 'discarded') continue;
      let effect: Effect | undefined;
      if (kind === reportProduction.kind) {
        effect = { kind: 'report', report: reportProduction.schema.parse(payload) };
      } else if (kind === recordMeasurement.kind) {
        effect = {
          kind: 'measurement',
          measurement: recordMeasurement.schema.parse(payload),
          at: capturedAt,
        };
      }
      if (effect === undefined) continue;
      const { plantId, operationCode } = effect.kind === 'report' ? effect.report : effect.measurement;
      // Shown or not, the database has not said so: it may be delivered while the first refresh reads.
      unsettled.touch(operationCode);
      const set = operationSet(plantId);
      const found = core.mirror.get<Mirrored>(set, operationCode);
      if (found === undefined || (found.body.lastSequence ?? 0) >= sequence) continue;
      const body = { ...withEffect(found.body, effect), lastSequence: sequence };
      core.mirror.put(set, operationCode, body, core.now());
    }
  }
  recover();

  return {
    /** From the mirror first: a scan does not wait for PostgreSQL unless it must. Undefined: there is none. */
    async find(signedIn: SignedIn, code: string): Promise<StationOperation | undefined> {
      const found = mirrored(signedIn, code);
      if (found !== undefined) return found;
      if (!core.database.online()) throw unavailable('error.unknown-code-offline', { code });
      try {
        const [operation] = await read(signedIn.token, 'stations.find', { of: 'code', code }, true);
        return operation;
      } catch (error) {
        if (isUnavailable(error)) throw unavailable('error.unknown-code-offline', { code }, error);
        throw error;
      }
    },

    /** From the database when it answers, else from the mirror. */
    async current(signedIn: SignedIn, code: string): Promise<StationOperation> {
      try {
        const [operation] = await inTime(
          read(signedIn.token, 'stations.operation', { of: 'code', code }, false),
        );
        if (operation === undefined) throw notFound('error.unknown-code', { code });
        return operation;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        const found = mirrored(signedIn, code);
        if (found === undefined) throw unavailable('error.unknown-code-offline', { code }, error);
        return found;
      }
    },

    /** Running ones and the next of each lane, in the order of the plan. */
    async worklist(signedIn: SignedIn, plantId: string) {
      readablePlant(signedIn, plantId);
      const asOf = core.now();
      try {
        const choice = { of: 'worklist', plantId } as const;
        const found = await inTime(read(signedIn.token, 'stations.worklist', choice, false));
        const known = new Set(found.map(({ code }) => code));
        // Begun here a moment ago without a place in the plan: the database cannot list it yet.
        const begun = unsettled.keys().flatMap((code) => {
          const ours = known.has(code) ? undefined : core.mirror.get<Mirrored>(operationSet(plantId), code);
          return ours !== undefined && isUnderWay(ours.body) ? [fromMirror(ours)] : [];
        });
        return { source: 'database' as const, asOf, operations: [...begun, ...found.filter(isOpen)] };
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        const all = core.mirror.all<Mirrored>(operationSet(plantId));
        if (all.length === 0) throw error;
        const oldest = core.mirror.mirroredAt() ?? Math.min(...all.map((one) => one.storedAt));
        return { source: 'cache' as const, asOf: oldest, operations: nextOf(all.map(fromMirror)) };
      }
    },

    /** Shows what a command of this station makes of an operation; only once the command is on disk. */
    change(operation: StationOperation, effect: Effect, sequence: number): StationOperation {
      const changed = withEffect(operation, effect);
      const body: Mirrored = { ...changed, lastSequence: sequence };
      unsettled.touch(operation.code);
      core.mirror.put(operationSet(operation.plantId), operation.code, body, core.now());
      return changed;
    },

    /**
     * Brings the mirror up to date for a plant: all of it, or the operations named (none means all). What commands of this
     * station have changed stands until they are delivered. Does nothing before the station has signed in.
     */
    async refresh(plantId: string, operationIds?: readonly string[]): Promise<void> {
      const station = core.stationSignedIn();
      if (station === null || !core.database.online()) return;
      if (operationIds !== undefined && operationIds.length > 0) {
        await read(station.token, 'stations.refresh', { of: 'ids', ids: operationIds }, true);
        return;
      }
      const held = unsettled.beginRead();
      const now = core.now();
      const operations = await core.database.transaction(
        { token: station.token },
        'stations.mirror',
        (transaction) => readStationOperations(transaction, { of: 'mirror', plantId, now }, now),
      );
      const entries = operations.map((operation) => ({ key: operation.code, body: operation }));
      core.mirror.replace(operationSet(plantId), entries, now, held);
    },
  };
}

function fromMirror(found: { readonly body: StationOperation; readonly storedAt: number }): StationOperation {
  return { ...found.body, source: 'cache', asOf: found.storedAt };
}

function isOpen({ status }: StationOperation): boolean {
  return status !== 'completed' && status !== 'cancelled';
}

function isUnderWay({ status }: StationOperation): boolean {
  return status === 'running' || status === 'paused';
}

/** The same choice as the database makes for the worklist. */
function nextOf(operations: readonly StationOperation[]): StationOperation[] {
  const waiting = new Map<string, number>();
  return operations
    .filter(isOpen)
    .sort((a, b) => (a.plannedStartsAt ?? Infinity) - (b.plannedStartsAt ?? Infinity))
    .filter((operation) => {
      const { laneCode } = operation;
      if (isUnderWay(operation)) return true;
      if (laneCode === null) return false;
      const before = waiting.get(laneCode) ?? 0;
      waiting.set(laneCode, before + 1);
      return before < nextOnLane;
    });
}
