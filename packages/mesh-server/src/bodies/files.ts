// Bodies in a folder of this machine.
//
// A body that stays small is gathered in memory and given back. The first byte beyond begins a file, `.<name>.<random>`
// until it is finished and `<name>.<random>` from then on (durable, begin-file.ts). A crash at any point before the
// row's commit leaves a file that no row names: see sweep.ts. The digest of what came goes with it, and is what it is
// held against whenever it is read (open-body.ts).

import { hash as hashOf, randomBytes } from "node:crypto";
import { rm, stat, unlink } from "node:fs/promises";
import { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { asDurableError, beginFile, DurableError, makeFolder, type UnfinishedFile } from "@restante/durable";

import { MeshServerError } from "../errors.ts";
import { type Bodies, bodyTooLarge, type StoredBody } from "./bodies.ts";
import { gather } from "./gather.ts";
import { openFile, openInline } from "./open-body.ts";
import { emptyQuarantine, QUARANTINE, sweepBodies } from "./sweep.ts";
import { GATHERED_BYTES, writePieces } from "./write-pieces.ts";

/** Whoever sends a byte at a time has a hundred bytes of memory used for each. */
const GATHERED_PIECES = 128;

export interface FileBodiesOptions {
  /** Told each time the disk is too full for a body, and how large it is, as far as that is known. */
  onFull?: (bytes: number) => void;
  /** Told each time a file cannot be written or deleted, in words; and each time one can. */
  onTrouble?: (reason: string) => void;
  onWorking?: () => void;
}

/** @param smallBytes up to this size a body is given back to be stored in its row */
export async function openFileBodies(
  folder: string,
  smallBytes: number,
  { onFull = () => undefined, onTrouble = () => undefined, onWorking = () => undefined }: FileBodiesOptions = {},
): Promise<Bodies> {
  await makeFolder(folder);
  const first = await stat(folder);

  /** In a folder that has come into its place, or on a disk mounted on it, a body would be lost when that is put right. */
  async function checkPlace(): Promise<void> {
    const now = await stat(folder);
    if (now.ino === first.ino && now.dev === first.dev) return;
    const words = `${folder}: it was replaced while the server ran: put it back, or start the server again`;
    throw new MeshServerError("bodies-unusable", words, { retry: "safe" });
  }

  async function receive(
    source: Readable,
    name: string,
    { maxBytes, expectedBytes }: { maxBytes: number; expectedBytes?: number },
  ): Promise<StoredBody> {
    let size = 0;
    let file: OpenFile | undefined;
    try {
      let next = await gather(source, Math.min(smallBytes, maxBytes));
      size = next.size;
      if (next.isEnd) {
        if (expectedBytes !== undefined && size !== expectedBytes) throw cutShort();
        const bytes = together(next.pieces, size);
        return { kind: "inline", size, bytes, sha256: hashOf("sha256", bytes, "buffer") };
      }
      if (size > maxBytes) throw bodyTooLarge(maxBytes);
      await checkPlace();
      file = await begin(folder, name);
      using writing = writePieces(file.unfinished.handle, {
        size: expectedBytes ?? 0,
        // What a request has read is given to whoever listens, and to nobody else.
        isOurs: source instanceof IncomingMessage,
      });
      for (;;) {
        await writing.take(next.pieces);
        if (next.isEnd) break;
        next = await gather(source, Math.min(GATHERED_BYTES, maxBytes - size), GATHERED_PIECES);
        size += next.size;
        if (size > maxBytes) throw bodyTooLarge(maxBytes);
      }
      if (expectedBytes !== undefined && size !== expectedBytes) throw cutShort();
      const sha256 = await writing.end();
      await file.unfinished.finish();
      onWorking();
      return { kind: "file", size, fileName: file.fileName, sha256 };
    } catch (error) {
      if (file !== undefined) await giveUp(folder, file);
      const failure = translate(error, folder);
      if (failure instanceof MeshServerError && failure.code === "store-full") onFull(expectedBytes ?? size);
      if (failure instanceof MeshServerError && failure.code === "bodies-unusable") onTrouble(failure.message);
      throw failure;
    }
  }

  return {
    receive,
    open: async (body) => (body.kind === "inline" ? openInline(body) : openFile(join(folder, body.fileName), body)),
    async discard(body) {
      if (body.kind !== "file") return;
      try {
        await unlink(join(folder, body.fileName));
        onWorking();
      } catch (error) {
        if (Error.isError(error) && "code" in error && error.code === "ENOENT") return;
        onTrouble(describe(error, folder));
      }
    },
    sweep: (isNamed, day) => sweepBodies(folder, isNamed, day),
    emptyQuarantine: (before) => emptyQuarantine(folder, before),
    quarantineFolder: join(folder, QUARANTINE),
  };
}

/** In memory of its own: to the writer a body goes with all that it lies in, and small Buffers lie in one of 64 KB. */
function together(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

interface OpenFile {
  unfinished: UnfinishedFile;
  fileName: string;
}

async function begin(folder: string, name: string): Promise<OpenFile> {
  // A chunk that is sent again must not overwrite the file that its row names now.
  const fileName = `${name}.${randomBytes(4).toString("hex")}`;
  return { fileName, unfinished: await beginFile(folder, fileName, { temporaryName: `.${fileName}` }) };
}

async function giveUp(folder: string, { unfinished, fileName }: OpenFile): Promise<void> {
  // What cannot be deleted is the sweep's at the next start.
  await unfinished[Symbol.asyncDispose]();
  await rm(join(folder, fileName), { force: true }).catch(() => undefined);
}

function translate(error: unknown, folder: string): unknown {
  if (!Error.isError(error) || !("code" in error)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG") {
    return new MeshServerError("store-full", "The disk is full.", { cause: error, retry: "safe" });
  }
  // The client went away, or its time was up: nothing was stored.
  if (error.code === "ECONNRESET" || error.code === "ABORT_ERR" || error.code === "ERR_STREAM_PREMATURE_CLOSE") {
    return cutShort(error);
  }
  // Of the folder or its disk: the client's own is a read.
  if ("syscall" in error && error.syscall !== "read") {
    return new MeshServerError("bodies-unusable", describe(error, folder), { cause: error, retry: "safe" });
  }
  return error;
}

/** Names the folder: a file's own name says nothing to anybody. */
function describe(error: unknown, folder: string): string {
  const told = asDurableError(error, folder);
  return told instanceof DurableError ? told.message : `${folder}: unknown reason`;
}

function cutShort(cause?: Error): MeshServerError {
  return new MeshServerError("body-cut-short", "The body ended before its length.", { cause, retry: "safe" });
}
