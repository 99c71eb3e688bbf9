// What a stored body says once its encoding is undone. A sender may claim gzip for anything: bytes that are not, a stream
// that was cut off, one stream over several chunks, a few hundred KB that become gigabytes. Such a body has no other
// content than its bytes: it is compared by them, and given back as them.

import { createHash } from "node:crypto";
import { finished, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** Beyond so much a body is not decoded: it would take minutes, and whoever can use that much can undo gzip. */
const MOST_DECODED = 2 * 1024 ** 3;
/** Taken at once: four times as much as by default, as nothing but its bytes is wanted. */
const DECODED_BYTES = 64 * 1024;

/**
 * Whether a body that claims gzip is gzip, whole, to its end. Memory does not grow with it. Once aborted nobody wants to
 * know: false.
 */
export async function decodes(
  stored: Buffer | Readable,
  signal: AbortSignal,
  mostDecoded: number = MOST_DECODED,
): Promise<boolean> {
  using decoder = createDecoder(() => undefined, mostDecoded);
  for await (const piece of pieces(stored)) {
    if (signal.aborted || !(await decoder.write(piece))) return false;
  }
  return await decoder.end();
}

/** The SHA-256 of a body's content: decoded, or of its bytes where it claims no encoding or cannot be decoded. */
export async function contentDigest(
  stored: Buffer | Readable,
  encoding: string | undefined,
  mostDecoded: number = MOST_DECODED,
): Promise<string> {
  const asStored = createHash("sha256");
  const decoded = createHash("sha256");
  using decoder = createDecoder((content) => decoded.update(content), mostDecoded);
  let decodable = encoding === "gzip";
  for await (const piece of pieces(stored)) {
    asStored.update(piece);
    if (decodable) decodable = await decoder.write(piece);
  }
  if (decodable) decodable = await decoder.end();
  return (decodable ? decoded : asStored).digest("hex");
}

interface Decoder extends Disposable {
  /** Resolves when the piece is decoded; false if the body cannot be. */
  write(piece: Uint8Array): Promise<boolean>;
  /** False if something is missing. */
  end(): Promise<boolean>;
}

function createDecoder(take: (content: Buffer) => void, mostDecoded: number): Decoder {
  const gunzip = createGunzip({ chunkSize: DECODED_BYTES });
  const whole = new Promise<boolean>((resolve) => {
    finished(gunzip, (error) => resolve(error === undefined || error === null));
  });
  let size = 0;
  let taken = 0;
  let lastByteSet = -1;
  gunzip.on("data", (content: Buffer) => {
    size += content.byteLength;
    if (size > mostDecoded) gunzip.destroy();
    else take(content);
  });
  return {
    write(piece) {
      if (gunzip.destroyed) return Promise.resolve(false);
      const last = piece.findLastIndex((byte) => byte !== 0);
      if (last >= 0) lastByteSet = taken + last;
      taken += piece.byteLength;
      const written = new Promise<boolean>((resolve) => {
        gunzip.write(piece, (error) => resolve(error === undefined || error === null));
      });
      // A write that fails may never be called back: then the end of the whole tells.
      return Promise.race([written, whole]);
    },
    async end() {
      gunzip.end();
      // Node.js takes whatever begins with a zero behind the last member for padding, and drops it without a word.
      return (await whole) && lastByteSet < gunzip.bytesWritten;
    },
    [Symbol.dispose]: () => gunzip.destroy(),
  };
}

function pieces(stored: Buffer | Readable): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return Buffer.isBuffer(stored) ? [stored] : (stored as AsyncIterable<Uint8Array>);
}
