// How messages come into IN:
//
//   listed --> being fetched --> in TEMP --> received --> in IN --> acknowledged
//
// being fetched Several at once, each in a place of the workers (workers.ts): .dat, with its .gz while it is decompressed, and
//               .ctl are written in TEMP under the message's id, or what stands for it as a file name (messageFileName), and a
//               word of this start's own; their content is synced.
// in TEMP       It waits for those listed before it that are still being fetched (listed-order.ts).
// received      TEMP is synced, then committed in the journal, with the moves to IN (filing.ts). From here on the message is
//               never fetched again: whether its owner has read it already or not, it is or will be in IN. All that may
//               go on at the same time share these syncs, and those of IN: first each .dat, then each .ctl, in order.
// acknowledged  Only when both files are in IN and IN is synced; several at once. If that fails, the message is listed again,
//               found to be received, and acknowledged then.
//
// Killed before `received`: what is in TEMP of any number of messages is swept at the next start, and they are fetched again.
// Killed after it: the journal has the moves of each, in their order, and the next start makes them before anything else. Failed
// before it: what is in TEMP goes at once, so that it takes no room from the messages behind it. One that could not be
// committed in a way that leaves it open whether it was, stays in TEMP until the next start knows.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Event, type MessageId, messageFileName } from "@restante/mesh";
import type { DownloadedMessage } from "../download.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import { mayClear } from "./decide.ts";
import { finishAll } from "./finish-filing.ts";
import { discard, stage } from "./staging.ts";
import { isReport, receivedControl } from "./control-files.ts";
import type { Step } from "./filing.ts";
import type { FolderWatch } from "./folder-watch.ts";
import { inFolder } from "./folder-trouble.ts";
import type { Filing, Plan } from "./journal.ts";
import { writeData } from "./received-data.ts";
import type { Claim } from "./room.ts";

/** A message that is whole in TEMP. */
export interface Arrived {
  readonly messageId: MessageId;
  readonly files: Plan;
  /** What there is of it in TEMP. */
  readonly staged: readonly string[];
  /** What it takes of the room. */
  readonly claim: Claim;
}

/**
 * Fetches a message into TEMP. Undefined if it is gone since it was listed: collected by another client of this mailbox, or
 * expired.
 *
 * @param onAnswer told when the server has begun to answer
 */
export async function fetchMessage(
  context: DirectoryContext,
  messageId: MessageId,
  { signal, onAnswer }: { signal: AbortSignal | undefined; onAnswer: () => void },
): Promise<Arrived | undefined> {
  const { client, settings } = context;
  return wasThere(async () => {
    const message = await client.download(messageId, { decode: false, maxBytes: settings.maxMessageBytes, signal });
    onAnswer();
    return save(context, messageId, message);
  });
}

async function save(context: DirectoryContext, messageId: MessageId, message: DownloadedMessage): Promise<Arrived> {
  const { mailboxId, folders, rooms, start } = context;
  const { headers, announcedBytes = 0 } = message;
  const name = messageFileName(messageId);
  const staged = `in-${name}-${start}`;
  const [data, control] = [`${staged}.dat`, `${staged}.ctl`];
  const toIn = (suffix: string): NonNullable<Step["to"]> => ({ folder: "in", name: name + suffix });
  const report = isReport(headers);
  let claim: Claim | undefined;
  try {
    claim = await rooms.claim(announcedBytes);
    const { bytes, isCompressed, refused } = await writeData(context, staged, message, claim);
    // A report is its headers, and comes to IN as a .ctl alone. What a server puts into one all the same is kept.
    const hasData = !report || bytes > 0;
    if (!hasData) await inFolder("temp", async () => rm(join(folders.temp, data), { force: true }));
    const steps = [
      await stage(
        context,
        control,
        receivedControl(messageId, headers, { mailboxId, isCompressed }, context),
        toIn(".ctl"),
      ),
    ];
    if (hasData) steps.unshift({ from: { folder: "temp", name: data }, to: toIn(".dat") });
    const tells: Event[] = [
      { event: "message-saved", mailboxId, messageId, messageType: report ? "REPORT" : "DATA", bytes },
    ];
    if (refused !== undefined) {
      tells.push({ event: "message-not-decompressed", mailboxId, messageId, bytes, reason: refused });
    }
    return { messageId, files: { steps, tells }, staged: [data, control], claim };
  } catch (error) {
    message.body.destroy();
    await discard(context, [data, control]);
    claim?.[Symbol.dispose]();
    throw error;
  }
}

/** Removes what is in TEMP of messages that will not go on. */
export async function giveUp(context: DirectoryContext, arrived: readonly Arrived[]): Promise<void> {
  for (const { staged, claim } of arrived) {
    await discard(context, staged);
    claim[Symbol.dispose]();
  }
}

/** `unfiled`: a folder did not let it into IN yet; it must not be acknowledged. Or why it could not be received. */
export type Fate = { readonly is: "filed" | "unfiled" } | { readonly is: "not received"; readonly error: unknown };

/** Takes messages from TEMP to IN, in the order in which they are given. */
export async function fileReceived(
  context: DirectoryContext,
  arrived: readonly Arrived[],
  watch: FolderWatch,
): Promise<ReadonlyMap<MessageId, Fate>> {
  const { journal, lock, syncs, folders } = context;
  const fates = new Map<MessageId, Fate>();
  const filings = new Map<Filing, MessageId>();
  const synced = inFolder("temp", async () => syncs(folders.temp));
  // Asked for at the same time, they are one transaction; but one that does not fit on a full disk fails alone.
  const taken = await Promise.allSettled(
    arrived.map(async ({ messageId, files }) => {
      await synced;
      await lock.check();
      return journal.together(() => journal.receive(messageId, files));
    }),
  );
  for (const [index, outcome] of taken.entries()) {
    const one = arrived[index];
    if (one === undefined) continue;
    if (outcome.status === "fulfilled") {
      for (const filing of outcome.value) filings.set(filing, one.messageId);
      continue;
    }
    const error: unknown = outcome.reason;
    if (mayClear(error)) await discard(context, one.staged);
    fates.set(one.messageId, { is: "not received", error });
  }
  try {
    const finished = await finishAll(context, [...filings.keys()], watch);
    for (const [filing, messageId] of filings) fates.set(messageId, { is: finished.has(filing) ? "filed" : "unfiled" });
  } finally {
    for (const { claim } of arrived) claim[Symbol.dispose]();
  }
  return fates;
}

export async function acknowledgeReceived(
  { client, lock, mailboxId, emit }: DirectoryContext,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<void> {
  await lock.check();
  const isCleared = await wasThere(async () => {
    await client.acknowledge(messageId, { signal });
    return true;
  });
  if (isCleared === true) emit({ event: "message-cleared", mailboxId, messageId });
}

async function wasThere<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MeshClientError && (error.code === "not-found" || error.code === "gone")) return undefined;
    throw error;
  }
}
