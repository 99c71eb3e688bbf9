// Bodies in a folder of this machine.
//
// A large one (receive.ts) begins a file, `.<name>.<random>` until it is finished and `<name>.<random>` from then on (durable,
// begin-file.ts). A crash at any point before the row's commit leaves a file that no row names: see sweep.ts.

import { rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { asDurableError, beginFile, DurableError, makeFolder } from "@restante/durable";

import { MeshServerError } from "../errors.ts";
import type { Bodies, StoredBody } from "./bodies.ts";
import { openFile, openInline } from "./open-body.ts";
import { type Coming, receiveBody, type Writing } from "./receive.ts";
import { emptyQuarantine, QUARANTINE, sweepBodies, type Swept } from "./sweep.ts";
import { writePieces } from "./write-pieces.ts";

export interface FileBodies extends Bodies {
  /**
   * Looks for what a crash left between file and row, or between row and file. Nothing that was received whole is
   * deleted: it goes into quarantine under this day. At start only.
   */
  sweep(isNamed: (fileName: string) => Promise<boolean>, day: Date): Promise<Swept>;
  /** Deletes what went into quarantine before this day, and says how many they were. */
  emptyQuarantine(before: Date): Promise<number>;
  readonly quarantineFolder: string;
}

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
): Promise<FileBodies> {
  await makeFolder(folder);
  const first = await stat(folder);

  /** In a folder that has come into its place, or on a disk mounted on it, a body would be lost when that is put right. */
  async function checkPlace(): Promise<void> {
    const now = await stat(folder);
    if (now.ino === first.ino && now.dev === first.dev) return;
    const words = `${folder}: it was replaced while the server ran: put it back, or start the server again`;
    throw new MeshServerError("bodies-unusable", words, { retry: "safe" });
  }

  async function begin(fileName: string, { expectedBytes, isOurs }: Coming): Promise<Writing> {
    await checkPlace();
    const unfinished = await beginFile(folder, fileName, { temporaryName: `.${fileName}` });
    const writing = writePieces(unfinished.handle, { size: expectedBytes ?? 0, isOurs });
    return {
      take: async (pieces) => writing.take(pieces),
      async finish() {
        const sha256 = await writing.end();
        await unfinished.finish();
        writing[Symbol.dispose]();
        onWorking();
        return sha256;
      },
      async giveUp() {
        writing[Symbol.dispose]();
        await unfinished[Symbol.asyncDispose]();
        // What cannot be deleted is the sweep's at the next start.
        await rm(join(folder, fileName), { force: true }).catch(() => undefined);
      },
    };
  }

  async function receive(
    source: Readable,
    name: string,
    options: { maxBytes: number; expectedBytes?: number; sender?: string },
  ): Promise<StoredBody> {
    let size = 0;
    try {
      return await receiveBody(source, name, { smallBytes, ...options, onSize: (reached) => (size = reached) }, begin);
    } catch (error) {
      const failure = translate(error, folder);
      if (failure instanceof MeshServerError && failure.code === "store-full") onFull(options.expectedBytes ?? size);
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

function translate(error: unknown, folder: string): unknown {
  if (!Error.isError(error) || !("code" in error)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG") {
    return new MeshServerError("store-full", "The disk is full.", { cause: error, retry: "safe" });
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
