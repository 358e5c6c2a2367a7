/**
 * COPY over a `pg` client: rows as PostgreSQL's own text, without parsing them. `pg` speaks the
 * protocol and leaves what is done with the data to the query object; here are two such objects.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type pg from 'pg';

/** What the connection of `pg` can do for COPY; its published types leave it out. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** Rows are handed on in blocks of about this size. */
const blockBytes = 1 << 20;

const nothing = () => {};
const unused = {
  handleRowDescription: nothing,
  handleDataRow: nothing,
  handleCommandComplete: nothing,
  handlePortalSuspended: nothing,
  handleEmptyQuery: nothing,
};

/**
 * `COPY ... TO STDOUT`: hands the rows on in blocks that end where a row ends. While a block is worked
 * on no further ones are read from the server. A block is only valid until `onBlock` has settled.
 */
export async function copyOut(
  client: pg.ClientBase,
  statement: string,
  onBlock: (block: Buffer) => Promise<void>,
): Promise<void> {
  let filling = Buffer.allocUnsafe(2 * blockBytes);
  let used = 0;
  let full: Buffer[] = [];
  let working: Promise<void> | undefined;
  let failure: Error | undefined;

  const work = async (connection: pg.Connection) => {
    connection.stream.pause();
    while (full.length > 0) {
      const blocks = full;
      full = [];
      for (const block of blocks) await onBlock(block);
    }
    working = undefined;
    connection.stream.resume();
  };
  const cut = () => {
    full.push(filling.subarray(0, used));
    filling = Buffer.allocUnsafe(2 * blockBytes);
    used = 0;
  };

  await new Promise<void>((resolve, reject) => {
    const query = {
      ...unused,
      submit: (connection: pg.Connection) => connection.query(statement),
      handleCopyData({ chunk }: { readonly chunk: Buffer }, connection: pg.Connection) {
        if (failure) return;
        // The chunk lies in a buffer that the parser uses again; one message is one row.
        if (used + chunk.length > filling.length) {
          if (used > 0) cut();
          if (chunk.length > filling.length) filling = Buffer.allocUnsafe(chunk.length);
        }
        used += chunk.copy(filling, used);
        if (used < blockBytes) return;
        cut();
        working ??= work(connection).catch((cause: Error) => {
          failure = cause;
          // The rest of the rows would come all the same: the connection is given up with them.
          connection.stream.destroy(cause);
        });
      },
      handleError: (cause: Error) => reject(failure ?? cause),
      handleReadyForQuery: () => resolve(),
    };
    client.query(query);
  });
  await working;
  if (failure) throw failure;
  if (used > 0) cut();
  for (const block of full) await onBlock(block);
}

/** Until there is room again, or nobody reads any more. */
async function drained(stream: Duplex): Promise<void> {
  const either = new AbortController();
  const { signal } = either;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } finally {
    either.abort();
  }
}

/** `COPY ... FROM STDIN`: sends the blocks, no faster than the server takes them. */
export async function copyIn(
  client: pg.ClientBase,
  statement: string,
  blocks: AsyncIterable<Buffer>,
): Promise<void> {
  let failure: Error | undefined;

  const send = async (connection: CopyConnection) => {
    try {
      for await (const block of blocks) {
        if (failure) return;
        connection.sendCopyFromChunk(block);
        if (connection.stream.writableNeedDrain) {
          await drained(connection.stream);
        }
      }
      if (!failure) connection.endCopyFrom();
    } catch (cause) {
      if (failure) return;
      failure = cause instanceof Error ? cause : new Error(String(cause));
      connection.sendCopyFail(failure.message);
    }
  };

  let sending: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    const query = {
      ...unused,
      submit: (connection: pg.Connection) => connection.query(statement),
      handleCopyInResponse(connection: pg.Connection) {
        sending = send(connection as CopyConnection);
      },
      handleCopyData: nothing,
      handleError(cause: Error) {
        failure ??= cause;
        reject(failure);
      },
      handleReadyForQuery: () => resolve(),
    };
    client.query(query);
  });
  await sending;
}
