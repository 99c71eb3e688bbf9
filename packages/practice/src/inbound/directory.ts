import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type MailboxId, readControlFile } from "@restante/mesh";
import { PracticeError } from "../errors.ts";
import { isMissing, syncFolder } from "../files.ts";
import type { Arrival, Source } from "./source.ts";

/**
 * Received messages as pairs in IN. The `.ctl` is the marker: a `.dat` without one is not there yet. A report is a
 * `.ctl` alone. The data file is removed before the control file, so that a pair half removed by a kill is still seen,
 * known by its id, and removed for good.
 */
export function directorySource(mailboxId: MailboxId, folder: string, maxMessageBytes: number): Source {
  const inbox = join(folder, "IN");

  async function partsOf(id: string): Promise<string[]> {
    const names = await readdir(inbox);
    return names.filter((name) => baseOf(name) === id);
  }

  return {
    mailboxId,
    idsAreMessageIds: false,

    async waiting(limit) {
      await mkdir(inbox, { recursive: true });
      const names = await readdir(inbox);
      const ids = names.filter((name) => /.\.ctl$/i.test(name)).map(baseOf);
      // The ids that MESH makes begin with the time at which it accepted the message. Others are in an order too.
      return ids.sort().slice(0, limit);
    },

    async open(id) {
      const parts = await partsOf(id);
      const control = readControlFile(await readFile(join(inbox, find(parts, ".ctl", "The control file is missing."))));
      const isReport = control.messageType === "Report";
      async function content(): Promise<Uint8Array> {
        const path = join(inbox, find(parts, ".dat", "The data file is missing."));
        if ((await stat(path)).size > maxMessageBytes) throw tooLarge();
        return readFile(path);
      }
      return {
        // A report's DTSId is the message that it is about; its own id is its file name.
        messageId: isReport ? id : (control.messageId ?? nameOf(id, await content())),
        mailboxId,
        type: isReport ? "report" : "data",
        from: control.from,
        localId: control.localId,
        workflowId: control.workflowId ?? "",
        subject: control.subject ?? "",
        status: control.status,
        linkedMessageId: isReport ? control.messageId : undefined,
        to: isReport ? control.to : undefined,
        content,
      } satisfies Arrival;
    },

    async keep(id, kept) {
      await mkdir(kept, { recursive: true, mode: 0o700 });
      const parts = await partsOf(id);
      const digests = await Promise.all(parts.map((part) => digestOf(join(inbox, part))));
      const before = await Promise.all(parts.map((part) => digestOf(join(kept, part))));
      const isTaken = before.some((digest, index) => digest !== undefined && digest !== digests[index]);
      const name = isTaken ? nameOf(id, Buffer.from(digests.join(" "))) : id;
      for (const part of parts) {
        const target = join(kept, `${name}${part.slice(id.length)}`);
        await copyFile(join(inbox, part), target);
        await using file = await open(target, "r+");
        await file.sync();
      }
      await syncFolder(kept);
      return name;
    },

    async release(id) {
      const parts = await partsOf(id);
      const dataFirst = parts.sort((a, b) => Number(/\.ctl$/i.test(a)) - Number(/\.ctl$/i.test(b)));
      for (const name of dataFirst) await rm(join(inbox, name), { force: true });
      await syncFolder(inbox);
    },
  };
}

export function tooLarge(): PracticeError {
  return new PracticeError("message-too-large", "The message is longer than is read here.");
}

/** The name without `.ctl` or `.dat`; a file of any other kind belongs to no pair. */
function baseOf(name: string): string {
  return /^(.+)\.(ctl|dat)$/i.exec(name)?.[1] ?? "";
}

/** A pair without a DTSId, dropped by hand: its name may be used again for another message, its content may not. */
function nameOf(id: string, content: Uint8Array): string {
  return `${id}-${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
}

/** Of a file's content; undefined where there is no such file. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return hash.digest("hex");
}

function find(parts: readonly string[], extension: string, missing: string): string {
  const name = parts.find((part) => part.toLowerCase().endsWith(extension));
  if (name === undefined) throw new PracticeError("pair-unreadable", missing);
  return name;
}
