import { createHash, hash as hashOf } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { BodyDamaged, type StoredBody } from "./bodies.ts";

/** Read at a time: two of these are held of a body. */
const PIECE_BYTES = 256 * 1024;

/** A body from its row. */
export function openInline({ bytes, size, sha256 }: StoredBody & { kind: "inline" }): Buffer {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.length !== size) throw new BodyDamaged(whole.length < size ? "shorter" : "longer");
  if (sha256 !== undefined && !hashOf("sha256", whole, "buffer").equals(sha256)) {
    throw new BodyDamaged("altered");
  }
  return whole;
}

/** A body from its file. */
export async function openFile(path: string, body: StoredBody): Promise<Readable> {
  const handle = await openHandle(path);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new BodyDamaged("unreadable");
    if (stats.size !== body.size) throw new BodyDamaged(stats.size < body.size ? "shorter" : "longer");
  } catch (error) {
    await handle.close();
    throw error;
  }
  return streamOf(handle, checkedPieces(handle, body));
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    // Not waiting for whoever writes into a pipe that somebody put in its place: a few such would hold up every file.
    // oxlint-disable-next-line no-bitwise -- flags of open(2); Windows has not the second
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    const code = Error.isError(cause) && "code" in cause ? cause.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw new BodyDamaged("missing", { cause });
    // That this process has too much open says nothing of the file.
    if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
      throw new MeshServerError("store-busy", "Too many files are open.", { cause, retry: "safe" });
    }
    throw new BodyDamaged("unreadable", { cause });
  }
}

/** The bytes of a file, as they are asked for. The file is closed with the stream. */
function streamOf(handle: FileHandle, pieces: AsyncGenerator<Buffer, void>): Readable {
  const stream = new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      pieces.next().then(
        ({ value }) => this.push(value ?? null),
        (cause: unknown) =>
          this.destroy(cause instanceof BodyDamaged ? cause : new BodyDamaged("unreadable", { cause })),
      );
    },
  });
  return stream.once("close", () => void handle.close().catch(() => undefined));
}

/** Those of a body, the last only once all of them are known to be right. */
async function* checkedPieces(handle: FileHandle, { size, sha256 }: StoredBody): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  let held: Buffer | undefined;
  for (let at = 0; at < size;) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, size - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) throw new BodyDamaged("shorter");
    at += bytesRead;
    if (held !== undefined) yield held;
    held = piece.subarray(0, bytesRead);
    hash.update(held);
  }
  if (sha256 !== undefined && !hash.digest().equals(sha256)) throw new BodyDamaged("altered");
  if (held !== undefined) yield held;
}
