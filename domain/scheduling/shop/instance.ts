/**
 * The (flexible) job shop as flat arrays. Operations are numbered through, job after job in the order of
 * their routes; each has a run of alternatives, a machine and a duration. Times are whole numbers from 0.
 */
export interface ShopInstance {
  readonly jobCount: number;
  readonly machineCount: number;
  readonly operationCount: number;
  /** Operations of job j: `firstOperation[j] .. firstOperation[j + 1]`. */
  readonly firstOperation: Int32Array;
  readonly jobOf: Int32Array;
  /** Alternatives of operation i: `firstAlternative[i] .. firstAlternative[i + 1]`. */
  readonly firstAlternative: Int32Array;
  readonly alternativeMachine: Int32Array;
  readonly alternativeDuration: Int32Array;
}

/** One way to do an operation. */
export interface Alternative {
  readonly machine: number;
  readonly duration: number;
}

/** A job: its operations in the order of the route, each with the machines that may do it. */
export type Route = readonly (readonly Alternative[])[];

/** @throws RangeError for an operation without a machine, a machine out of range or a duration below 0. */
export function createShopInstance(routes: readonly Route[], machineCount: number): ShopInstance {
  const operations = routes.flat();
  const alternatives = operations.flat();
  for (const { machine, duration } of alternatives) {
    if (!(machine >= 0 && machine < machineCount))
      throw new RangeError(`machine ${machine} of ${machineCount}`);
    if (!(duration >= 0)) throw new RangeError(`duration ${duration}`);
  }
  if (operations.some((choices) => choices.length === 0)) throw new RangeError('operation without a machine');
  return {
    jobCount: routes.length,
    machineCount,
    operationCount: operations.length,
    firstOperation: Int32Array.from(running(routes.map((route) => route.length))),
    jobOf: Int32Array.from(routes.flatMap((route, job) => route.map(() => job))),
    firstAlternative: Int32Array.from(running(operations.map((choices) => choices.length))),
    alternativeMachine: Int32Array.from(alternatives, ({ machine }) => machine),
    alternativeDuration: Int32Array.from(alternatives, ({ duration }) => duration),
  };
}

function running(lengths: readonly number[]): number[] {
  let sum = 0;
  return [0, ...lengths.map((length) => (sum += length))];
}

/** Whether some operation may choose between machines. */
export function isFlexible(instance: ShopInstance): boolean {
  return instance.alternativeMachine.length > instance.operationCount;
}

/**
 * A plan without times: all operations in an order that respects routes, and the alternative each takes.
 * The order of a machine is the order of its operations in `order`; any such plan can be carried out.
 */
export interface ShopPlan {
  readonly order: Int32Array;
  /** Index into the alternatives, an operation. */
  readonly chosen: Int32Array;
}
