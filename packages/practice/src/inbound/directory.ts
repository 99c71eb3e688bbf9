import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { isMissing, syncFolder } from "@restante/durable";
import { type Clock, type MailboxId, readControlFile, systemClock } from "@restante/mesh";
import { PracticeError } from "../errors.ts";
import { mailboxFolder } from "../mailbox-folder.ts";
import { decompress, tooLarge } from "./content.ts";
import { keepFile } from "./keep-file.ts";
import type { Arrival, Source } from "./source.ts";

/**
 * Received messages as pairs in IN. The `.ctl` is the marker: a `.dat` without one is not there yet; after an hour it
 * never will be, and is taken for a pair whose `.ctl` is missing. A report is a `.ctl` alone. The data file is removed
 * before the control file, so that a pair half removed by a kill is still seen, known by its id, and removed for good.
 *
 * The folder is read once a pass: however many pairs wait, what belongs to each is known from then.
 */
export function directorySource(
  mailboxId: MailboxId,
  folder: string,
  maxMessageBytes: number,
  clock: Clock = systemClock,
): Source {
  const inFolder = mailboxFolder(join(folder, "IN"));
  const inbox = inFolder.path;
  /** Since when a half is known; its file's own time may be that of what it was copied from. */
  const halves = new Map<string, number>();
  let pairs: ReadonlyMap<string, readonly string[]> = new Map();

  async function look(): Promise<void> {
    const found = new Map<string, string[]>();
    for (const name of await inFolder.names()) {
      const base = baseOf(name);
      if (base === "") continue;
      const parts = found.get(base);
      if (parts === undefined) found.set(base, [name]);
      else parts.push(name);
    }
    pairs = found;
  }

  /** Whether its control file is there, or has been waited for long enough. */
  function isThere(id: string, parts: readonly string[], now: number): boolean {
    if (parts.some((part) => /\.ctl$/i.test(part))) return true;
    const since = halves.get(id) ?? now;
    halves.set(id, since);
    return now - since >= halfMs;
  }

  /** The file of a pair that has this extension. It may have come since the folder was read. */
  async function find(id: string, extension: string, missing: string): Promise<string> {
    const inPair = (): string | undefined => partsOf(id).find((part) => part.toLowerCase().endsWith(extension));
    if (inPair() === undefined) await look();
    const name = inPair();
    if (name === undefined) throw new PracticeError("pair-unreadable", missing);
    return join(inbox, name);
  }

  const partsOf = (id: string): readonly string[] => pairs.get(id) ?? [];

  return {
    mailboxId,
    idsAreMessageIds: false,

    async *waiting() {
      await look();
      const now = clock.now().getTime();
      for (const id of halves.keys()) if (!pairs.has(id)) halves.delete(id);
      const waiting = Array.from(pairs).filter(([id, parts]) => isThere(id, parts, now));
      // The ids that MESH makes begin with the time at which it accepted the message. Others are in an order too.
      yield* waiting.map(([id]) => id).sort();
    },

    async open(id) {
      const controlFile = await find(id, ".ctl", "The control file is missing.");
      if ((await sizeOf(controlFile)) > maxControlBytes) {
        throw new PracticeError("pair-unreadable", "The control file is longer than any is.");
      }
      const control = readControlFile(await readFile(controlFile));
      const isReport = control.messageType === "Report";
      async function data(): Promise<Uint8Array> {
        const path = await find(id, ".dat", "The data file is missing.");
        if ((await sizeOf(path)) > maxMessageBytes) throw tooLarge();
        return readFile(path);
      }
      return {
        // A report's DTSId is the message that it is about; its own id is its file name.
        messageId: isReport ? id : (control.messageId ?? nameOf(id, await data())),
        mailboxId,
        type: isReport ? "report" : "data",
        from: control.from,
        localId: control.localId,
        workflowId: control.workflowId ?? "",
        subject: control.subject ?? "",
        status: control.status,
        linkedMessageId: isReport ? control.messageId : undefined,
        to: isReport ? control.to : undefined,
        async content() {
          const bytes = await data();
          return control.isCompressed === true ? decompress(bytes, maxMessageBytes) : { bytes };
        },
      } satisfies Arrival;
    },

    async keep(id, kept) {
      const parts = partsOf(id);
      for (const part of parts) await sizeOf(join(inbox, part));
      const digests = await Promise.all(parts.map((part) => digestOf(join(inbox, part))));
      const before = await Promise.all(parts.map((part) => digestOf(join(kept, part))));
      const isTaken = before.some((digest, index) => digest !== undefined && digest !== digests[index]);
      const name = isTaken ? nameOf(id, Buffer.from(digests.join(" "))) : id;
      for (const part of parts) {
        await keepFile(kept, `${name}${part.slice(id.length)}`, (path) => copyFile(join(inbox, part), path));
      }
      return name;
    },

    async release(id) {
      const dataFirst = partsOf(id).toSorted((a, b) => Number(/\.ctl$/i.test(a)) - Number(/\.ctl$/i.test(b)));
      for (const name of dataFirst) await rm(join(inbox, name), { force: true });
      await syncFolder(inbox);
    },

    async reach() {
      await look();
    },
  };
}

/** A MESH client writes the one right after the other. */
const halfMs = 60 * 60 * 1000;

/** Sixteen times what is read of one: a longer one is not even opened. */
const maxControlBytes = 1024 * 1024;

/** @throws PracticeError where it is no file: opening a pipe would wait for its other end, and everything with it */
async function sizeOf(path: string): Promise<number> {
  const about = await stat(path);
  if (!about.isFile()) throw new PracticeError("pair-unreadable", "A part of the pair is not a file.");
  return about.size;
}

/** The name without `.ctl` or `.dat`; a file of any other kind belongs to no pair. */
function baseOf(name: string): string {
  return /^(.+)\.(ctl|dat)$/is.exec(name)?.[1] ?? "";
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
