import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { renameFile, syncFile } from "@restante/durable";
import type { DownloadedMessage } from "../download.ts";
import { gunzip, writer } from "./compress.ts";
import type { DirectoryContext } from "./context.ts";
import { isReport } from "./control-files.ts";
import { FolderTrouble, inFolder } from "./folder-trouble.ts";
import { askForRoom, type Claim, noRoomForIt } from "./room.ts";

export interface Saved {
  readonly bytes: number;
  readonly isCompressed: boolean;
  /** Why it is handed over as it came, although it says that it is compressed with gzip. */
  readonly refused?: string;
}

/**
 * Writes `<staged>.dat` in TEMP, synced. What is compressed is decompressed; where that cannot be done, it is handed over as it
 * came, with IsCompressed=Y: the message can neither be lost nor stay in the mailbox for ever. An empty report may leave no file.
 */
export async function writeData(
  { folders, settings }: DirectoryContext,
  staged: string,
  message: DownloadedMessage,
  claim: Claim,
): Promise<Saved> {
  const { body, contentEncoding, headers } = message;
  const data = join(folders.temp, `${staged}.dat`);
  if (contentEncoding !== "gzip") {
    const bytes = await writeBody(body, data, claim);
    // Of an empty report nothing is kept.
    if (bytes > 0 || !isReport(headers)) await inFolder("temp", async () => syncFile(data));
    return { bytes, isCompressed: headers.compressed?.toUpperCase() === "Y" };
  }
  const packed = join(folders.temp, `${staged}.gz`);
  const packedBytes = await writeBody(body, packed, claim);
  try {
    if (packedBytes === 0 && isReport(headers)) return { bytes: 0, isCompressed: false };
    return await inFolder("temp", async () => {
      const limits = { chunkBytes: chunksOf(message, packedBytes), maxBytes: settings.maxMessageBytes };
      const room = async (bytes: number): Promise<number> => (await claim.leastForMore(bytes)).bytes;
      const unpacked = await gunzip(packed, data, { ...limits, room });
      if ("bytes" in unpacked) {
        claim.wrote(unpacked.bytes);
        return { bytes: unpacked.bytes, isCompressed: false };
      }
      await renameFile(packed, data);
      await syncFile(data);
      return { bytes: packedBytes, isCompressed: true, refused: unpacked.refused };
    });
  } finally {
    await rm(packed, { force: true });
  }
}

function chunksOf({ chunkBytes }: DownloadedMessage, bytes: number): readonly number[] {
  const sum = chunkBytes.reduce((total, length) => total + length, 0);
  return sum === bytes ? chunkBytes : [bytes];
}

/** A failure leaves no file: on a full disk, half of one would take the room of what comes next. */
async function writeBody(body: Readable, path: string, claim: Claim): Promise<number> {
  const file = writer(path);
  file.on("drain", () => claim.wrote(file.bytesWritten));
  const hasRoomFor = askForRoom(async (written) => (await claim.leastForMore(written)).bytes, claim.bytes);
  // What was not announced, or not as long as it is, leaves as much of the disk to others as what was.
  async function* within(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    let bytes = 0;
    for await (const piece of pieces) {
      if (!(await hasRoomFor(bytes, piece.length))) throw new FolderTrouble("TEMP", noRoomForIt, "room");
      bytes += piece.length;
      yield piece;
    }
  }
  try {
    // What the server or the way to it fails with is no system error any more: see transport.ts.
    await inFolder("temp", async () => pipeline(body, within, file));
    claim.wrote(file.bytesWritten);
    return file.bytesWritten;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
