// What a recipient waits for when a million messages are in its mailbox, as a ratio to a thousand: a page of the listing,
// the count, the page behind it, a message with its body, and its acknowledgement; then again when all but the last thousand
// of the million are acknowledged. Both stores are asked in turns, as the server asks them, without a server. An
// acknowledgement is what the writer does in its transaction, which is then undone: so the depth stays, and no sync, which
// takes as long at any depth, hides it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@restante/durable";
import type { MessageId } from "@restante/mesh";
import { isWithin, ratio, table, takeTurns, type Work } from "../../../bench/measure.ts";
import { acknowledge, type Message } from "../src/message.ts";
import { createOperations } from "../src/store/sqlite/operations.ts";
import { migrations, writerPragmas } from "../src/store/sqlite/schema.ts";
import { openSqliteStore, type SqliteStore } from "../src/store/sqlite/store.ts";
import { acknowledgeAll, fillWaiting, periods, recipient } from "./fill.ts";

const shallow = 1000;
/** What a busy machine does not disturb: fewer messages, in processor time, with room. */
const isQuick = process.argv.includes("--quick");
const deep = isQuick ? 100_000 : 1_000_000;
const page = 500;
const bound = isQuick ? 1.5 : 1.1;
const rounds = isQuick ? 21 : 201;
const now = new Date("2026-03-02T11:20:30.456Z");

/** What is asked of each store: so many times in a round that a pause of the machine is a small part. */
interface Questions {
  listing: Work;
  count: Work;
  next: Work;
  get: Work;
  acknowledge: Work;
}

interface Filled {
  readonly folder: string;
  /** Those that wait. */
  readonly messages: readonly Message[];
}

async function open(closing: AsyncDisposableStack, { folder, messages }: Filled): Promise<Questions> {
  const fail = (reason?: string): never => {
    throw new Error(reason ?? "the disk is full");
  };
  const store = await openSqliteStore(folder, {
    reserveBytes: 65_536,
    onStopped: fail,
    onFull: fail,
    onDamaged: fail,
    onJournalMissing: fail,
  });
  closing.use(store);
  // As a recipient takes them: in the order of its listing.
  const some = messages.slice(0, 100);
  return {
    listing: times(10, () => listPage(store, 0)),
    count: times(1000, () => countAll(store, messages.length)),
    next: times(10, () => listNext(store, (messages[page - 1] as Message).messageId)),
    get: times(3, async () => {
      for (const message of some) await get(store, message);
    }),
    acknowledge: acknowledgeAndUndo(closing, folder, some),
  };
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

async function get(store: SqliteStore, { messageId }: Message): Promise<void> {
  const message = await store.findDelivered(recipient, messageId);
  if (message === undefined || (await store.body(message, 1)) === undefined) throw new Error("a message is missing");
}

function acknowledgeAndUndo(closing: AsyncDisposableStack, folder: string, messages: readonly Message[]): Work {
  const db = openDatabase(join(folder, "store.sqlite"), { migrations, pragmas: writerPragmas });
  closing.defer(() => db.close());
  const operations = createOperations(db);
  return () => {
    db.exec("BEGIN IMMEDIATE");
    for (const message of messages) {
      const outcome = operations.run({ kind: "apply", change: acknowledge(message, now, periods) });
      if (outcome !== "done") throw new Error("a message is not acknowledged");
    }
    db.exec("ROLLBACK");
  };
}

async function compare(few: Filled, many: Filled): Promise<number[]> {
  await using closing = new AsyncDisposableStack();
  const [ofFew, ofMany] = [await open(closing, few), await open(closing, many)];
  const questions = Object.keys(ofFew) as (keyof Questions)[];
  const ratios: number[] = [];
  for (const question of questions) {
    const taken = await takeTurns(
      { few: ofFew[question], many: ofMany[question] },
      rounds,
      isQuick ? "processor" : "clock",
    );
    ratios.push(ratio(taken.many, taken.few));
  }
  return ratios;
}

const [fewFolder, manyFolder] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "restante-bench-"))) as [string, string];
try {
  const few: Filled = { folder: fewFolder, messages: fillWaiting(fewFolder, shallow) };
  const many: Filled = { folder: manyFolder, messages: fillWaiting(manyFolder, deep) };
  const waiting = await compare(few, many);
  acknowledgeAll(manyFolder, many.messages.slice(0, -shallow), now);
  const left = await compare(few, { ...many, messages: many.messages.slice(-shallow) });
  const rows = [
    { name: `${deep} waiting`, ratios: waiting },
    { name: `${deep}, all but the last ${shallow} acknowledged`, ratios: left },
  ];
  const asked = [`page of ${page}`, "count", "next page", "get", "acknowledge"];
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
  for (const folder of [fewFolder, manyFolder]) rmSync(folder, { recursive: true });
}
