import { notFound, refused } from '#contract/errors';
import type { packing, Printer } from '#contract/packing';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import type { DeviceStatus } from '#contract/system';
import { buildSscc } from '#domain/gs1/check-digit';
import { parseScan } from '#domain/scanning/parse-scan';
import { readablePlant, writablePlant } from '#main/services/access';
import type { Core, SignedIn, SignedInCall } from '#main/services/core';
import { createOnce } from '#main/services/once';
import { createCartons, numberRanges, shown } from '#main/services/packing/cartons';
import {
  addSerial,
  closeCarton,
  judgeSerial,
  openCarton,
  removeSerial,
} from '#main/services/packing/commands';
import {
  askPrinter,
  markInterrupted,
  previewLabel,
  printLabel,
  resolveLabel,
} from '#main/services/packing/printing';
import type { PackedCarton } from '#main/services/packing/queries';
import { createSerialWork } from '#main/services/serial-work';
import type { ZebraPrinter } from '#native/printers/zebra-printer';

/** A label printer of this station; `plantCode` null: of whichever plant is packed for. */
export interface PackingPrinter {
  readonly code: string;
  readonly name: string;
  readonly plantCode: string | null;
  readonly printer: ZebraPrinter;
}

/** SSCC extension digit, the same for the whole product. */
const extensionDigit = 3;
/** How old a printer's word may be before the status strip has it asked again. */
const printerWordMs = 15_000;

/**
 * Packing: cartons at the station first, as scans are; labels only while the database answers.
 * @param printers asked for anew each time: they come and go with the line.
 */
export function createPackingService(core: Core, printers: () => readonly PackingPrinter[]) {
  const cartons = createCartons(core);
  const inTurn = createSerialWork();
  const openedOnce = createOnce<OutputOf<typeof packing.openCarton>>();
  const packedOnce = createOnce<OutputOf<typeof packing.addSerial>>();
  const printedOnce = createOnce<OutputOf<typeof packing.printLabel>>();
  const startedAt = core.now();
  const markedPlants = new Set<string>();
  const words = new Map<string, DeviceStatus & { readonly askedAt: number }>();
  const asking = new Set<string>();

  function tell(signedIn: SignedIn, subject: 'cartons' | 'labels', plantId: string, cartonId: string): void {
    const { organizationId } = signedIn.identity;
    core.publish({ type: 'changed', subject, plantId, ids: [cartonId] }, { organizationId, plantId });
  }

  /** An open carton of a plant that this person may write in. */
  async function openCartonOf(signedIn: SignedIn, cartonId: string): Promise<PackedCarton> {
    const carton = await cartons.find(signedIn, cartonId);
    writablePlant(signedIn, carton.plantId);
    if (carton.status !== 'open') {
      throw refused('refusal.carton-not-open', { carton: carton.number, status: carton.status });
    }
    return carton;
  }

  /** One command on one carton: decided, saved, shown; those on the same carton one after the other. */
  function packOnce(
    signedIn: SignedIn,
    commandId: string,
    cartonId: string,
    work: (
      carton: PackedCarton,
      by: { readonly commandId: string; readonly capturedAt: number; readonly signedIn: SignedIn },
    ) => Promise<OutputOf<typeof packing.addSerial>>,
  ): Promise<OutputOf<typeof packing.addSerial>> {
    return packedOnce(commandId, () =>
      inTurn(cartonId, async () => {
        const carton = await openCartonOf(signedIn, cartonId);
        const done = await work(carton, { commandId, capturedAt: core.now(), signedIn });
        tell(signedIn, 'cartons', carton.plantId, cartonId);
        return done;
      }),
    );
  }

  /** Asks the printer, and remembers its word for the status strip. */
  async function ask({ code, printer }: PackingPrinter) {
    asking.add(code);
    try {
      const { state, reason } = await askPrinter(printer);
      const now = core.now();
      const before = words.get(code);
      const link = state === 'offline' ? 'offline' : 'online';
      const isSame = before?.state === link && before.reason === reason;
      words.set(code, { code, state: link, reason, since: isSame ? before.since : now, askedAt: now });
      return { state, reason };
    } finally {
      asking.delete(code);
    }
  }

  return {
    cartons(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.cartons>,
    ): Promise<OutputOf<typeof packing.cartons>> {
      return cartons.list(call.signedIn, input.plantId);
    },

    openCarton(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.openCarton>,
    ): Promise<OutputOf<typeof packing.openCarton>> {
      const { signedIn } = call;
      return openedOnce(input.commandId, async () => {
        writablePlant(signedIn, input.plantId);
        const ranges = numberRanges(core.station.number, signedIn.gs1CompanyPrefix);
        const payload = {
          plantId: input.plantId,
          // The command's own id: sent again after a restart it still means this carton.
          cartonId: input.commandId,
          cartonNumber: ranges.carton(cartons.nextCount(signedIn.identity.organizationId, 'carton')),
        };
        const capturedAt = core.now();
        const acknowledgement = await core.outbox.accept(openCarton, payload, {
          commandId: input.commandId,
          capturedAt,
          signedIn,
        });
        if (acknowledgement.savedAt >= capturedAt) {
          cartons.effects.open(payload, capturedAt, acknowledgement.sequence);
        }
        tell(signedIn, 'cartons', input.plantId, input.commandId);
        return { ...acknowledgement, cartonId: input.commandId };
      });
    },

    async addSerial(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.addSerial>,
    ): Promise<OutputOf<typeof packing.addSerial>> {
      const number = serialNumberOf(input.serialNumber);
      const { signedIn } = call;
      // Two cartons are filled at once, a serial goes into one of them.
      return inTurn(number, () =>
        packOnce(signedIn, input.commandId, input.cartonId, async (carton, by) => {
          const serial = await cartons.serial(signedIn, carton.plantId, number);
          judgeSerial(serial, {
            number: carton.number,
            materialId: carton.materialId,
            count: carton.serials.length,
            capacity: serial.perCarton,
          });
          await cartons.settled(serial, carton.cartonId);
          const payload = {
            plantId: carton.plantId,
            cartonId: carton.cartonId,
            cartonNumber: carton.number,
            serialId: serial.serialId,
            serialNumber: number,
            materialId: serial.materialId,
            materialCode: serial.materialCode,
            materialName: serial.materialName,
            capacity: serial.perCarton,
          };
          const acknowledgement = await core.outbox.accept(addSerial, payload, by);
          const after = cartons.effects.add(payload, by.capturedAt, acknowledgement.sequence);
          return { ...acknowledgement, carton: shown(after ?? carton) };
        }),
      );
    },

    async removeSerial(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.removeSerial>,
    ): Promise<OutputOf<typeof packing.removeSerial>> {
      const number = serialNumberOf(input.serialNumber);
      const { signedIn } = call;
      return inTurn(number, () =>
        packOnce(signedIn, input.commandId, input.cartonId, async (carton, by) => {
          if (!carton.serials.some(({ serialNumber }) => serialNumber === number)) {
            throw refused('refusal.serial-not-in-carton', { serial: number, carton: carton.number });
          }
          const serial = await cartons.serial(signedIn, carton.plantId, number);
          const payload = {
            plantId: carton.plantId,
            cartonId: carton.cartonId,
            cartonNumber: carton.number,
            serialId: serial.serialId,
            serialNumber: number,
          };
          const acknowledgement = await core.outbox.accept(removeSerial, payload, by);
          const after = cartons.effects.remove(payload, acknowledgement.sequence);
          return { ...acknowledgement, carton: shown(after ?? carton) };
        }),
      );
    },

    closeCarton(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.closeCarton>,
    ): Promise<OutputOf<typeof packing.closeCarton>> {
      const { signedIn } = call;
      return packOnce(signedIn, input.commandId, input.cartonId, async (carton, by) => {
        if (carton.serials.length === 0) throw refused('refusal.carton-empty', { carton: carton.number });
        const payload = {
          plantId: carton.plantId,
          cartonId: carton.cartonId,
          cartonNumber: carton.number,
          sscc: nextSscc(signedIn),
        };
        const acknowledgement = await core.outbox.accept(closeCarton, payload, by);
        const after = cartons.effects.close(payload, by.capturedAt, acknowledgement.sequence);
        return { ...acknowledgement, carton: shown(after ?? carton) };
      });
    },

    async labelPreview(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.labelPreview>,
    ): Promise<OutputOf<typeof packing.labelPreview>> {
      return previewLabel(await cartons.find(call.signedIn, input.cartonId), call.signedIn);
    },

    async printers(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.printers>,
    ): Promise<OutputOf<typeof packing.printers>> {
      const plant = readablePlant(call.signedIn, input.plantId);
      const here = printers().filter(({ plantCode }) => plantCode === null || plantCode === plant.code);
      return Promise.all(
        here.map(async (printer): Promise<Printer> => {
          const { code, name } = printer;
          return { code, name, plantId: plant.id, ...(await ask(printer)) };
        }),
      );
    },

    printLabel(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.printLabel>,
    ): Promise<OutputOf<typeof packing.printLabel>> {
      const { signedIn } = call;
      return printedOnce(input.commandId, async () => {
        const carton = await cartons.find(signedIn, input.cartonId);
        const plant = writablePlant(signedIn, carton.plantId);
        const printer = printers().find(
          ({ code, plantCode }) =>
            code === input.printerCode && (plantCode === null || plantCode === plant.code),
        );
        if (printer === undefined) throw notFound('error.unknown-printer', { printer: input.printerCode });
        const label = await printLabel(core, signedIn, printer.printer, input);
        tell(signedIn, 'labels', carton.plantId, input.cartonId);
        return label;
      });
    },

    resolveLabel(
      call: SignedInCall,
      input: ParsedInputOf<typeof packing.resolveLabel>,
    ): Promise<OutputOf<typeof packing.resolveLabel>> {
      return resolveLabel(core, call.signedIn, input);
    },

    /** The printers' last word, for the status strip; an old one is asked for again, for the next time. */
    printerStatus(): readonly DeviceStatus[] {
      const now = core.now();
      return printers().map((printer) => {
        const word = words.get(printer.code);
        if (!asking.has(printer.code) && now - (word?.askedAt ?? -Infinity) > printerWordMs) {
          ask(printer).catch((error: unknown) => core.log.warn({ error }, 'printer could not be asked'));
        }
        if (word === undefined)
          return { code: printer.code, state: 'starting', reason: null, since: startedAt };
        const { askedAt: _, ...status } = word;
        return status;
      });
    },

    /** Cartons and serials of a plant into the mirror: at start, when they changed, and after delivery. */
    async refreshMirror(plantId: string): Promise<void> {
      const station = core.stationSignedIn();
      if (station !== null && core.database.online() && !markedPlants.has(plantId)) {
        await core.database.transaction(
          { token: station.token },
          'packing.interrupted-labels',
          (transaction) => markInterrupted(core, transaction, plantId, startedAt),
        );
        markedPlants.add(plantId);
      }
      await cartons.refresh(plantId);
    },
  };

  function nextSscc(signedIn: SignedIn): string {
    const { ssccs } = numberRanges(core.station.number, signedIn.gs1CompanyPrefix);
    const count = cartons.nextCount(signedIn.identity.organizationId, 'sscc');
    if (count >= ssccs.capacity) {
      throw refused('refusal.sscc-exhausted', { prefix: signedIn.gs1CompanyPrefix, serial: count });
    }
    const sscc = buildSscc({
      extensionDigit,
      companyPrefix: signedIn.gs1CompanyPrefix,
      serialReference: ssccs.serialReference(count),
    });
    if (!sscc.ok) throw refused(`refusal.${sscc.refusal.reason}`, sscc.refusal.values);
    return sscc.value;
  }
}
export type PackingService = ReturnType<typeof createPackingService>;

function serialNumberOf(text: string): string {
  const parsed = parseScan(text);
  if (parsed.kind === 'serial') return parsed.identifier;
  throw refused('refusal.not-a-serial', { code: parsed.identifier });
}
