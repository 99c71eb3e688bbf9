// The numbers of a mailbox, as the embedded store keeps them: src/store/sqlite/numbers.ts.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";

import { acknowledge, finishUpload, type Message } from "../../src/message.ts";
import { INSERT_MESSAGE, writeMessage } from "../../src/store/sqlite/rows.ts";
import { migrations } from "../../src/store/sqlite/schema.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { acceptance, inline, later, listed, newMessage, newToken, periods, recipient, sender } from "./samples.ts";
import { storeOptions } from "./store-options.ts";

const other = "OTHER" as MailboxId;
const emptied = "EMPTIED" as MailboxId;

/** Of version 2, when all mailboxes drew on one counter: it has given the numbers up to `lastSequence`. */
function writeOldStore(
  file: string,
  deliveries: readonly { message: Message; sequence: number | null }[],
  lastSequence: number,
): void {
  using db = new DatabaseSync(file);
  db.exec(`${migrations.slice(0, 2).join("")} PRAGMA user_version = 2`);
  for (const { message, sequence } of deliveries) {
    db.prepare(INSERT_MESSAGE).run(...writeMessage(message));
    db.prepare("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?)").run(
      message.recipientId as MailboxId,
      message.messageId,
      message.mailboxId,
      message.workflowId,
      sequence,
      message.state === "accepted" ? 1 : 0,
    );
    db.prepare(
      "INSERT INTO chunk (mailbox_id, message_id, chunk, size, bytes) VALUES (?, ?, 1, 5, CAST('hello' AS BLOB))",
    ).run(message.mailboxId, message.messageId);
  }
  db.prepare("UPDATE acceptance SET last_sequence = ?").run(lastSequence);
}

test("a store whose mailboxes drew on one counter keeps every place and order, and nothing new is passed over", async (t) => {
  const folder = await temporaryFolder(t);
  const make = (recipientId: MailboxId, state: Message["state"] = "accepted"): Message =>
    newMessage({ recipientId, to: recipientId, state });
  const mine = [make(recipient), make(recipient, "acknowledged"), make(recipient), make(recipient)] as const;
  const uploading = newMessage({ state: "uploading", totalChunks: 2 });
  const theirs = [make(other), make(other)];
  // Accepted by turns, and the last of all, 90 among them, are deleted already: of one mailbox, all.
  writeOldStore(
    join(folder, "store.sqlite"),
    [
      { message: theirs[0] as Message, sequence: 12 },
      { message: mine[0], sequence: 10 },
      { message: mine[1], sequence: 11 },
      { message: mine[3], sequence: 16 },
      { message: uploading, sequence: null },
      { message: mine[2], sequence: 14 },
      { message: theirs[1] as Message, sequence: 15 },
    ],
    90,
  );

  await using store = await openSqliteStore(folder, storeOptions);

  assert.deepEqual(await store.listAfter(recipient, 0, 10), [
    { messageId: mine[0].messageId, sequence: 10 },
    { messageId: mine[2].messageId, sequence: 14 },
    { messageId: mine[3].messageId, sequence: 16 },
  ]);
  assert.equal(await store.sequenceOf(recipient, mine[1].messageId), 11);
  assert.deepEqual(
    [await store.countInbox(recipient), await store.countInbox(other), await store.countInbox(emptied)],
    [3, 2, 0],
  );

  // Who stood at the last place of before, whosever it was, is shown all that comes.
  for (const mailboxId of [recipient, other, emptied]) {
    const message = make(mailboxId);
    await store.accept(acceptance(message));
    const behind = await store.listAfter(mailboxId, 90, 10);
    assert.deepEqual(
      behind.map(({ messageId }) => messageId),
      [message.messageId],
    );
  }
  await store.addChunk({
    mailboxId: sender,
    messageId: uploading.messageId,
    chunk: 2,
    body: inline("two"),
    token: newToken(),
    finish: finishUpload(uploading, later, periods),
  });
  await store.apply(acknowledge(mine[0], later, periods));
  assert.deepEqual(await store.remove(mine[1]), []);
  const whole = await listed(store);
  assert.deepEqual([whole[0], whole[1], whole.at(-1)], [mine[2].messageId, mine[3].messageId, uploading.messageId]);
  assert.deepEqual([whole.length, await store.countInbox(recipient), await store.countInbox(emptied)], [4, 4, 1]);
});

test("no row is written by one message after another: a mailbox's own is, once, when the first of many is deleted", async (t) => {
  const folder = await temporaryFolder(t);
  await using store = await openSqliteStore(folder, storeOptions);
  using db = new DatabaseSync(join(folder, "store.sqlite"), { readOnly: true });
  const mailboxes = (): unknown[] =>
    db
      .prepare("SELECT mailbox_id, floor, departure_floor FROM mailbox")
      .all()
      .map((row) => Object.values(row));
  const numbering = (): unknown[] =>
    db
      .prepare("SELECT floor FROM numbering")
      .all()
      .map((row) => row["floor"]);
  const messages = Array.from({ length: 20 }, () => newMessage({ messageId: newMessageId(later) }));

  for (const message of messages) await store.accept(acceptance(message));
  for (const message of messages.slice(0, 15)) await store.apply(acknowledge(message, later, periods));
  assert.deepEqual(mailboxes(), []);

  for (const message of messages.slice(0, 15)) {
    await store.remove({ ...message, state: "acknowledged" });
    assert.deepEqual(mailboxes(), [[recipient, 20, 15]]);
  }
  assert.deepEqual(numbering(), [0]);
  assert.equal(await store.countInbox(recipient), 5);
});

test("a message that is deleted while it is listed is listed and counted no more", async (t) => {
  await using store = await openSqliteStore(await temporaryFolder(t), storeOptions);
  const [first, second] = [newMessage(), newMessage()];
  await store.accept(acceptance(first));
  await store.accept(acceptance(second));

  await store.remove(second);

  assert.deepEqual([await listed(store), await store.countInbox(recipient)], [[first.messageId], 1]);
});
