// A body from its file into wherever the new store keeps bodies. What is damaged goes as it is: its row keeps the size and the
// digest of what once came, so that nobody is given it for that.

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

import type { BodyDamage } from "@restante/mesh";

import type { Bodies, StoredBody } from "../bodies/bodies.ts";
import { PIECE_BYTES } from "../bodies/checked-pieces.ts";

/** Of those that are read or looked at. */
export const FILES_AT_ONCE = 4;

export interface MovedBody {
  readonly body: StoredBody;
  readonly damage?: BodyDamage;
}

export async function moveBody(
  folder: string,
  body: StoredBody & { kind: "file" },
  name: string,
  bodies: Pick<Bodies, "receive">,
): Promise<MovedBody> {
  const handle = await openBody(join(folder, body.fileName));
  if (typeof handle === "string") return { body, damage: handle };
  const source = handle.createReadStream({ highWaterMark: PIECE_BYTES });
  try {
    const { size } = await handle.stat();
    const received = await bodies.receive(source, name, { maxBytes: Number.MAX_SAFE_INTEGER, expectedBytes: size });
    const damage = damageOf(received, body);
    const { sha256: _, ...asFound } = received;
    const expected = { size: body.size, ...(body.sha256 !== undefined && { sha256: body.sha256 }) };
    return { body: { ...asFound, ...expected }, ...(damage !== undefined && { damage }) };
  } catch (error) {
    // That the disk does not give it says nothing of where it goes.
    if (isUnread(source)) return { body, damage: "unreadable" };
    throw error;
  } finally {
    source.destroy();
    await handle.close().catch(() => undefined);
  }
}

export async function openBody(path: string): Promise<FileHandle | BodyDamage> {
  try {
    // oxlint-disable-next-line no-bitwise -- flags of open(2); Windows has not the second
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return "unreadable";
  } catch (error) {
    const code = Error.isError(error) && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return "missing";
    if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") throw error;
    return "unreadable";
  }
}

function isUnread({ errored }: Readable): boolean {
  return errored !== null && "syscall" in errored && errored.syscall === "read";
}

function damageOf(received: StoredBody, expected: StoredBody): BodyDamage | undefined {
  if (received.size !== expected.size) return received.size < expected.size ? "shorter" : "longer";
  if (expected.sha256 === undefined || received.sha256 === undefined) return undefined;
  return Buffer.compare(received.sha256, expected.sha256) === 0 ? undefined : "altered";
}
