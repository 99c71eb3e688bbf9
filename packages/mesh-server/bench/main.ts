// What a recipient waits for when a million messages are in its mailbox, as a ratio to a thousand: a page of the listing,
// the count, and the page behind it; then again when all but the last thousand of the million are acknowledged. Both
// stores are asked in turns, as the server asks them. They are filled by the writer's own operations, without a server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTransaction, openDatabase } from "@restante/durable";
import { type MailboxId, type MessageId, newMessageId } from "@restante/mesh";
import { isWithin, ratio, table, takeTurns } from "../../../bench/measure.ts";
import { acknowledge, type Message } from "../src/message.ts";
import type { StoredBody } from "../src/bodies/bodies.ts";
import { createOperations, type Operation } from "../src/store/sqlite/operations.ts";
import { migrations } from "../src/store/sqlite/schema.ts";
import { openSqliteStore, type SqliteStore } from "../src/store/sqlite/store.ts";

const shallow = 1000;
/** What a busy machine does not disturb: fewer messages, in processor time, with room. */
const isQuick = process.argv.includes("--quick");
const deep = isQuick ? 100_000 : 1_000_000;
const page = 500;
const bound = isQuick ? 1.5 : 1.1;
const rounds = isQuick ? 21 : 201;
/** Of one kind of question in a round: so many that a pause of the machine is a small part. */
const questions = { listing: 10, count: 1000, next: 10 };
const inOneTransaction = 200_000;
/** What is filled is thrown away: it need not survive anything. */
const unsynced = "PRAGMA synchronous = OFF; PRAGMA cache_size = -524288";

const sender = "SENDER" as MailboxId;
const recipient = "RECIPIENT" as MailboxId;
const start = new Date("2026-03-02T10:20:30.456Z");
const periods = { upload: 1000, collect: 10_000, keep: 100_000 };

function accepted(index: number): Message {
  const at = new Date(start.getTime() + index);
  return {
    messageId: newMessageId(at),
    mailboxId: sender,
    type: "DATA",
    state: "accepted",
    recipientId: recipient,
    to: recipient,
    workflowId: "WORKFLOW",
    details: {},
    totalChunks: 1,
    bytes: 1,
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    dueAt: new Date(at.getTime() + periods.collect),
  };
}

/** Runs an operation for each index, and tells how far it is if that takes long. */
function run(folder: string, words: string, count: number, operationOf: (index: number) => Operation): void {
  using db = openDatabase(join(folder, "store.sqlite"), { migrations, pragmas: unsynced });
  const operations = createOperations(db);
  const began = performance.now();
  for (let done = 0; done < count;) {
    const from = done;
    done = Math.min(from + inOneTransaction, count);
    inTransaction(db, () => {
      for (let index = from; index < done; index += 1) operations.run(operationOf(index));
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    if (count > inOneTransaction) process.stdout.write(`  ${done} of ${count} ${words}, ${seconds} s\n`);
  }
}

function fill(folder: string, depth: number): Message[] {
  const messages = Array.from({ length: depth }, (_, index) => accepted(index));
  const body: StoredBody = { kind: "inline", size: 1, bytes: new Uint8Array(1) };
  run(folder, "accepted", depth, (index) => {
    const token = { mailboxId: sender, nonce: "nonce", nonceCount: index, expiresAt: start };
    return { kind: "accept", acceptance: { message: messages[index] as Message, body, token } };
  });
  return messages;
}

function acknowledgeAll(folder: string, messages: readonly Message[]): void {
  run(folder, "acknowledged", messages.length, (index) => ({
    kind: "apply",
    change: acknowledge(messages[index] as Message, start, periods),
  }));
}

function open(folder: string): Promise<SqliteStore> {
  const fail = (reason?: string): never => {
    throw new Error(reason ?? "the disk is full");
  };
  return openSqliteStore(folder, {
    reserveBytes: 65_536,
    onStopped: fail,
    onFull: fail,
    onDamaged: fail,
    onJournalMissing: fail,
  });
}

function times(count: number, work: () => Promise<void>): () => Promise<void> {
  return async () => {
    for (let time = 0; time < count; time += 1) await work();
  };
}

/** As the server asks: one more than it shows, to know whether there are more. */
async function listPage(store: SqliteStore, after: number): Promise<void> {
  const entries = await store.listAfter(recipient, after, page + 1);
  if (entries.length < Math.min(page, shallow - page)) throw new Error(`only ${entries.length} are listed`);
}

async function countAll(store: SqliteStore, expected: number): Promise<void> {
  const count = await store.countInbox(recipient);
  if (count !== expected) throw new Error(`${count} counted, of ${expected}`);
}

/** Behind a message of which the recipient knows no more than the id. */
async function listNext(store: SqliteStore, last: MessageId): Promise<void> {
  await listPage(store, (await store.sequenceOf(recipient, last)) ?? Number.NaN);
}

async function compare(few: Message[], fewFolder: string, many: Message[], manyFolder: string): Promise<number[]> {
  await using fewStore = await open(fewFolder);
  await using manyStore = await open(manyFolder);
  const [fewLast, manyLast] = [few[page - 1], many[page - 1]].map((message) => message?.messageId) as [
    MessageId,
    MessageId,
  ];
  const { listing, count, next } = questions;
  const taken = await takeTurns(
    {
      fewListed: times(listing, () => listPage(fewStore, 0)),
      manyListed: times(listing, () => listPage(manyStore, 0)),
      fewCounted: times(count, () => countAll(fewStore, few.length)),
      manyCounted: times(count, () => countAll(manyStore, many.length)),
      fewNext: times(next, () => listNext(fewStore, fewLast)),
      manyNext: times(next, () => listNext(manyStore, manyLast)),
    },
    rounds,
    isQuick ? "processor" : "clock",
  );
  return [
    ratio(taken.manyListed, taken.fewListed),
    ratio(taken.manyCounted, taken.fewCounted),
    ratio(taken.manyNext, taken.fewNext),
  ];
}

const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), "restante-bench-"))) as [string, string];
try {
  const [fewFolder, manyFolder] = folders;
  const few = fill(fewFolder, shallow);
  const many = fill(manyFolder, deep);
  const waiting = await compare(few, fewFolder, many, manyFolder);
  acknowledgeAll(manyFolder, many.slice(0, -shallow));
  const left = await compare(few, fewFolder, many.slice(-shallow), manyFolder);
  const rows = [
    { name: `${deep} waiting`, ratios: waiting },
    { name: `${deep}, all but the last ${shallow} acknowledged`, ratios: left },
  ];
  const asked = [`page of ${page}`, "count", "next page"];
  const cells = rows.map(({ name, ratios }) => {
    const keeps = ratios.map((each, index) => isWithin(name, asked[index] ?? "", each, { atMost: bound }));
    const within = keeps.every(Boolean);
    return [name].concat(
      ratios.map((each) => each.toFixed(2)),
      within ? "" : "OVER THE BOUND",
    );
  });
  const head = [`in the mailbox, against ${shallow} waiting (bound ${bound})`, ...asked, ""];
  process.stdout.write(`${table(head, cells)}\n`);
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true });
}
