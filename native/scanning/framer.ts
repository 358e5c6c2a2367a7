/**
 * Cuts the bytes of a line device (scanner, gauge) into frames. It has no clock and no port: bytes go
 * in, frames come out, so that every way of splitting a stream can be tried in a test.
 */

/** How the end of a frame is known. */
export type FrameEnd =
  /** CR, LF or CR LF; the default of nearly every scanner. Empty lines are nothing. */
  | { readonly kind: 'line' }
  /** Exactly these characters, for example `\t` or `\x03`. */
  | { readonly kind: 'terminator'; readonly terminator: string }
  /** A fixed number of bytes between prefix and suffix. */
  | { readonly kind: 'length'; readonly lengthBytes: number }
  /** Silence ends the frame: for devices that send no end mark. Needs `interByteTimeoutMs`. */
  | { readonly kind: 'idle' };

export interface Framing {
  readonly end: FrameEnd;
  /** Must stand before each code, and is removed; for example `\x02` (STX). */
  readonly prefix?: string;
  /** Must stand after each code, before the terminator, and is removed. */
  readonly suffix?: string;
  /** Silence after which an unfinished frame is given up as malformed (or, with `idle`, is complete). */
  readonly interByteTimeoutMs?: number;
  /** Longest frame, prefix and suffix included; default 4096 (a QR code holds at most 2953 bytes). */
  readonly maxLengthBytes?: number;
  /** Default `utf8`; a code that is not valid in it is malformed, never mended. */
  readonly encoding?: 'latin1' | 'utf8';
}

export type MalformedReason =
  | 'incomplete'
  | 'too-long'
  | 'prefix-missing'
  | 'suffix-missing'
  | 'merged'
  | 'not-in-encoding';

export type Frame =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'malformed'; readonly reason: MalformedReason; readonly bytes: Uint8Array };

export interface Framer {
  /** Frames that these bytes complete, in order. The bytes may be cut anywhere. */
  push: (bytes: Uint8Array) => Frame[];
  /** To be called when `interByteTimeoutMs` has passed without a byte, and when the line breaks. */
  expire: () => Frame[];
  /** Bytes of an unfinished frame are waiting: the silence timer has to run. */
  hasPending: () => boolean;
}

const CR = 0x0d;
const LF = 0x0a;
const defaultMaxLengthBytes = 4096;

/** @throws RangeError when the framing contradicts itself (a zero length, an empty terminator, idle without timeout). */
export function createFramer(framing: Framing): Framer {
  const encoding = framing.encoding ?? 'utf8';
  const prefix = Buffer.from(framing.prefix ?? '', encoding);
  const suffix = Buffer.from(framing.suffix ?? '', encoding);
  const maxLengthBytes = framing.maxLengthBytes ?? defaultMaxLengthBytes;
  const { end } = framing;
  const terminator = end.kind === 'terminator' ? Buffer.from(end.terminator, encoding) : undefined;
  if (terminator?.length === 0) throw new RangeError('A terminator has at least one byte.');
  const frameLengthBytes = end.kind === 'length' ? prefix.length + end.lengthBytes + suffix.length : 0;
  if (end.kind === 'length' && !(Number.isInteger(end.lengthBytes) && end.lengthBytes > 0)) {
    throw new RangeError('A fixed length is a whole number of bytes above zero.');
  }
  if (end.kind === 'idle' && !(framing.interByteTimeoutMs && framing.interByteTimeoutMs > 0)) {
    throw new RangeError('Framing by silence needs an inter-byte timeout.');
  }
  if (maxLengthBytes < Math.max(1, frameLengthBytes)) {
    throw new RangeError('The longest frame is shorter than the frame.');
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  let pending: Buffer = Buffer.alloc(0);
  /** The frame under way was already reported as too long; what follows up to its end is reported too. */
  let overflowed = false;

  const malformed = (reason: MalformedReason, bytes: Buffer): Frame => ({
    kind: 'malformed',
    reason,
    bytes: Uint8Array.from(bytes),
  });

  /** A whole frame without its terminator; an empty one is nothing. */
  function frameOf(bytes: Buffer): Frame | undefined {
    if (bytes.length === 0) return undefined;
    if (!bytes.subarray(0, prefix.length).equals(prefix)) return malformed('prefix-missing', bytes);
    const body = bytes.subarray(prefix.length);
    if (suffix.length > body.length || !body.subarray(body.length - suffix.length).equals(suffix)) {
      return malformed('suffix-missing', bytes);
    }
    const text = body.subarray(0, body.length - suffix.length);
    // A control character that marks the start cannot be data: seeing it again means that the end of
    // the first code got lost. Reporting beats booking two codes as one.
    if (prefix.length > 0 && isControl(prefix) && text.includes(prefix)) return malformed('merged', bytes);
    if (encoding === 'latin1') return { kind: 'code', code: text.toString('latin1') };
    try {
      return { kind: 'code', code: decoder.decode(text) };
    } catch {
      return malformed('not-in-encoding', bytes);
    }
  }

  /** Where the first terminator in `pending` begins and ends, or nothing. */
  function findEnd(): { at: number; next: number } | undefined {
    if (terminator) {
      const at = pending.indexOf(terminator);
      return at < 0 ? undefined : { at, next: at + terminator.length };
    }
    // With `line`, CR LF is an end followed by an empty line, which is nothing: no look-ahead is
    // needed, and a CR is acted on at once although its LF may be late.
    const carriageReturn = pending.indexOf(CR);
    const lineFeed = pending.indexOf(LF);
    if (carriageReturn < 0 && lineFeed < 0) return undefined;
    const at =
      carriageReturn < 0 ? lineFeed : lineFeed < 0 ? carriageReturn : Math.min(carriageReturn, lineFeed);
    return { at, next: at + 1 };
  }

  function cutByTerminator(frames: Frame[]): void {
    for (let end = findEnd(); end; end = findEnd()) {
      const bytes = pending.subarray(0, end.at);
      pending = pending.subarray(end.next);
      if (overflowed || bytes.length > maxLengthBytes) {
        if (bytes.length > 0) frames.push(malformed('too-long', bytes));
        overflowed = false;
        continue;
      }
      const frame = frameOf(bytes);
      if (frame) frames.push(frame);
    }
    dropOverlong(frames);
  }

  /** Keeps memory bounded when the end never comes (wrong baud rate, a device that babbles). */
  function dropOverlong(frames: Frame[]): void {
    // The start of a terminator may be among the bytes already here: those stay.
    const kept = (terminator?.length ?? 1) - 1;
    if (pending.length - kept <= maxLengthBytes) return;
    frames.push(malformed('too-long', pending.subarray(0, pending.length - kept)));
    pending = pending.subarray(pending.length - kept);
    overflowed = true;
  }

  function cutByLength(frames: Frame[]): void {
    while (pending.length >= frameLengthBytes) {
      const frame = frameOf(pending.subarray(0, frameLengthBytes));
      if (frame?.kind === 'malformed' && frame.reason !== 'not-in-encoding') {
        // Out of step: give up the bytes before the next place where a frame may begin.
        const next = nextStart();
        frames.push({ ...frame, bytes: Uint8Array.from(pending.subarray(0, next)) });
        pending = pending.subarray(next);
        continue;
      }
      if (frame) frames.push(frame);
      pending = pending.subarray(frameLengthBytes);
    }
  }

  function nextStart(): number {
    if (prefix.length > 0) {
      const next = pending.indexOf(prefix, 1);
      if (next > 0) return next;
      // Half a prefix may be waiting for its other half at the very end.
      for (let length = Math.min(prefix.length - 1, pending.length - 1); length > 0; length -= 1) {
        const start = pending.length - length;
        if (pending.subarray(start).equals(prefix.subarray(0, length))) return start;
      }
      return pending.length;
    }
    const at = pending.indexOf(suffix);
    return at < 0 ? pending.length : at + suffix.length;
  }

  return {
    push(bytes) {
      const frames: Frame[] = [];
      pending = pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([pending, bytes]);
      if (end.kind === 'length') cutByLength(frames);
      else if (end.kind === 'idle') dropOverlong(frames);
      else cutByTerminator(frames);
      return frames;
    },
    expire() {
      const bytes = pending;
      const wasOverflowed = overflowed;
      pending = Buffer.alloc(0);
      overflowed = false;
      if (bytes.length === 0) return [];
      if (wasOverflowed) return [malformed('too-long', bytes)];
      if (end.kind !== 'idle') return [malformed('incomplete', bytes)];
      const frame = frameOf(bytes);
      return frame ? [frame] : [];
    },
    hasPending: () => pending.length > 0,
  };
}

function isControl(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x20);
}
