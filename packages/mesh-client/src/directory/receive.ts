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
// Killed before `received`: TEMP is swept at the next start and the message fetched again.

import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { messageFileName, type MessageId } from "@restante/mesh";
import type { DownloadedMessage } from "../download.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import { gunzip } from "./compress.ts";
import { type DirectoryContext, finish, stage } from "./context.ts";
import { isReport, receivedControl } from "./control-files.ts";
import { syncFile } from "./files.ts";
import type { Step } from "./filing.ts";

/** Gives whether something new came into IN. */
export async function receive(
  context: DirectoryContext,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { client, journal, emit, mailboxId } = context;
  const isNew = !journal.received(messageId);
  if (isNew && !(await wasThere(save(context, messageId, signal)))) return false;
  if (await wasThere(client.acknowledge(messageId, { signal }))) {
    emit({ event: "message-cleared", mailboxId, messageId });
  }
  return isNew;
}

/** False if the message is gone since it was listed: collected by another client of this mailbox, or expired. */
async function wasThere(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof MeshClientError && (error.code === "not-found" || error.code === "gone")) return false;
    throw error;
  }
}

async function save(context: DirectoryContext, messageId: MessageId, signal: AbortSignal | undefined): Promise<void> {
  const { client, journal, emit, mailboxId, settings, clock } = context;
  const message = await client.download(messageId, { decode: false, maxBytes: settings.maxMessageBytes, signal });
  const report = isReport(message.headers);
  const { bytes, isCompressed } = report ? await passOver(message) : await writeData(context, messageId, message);

  const control = receivedControl(messageId, message.headers, { mailboxId, isCompressed, clock });
  const name = messageFileName(messageId);
  const toIn = (suffix: string): NonNullable<Step["to"]> => ({ folder: "in", name: name + suffix });
  const steps: Step[] = [await stage(context, `in-${name}.ctl`, control, toIn(".ctl"))];
  if (!report) steps.unshift({ from: { folder: "temp", name: `in-${name}.dat` }, to: toIn(".dat") });
  await finish(context, journal.receive(messageId, steps));
  emit({ event: "message-saved", mailboxId, messageId, messageType: report ? "REPORT" : "DATA", bytes });
}

interface Saved {
  readonly bytes: number;
  readonly isCompressed: boolean;
}

/** A report is its headers: its body is empty. */
async function passOver({ body }: DownloadedMessage): Promise<Saved> {
  await finished(body.resume());
  return { bytes: 0, isCompressed: false };
}

/**
 * Writes `in-<id>.dat`, synced. Compressed data is decompressed; if it turns out not to be gzip, or to be too large, it
 * is handed over as it came, with IsCompressed=Y: the message can neither be lost nor stay in the mailbox for ever.
 */
async function writeData(
  { folders, settings }: DirectoryContext,
  messageId: MessageId,
  { body, contentEncoding, headers }: DownloadedMessage,
): Promise<Saved> {
  const data = join(folders.temp, `in-${messageFileName(messageId)}.dat`);
  if (contentEncoding !== "gzip") {
    return { bytes: await writeBody(body, data, true), isCompressed: headers.compressed?.toUpperCase() === "Y" };
  }
  const packed = join(folders.temp, `in-${messageFileName(messageId)}.gz`);
  const packedBytes = await writeBody(body, packed, false);
  const bytes = await gunzip(packed, data, settings.maxMessageBytes);
  if (bytes !== undefined) {
    await rm(packed);
    return { bytes, isCompressed: false };
  }
  await rename(packed, data);
  await syncFile(data);
  return { bytes: packedBytes, isCompressed: true };
}

async function writeBody(body: Readable, path: string, synced: boolean): Promise<number> {
  const file = createWriteStream(path, { flush: synced });
  await pipeline(body, file);
  return file.bytesWritten;
}
