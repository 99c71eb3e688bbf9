// A mailbox in which a million messages wait, and one that a million have left, against ones of some thousands: through the store, in turns.

import type { MailboxId, MessageId } from "@restante/mesh";
import type { Postgres } from "@restante/testbed";

import { openPostgresStore, type PostgresStore } from "../../packages/mesh-server/src/store/postgres/store.ts";
import { isWithin, ratio, table, takeTurns, type Work } from "../measure.ts";
import { type Database, newDatabase } from "./database.ts";
import { acknowledgeOne, mailboxes, newToken, periods, send } from "./work.ts";

const [mailbox, sender] = mailboxes as [MailboxId, MailboxId];
const PAGE = 501;
const AT_ONCE = 16;
const bound = 1.1;

export interface DepthSizes {
  readonly deep: number;
  readonly shallow: number;
  readonly rounds: number;
}

export async function measureDepth(postgres: Postgres, { deep, shallow, rounds }: DepthSizes): Promise<void> {
  const cells: string[][] = [];
  const asked = ["send", "first page", "page in the middle", "count", "download", "acknowledge"];
  for (const left of [0, deep]) {
    await using closing = new AsyncDisposableStack();
    const waiting = left === 0 ? deep : shallow;
    const few = await questions(closing, postgres, left === 0 ? 0 : shallow, shallow);
    const many = await questions(closing, postgres, left, waiting);
    const name = left === 0 ? `${deep} waiting` : `${left} left, ${shallow} waiting`;
    const ratios: number[] = [];
    for (const [index, question] of asked.entries()) {
      const taken = await takeTurns({ few: few[index]!, many: many[index]! }, rounds);
      ratios.push(ratio(taken.many, taken.few));
      isWithin(name, question, ratios.at(-1)!, { atMost: bound });
    }
    cells.push([name, ...ratios.map((each) => each.toFixed(2))]);
  }
  console.log(`${table([`in the mailbox, against ${shallow} each (${bound})`, ...asked], cells)}\n`);
}

async function questions(
  closing: AsyncDisposableStack,
  postgres: Postgres,
  left: number,
  waiting: number,
): Promise<Work[]> {
  const database = await newDatabase(closing, postgres);
  await seed(database, left, waiting);
  const store = await openPostgresStore({ url: database.url, node: "depth" });
  closing.defer(() => store[Symbol.asyncDispose]());
  const middle = left + Math.floor(waiting / 2);
  let taken: MessageId[] = [];
  return [
    () => times(AT_ONCE, () => send(store, sender, mailbox)),
    () => inTurn(10, () => page(store, 0)),
    () => inTurn(10, () => page(store, middle)),
    () => inTurn(50, () => store.countInbox(mailbox)),
    async () => {
      if (taken.length < AT_ONCE) taken = await page(store, 0);
      await times(AT_ONCE, (index) => download(store, taken[index]!));
    },
    async () => {
      if (taken.length < AT_ONCE) taken = await page(store, 0);
      await times(AT_ONCE, async () => acknowledgeOne(store, mailbox, taken.shift()!, newToken(mailbox)));
    },
  ];
}

async function times(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

async function inTurn(count: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time += 1) await work();
}

async function page(store: PostgresStore, after: number): Promise<MessageId[]> {
  const entries = await store.listAfter(mailbox, after, PAGE);
  if (entries.length < PAGE) throw new Error(`only ${entries.length} are listed`);
  return entries.map(({ messageId }) => messageId);
}

async function download(store: PostgresStore, messageId: MessageId): Promise<void> {
  const message = await store.findDelivered(mailbox, messageId);
  if (message === undefined || (await store.body(message, 1)) === undefined) throw new Error("a message is missing");
}

/** As a node would have left it: so many that were acknowledged, and behind them so many that wait. All of this day. */
async function seed(database: Database, left: number, waiting: number): Promise<void> {
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10).replaceAll("-", "");
  const all = `(SELECT '${day}' || lpad(number::text, 12, '0') || '_000000' AS id, number, number <= ${left} AS has_left
    FROM generate_series(1, ${left + waiting}) AS number) AS made`;
  await database.ask(`
    INSERT INTO message SELECT '${sender}', id, 'DATA', 'WORKFLOW', NULL, '{}', 1, ${now} FROM ${all};
    INSERT INTO message_state SELECT '${sender}', id, CASE WHEN has_left THEN 'acknowledged' ELSE 'accepted' END, '${mailbox}',
      '${mailbox}', 1000, ${now}, ${now}, ${now + periods.collect} FROM ${all};
    INSERT INTO chunk SELECT '${sender}', id, 1, 1000, decode(repeat('ab', 1000), 'hex') FROM ${all};
    INSERT INTO arrival SELECT '${mailbox}', number, id, '${sender}', 1000, 1000 * number FROM ${all};
    INSERT INTO departure SELECT '${mailbox}', number, number, 1000 * number FROM ${all} WHERE has_left;
    INSERT INTO listed SELECT '${mailbox}', number, id, 'WORKFLOW' FROM ${all} WHERE NOT has_left`);
  if (left > 0) {
    const bytes = left * 1000;
    await database.ask(`INSERT INTO floor VALUES ('${mailbox}', ${left}, ${bytes}, ${left}, ${bytes}, ${left})`);
  }
  await database.ask("VACUUM (ANALYZE)");
}
