/** What a machine says of itself, as the rest of the product sees it. */

export type MachineState = 'running' | 'idle' | 'setup' | 'down' | 'offline';
export type SampleQuality = 'good' | 'uncertain' | 'bad';

export interface MachineSample {
  readonly machineCode: string;
  /** `offline` when the line is gone or the machine's own state cannot be read. */
  readonly state: MachineState;
  /** Counters as the machine keeps them; they may start again at zero. Absent as long as never read. */
  readonly goodCount?: number;
  readonly rejectCount?: number;
  readonly faultCode?: string;
  /** When the machine says it was so; epoch milliseconds. */
  readonly sourceAt: number;
  readonly receivedAt: number;
  /** The worst of its tags. */
  readonly quality: SampleQuality;
  /** Something between the sample before and this one is not known: a queue overflowed, or the line was away. */
  readonly gap: boolean;
  /** Why the quality is bad, where we judged it so and not the server. */
  readonly problem?: 'unknown-state' | 'not-a-count' | 'connection-lost';
  /** What the tag held that could not be read. */
  readonly rawValue?: string;
}

export type TagName = 'state' | 'goodCount' | 'rejectCount' | 'fault';

/** One value of one tag, freed of its protocol. */
export interface TagChange {
  readonly tag: TagName;
  readonly value: unknown;
  readonly quality: SampleQuality;
  readonly sourceAt: number;
  /** The server dropped older values of this tag. */
  readonly overflow: boolean;
}

const namedStates: Readonly<Record<string, MachineState>> = {
  running: 'running',
  run: 'running',
  execute: 'running',
  true: 'running',
  idle: 'idle',
  stopped: 'idle',
  false: 'idle',
  setup: 'setup',
  down: 'down',
  fault: 'down',
  aborted: 'down',
  offline: 'offline',
};

/** The state that a tag's value means: by the machine's own table first, then by common names. */
export function machineStateOf(
  value: unknown,
  stateByValue: Readonly<Record<string, MachineState>> | undefined,
): MachineState | undefined {
  const key = String(value).trim();
  if (stateByValue && Object.hasOwn(stateByValue, key)) return stateByValue[key];
  const name = key.toLowerCase();
  return Object.hasOwn(namedStates, name) ? namedStates[name] : undefined;
}

export interface MachineImage {
  /**
   * Takes the changes of one notification and gives the samples they make: one for each change of state
   * or fault, in the order of the machine's clock, and one for what only counted on.
   */
  apply: (changes: readonly TagChange[], receivedAt: number) => MachineSample[];
  /** The line went: one last sample, and whatever comes next stands after a gap. */
  disconnect: (receivedAt: number) => MachineSample;
}

/** The picture of one machine, put together from its tags. Without a clock and without a protocol. */
export function createMachineImage(
  machineCode: string,
  expectedTags: readonly TagName[],
  stateByValue: Readonly<Record<string, MachineState>> | undefined,
): MachineImage {
  const tags = new Map<TagName, TagChange>();
  let gap = false;
  let isConnected = false;
  let everConnected = false;

  function sample(receivedAt: number): MachineSample {
    let quality: SampleQuality = 'good';
    let problem: MachineSample['problem'];
    let rawValue: string | undefined;
    const lower = (to: SampleQuality): void => {
      if (to === 'bad' || (to === 'uncertain' && quality === 'good')) quality = to;
    };
    const judgeBad = (why: NonNullable<MachineSample['problem']>, value: unknown): void => {
      lower('bad');
      problem ??= why;
      rawValue ??= String(value);
    };
    for (const change of tags.values()) lower(change.quality);

    const readCount = (tag: TagName): number | undefined => {
      const change = tags.get(tag);
      if (!change || change.quality === 'bad') return lastCounts.get(tag);
      const count = countOf(change.value);
      if (count === undefined) judgeBad('not-a-count', change.value);
      else lastCounts.set(tag, count);
      return lastCounts.get(tag);
    };
    const stateTag = tags.get('state');
    let state: MachineState = 'offline';
    if (stateTag && stateTag.quality !== 'bad') {
      const known = machineStateOf(stateTag.value, stateByValue);
      if (known) state = known;
      else judgeBad('unknown-state', stateTag.value);
    }
    const goodCount = readCount('goodCount');
    const rejectCount = readCount('rejectCount');
    const fault = tags.get('fault');
    const faultText = fault && fault.quality !== 'bad' ? faultOf(fault.value) : undefined;
    const wasGap = gap;
    gap = false;
    return {
      machineCode,
      state,
      ...(goodCount === undefined ? {} : { goodCount }),
      ...(rejectCount === undefined ? {} : { rejectCount }),
      ...(faultText === undefined ? {} : { faultCode: faultText }),
      sourceAt: Math.max(0, ...[...tags.values()].map((change) => change.sourceAt)),
      receivedAt,
      quality,
      gap: wasGap,
      ...(problem === undefined ? {} : { problem }),
      ...(rawValue === undefined ? {} : { rawValue }),
    };
  }
  const lastCounts = new Map<TagName, number>();

  return {
    apply(changes, receivedAt) {
      const samples: MachineSample[] = [];
      const ordered = changes.toSorted((left, right) => left.sourceAt - right.sourceAt);
      if (ordered.some((change) => change.overflow)) gap = true;
      ordered.forEach((change, index) => {
        tags.set(change.tag, change);
        const next = ordered[index + 1];
        const isLast = next === undefined;
        // Tags that changed at the same instant are one change of the machine.
        if (!isLast && next.sourceAt === change.sourceAt && next.tag !== change.tag) return;
        const isComplete = expectedTags.every((tag) => tags.has(tag));
        if (!isConnected && !isComplete) return;
        // The first picture is the newest values; what order they arose in says nothing.
        if (!isConnected && !isLast) return;
        const instant = ordered.filter((other) => other.sourceAt === change.sourceAt);
        const isEvent = instant.some(({ tag }) => tag === 'state' || tag === 'fault');
        if (!isEvent && !isLast) return;
        isConnected = true;
        everConnected = true;
        samples.push(sample(receivedAt));
      });
      return samples;
    },
    disconnect(receivedAt) {
      const counts = { goodCount: lastCounts.get('goodCount'), rejectCount: lastCounts.get('rejectCount') };
      tags.clear();
      isConnected = false;
      gap = everConnected;
      return {
        machineCode,
        state: 'offline',
        ...(counts.goodCount === undefined ? {} : { goodCount: counts.goodCount }),
        ...(counts.rejectCount === undefined ? {} : { rejectCount: counts.rejectCount }),
        sourceAt: receivedAt,
        receivedAt,
        quality: 'bad',
        gap: false,
        problem: 'connection-lost',
      };
    },
  };
}

/** 64-bit counters come as [high, low]. */
function countOf(value: unknown): number | undefined {
  if (Array.isArray(value) && value.length === 2) {
    const [high, low] = value.map(Number);
    if (high === undefined || low === undefined) return undefined;
    const count = high * 2 ** 32 + low;
    return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  }
  const count = typeof value === 'bigint' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? Math.trunc(count) : undefined;
}

/** No fault is written as nothing, an empty text or zero. */
function faultOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = String(value).trim();
  return text === '' || text === '0' ? undefined : text;
}
