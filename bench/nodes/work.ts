// What the requests of a send, and of a cycle (send, list, download, acknowledge), ask of the store, in the order in which the server
// asks it (http/outbox.ts, inbox.ts, download.ts, auth/replay.ts); and that the answers are right.

import { randomBytes } from "node:crypto";

import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";

import type { StoredBody } from "../../packages/mesh-server/src/bodies/bodies.ts";
import { acknowledge, type Message, type Periods } from "../../packages/mesh-server/src/message.ts";
import type { Store, TokenUse } from "../../packages/mesh-server/src/store/store.ts";

export type Kind = "sends" | "cycles";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** As they are without settings: of config.ts. */
export const periods: Periods = { upload: DAY_MS, collect: 5 * DAY_MS, keep: 30 * DAY_MS };
const TOKEN_MS = 4 * HOUR_MS;
/** As the server asks: one more than it shows. */
const PAGE = 501;

/** Of 100, so that two that send at the same time seldom wait for one another. */
export const mailboxes: readonly MailboxId[] = Array.from(
  { length: 100 },
  (_, index) => `BENCH${String(index).padStart(4, "0")}` as MailboxId,
);

const bytes = randomBytes(1000);
const body: StoredBody = { kind: "inline", size: bytes.length, bytes };
const nonce = randomBytes(16).toString("hex");
let tokens = 0;
let turns = 0;

export function newToken(mailboxId: MailboxId): TokenUse {
  const time = new Date();
  tokens += 1;
  return { mailboxId, nonce, nonceCount: tokens, time, expiresAt: new Date(time.getTime() + TOKEN_MS) };
}

/** Does so much of it, so many at a time. Without a mailbox: in all of them, one after the other. */
export async function work(store: Store, kind: Kind, count: number, atATime: number, only?: MailboxId): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const [from, to] = [next(), only ?? next()];
      const message = await send(store, from, to);
      if (kind === "cycles") await collect(store, to, message.messageId);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

function next(): MailboxId {
  turns += 1;
  return mailboxes[(turns * 37) % mailboxes.length]!;
}

export async function send(store: Store, from: MailboxId, to: MailboxId): Promise<Message> {
  const token = await claim(store, from);
  if ((await store.closureOf(to)) !== undefined) throw new Error("a mailbox is closed");
  const message = newMessage(from, to);
  const outcome = await store.accept({ message, body, token });
  if (outcome !== "done") throw new Error(`a message is not accepted: ${outcome}`);
  return message;
}

async function collect(store: Store, mailboxId: MailboxId, messageId: MessageId): Promise<void> {
  const listing = await claim(store, mailboxId);
  const [entries] = await Promise.all([store.listAfter(mailboxId, 0, PAGE), store.countInbox(mailboxId)]);
  if (!entries.some((entry) => entry.messageId === messageId)) throw new Error("a message is not listed");
  void store.useToken(listing);

  const download = await claim(store, mailboxId);
  const message = await store.findDelivered(mailboxId, messageId);
  if (message === undefined) throw new Error("a message is missing");
  const stored = await store.body(message, 1);
  if (stored?.kind !== "inline" || stored.bytes.length !== bytes.length) throw new Error("a body is missing");
  void store.useToken(download);
  void store.markGiven(message, 1);

  const token = await claim(store, mailboxId);
  await acknowledgeOne(store, mailboxId, messageId, token);
}

export async function acknowledgeOne(
  store: Store,
  mailboxId: MailboxId,
  messageId: MessageId,
  token: TokenUse,
): Promise<void> {
  const message = await store.findDelivered(mailboxId, messageId);
  if (message === undefined) throw new Error("a message is missing");
  const outcome = await store.apply(acknowledge(message, new Date(), periods), token);
  if (outcome !== "done") throw new Error(`a message is not acknowledged: ${outcome}`);
}

async function claim(store: Store, mailboxId: MailboxId): Promise<TokenUse> {
  const token = newToken(mailboxId);
  if (await store.wasUsed(token)) throw new Error("a token was used before");
  return token;
}

function newMessage(from: MailboxId, to: MailboxId): Message {
  const at = new Date();
  return {
    messageId: newMessageId(at),
    mailboxId: from,
    type: "DATA",
    state: "accepted",
    recipientId: to,
    to,
    workflowId: "WORKFLOW",
    details: { subject: "Of a measurement", contentType: "application/octet-stream" },
    totalChunks: 1,
    bytes: body.size,
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    dueAt: new Date(at.getTime() + periods.collect),
  };
}
