// A data folder with every kind of message in it, as an embedded server leaves it.

import { join } from "node:path";
import { Readable } from "node:stream";

import { type MailboxId, newMessageId } from "@restante/mesh";

import { type Bodies, type StoredBody } from "../../src/bodies/bodies.ts";
import { openFileBodies } from "../../src/bodies/files.ts";
import {
  abandon,
  acknowledge,
  expire,
  failRouting,
  finishUpload,
  giveUp,
  type Message,
  place,
  redeliver,
} from "../../src/message.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import type { TokenUse } from "../../src/store/store.ts";
import {
  acceptance,
  later,
  newMessage,
  newToken,
  now,
  periods,
  recipient,
  routedMessage,
  sender,
} from "../store/samples.ts";
import { storeOptions } from "../store/store-options.ts";

const SMALL = 1000;
export const mailboxIds: readonly MailboxId[] = [
  ...(["EMPTIED", "CLOSED", "OPENED", "UNKNOWN"] as MailboxId[]),
  recipient,
  sender,
];

export function openOldBodies(folder: string): Promise<Bodies> {
  return openFileBodies(join(folder, "bodies"), SMALL);
}

export interface Made {
  readonly tokens: readonly TokenUse[];
  /** Whose body is in a file. */
  readonly large: readonly Message[];
}

/** @param more messages beside one of each kind */
export async function makeOldFolder(folder: string, more: number = 0): Promise<Made> {
  await using store = await openSqliteStore(folder, storeOptions);
  const bodies = await openOldBodies(folder);
  const tokens: TokenUse[] = [];
  const large: Message[] = [];

  function token(): TokenUse {
    // Of several hours, and before 1970 too: they lie in several parts.
    const used = newToken({ time: new Date(now.getTime() - tokens.length * 40 * 60_000), expiresAt: later });
    tokens.push(used);
    return used;
  }

  async function body(message: Message, chunk: number, size: number): Promise<StoredBody> {
    const bytes = Buffer.alloc(size, `${message.messageId} ${chunk} `);
    return bodies.receive(Readable.from([bytes]), `${message.messageId}-${chunk}`, { maxBytes: size });
  }

  async function accepted(size: number, overrides: Partial<Message> = {}): Promise<Message> {
    const message = newMessage({ bytes: size, ...overrides });
    await store.accept(acceptance(message, { token: token(), body: await body(message, 1, size) }));
    if (size > SMALL) large.push(message);
    return message;
  }

  async function addChunk(message: Message, chunk: number, size: number): Promise<void> {
    const { messageId } = message;
    const finish = finishUpload(message, later, periods);
    const added = {
      mailboxId: sender,
      messageId,
      chunk,
      body: await body(message, chunk, size),
      token: token(),
      finish,
    };
    await store.addChunk(added);
  }

  async function upload(chunks: number, overrides: Partial<Message> = {}): Promise<Message> {
    const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 3, bytes: 2000, ...overrides });
    const routingAddress = message.recipientId === undefined ? { routingAddress: "GPPROVIDER_9990000000" } : {};
    await store.accept({
      ...acceptance(message, { token: token(), body: await body(message, 1, 2000) }),
      ...routingAddress,
    });
    for (let chunk = 2; chunk <= chunks; chunk += 1) await addChunk(message, chunk, chunk * 400);
    return { ...message, state: "accepted" };
  }

  async function routed(): Promise<Message> {
    const message = routedMessage();
    await store.accept({ ...acceptance(message, { token: token() }), routingAddress: "GPPROVIDER_9990000001_Ł" });
    return message;
  }

  // Listed, in rows and in files, of other workflows, without details.
  await accepted(5);
  await accepted(2000);
  await accepted(10, { workflowId: "OTHER_WORKFLOW", details: {} });
  const whole = await upload(3);
  for (const chunk of [1, 3]) await store.markGiven(whole, chunk);
  await upload(2);
  // Left.
  for (const size of [7, 3000]) await store.apply(acknowledge(await accepted(size), later, periods), token());
  await store.apply(expire(await accepted(9), newMessageId(later), later, periods));
  const damaged = await accepted(11);
  await store.apply(giveUp(damaged, newMessageId(later), later, periods));
  const abandoned = await upload(2);
  await store.apply(abandon({ ...abandoned, state: "uploading" }, later, periods));
  for (const each of await store.removeBodies(abandoned)) await bodies.discard(each);
  // Put back: listed, and left again.
  for (const again of [false, true]) {
    const message = await accepted(again ? 13 : 2500);
    await store.apply(expire(message, newMessageId(later), later, periods));
    await store.apply(redeliver({ ...message, state: "undelivered" }, later, periods));
    if (again) await store.apply(acknowledge(message, later, periods), token());
  }
  // Routed: waiting, put off, in chunks, placed, failed.
  await routed();
  await store.holdRouting(await routed(), 3, later);
  const { recipientId: _, ...unplaced } = newMessage({ state: "uploading", to: "GPPROVIDER" });
  await upload(1, { ...unplaced, totalChunks: 3, recipientId: undefined } as never);
  await store.apply(place(await routed(), recipient, later, periods));
  await store.apply(failRouting(await routed(), "EPL-151", newMessageId(later), later, periods));
  // Deleted: the newest of a mailbox, so that its floor rises, and all of another.
  for (const recipientId of ["EMPTIED", recipient] as MailboxId[]) {
    for (const size of [15, 2100]) {
      const message = await accepted(size, { recipientId, to: recipientId });
      const { state } = size === 15 ? { state: "acknowledged" as const } : message;
      if (state === "acknowledged") await store.apply(acknowledge(message, later, periods), token());
      for (const each of await store.remove({ ...message, state })) await bodies.discard(each);
      if (size > SMALL) large.pop();
    }
  }
  for (let count = 0; count < more; count += 40) {
    await Promise.all(Array.from({ length: 40 }, (_, index) => accepted(index === 0 ? 1500 : 20 + index)));
  }
  for (const mailboxId of ["CLOSED", "OPENED"] as MailboxId[]) {
    await accepted(17, { recipientId: mailboxId, to: mailboxId });
    await store.closeMailbox({ mailboxId, closedAt: now, reason: "moves to 'another' system — Łódź" });
  }
  await store.openMailbox("OPENED" as MailboxId);
  await store.useToken(token());
  await store.seeTime({
    wall: later.getTime(),
    uptime: 1,
    boot: "boot",
    reference: 5,
    steady: 6,
    lag: 7,
    doubt: "moved",
  });
  return { tokens, large };
}
