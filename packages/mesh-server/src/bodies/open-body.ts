import { hash as hashOf } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { BodyDamaged, type StoredBody } from "./bodies.ts";
import { checkedStream, PIECE_BYTES, type PieceSource, readWhole } from "./checked-pieces.ts";

/** A body from its row. */
export function openInline(body: StoredBody & { kind: "inline" }): Buffer {
  const { bytes, sha256 } = body;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkSize(whole.length, body);
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
    checkSize(stats.size, body);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return openSource(
    {
      async read(into, at) {
        const { bytesRead } = await handle.read(into, 0, into.byteLength, at).catch((cause: unknown) => {
          throw new BodyDamaged("unreadable", { cause });
        });
        return bytesRead;
      },
      close: async () => handle.close(),
    },
    body,
  );
}

/** @throws {BodyDamaged} */
export function checkSize(found: number, { size }: StoredBody): void {
  if (found !== size) throw new BodyDamaged(found < size ? "shorter" : "longer");
}

/** Whole where it is a piece. The source is closed when all is read, or nobody reads any more. */
export async function openSource(source: PieceSource, body: StoredBody): Promise<Buffer | Readable> {
  return body.size > PIECE_BYTES ? checkedStream(source, body) : readWhole(source, body);
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
