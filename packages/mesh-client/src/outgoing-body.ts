import { pipeline, Readable, Transform } from "node:stream";
import { invalid } from "./check-input.ts";
import type { MeshClientError } from "./mesh-client-error.ts";

/**
 * What can be sent: text (as UTF-8), bytes, a Blob; a stream of Node.js or of the web, or anything else that gives
 * pieces of either one after another; or a function that opens one, called for each request.
 */
export type OutgoingBody =
  | string
  | Uint8Array
  | Blob
  | AsyncIterable<Uint8Array | string>
  | (() => AsyncIterable<Uint8Array | string>);

/** A body to be sent: whole, or a stream made when it is wanted. */
export type RequestBody = Uint8Array | { readonly open: () => Readable; readonly length: number | undefined };

/** A body as the transport takes it. */
export interface PreparedBody {
  readonly body: RequestBody;
  /** A stream that is there already can be read once: its request cannot be made again. */
  readonly onlyOnce: boolean;
}

/** Throws `request-invalid` for what is none of these. Nothing is read yet. */
export function prepareBody(given: unknown, bodyLength: unknown): PreparedBody {
  if (given === undefined || given === null) throw invalid("body", "is missing");
  const bytes = bytesOf(given);
  if (bodyLength !== undefined && !(Number.isSafeInteger(bodyLength) && Number(bodyLength) >= 0)) {
    throw invalid("bodyLength", "a number of bytes is needed");
  }
  const length = bodyLength === undefined ? undefined : Number(bodyLength);
  if (bytes !== undefined) {
    if (length !== undefined && length !== bytes.byteLength) throw wrongLength();
    return { body: bytes, onlyOnce: false };
  }
  if (given instanceof Blob) {
    if (length !== undefined && length !== given.size) throw wrongLength();
    const open = (): Readable => measured(Readable.fromWeb(given.stream()), given.size);
    return { body: { open, length: given.size }, onlyOnce: false };
  }
  if (typeof given === "function") {
    const open = (): Readable => measured(toReadable((given as () => unknown)()), length);
    return { body: { open, length }, onlyOnce: false };
  }
  const readable = toReadable(given);
  return { body: { open: () => measured(readable, length), length }, onlyOnce: true };
}

function bytesOf(given: unknown): Uint8Array | undefined {
  if (typeof given === "string") {
    if (!given.isWellFormed()) throw invalid("body", "the text holds half a character");
    return Buffer.from(given, "utf8");
  }
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  return given instanceof ArrayBuffer ? new Uint8Array(given) : undefined;
}

function toReadable(given: unknown): Readable {
  if (given instanceof Readable) {
    if (given.destroyed || given.readableEnded) throw invalid("body", "the stream has been read or destroyed");
    return given;
  }
  if (typeof given === "object" && given !== null && Symbol.asyncIterator in given) {
    if ("locked" in given && given.locked === true) throw invalid("body", "somebody else is reading the stream");
    return Readable.from(given as AsyncIterable<unknown>);
  }
  throw invalid("body", "text, bytes, a Blob, a stream or a function that opens one is needed");
}

/** What the stream that was given fails with; any other failure of a body is the connection's. */
export class UnreadableBody extends Error {
  constructor(cause: unknown) {
    super("The body cannot be read.", { cause });
  }
}

/**
 * The bytes of a stream, held to the length that was told: the last piece is kept back until the stream has ended, so
 * that a stream longer than told is never sent as a whole message.
 */
function measured(source: Readable, length: number | undefined): Readable {
  let total = 0;
  let keptBack: Uint8Array | undefined;
  const bytes = new Transform({
    writableObjectMode: true,
    writableHighWaterMark: 1,
    transform(piece: unknown, _encoding, done) {
      const next = typeof piece === "string" ? Buffer.from(piece, "utf8") : piece;
      if (!(next instanceof Uint8Array)) {
        done(invalid("body", "the stream gave a piece that is neither text nor bytes"));
        return;
      }
      total += next.byteLength;
      if (length !== undefined && total > length) {
        done(wrongLength());
        return;
      }
      if (keptBack !== undefined) this.push(keptBack);
      keptBack = length === undefined ? undefined : next;
      if (length === undefined) this.push(next);
      done();
    },
    flush(done) {
      if (length !== undefined && total < length) {
        done(wrongLength());
        return;
      }
      if (keptBack !== undefined) this.push(keptBack);
      done();
    },
  });
  // Before the pipeline, which destroys each stream with the other's error.
  source.once("error", (cause) => void bytes.destroy(new UnreadableBody(cause)));
  pipeline(source, bytes, () => undefined);
  return bytes;
}

export function wrongLength(): MeshClientError {
  return invalid("bodyLength", "it is not the length of the body");
}
