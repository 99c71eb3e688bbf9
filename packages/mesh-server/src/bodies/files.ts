// Bodies in a folder of this machine.
//
// A body that stays small is gathered in memory and given back. The first byte beyond opens a file `.<name>.<random>`;
// at the end it is synced, renamed to `<name>.<random>`, and the folder is synced. A crash at any point before the
// row's commit leaves a file that no row names: the sweep at the next start deletes it.

import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, opendir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { makeFolder, syncFolder } from "../folders.ts";
import { type Bodies, bodyTooLarge, type StoredBody } from "./bodies.ts";

/** @param smallBytes up to this size a body is given back to be stored in its row */
export async function openFileBodies(folder: string, smallBytes: number): Promise<Bodies> {
  await makeFolder(folder);

  async function receive(
    source: Readable,
    name: string,
    { maxBytes, expectedBytes }: { maxBytes: number; expectedBytes?: number },
  ): Promise<StoredBody> {
    const small: Uint8Array[] = [];
    let size = 0;
    let file: OpenFile | undefined;
    try {
      // Whoever refuses the request answers it: a request that is destroyed takes its connection with it.
      for await (const piece of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
        size += piece.byteLength;
        if (size > maxBytes) throw bodyTooLarge(maxBytes);
        if (file === undefined && size > smallBytes) {
          file = await begin(folder, name);
          for (const gathered of small.splice(0)) await file.handle.writeFile(gathered);
        }
        if (file === undefined) small.push(piece);
        else await file.handle.writeFile(piece);
      }
      if (expectedBytes !== undefined && size !== expectedBytes) throw cutShort();
      if (file === undefined) return { kind: "inline", size, bytes: Buffer.concat(small) };
      await finish(folder, file);
      return { kind: "file", size, fileName: file.fileName };
    } catch (error) {
      if (file !== undefined) await giveUp(folder, file);
      throw translate(error);
    }
  }

  return {
    receive,
    open: (body) =>
      body.kind === "inline"
        ? Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength)
        : createReadStream(join(folder, body.fileName)),
    async discard(body) {
      if (body.kind === "file") await rm(join(folder, body.fileName), { force: true });
    },
    async sweep(isNamed) {
      let swept = 0;
      for await (const entry of await opendir(folder)) {
        if (await isNamed(entry.name)) continue;
        await rm(join(folder, entry.name));
        swept += 1;
      }
      return swept;
    },
  };
}

interface OpenFile {
  handle: FileHandle;
  temporaryName: string;
  fileName: string;
}

async function begin(folder: string, name: string): Promise<OpenFile> {
  // A chunk that is sent again must not overwrite the file that its row names now.
  const fileName = `${name}.${randomBytes(4).toString("hex")}`;
  const temporaryName = `.${fileName}`;
  return { handle: await open(join(folder, temporaryName), "wx", 0o600), temporaryName, fileName };
}

async function finish(folder: string, { handle, temporaryName, fileName }: OpenFile): Promise<void> {
  await handle.sync();
  await handle.close();
  await rename(join(folder, temporaryName), join(folder, fileName));
  await syncFolder(folder);
}

async function giveUp(folder: string, { handle, temporaryName, fileName }: OpenFile): Promise<void> {
  // It may be closed already: then there is nothing to close.
  await handle.close().catch(() => undefined);
  await rm(join(folder, temporaryName), { force: true });
  await rm(join(folder, fileName), { force: true });
}

function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG") {
    return new MeshServerError("store-full", "The disk is full.", { cause: error, retry: "safe" });
  }
  // The client went away, or its time was up: nothing was stored.
  if (error.code === "ECONNRESET" || error.code === "ABORT_ERR" || error.code === "ERR_STREAM_PREMATURE_CLOSE") {
    return cutShort(error);
  }
  return error;
}

function cutShort(cause?: Error): MeshServerError {
  return new MeshServerError("body-cut-short", "The body ended before its length.", { cause, retry: "safe" });
}
