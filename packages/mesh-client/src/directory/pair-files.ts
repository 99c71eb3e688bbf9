import type { FileHandle } from "node:fs/promises";
import { type FileState, isUnchanged, openUnchanged } from "./files.ts";
import { inFolder } from "./folder-trouble.ts";
import type { Sighting } from "./out-folder.ts";
import type { SendableControl } from "./pair-control.ts";

/** A pair that can be sent. */
export interface Pair {
  /** SHA-256 of the base name: the pair in the journal. */
  readonly key: string;
  readonly base: string;
  readonly fingerprint: string;
  readonly sighting: Sighting;
  readonly control: SendableControl;
  /** Open on the very file that was seen: a new one under its name is not read. */
  readonly data: FileHandle;
  readonly dataName: string;
  readonly bytes: number;
}

/** Whether its data is what was seen: what was read of it until now is of one file, and not of two. */
export async function isAsSeen({ data, sighting }: Pick<Pair, "data" | "sighting">): Promise<boolean> {
  return sighting.data !== undefined && (await isUnchanged(data, sighting.data));
}

/** What became of opening both files of a pair. Closes them when it is disposed of. */
export type OpenPair = AsyncDisposable &
  (
    | { readonly state: "changed" }
    | { readonly state: "incomplete"; readonly missing: "data" | "control"; readonly controlBytes: Buffer | undefined }
    | {
        readonly state: "open";
        readonly controlBytes: Buffer;
        readonly data: FileHandle;
        readonly dataName: string;
        readonly bytes: number;
      }
  );

/** A control file is some hundred bytes; readControlFile refuses more than 64 KB. */
const controlLimit = 64 * 1024 + 1;

/** A link, a folder, or a file that may not be read is as good as missing. */
export async function openPair(folder: string, { control, data }: Sighting): Promise<OpenPair> {
  const nothingToClose = { [Symbol.asyncDispose]: async () => undefined };
  const controlHandle = await openHalf(folder, control);
  if (controlHandle === "changed") return { ...nothingToClose, state: "changed" };
  const controlBytes = controlHandle === undefined ? undefined : await readAndClose(controlHandle, control);

  const handle = await openHalf(folder, data);
  if (handle === "changed") return { ...nothingToClose, state: "changed" };
  if (handle === undefined || data === undefined || controlBytes === undefined) {
    await handle?.close();
    const missing = controlBytes === undefined ? "control" : "data";
    return { ...nothingToClose, state: "incomplete", missing, controlBytes };
  }
  return {
    [Symbol.asyncDispose]: async () => handle.close(),
    state: "open",
    controlBytes,
    data: handle,
    dataName: data.name,
    bytes: data.bytes,
  };
}

/** Of the control file alone. Undefined if it is not there, not as it was seen, or cannot be read. */
export async function readControlBytes(folder: string, { control }: Sighting): Promise<Buffer | undefined> {
  const handle = await openHalf(folder, control);
  return handle === undefined || handle === "changed" ? undefined : readAndClose(handle, control);
}

async function openHalf(folder: string, seen: FileState | undefined): Promise<FileHandle | "changed" | undefined> {
  if (seen === undefined) return undefined;
  const opened = await inFolder("out", async () => openUnchanged(folder, seen));
  return opened === "inaccessible" ? undefined : opened;
}

async function readAndClose(handle: FileHandle, seen: FileState | undefined): Promise<Buffer> {
  try {
    const buffer = Buffer.alloc(Math.min(seen?.bytes ?? controlLimit, controlLimit));
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
