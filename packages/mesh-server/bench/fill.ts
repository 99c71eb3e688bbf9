// Stores that are filled for measurements, by the writer's own operations, without a server.

import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTransaction, openDatabase } from "@restante/durable";
import { type MailboxId, newMessageId } from "@restante/mesh";
import type { StoredBody } from "../src/bodies/bodies.ts";
import { acknowledge, dueAfter, type Message, type Periods } from "../src/message.ts";
import { createOperations, type Operation } from "../src/store/sqlite/operations.ts";
import { migrations } from "../src/store/sqlite/schema.ts";

const tellEvery = 100_000;
/** Nobody needs it should the machine stop while it is being filled. */
const unsynced = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2097152";

const hour = 60 * 60 * 1000;
const day = 24 * hour;
/** As they are without settings: of config.ts. */
export const periods: Periods = { upload: 24 * hour, collect: 5 * day, keep: 30 * day };

export const sender = "SENDER" as MailboxId;
export const recipient = "RECIPIENT" as MailboxId;

const oneByte: StoredBody = { kind: "inline", size: 1, bytes: new Uint8Array(1) };

/** So many messages, all of which wait in the recipient's mailbox. */
export function fillWaiting(folder: string, depth: number): Message[] {
  const start = new Date("2026-03-02T10:20:30.456Z");
  const messages = Array.from({ length: depth }, (_, index) =>
    accepted(sender, recipient, new Date(start.getTime() + index), oneByte),
  );
  fill(folder, "accepted", depth, (index) => [accept(messages[index] as Message, oneByte)]);
  return messages;
}

export function acknowledgeAll(folder: string, messages: readonly Message[], at: Date): void {
  fill(folder, "acknowledged", messages.length, (index) => [
    { kind: "apply", change: acknowledge(messages[index] as Message, at, periods) },
  ]);
}

/**
 * What is in a store after so many messages of 1 KB were sent and acknowledged one by one up to now, over 25 days, so that none is
 * to be deleted yet: each hundredth's body in a file, the others' in the database. And the tokens of the requests of the last
 * hours.
 */
export function fillDone(folder: string, count: number, mailboxes: readonly MailboxId[], tokens: number): void {
  const now = Date.now();
  const inline: StoredBody = { kind: "inline", size: 1000, bytes: randomBytes(1000) };
  mkdirSync(join(folder, "bodies"), { mode: 0o700 });
  fill(folder, "done", count, (index) => {
    const at = new Date(now - Math.floor(25 * day * (1 - index / count)));
    const [from, to] = pair(mailboxes, index);
    const message = accepted(from, to, at, inline);
    const body = index % 100 === 0 ? writeBody(folder, message) : inline;
    return [
      accept(message, body),
      { kind: "apply", change: acknowledge(message, new Date(at.getTime() + 1000), periods) },
    ];
  });
  const nonces = Array.from(mailboxes, () => randomBytes(16).toString("hex"));
  fill(folder, "tokens", tokens, (index) => {
    const which = index % mailboxes.length;
    const token = { mailboxId: mailboxes[which]!, nonce: nonces[which]!, nonceCount: index };
    return [
      {
        kind: "token",
        token: { ...token, time: new Date(0), expiresAt: new Date(now + Math.floor((5 * hour * index) / tokens)) },
      },
    ];
  });
}

/** Small, though none so small would be in a file: nothing reads them. */
function writeBody(folder: string, { messageId, bytes: size }: Message): StoredBody {
  const fileName = `${messageId}-1.${randomBytes(4).toString("hex")}`;
  writeFileSync(join(folder, "bodies", fileName), "", { mode: 0o600 });
  return { kind: "file", size, fileName };
}

/** The first mailbox has a tenth of what is sent and a tenth of what is received; the others share the rest evenly. */
function pair(mailboxes: readonly MailboxId[], index: number): [MailboxId, MailboxId] {
  const others = mailboxes.length - 1;
  const of = (turn: number): MailboxId => mailboxes[turn % 10 === 0 ? 0 : 1 + (turn % others)]!;
  return [of(index), of(index * 7 + 3)];
}

function accepted(from: MailboxId, to: MailboxId, at: Date, { size }: StoredBody): Message {
  const dueAt = dueAfter("accepted", { at, createdAt: at }, periods);
  return {
    messageId: newMessageId(at),
    mailboxId: from,
    type: "DATA",
    state: "accepted",
    recipientId: to,
    to,
    workflowId: "WORKFLOW",
    details: {},
    totalChunks: 1,
    bytes: size,
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    ...(dueAt !== undefined && { dueAt }),
  };
}

function accept(message: Message, body: StoredBody): Operation {
  return { kind: "accept", acceptance: { message, body } };
}

/** Runs the operations of each index, and tells how far it is if that takes long. */
function fill(
  folder: string,
  words: string,
  count: number,
  operationsOf: (index: number) => readonly Operation[],
): void {
  using db = openDatabase(join(folder, "store.sqlite"), { migrations, pragmas: unsynced });
  const operations = createOperations(db);
  const began = performance.now();
  // One transaction, in memory until its end: in parts, each would write most pages of what is spread over many mailboxes.
  inTransaction(db, () => {
    for (let index = 0; index < count; index += 1) {
      for (const operation of operationsOf(index)) operations.run(operation);
      if ((index + 1) % tellEvery > 0) continue;
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      process.stdout.write(`  ${index + 1} of ${count} ${words}, ${seconds} s\n`);
    }
  });
}
