// What becomes of all other days where PostgreSQL has lost a table of one, and how a person ends it.

import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { type MailboxId, type MessageId, newMessageId, systemClock } from "@restante/mesh";
import { recordEvents, settableClock, startS3 } from "@restante/testbed";
import type { Client } from "pg";

import type { StoredBody } from "../../src/bodies/bodies.ts";
import { examineStore } from "../../src/keeping/doctor.ts";
import { openShared } from "../../src/keeping/shared.ts";
import { acknowledge, type Message, place } from "../../src/message.ts";
import type { Finding } from "../../src/store/postgres/finding.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { systemTime } from "../../src/time/machine-time.ts";
import { createTroubles } from "../../src/troubles.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import {
  acceptance,
  inline,
  later,
  listed,
  newMessage,
  newToken,
  now,
  periods,
  recipient,
  routedMessage,
  sender,
} from "./samples.ts";

const postgres = await startForFile();
const DAY_MS = 24 * 60 * 60_000;
const dayBefore = new Date(now.getTime() - DAY_MS);
const month = new Date(now.getTime() + 31 * DAY_MS);
const tables = ["message", "message_state", "chunk"] as const;
/** Local ids of which it cannot be said that they are nowhere, where such a table of a day is lost. */
const unsure: Record<(typeof tables)[number], string[]> = {
  message: ["lost", "none"],
  message_state: ["lost"],
  chunk: [],
};
const since = { since: new Date(dayBefore.getTime() - DAY_MS), limit: 10 };

const of = (at: Date, localId: string, overrides: Partial<Message> = {}): Message =>
  newMessage({ messageId: newMessageId(at), createdAt: at, acceptedAt: at, details: { localId }, ...overrides });

const fileOf = ({ messageId }: Message): StoredBody & { kind: "file" } => ({
  kind: "file",
  size: 5,
  fileName: `${messageId}-1.00000000`,
});

const idsOf = (messages: readonly { messageId: MessageId }[]): MessageId[] =>
  messages.map(({ messageId }) => messageId);

/** PostgreSQL finds the file of none of these any more, or finds something else in it. */
async function lose(
  client: Client,
  relations: readonly string[],
  ruin: (file: string) => void = (file) => rmSync(file),
): Promise<void> {
  const { rows } = await client.query<{ path: string }>(
    "SELECT pg_relation_filepath(unnest($1::text[])::regclass) AS path",
    [relations],
  );
  await client.query("CHECKPOINT");
  await client.end();
  await postgres.stop();
  for (const { path } of rows) ruin(join(postgres.folder, "data", path));
  await postgres.start();
}

interface Lost {
  store: PostgresStore;
  client: Client;
  url: string;
}

async function acceptAndLose(t: TestContext, messages: readonly Message[], ...relations: string[]): Promise<Lost> {
  const url = await postgres.createDatabase();
  {
    await using store = await openNode(t, url);
    await store.keepParts(now);
    for (const message of messages) {
      const body = message.workflowId === "SMALL" ? inline("small") : fileOf(message);
      assert.equal(await store.accept(acceptance(message, { body, routingAddress: "address" })), "done");
    }
  }
  await lose(await connect(t, url), relations);
  return { store: await openNode(t, url), client: await connect(t, url), url };
}

async function daysOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1",
    [table],
  );
  return rows.map(({ name }) => name.slice(table.length + 1));
}

/** Of where nothing else is looked for. */
async function examine(url: string, check: string): Promise<Finding | undefined> {
  const s3 = { endpoint: "http://127.0.0.1:1", accessKeyId: "key", secretAccessKey: "secret" };
  const settings = { store: url, sharedKey: "key", mailboxes: [], workflows: [], bodies: "s3://bodies", s3 };
  return (await examineStore(settings, systemClock)).find((finding) => finding.check === check);
}

for (const table of tables) {
  test(
    `of a day's ${table} that is lost all other days go on, and it is named until it is there no more`,
    { skip },
    async (t) => {
      const part = `${table}_20260301`;
      const [lost, well] = [of(dayBefore, "lost"), of(now, "well")];
      const { store, client, url } = await acceptAndLose(t, [lost, well], part);
      const isLost = ({ messageId }: { messageId: MessageId }): boolean => messageId === lost.messageId;

      assert.deepEqual(idsOf(await store.findByLocalId(sender, "well", 2)), idsOf([well]));
      // Whoever is told that there is none sends it again.
      for (const localId of ["lost", "none"]) {
        const found = store.findByLocalId(sender, localId, 2);
        if (unsure[table].includes(localId)) await assert.rejects(found, { code: "row-unreadable" });
        else assert.deepEqual(idsOf(await found), localId === "lost" ? idsOf([lost]) : []);
      }
      assert.deepEqual(await store.findByLocalId("NOBODY" as MailboxId, "none", 2), []);
      const due = await store.listDue(later, 10);
      assert.deepEqual(idsOf(due), idsOf(table === "message_state" ? [well] : [lost, well]));
      assert.equal(await store.countDue(later, 10), due.length);
      const lists = [
        (await store.listReceived(recipient, since)).map(({ message }) => message),
        await store.listSent(sender, since),
        await store.listAll(10),
      ];
      for (const list of lists) assert.deepEqual(idsOf(list), idsOf(table === "chunk" ? [well, lost] : [well]));
      const newest = await store.newestBodyFiles(10);
      const named = (table === "chunk" ? [well] : [well, lost]).map((message) => fileOf(message).fileName);
      assert.deepEqual(newest, named);
      const names = [...[lost, well].map((message) => fileOf(message).fileName), "20260302-1.00000000"];
      assert.deepEqual(await Promise.all(names.map((name) => store.namesBodyFile(name))), [true, true, false]);
      assert.equal(await store.isNew(), false);

      const another = of(new Date(now.getTime() + 4 * DAY_MS), "another");
      assert.equal(await store.accept(acceptance(another)), "done");
      assert.equal(await store.apply(acknowledge(well, later, periods)), "done");
      assert.deepEqual((await store.listDue(month, 10)).some(isLost), table !== "message_state");

      await store.keepParts(month);
      assert.deepEqual(store.unreadableParts(), [part]);
      assert.deepEqual((await daysOf(client, table)).slice(0, 4), ["20260301", "20260302", "20260306", "20260402"]);
      const finding = await examine(url, "files of parts");
      assert.equal(finding?.state, "fault");
      assert.match(finding.words, new RegExp(`^${part}: PostgreSQL has lost a file .* REINDEX TABLE ${part}`));

      for (const each of tables) await client.query(`DROP TABLE ${each}_20260301`);
      await store.keepParts(month);
      assert.deepEqual(store.unreadableParts(), []);
    },
  );
}

test("of an hour's tokens that are lost those of others are forgotten, and known", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const hours = [-2, -1, 0].map((hour) => new Date(now.getTime() + hour * 60 * 60_000));
  const tokens = hours.map((time) => newToken({ time, expiresAt: time }));
  {
    await using store = await openNode(t, url);
    for (const token of tokens) await store.useToken(token);
  }
  const hour = Math.floor(hours[0]!.getTime() / (60 * 60_000));
  await lose(await connect(t, url), [`token_${hour}`]);
  const store = await openNode(t, url);

  assert.equal(await store.forgetTokens(now, 10), 1);
  assert.deepEqual(store.unreadableParts(), [`token_${hour}`]);
  assert.deepEqual([await store.wasUsed(tokens[1]!), await store.wasUsed(tokens[2]!)], [false, true]);
  assert.equal(await store.accept(acceptance(newMessage())), "done");
  assert.match((await examine(url, "files of parts"))!.words, new RegExp(`^token_${hour}: `));
});

test("an index that is lost is made anew, and nothing is lost", { skip }, async (t) => {
  const [one, well] = [of(dayBefore, "one"), of(now, "well")];
  const { store, client } = await acceptAndLose(t, [one, well], "message_state_20260301_pkey");
  assert.deepEqual(idsOf(await store.listDue(later, 10)), idsOf([well]));
  assert.deepEqual(store.unreadableParts(), ["message_state_20260301"]);

  await client.query("REINDEX TABLE message_state_20260301");

  await store.keepParts(now);
  assert.deepEqual(store.unreadableParts(), []);
  assert.deepEqual(idsOf(await store.listDue(later, 10)), idsOf([one, well]));
});

test("a page damaged behind the first takes its day with it, which is named while it lasts", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const well = of(now, "well");
  {
    await using store = await openNode(t, url);
    const many = Array.from({ length: 300 }, (_, index) => of(dayBefore, String(index)));
    await Promise.all([...many, well].map((message) => store.accept(acceptance(message))));
  }
  const part = "message_state_20260301";
  await lose(await connect(t, url), [part], (file) => {
    const pages = readFileSync(file);
    pages.fill(0x55, 2 * 8192, 3 * 8192);
    writeFileSync(file, pages);
  });
  const [store, client] = [await openNode(t, url), await connect(t, url)];

  assert.deepEqual(idsOf(await store.listDue(later, 1000)), idsOf([well]));
  await store.keepParts(now);
  assert.deepEqual(store.unreadableParts(), [part]);

  await client.query(`TRUNCATE ${part}`);
  await store.keepParts(now);
  assert.deepEqual(store.unreadableParts(), []);
});

test(
  "a node starts while bodies of a day are lost, says which table, and so does the doctor beside that bodies are well",
  { skip },
  async (t) => {
    const s3 = await startS3(t);
    const [lost, well] = [of(dayBefore, "lost"), of(now, "well")];
    const { url } = await acceptAndLose(t, [lost, well], "chunk_20260301");
    await s3.put(`a/${fileOf(well).fileName}`, Buffer.from("12345"));
    const settings = {
      ...s3.settings(),
      store: url,
      sharedKey: "key",
      mailboxes: [],
      workflows: [],
      bodies: "s3://bodies/a",
    };
    const events = recordEvents();
    const told = { emit: events.emit, troubles: createTroubles({ clock: settableClock(), emit: events.emit }) };
    await using node = await openShared(settings, {
      ...told,
      realTime: systemClock,
      machineTime: systemTime,
      limits: {},
    });
    node.look();

    const troubles = events.all.flatMap((event) =>
      event.event === "server-troubled" ? [`${event.part}: ${event.reason}`] : [],
    );
    assert.deepEqual(troubles, ["store: row-unreadable: chunk_20260301"]);
    const findings = await examineStore(settings, systemClock);
    const states = ["bodies", "files of parts"].map((check) => findings.find((each) => each.check === check)?.state);
    assert.deepEqual(states, ["ok", "fault"]);

    const client = await connect(t, url);
    await client.query("DROP TABLE chunk_20260301");
    await node.tidy(new Date(), new AbortController().signal);
    node.look();
    assert.equal(events.all.at(-1)?.event, "server-trouble-over");
  },
);

test(
  "routed messages go on beside as many as a page whose part was dropped alone, and the doctor tells of those",
  { skip },
  async (t) => {
    const gone = Array.from({ length: 40 }, () =>
      routedMessage({ messageId: newMessageId(dayBefore), createdAt: dayBefore, workflowId: "SMALL" }),
    );
    const well = [routedMessage({ workflowId: "SMALL" }), routedMessage({ workflowId: "SMALL" })];
    const { store, client, url } = await acceptAndLose(t, [...gone, ...well], "message_20260301");
    await client.query("DROP TABLE message_20260301");

    const page = await store.listRouting(later, 32);

    assert.deepEqual(idsOf(page.map(({ message }) => message)).toSorted(), idsOf(well).toSorted());
    assert.deepEqual((await store.listUnroutable(100)).toSorted(), idsOf(gone).toSorted());
    const finding = await examine(url, "files of parts");
    assert.equal(finding?.state, "fault");
    assert.match(finding.words, /^of 20260301 there are no messages any more/);
  },
);

test(
  "what the documents say to type gives up a day, and nothing of it is listed, counted or routed any more",
  { skip },
  async (t) => {
    const section = readFileSync(new URL("../../../../docs/many-nodes.md", import.meta.url), "utf8")
      .split("\n## ")
      .find((text) => text.startsWith("A day that PostgreSQL has lost"));
    const [ask, giveUp] = Array.from(section!.matchAll(/```sql\n(.*?)```/gs), ([, sql = ""]) => sql);
    const small = { workflowId: "SMALL" };
    const lost = [of(dayBefore, "1", small), of(dayBefore, "2", small), of(dayBefore, "3", small)];
    const well = [of(now, "4", small), of(now, "5", small)];
    const routed = routedMessage({ messageId: newMessageId(dayBefore), createdAt: dayBefore, ...small });
    const routedToday = routedMessage(small);
    const all = [lost[0]!, well[0]!, lost[1]!, lost[2]!, well[1]!, routed, routedToday];
    const { store, client, url } = await acceptAndLose(t, all, "message_20260301", "message_state_20260301");
    assert.equal(await store.apply(acknowledge(well[1]!, later, periods)), "done");

    const { rows } = await client.query<{ sender: string; message_id: MessageId; recipient_id: string | null }>(ask!);
    assert.deepEqual(rows.map((row) => row.message_id).toSorted(), idsOf([...lost, routed]).toSorted());
    assert.deepEqual(
      new Set(rows.map((row) => `${row.sender} ${row.recipient_id}`)),
      new Set([`${sender} ${recipient}`, `${sender} null`]),
    );
    await client.query(giveUp!);

    assert.deepEqual(await listed(store), [well[0]!.messageId]);
    assert.deepEqual(await store.waitingIn(recipient), { messages: 1, bytes: well[0]!.bytes });
    assert.deepEqual(idsOf((await store.listRouting(later, 10)).map(({ message }) => message)), idsOf([routedToday]));
    assert.deepEqual(await store.listUnroutable(10), []);
    const today = of(dayBefore, "6");
    assert.equal(await store.accept(acceptance(today)), "done");
    assert.equal(await store.apply(place(routedToday, recipient, later, periods)), "done");
    assert.equal(await store.apply(acknowledge(well[0]!, later, periods)), "done");
    assert.deepEqual(await listed(store), [today.messageId, routedToday.messageId]);
    assert.equal((await store.waitingIn(recipient)).messages, 2);
    await store.keepParts(now);
    assert.deepEqual(store.unreadableParts(), []);
    assert.equal((await examine(url, "files of parts"))?.state, "ok");
  },
);
