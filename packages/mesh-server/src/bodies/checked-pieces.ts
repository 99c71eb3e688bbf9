// The bytes of a large body, the last of them only once all are known to be right.
//
// Memory that is let go of at each piece is what V8 counts until it looks for garbage: after every second body of 10 MB it
// would. So what goes to a response goes by three pieces of memory in turn, and the response says when it has done with one.
// Whoever else reads keeps what it is given.

import { ServerResponse } from "node:http";
import { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { BodyDamaged, type StoredBody } from "./bodies.ts";
import { beginDigest, isDigestedBeside, sharedBytes } from "./digests.ts";

/** Read at a time: two of these are held of a body. */
export const PIECE_BYTES: number = 256 * 1024;

/** Where a large body lies. It is read from its beginning to its end, and once. */
export interface PieceSource {
  /**
   * Fills as much as there is from so many bytes on.
   * @throws {BodyDamaged} and whatever says nothing of the body
   */
  read(into: Buffer, at: number): Promise<number>;
  close(): Promise<void>;
}

/** The source is closed with the stream. */
export function checkedStream(source: PieceSource, body: StoredBody): Readable {
  const kept = checkedPieces(source, body);
  const stream = new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      kept.next().then(
        ({ value }) => this.push(value ?? null),
        (error: Error) => this.destroy(error),
      );
    },
  });
  stream.once("close", () => void source.close().catch(() => undefined));

  /** In the place of what the stream would read itself, which then has nothing but its end. */
  async function send(response: ServerResponse): Promise<void> {
    let sent = Promise.resolve();
    try {
      for await (const piece of checkedPieces(source, body, {
        memory: threeInTurn(),
        isShared: isDigestedBeside(body.size),
      })) {
        await sent;
        sent = written(response, piece);
        // Awaited later, or not at all where the file fails first.
        sent.catch(() => undefined);
      }
      await sent;
      stream.once("end", () => response.end());
      stream.push(null);
      stream.resume();
    } catch (error) {
      // What else there is, is of its client.
      stream.destroy(error instanceof MeshServerError ? error : undefined);
    }
  }

  return Object.assign(stream, {
    pipe<To extends NodeJS.WritableStream>(to: To, options?: { end?: boolean }): To {
      if (!(to instanceof ServerResponse)) return Readable.prototype.pipe.call(stream, to, options) as To;
      void send(to);
      return to;
    },
  });
}

export interface PieceOptions {
  /** For the next piece, while the last is held back and the one before it is with whoever reads. */
  memory: (bytes: number) => Buffer;
  /** Between threads. */
  isShared: boolean;
}

/** @throws {BodyDamaged} */
export async function* checkedPieces(
  source: PieceSource,
  { size, sha256 }: StoredBody,
  { memory, isShared }: PieceOptions = { memory: (bytes) => Buffer.allocUnsafeSlow(bytes), isShared: false },
): AsyncGenerator<Buffer, void> {
  using digest = beginDigest(isShared);
  let held: Buffer | undefined;
  let taken = Promise.resolve();
  for (let at = 0; at < size;) {
    const next = await readPiece(source, memory(Math.min(PIECE_BYTES, size - at)), at);
    at += next.byteLength;
    await taken;
    if (held !== undefined) yield held;
    held = next;
    taken = digest.update(held);
    taken.catch(() => undefined);
  }
  await taken;
  if (sha256 !== undefined && Buffer.compare(await digest.digest(), sha256) !== 0) throw new BodyDamaged("altered");
  if (held !== undefined) yield held;
}

async function readPiece(source: PieceSource, into: Buffer, at: number): Promise<Buffer> {
  const bytes = await source.read(into, at);
  if (bytes === 0) throw new BodyDamaged("shorter");
  return into.subarray(0, bytes);
}

/** A body that is a piece, in memory of its own. The source is closed. */
export async function readWhole(source: PieceSource, body: StoredBody): Promise<Buffer> {
  try {
    const pieces: Buffer[] = [];
    for await (const piece of checkedPieces(source, body)) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  } finally {
    await source.close();
  }
}

/** One that is on its way, one that is held back, one that is read into. */
function threeInTurn(): (bytes: number) => Buffer {
  const turn = [0, 1, 2].map(() => Buffer.from(sharedBytes(PIECE_BYTES).buffer));
  return (bytes) => {
    const next = turn.shift()!;
    turn.push(next);
    return next.subarray(0, bytes);
  };
}

/** Resolves when the operating system, or TLS, has taken it: its memory may be used again. */
function written(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    // Whose connection goes before its turn on it has come is closed, and calls nobody back.
    response.once("close", reject);
    response.write(piece, (error) => {
      response.off("close", reject);
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}
