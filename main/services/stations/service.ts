import type { Acknowledgement } from '#contract/common';
import { AppError, notAllowed, notFound, refused } from '#contract/errors';
import type { ErrorShape } from '#contract/errors';
import type { OutputOf, ParsedInputOf } from '#contract/procedures';
import type { ScanOutcome, StationOperation, stations } from '#contract/stations';
import { judge } from '#domain/quality/judge';
import { decideAction } from '#domain/scanning/operation-action';
import type { OperationAction } from '#domain/scanning/operation-action';
import { parseScan } from '#domain/scanning/parse-scan';
import { writablePlant } from '#main/services/access';
import type { Core, SignedIn, SignedInCall } from '#main/services/core';
import { createOnce } from '#main/services/once';
import { createSerialWork } from '#main/services/serial-work';
import { recordMeasurement, recordScan, reportProduction } from '#main/services/stations/commands';
import { createOperations } from '#main/services/stations/operations';

interface Report {
  readonly commandId: string;
  readonly requested: Parameters<typeof decideAction>[1];
  readonly goodQuantity: number;
  readonly scrapQuantity: number;
  readonly note?: string | undefined;
  readonly source: ScanOutcome['source'];
  readonly scannedCode?: string | undefined;
}

/** What is known of a code before anything is done with it. */
type Base = Omit<ScanOutcome, 'acknowledgement' | 'effect' | 'refusal'>;

/**
 * What happens at a station. Nothing here waits for PostgreSQL but the look-up of an operation that the
 * mirror does not hold: a command is decided by the mirror, synced to this station's disk, and delivered
 * later. Refusals of scans and actions come in the outcome.
 */
export function createStationsService(core: Core) {
  const operations = createOperations(core);
  const inTurn = createSerialWork();
  const outcomeOnce = createOnce<ScanOutcome>();
  const measurementOnce = createOnce<OutputOf<typeof stations.recordMeasurement>>();

  async function find(signedIn: SignedIn, code: string): Promise<StationOperation> {
    const operation = await operations.find(signedIn, code);
    if (operation === undefined) throw notFound('error.unknown-code', { code });
    writablePlant(signedIn, operation.plantId);
    return operation;
  }

  function tell(
    signedIn: SignedIn,
    subject: 'operations' | 'measurements',
    operation: StationOperation,
  ): void {
    const { plantId, operationId } = operation;
    core.publish(
      { type: 'changed', subject, plantId, ids: [operationId] },
      { organizationId: signedIn.identity.organizationId, plantId },
    );
  }

  /** Decides, saves and shows one report. Reports of one operation come one after the other. */
  function report(signedIn: SignedIn, code: string, asked: Report) {
    return inTurn(code, async (): Promise<Pick<ScanOutcome, 'acknowledgement' | 'effect'>> => {
      const operation = await find(signedIn, code);
      const action = decide(operation, asked.requested);
      const payload = {
        plantId: operation.plantId,
        operationId: operation.operationId,
        operationCode: operation.code,
        event: action,
        goodQuantity: asked.goodQuantity,
        scrapQuantity: asked.scrapQuantity,
        ...(asked.note === undefined ? {} : { note: asked.note }),
        source: asked.source,
        ...(asked.scannedCode === undefined ? {} : { scannedCode: asked.scannedCode }),
      };
      const capturedAt = core.now();
      const acknowledgement = await core.outbox.accept(reportProduction, payload, {
        commandId: asked.commandId,
        capturedAt,
        signedIn,
      });
      // Saved before this call began, by the process before this one: its effect stands in the mirror already.
      const isNew = acknowledgement.savedAt >= capturedAt;
      const after = isNew
        ? operations.change(operation, { kind: 'report', report: payload }, acknowledgement.sequence)
        : operation;
      tell(signedIn, 'operations', operation);
      const { laneCode, status } = after;
      return {
        acknowledgement,
        effect: { operationCode: operation.code, action, status, laneCode: laneCode ?? '' },
      };
    });
  }

  /** Puts a code on file that changes nothing: not an operation's, or refused. */
  async function keepScan(signedIn: SignedIn, scan: Base): Promise<Acknowledgement> {
    const payload = {
      plantId: recordingPlant(signedIn),
      code: storable(scan.code),
      kind: scan.kind,
      source: scan.source,
    };
    return core.outbox.accept(recordScan, payload, {
      commandId: scan.scanId,
      capturedAt: scan.at,
      signedIn,
    });
  }

  async function scanOnce(
    signedIn: SignedIn,
    input: ParsedInputOf<typeof stations.scan>,
  ): Promise<ScanOutcome> {
    const parsed = parseScan(input.code);
    const base: Base = {
      scanId: input.commandId,
      code: input.code,
      kind: parsed.kind,
      source: input.source,
      at: core.now(),
      identifier: parsed.identifier,
    };
    let refusal: ErrorShape | undefined;
    if (parsed.kind === 'operation') {
      try {
        const done = await report(signedIn, parsed.code, {
          commandId: input.commandId,
          requested: parsed.action,
          goodQuantity: 0,
          scrapQuantity: 0,
          source: input.source,
          scannedCode: storable(input.code),
        });
        return { ...base, ...done };
      } catch (error) {
        refusal = shapeOf(error);
      }
    } else if (parsed.kind === 'unknown') {
      refusal = refused(`refusal.${parsed.refusal.reason}`, parsed.refusal.values).shape;
    }
    // A refused scan is kept like any other; where even that is refused, the outcome says so.
    try {
      const acknowledgement = await keepScan(signedIn, base);
      return refusal === undefined ? { ...base, acknowledgement } : { ...base, refusal };
    } catch (error) {
      return { ...base, refusal: refusal ?? shapeOf(error) };
    }
  }

  return {
    /** The one door for codes. Each is answered, kept and shown, whether it could be carried out or not. */
    scan(
      call: SignedInCall,
      input: ParsedInputOf<typeof stations.scan>,
    ): Promise<OutputOf<typeof stations.scan>> {
      return outcomeOnce(input.commandId, async () => {
        const outcome = await scanOnce(call.signedIn, input);
        const { organizationId } = call.signedIn.identity;
        core.publish({ type: 'scan', outcome }, { organizationId, plantId: null });
        return outcome;
      });
    },

    act(
      call: SignedInCall,
      input: ParsedInputOf<typeof stations.act>,
    ): Promise<OutputOf<typeof stations.act>> {
      return outcomeOnce(input.commandId, async () => {
        const parsed = parseScan(input.operationCode);
        const base: Base = {
          scanId: input.commandId,
          code: input.operationCode,
          kind: parsed.kind,
          source: 'typed',
          at: core.now(),
          identifier: parsed.identifier,
        };
        try {
          const done = await report(call.signedIn, operationCodeOf(input.operationCode), {
            commandId: input.commandId,
            requested: input.action,
            goodQuantity: input.goodQuantity,
            scrapQuantity: input.scrapQuantity,
            note: input.note,
            source: 'typed',
          });
          return { ...base, ...done };
        } catch (error) {
          return { ...base, refusal: shapeOf(error) };
        }
      });
    },

    worklist(
      call: SignedInCall,
      input: ParsedInputOf<typeof stations.worklist>,
    ): Promise<OutputOf<typeof stations.worklist>> {
      return operations.worklist(call.signedIn, input.plantId);
    },

    async operation(
      call: SignedInCall,
      input: ParsedInputOf<typeof stations.operation>,
    ): Promise<OutputOf<typeof stations.operation>> {
      return operations.current(call.signedIn, operationCodeOf(input.code));
    },

    /** Judged here and now, by the limits that the station holds; a value on a limit is inside. */
    recordMeasurement(
      call: SignedInCall,
      input: ParsedInputOf<typeof stations.recordMeasurement>,
    ): Promise<OutputOf<typeof stations.recordMeasurement>> {
      const { signedIn } = call;
      const work = async (code: string) => {
        const operation = await find(signedIn, code);
        const characteristic = operation.characteristics.find((one) => one.id === input.characteristicId);
        if (characteristic === undefined) throw notFound('error.unknown-characteristic', { operation: code });
        const { verdict } = judge(input.value, {
          lsl: characteristic.lowerLimit ?? undefined,
          usl: characteristic.upperLimit ?? undefined,
        });
        const measurement = {
          plantId: operation.plantId,
          operationId: operation.operationId,
          operationCode: code,
          characteristicId: characteristic.id,
          characteristicCode: characteristic.code,
          value: input.value,
          inside: verdict === 'inside',
          source: input.source,
          ...(input.serialNumber === undefined ? {} : { serialNumber: storable(input.serialNumber) }),
        };
        const capturedAt = core.now();
        const acknowledgement = await core.outbox.accept(recordMeasurement, measurement, {
          commandId: input.commandId,
          capturedAt,
          signedIn,
        });
        if (acknowledgement.savedAt >= capturedAt) {
          const effect = { kind: 'measurement', measurement, at: capturedAt } as const;
          operations.change(operation, effect, acknowledgement.sequence);
        }
        tell(signedIn, 'measurements', operation);
        return { ...acknowledgement, inside: measurement.inside };
      };
      return measurementOnce(input.commandId, async () => {
        const code = operationCodeOf(input.operationCode);
        return inTurn(code, () => work(code));
      });
    },

    /** See `Operations.refresh`: at start, when operations or measurements changed, and after delivery. */
    refreshMirror: operations.refresh,
  };
}
export type StationsService = ReturnType<typeof createStationsService>;

function decide(operation: StationOperation, requested: Report['requested']): OperationAction {
  const decided = decideAction(operation.status, requested);
  if (decided.ok) return decided.value;
  const { reason, values } = decided.refusal;
  throw refused(`refusal.${reason}`, { status: operation.status, ...values, operation: operation.code });
}

/** The code without what is printed behind it, in capitals. */
function operationCodeOf(text: string): string {
  const parsed = parseScan(text);
  if (parsed.kind === 'operation') return parsed.code;
  throw refused('refusal.not-an-operation', { code: parsed.identifier });
}

/** Where a code belongs that names no operation: the person's own plant, if they may record there. */
function recordingPlant({ identity }: SignedIn): string {
  const writable = identity.plants.filter((plant) => plant.mayWrite);
  const plant = writable.find(({ id }) => id === identity.homePlantId) ?? writable[0];
  if (plant === undefined) throw notAllowed('error.no-plant-to-record-in');
  return plant.id;
}

/** PostgreSQL's text holds every character but NUL, which is made visible. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u2400');
}

/** Refusals become part of an outcome; bugs do not. */
function shapeOf(error: unknown): ErrorShape {
  if (error instanceof AppError) return error.shape;
  throw error;
}
