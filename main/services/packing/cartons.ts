import { setTimeout as delay } from 'node:timers/promises';
import { notFound, refused, unavailable } from '#contract/errors';
import type { Carton } from '#contract/packing';
import { readablePlant } from '#main/services/access';
import type { Core, SignedIn } from '#main/services/core';
import { isUnavailable } from '#main/services/desk-command';
import {
  addSerial,
  cartonSubject,
  closeCarton,
  openCarton,
  removeSerial,
} from '#main/services/packing/commands';
import { readCartons, readHighest, readSerials } from '#main/services/packing/queries';
import type { PackableSerial, PackedCarton } from '#main/services/packing/queries';
import { createUnsettled } from '#main/services/unsettled';

/** Sets of the mirror, by plant, so that nobody finds another plant's: cartons by id, serials by number. */
export const cartonSet = (plantId: string) => `cartons:${plantId}`;
export const serialSet = (plantId: string) => `serials:${plantId}`;

/** How long a command waits for one before it to reach the database. */
export const longestDeliveryMs = 3000;

/** As it stands in the mirror: with the place in the outbox of the last command whose effect it shows. */
type MirroredCarton = PackedCarton & { readonly lastSequence?: number };

/** The number range that is this station's alone, so that numbers given without the network never meet. */
export function numberRanges(stationNumber: number, gs1CompanyPrefix: string) {
  const station = String(stationNumber).padStart(3, '0');
  const digits = 16 - gs1CompanyPrefix.length - station.length;
  const ssccPrefix = `3${gs1CompanyPrefix}${station}`;
  return {
    carton: (count: number) => `CT-${station}${String(count).padStart(6, '0')}`,
    cartons: {
      from: `CT-${station}000000`,
      to: `CT-${station}999999`,
      countOf: (last: string) => Number(last.slice(6)),
    },
    /** Serial references: the station's number, then a count. */
    ssccs: {
      from: ssccPrefix.padEnd(18, '0'),
      to: ssccPrefix.padEnd(18, '9'),
      countOf: (last: string) => Number(last.slice(ssccPrefix.length, 17)),
      capacity: digits > 0 ? 10 ** digits : 0,
      serialReference: (count: number) => Number(`${station}${String(count).padStart(digits, '0')}`),
    },
  };
}

/** Packing as this station sees it: the mirror's cartons with what was just packed, and the database's. */
export function createCartons(core: Core) {
  const unsettled = createUnsettled((cartonId) => core.outbox.pending(cartonSubject(cartonId)));
  /** Highest counts that the database has seen of this station, by organization. */
  const highest = new Map<string, { carton: number; sscc: number }>();

  const change = (
    plantId: string,
    cartonId: string,
    sequence: number,
    effect: (carton: PackedCarton) => PackedCarton,
  ): PackedCarton | undefined => {
    // Shown already or not, the database has not said so: it may be delivered while a refresh reads.
    unsettled.touch(cartonId);
    const found = core.mirror.get<MirroredCarton>(cartonSet(plantId), cartonId);
    if (found === undefined) return undefined;
    if ((found.body.lastSequence ?? 0) >= sequence) return found.body;
    const changed = { ...effect(found.body), lastSequence: sequence };
    core.mirror.put(cartonSet(plantId), cartonId, changed, core.now());
    return changed;
  };

  const setSerial = (
    { plantId, serialNumber, cartonId }: { plantId: string; serialNumber: string; cartonId: string },
    cartonNumber: string | null,
  ) => {
    const found = core.mirror.get<PackableSerial>(serialSet(plantId), serialNumber);
    if (found === undefined) return;
    const status = cartonNumber === null ? 'released' : 'packed';
    const body: PackableSerial = { ...found.body, status, cartonNumber, lastCartonId: cartonId };
    core.mirror.put(serialSet(plantId), serialNumber, body, core.now());
  };

  /** What each command makes of the mirror, once it is on disk; the same again changes nothing. */
  const effects = {
    open(payload: PayloadOf<typeof openCarton>, at: number, sequence: number): PackedCarton {
      const { plantId, cartonId } = payload;
      unsettled.touch(cartonId);
      const found = core.mirror.get<MirroredCarton>(cartonSet(plantId), cartonId);
      if (found !== undefined) return found.body;
      const opened: MirroredCarton = {
        cartonId,
        plantId,
        number: payload.cartonNumber,
        status: 'open',
        materialId: null,
        materialCode: null,
        materialName: null,
        sscc: null,
        openedAt: at,
        closedAt: null,
        capacity: null,
        serials: [],
        labels: [],
        lastSequence: sequence,
      };
      core.mirror.put(cartonSet(plantId), cartonId, opened, core.now());
      return opened;
    },
    add(payload: PayloadOf<typeof addSerial>, at: number, sequence: number) {
      const { plantId, serialNumber, materialId, materialCode, materialName, capacity } = payload;
      setSerial(payload, payload.cartonNumber);
      return change(plantId, payload.cartonId, sequence, (carton) => ({
        ...carton,
        materialId,
        materialCode,
        materialName,
        capacity,
        serials: [...carton.serials, { serialNumber, packedAt: at }],
      }));
    },
    remove(payload: PayloadOf<typeof removeSerial>, sequence: number) {
      const { plantId, serialNumber } = payload;
      setSerial(payload, null);
      return change(plantId, payload.cartonId, sequence, (carton) => {
        const serials = carton.serials.filter((one) => one.serialNumber !== serialNumber);
        const emptied = { materialId: null, materialCode: null, materialName: null, capacity: null };
        return { ...carton, serials, ...(serials.length === 0 ? emptied : {}) };
      });
    },
    close(payload: PayloadOf<typeof closeCarton>, at: number, sequence: number) {
      return change(payload.plantId, payload.cartonId, sequence, (carton) => ({
        ...carton,
        status: 'closed',
        sscc: payload.sscc,
        closedAt: Math.max(at, carton.openedAt),
      }));
    },
  };

  /** See `Operations.recover` in stations: what was on disk, but not yet in the mirror, when a core was killed. */
  function recover(): void {
    for (const { kind, payload, sequence, state, capturedAt } of core.outbox.entries()) {
      if (state === 'discarded') continue;
      if (kind === openCarton.kind) effects.open(openCarton.schema.parse(payload), capturedAt, sequence);
      if (kind === addSerial.kind) effects.add(addSerial.schema.parse(payload), capturedAt, sequence);
      if (kind === removeSerial.kind) effects.remove(removeSerial.schema.parse(payload), sequence);
      if (kind === closeCarton.kind) effects.close(closeCarton.schema.parse(payload), capturedAt, sequence);
    }
  }
  recover();

  /** Serials that a command of this station puts into a carton, or takes out, once it is delivered. */
  const serialsUnderWay = (): readonly string[] =>
    core.outbox
      .entries()
      .filter(
        ({ kind, state }) => state !== 'discarded' && (kind === addSerial.kind || kind === removeSerial.kind),
      )
      .map(({ payload }) => (payload as { readonly serialNumber: string }).serialNumber);

  return {
    effects,

    /** The carton, ours where commands on it are on their way. `NotFound`, or `Unavailable` where nobody can tell. */
    async find(signedIn: SignedIn, cartonId: string): Promise<PackedCarton> {
      for (const plant of signedIn.identity.plants) {
        const found = core.mirror.get<MirroredCarton>(cartonSet(plant.id), cartonId);
        if (found !== undefined) return found.body;
      }
      const asOf = core.now();
      const [carton] = await core.database.transaction(
        { token: signedIn.token },
        'packing.find-carton',
        (transaction) => readCartons(transaction, { cartonId }),
      );
      if (carton === undefined) throw notFound('error.unknown-carton', { carton: '' });
      core.mirror.put(cartonSet(carton.plantId), cartonId, carton, asOf);
      return carton;
    },

    async list(signedIn: SignedIn, plantId: string) {
      readablePlant(signedIn, plantId);
      const asOf = core.now();
      const held = unsettled.beginRead();
      const mirrored = core.mirror.all<MirroredCarton>(cartonSet(plantId));
      try {
        const read = await core.database.transaction(
          { token: signedIn.token },
          'packing.cartons',
          (transaction) => readCartons(transaction, { plantId }),
        );
        const ours = new Map(
          mirrored
            .filter(({ key }) => held(key))
            .map(({ key }) => [key, core.mirror.get<MirroredCarton>(cartonSet(plantId), key)?.body]),
        );
        const known = new Set(read.map((carton) => carton.cartonId));
        const cartons = [
          ...[...ours.values()].filter((carton) => carton !== undefined && !known.has(carton.cartonId)),
          ...read.map((carton) => ours.get(carton.cartonId) ?? carton),
        ].filter((carton) => carton !== undefined);
        return { source: 'database' as const, asOf, cartons: inOrder(cartons) };
      } catch (error) {
        if (!isUnavailable(error) || mirrored.length === 0) throw error;
        return {
          source: 'cache' as const,
          asOf: core.mirror.mirroredAt() ?? Math.min(...mirrored.map((one) => one.storedAt)),
          cartons: inOrder(mirrored.map(({ body }) => body)),
        };
      }
    },

    /** The serial as far as the station knows; the database is only asked where the mirror has nothing. */
    async serial(signedIn: SignedIn, plantId: string, number: string): Promise<PackableSerial> {
      const found = core.mirror.get<PackableSerial>(serialSet(plantId), number);
      if (found !== undefined) return found.body;
      try {
        const [serial] = await core.database.transaction(
          { token: signedIn.token },
          'packing.find-serial',
          (transaction) => readSerials(transaction, { number }),
        );
        if (serial === undefined || serial.plantId !== plantId) {
          throw notFound('error.unknown-serial', { serial: number });
        }
        core.mirror.put(serialSet(plantId), number, serial, core.now());
        return serial;
      } catch (error) {
        if (isUnavailable(error))
          throw unavailable('error.unknown-serial-offline', { serial: number }, error);
        throw error;
      }
    },

    /**
     * Cartons are delivered side by side. A serial that was in another carton goes into this one only when
     * that is in the database: otherwise it could arrive here before it has left there.
     */
    async settled(serial: PackableSerial, intoCartonId: string): Promise<void> {
      const { lastCartonId } = serial;
      if (lastCartonId === undefined || lastCartonId === intoCartonId) return;
      const until = performance.now() + longestDeliveryMs;
      while (core.outbox.pending(cartonSubject(lastCartonId))) {
        if (!core.database.online() || performance.now() > until) {
          throw refused('refusal.serial-on-its-way', { serial: serial.number });
        }
        await delay(25);
      }
    },

    /** A number that no carton has had, nor will have from another station. */
    nextCount(organizationId: string, counter: 'carton' | 'sscc'): number {
      return core.mirror.next(counter, (highest.get(organizationId)?.[counter] ?? 0) + 1);
    },

    /** Brings cartons and serials of a plant into the mirror; what is on its way to the database stands. */
    async refresh(plantId: string): Promise<void> {
      const station = core.stationSignedIn();
      if (station === null || !core.database.online()) return;
      const held = unsettled.beginRead();
      const serialsBefore = serialsUnderWay();
      const asOf = core.now();
      const ranges = numberRanges(core.station.number, station.gs1CompanyPrefix);
      const read = await core.database.transaction(
        { token: station.token },
        'packing.mirror',
        async (transaction) => ({
          cartons: await readCartons(transaction, { plantId }),
          serials: await readSerials(transaction, { plantId }),
          carton: await readHighest(transaction, 'number', ranges.cartons.from, ranges.cartons.to),
          sscc: await readHighest(transaction, 'sscc', ranges.ssccs.from, ranges.ssccs.to),
        }),
      );
      const { organizationId } = station.identity;
      const before = highest.get(organizationId) ?? { carton: 0, sscc: 0 };
      highest.set(organizationId, {
        carton: Math.max(before.carton, read.carton === null ? 0 : ranges.cartons.countOf(read.carton)),
        sscc: Math.max(before.sscc, read.sscc === null ? 0 : ranges.ssccs.countOf(read.sscc)),
      });
      const cartons = read.cartons.map((carton) => ({ key: carton.cartonId, body: carton }));
      // A serial stands as we know it while a carton that it went into, or came out of, is on its way.
      const heldSerials = new Set([...serialsBefore, ...serialsUnderWay()]);
      for (const { key, body } of core.mirror.all<MirroredCarton>(cartonSet(plantId))) {
        if (held(key)) for (const { serialNumber } of body.serials) heldSerials.add(serialNumber);
      }
      core.mirror.replace(cartonSet(plantId), cartons, asOf, held);
      core.mirror.replace(
        serialSet(plantId),
        read.serials.map((serial) => ({ key: serial.number, body: serial })),
        asOf,
        (number) => heldSerials.has(number),
      );
    },
  };
}

type PayloadOf<Command> = Command extends {
  apply(transaction: never, payload: infer P, meta: never): unknown;
}
  ? P
  : never;

/** As the contract has it. */
export function shown(carton: PackedCarton): Carton {
  const { materialId: _material, lastSequence: _sequence, ...rest } = carton as MirroredCarton;
  return rest;
}

function inOrder(cartons: readonly PackedCarton[]): Carton[] {
  return cartons
    .toSorted((a, b) => Number(a.status !== 'open') - Number(b.status !== 'open') || b.openedAt - a.openedAt)
    .map(shown);
}
