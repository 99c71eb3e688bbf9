import { createHash, hash as hashOf } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, type Readable, Transform } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { BodyDamaged, type StoredBody } from "./bodies.ts";

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
export async function openFile(path: string, { size, sha256 }: StoredBody): Promise<Readable> {
  const handle = await openHandle(path);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new BodyDamaged("unreadable");
    if (stats.size !== size) throw new BodyDamaged(stats.size < size ? "shorter" : "longer");
  } catch (error) {
    await handle.close();
    throw error;
  }
  const source = handle.createReadStream();
  const checked = checkEnd(size, sha256);
  source.once("error", (cause) => checked.destroy(new BodyDamaged("unreadable", { cause })));
  // Whichever ends or fails first ends the other, and with it the file is closed.
  pipeline(source, checked, () => undefined);
  return checked;
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

/** Lets bytes through, the last piece only once all of them are known to be right. */
function checkEnd(size: number, sha256: Uint8Array | undefined): Transform {
  const hash = createHash("sha256");
  let read = 0;
  let held: Buffer | undefined;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      read += piece.length;
      const before = held;
      held = piece;
      done(null, before);
    },
    flush(done) {
      if (read !== size) done(new BodyDamaged(read < size ? "shorter" : "longer"));
      else if (sha256 !== undefined && !hash.digest().equals(sha256)) done(new BodyDamaged("altered"));
      else done(null, held);
    },
  });
}
