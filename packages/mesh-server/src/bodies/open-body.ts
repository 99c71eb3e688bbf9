import { hash as hashOf } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { BodyDamaged, type StoredBody } from "./bodies.ts";
import { checkedPieces, checkedStream, PIECE_BYTES } from "./checked-pieces.ts";

/** A body from its row. */
export function openInline({ bytes, size, sha256 }: StoredBody & { kind: "inline" }): Buffer {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.length !== size) throw new BodyDamaged(whole.length < size ? "shorter" : "longer");
  if (sha256 !== undefined && !hashOf("sha256", whole, "buffer").equals(sha256)) {
    throw new BodyDamaged("altered");
  }
  return whole;
}

/** A body from its file: whole where that is a piece. */
export async function openFile(path: string, body: StoredBody): Promise<Buffer | Readable> {
  const handle = await openHandle(path);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new BodyDamaged("unreadable");
    if (stats.size !== body.size) throw new BodyDamaged(stats.size < body.size ? "shorter" : "longer");
  } catch (error) {
    await handle.close();
    throw error;
  }
  if (body.size > PIECE_BYTES) return checkedStream(handle, body);
  try {
    return await readWhole(handle, body);
  } finally {
    await handle.close();
  }
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

async function readWhole(handle: FileHandle, body: StoredBody): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of checkedPieces(handle, body)) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
