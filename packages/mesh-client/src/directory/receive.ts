// How a message comes into IN:
//
//   listed --> in TEMP --> received --> in IN --> acknowledged
//
// in TEMP       .dat and .ctl are written under the message's id, or what stands for it as a file name
//               (messageFileName), and synced, and so is TEMP itself.
// received      Committed in the journal, with the moves to IN (filing.ts): .dat first, then .ctl. From here on the
//               message is never fetched again: whether its owner has read it already or not, it is or will be in IN.
// acknowledged  Only when both files are in IN and IN is synced. If that fails, the message is listed again, found to be
//               received, and acknowledged then.
//
// Killed before `received`: TEMP is swept at the next start and the message fetched again. Failed before it: what is in
// TEMP goes at once, so that it takes no room from the messages behind it.

import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { syncFile } from "@restante/durable";
import { type Event, type MessageId, messageFileName } from "@restante/mesh";
import type { DownloadedMessage } from "../download.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import { gunzip, writer } from "./compress.ts";
import { decide, type DirectoryContext } from "./context.ts";
import { isReport, receivedControl } from "./control-files.ts";
import type { Step } from "./filing.ts";
import { FolderTrouble, inFolder, labelOf } from "./folder-trouble.ts";
import { leastRoom, type Room } from "./room.ts";

/**
 * - `received`, `again`: acknowledged; new in IN, or handed over before.
 * - `unfiled`: a folder did not let it into IN yet. It is not acknowledged.
 * - `gone`: it is not in the mailbox any more: collected by another client of it, or expired.
 */
export type Reception = "received" | "again" | "unfiled" | "gone";

/** A message larger than the room there is. */
export class NoRoom extends FolderTrouble {
  readonly needs: number;

  constructor(needs: number, { folder }: Room) {
    super(labelOf(folder), "there is no room for it on the disk", "room");
    this.needs = needs;
  }
}

export async function receive(
  context: DirectoryContext,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<Reception> {
  const { client, journal, emit, mailboxId } = context;
  const isNew = !journal.received(messageId);
  const isFiled = isNew ? await wasThere(save(context, messageId, signal)) : true;
  if (isFiled === undefined) return "gone";
  if (!isFiled) return "unfiled";
  if ((await wasThere(client.acknowledge(messageId, { signal }).then(() => true))) === true) {
    emit({ event: "message-cleared", mailboxId, messageId });
  }
  return isNew ? "received" : "again";
}

/** Undefined if the message is gone since it was listed: collected by another client of this mailbox, or expired. */
async function wasThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MeshClientError && (error.code === "not-found" || error.code === "gone")) return undefined;
    throw error;
  }
}

/** Gives whether it is in IN. */
async function save(
  context: DirectoryContext,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { client, journal, mailboxId, settings, clock } = context;
  const name = messageFileName(messageId);
  const toIn = (suffix: string): NonNullable<Step["to"]> => ({ folder: "in", name: name + suffix });
  const message = await client.download(messageId, { decode: false, maxBytes: settings.maxMessageBytes, signal });
  const report = isReport(message.headers);
  try {
    return await decide(
      context,
      async (stage, claim) => {
        claim(`in-${name}.dat`);
        const saved = report ? await passOver(message) : await writeData(context, name, message);
        const { bytes, isCompressed, refused } = saved;
        const control = receivedControl(messageId, message.headers, { mailboxId, isCompressed, clock });
        const steps = [await stage(`in-${name}.ctl`, control, toIn(".ctl"))];
        if (!report) steps.unshift({ from: { folder: "temp", name: `in-${name}.dat` }, to: toIn(".dat") });
        const tells: Event[] = [
          { event: "message-saved", mailboxId, messageId, messageType: report ? "REPORT" : "DATA", bytes },
        ];
        if (refused !== undefined) {
          tells.push({ event: "message-not-decompressed", mailboxId, messageId, bytes, reason: refused });
        }
        return { steps, tells };
      },
      (files) => journal.receive(messageId, files),
    );
  } catch (error) {
    message.body.destroy();
    throw error;
  }
}

interface Saved {
  readonly bytes: number;
  readonly isCompressed: boolean;
  /** Why it is handed over as it came, although it says that it is compressed with gzip. */
  readonly refused?: string;
}

/** A report is its headers: its body is empty. */
async function passOver({ body }: DownloadedMessage): Promise<Saved> {
  await finished(body.resume());
  return { bytes: 0, isCompressed: false };
}

/**
 * Writes `in-<name>.dat`, synced. What is compressed is decompressed; where that cannot be done, it is handed over as it
 * came, with IsCompressed=Y: the message can neither be lost nor stay in the mailbox for ever.
 */
async function writeData(
  { folders, settings }: DirectoryContext,
  name: string,
  message: DownloadedMessage,
): Promise<Saved> {
  const { body, contentEncoding, headers, announcedBytes = 0 } = message;
  const room = await leastRoom(folders);
  if (announcedBytes > room.bytes) throw new NoRoom(announcedBytes, room);
  const data = join(folders.temp, `in-${name}.dat`);
  if (contentEncoding !== "gzip") {
    return { bytes: await writeBody(body, data, true), isCompressed: headers.compressed?.toUpperCase() === "Y" };
  }
  const packed = join(folders.temp, `in-${name}.gz`);
  const packedBytes = await writeBody(body, packed, false);
  try {
    return await inFolder("temp", async () => {
      const limits = { chunkBytes: chunksOf(message, packedBytes), maxBytes: settings.maxMessageBytes };
      const unpacked = await gunzip(packed, data, { ...limits, room: (await leastRoom(folders)).bytes });
      if ("bytes" in unpacked) return { bytes: unpacked.bytes, isCompressed: false };
      await rename(packed, data);
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
async function writeBody(body: Readable, path: string, synced: boolean): Promise<number> {
  const file = writer(path);
  try {
    // What the server or the way to it fails with is no system error any more: see transport.ts.
    await inFolder("temp", async () => {
      await pipeline(body, file);
      if (synced) await syncFile(path);
    });
    return file.bytesWritten;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
