import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  truncateSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { DurableError } from "@restante/durable";
import type { MessageId } from "@restante/mesh";
import {
  type ReachableServer,
  settableClock,
  startServerProcess,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { migrations } from "../../src/store/sqlite/schema.ts";

const { sender, pharmacy } = testMailboxes;

async function send(server: ReachableServer, body: Buffer = Buffer.from("x")): Promise<MessageId> {
  await using client = await testClient(server, sender, { retries: { attempts: 1 } });
  return (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
}

async function statusOf(server: ReachableServer, path: string): Promise<number> {
  return (await testRequest(server, pharmacy, { path: `/messageexchange/${pharmacy}/${path}` })).status;
}

test("with its lock file removed a server still lets no second one in, and goes on", async (t) => {
  const first = await startServerProcess(t);
  const { dataFolder } = first.config;
  rmSync(join(dataFolder, "store.lock"));
  await assert.rejects(startTestServer(t, { config: { dataFolder } }), {
    code: "store-in-use",
    message: `${dataFolder}: it is in use by process ${first.pid}: stop that server first, or give this one a folder of its own`,
  });
  await waitFor(() => existsSync(join(dataFolder, "store.lock")));
  await send(first);
});

test("a server whose folder another has taken stops accepting, and says so at level 50; what it had said 202 to is there", async (t) => {
  const first = await startServerProcess(t);
  const { dataFolder } = first.config;
  const before = await send(first);
  for (const name of ["store.lock", "store.pid"]) rmSync(join(dataFolder, name));

  const second = await startTestServer(t, { config: { dataFolder } });

  const told = await first.events.next("server-failed");
  assert.match(told.reason, /it is in use by process \d+/);
  assert.equal(await statusOf(first, "inbox"), 503);
  await assert.rejects(send(first), { status: 503, retry: "safe" });
  await using client = await testClient(second, pharmacy);
  assert.deepEqual((await client.list()).messageIds, [before]);
});

test("a store that is removed while the server runs is told, and nothing more is accepted into it", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const messageId = await send(server);
  const file = join(server.config.dataFolder, "store.sqlite");
  await rename(file, `${file}.away`);

  const told = await server.events.next("server-failed");
  assert.equal(
    told.reason,
    `${file}: it was removed, emptied or replaced while the server ran: put it back, then start the server again`,
  );
  await assert.rejects(send(server), { status: 503 });
  assert.equal(await statusOf(server, "inbox"), 503);
  // And again, while it lasts.
  clock.advance(61_000);
  await server.events.next("server-failed", ({ times }) => (times ?? 0) > 1);
  await rename(`${file}.away`, file);
  await server.restart();
  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, [messageId]);
});

test("a store that is emptied while the server runs is told likewise", async (t) => {
  const server = await startTestServer(t);
  await send(server);
  const file = join(server.config.dataFolder, "store.sqlite");
  truncateSync(file);
  assert.match((await server.events.next("server-failed")).reason, /it was removed, emptied or replaced/);
  await assert.rejects(send(server), { status: 503 });
});

test("a store whose journal is removed while the server runs takes nothing more, and has it all after an orderly end", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server);
  const journal = join(server.config.dataFolder, "store.sqlite-wal");
  rmSync(journal);
  assert.equal(
    (await server.events.next("server-failed")).reason,
    `${journal}: it was removed, emptied or replaced while the server ran: stop the server, and start it again`,
  );
  await assert.rejects(send(server), { status: 503 });
  await server.restart();
  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, [messageId]);
});

test("a journal that is removed after a kill is told at the next start, at level 50, and one that is there is not", async (t) => {
  // Closed once in good order: all of it is in the database itself.
  const before = await startTestServer(t);
  await before.close();
  const { dataFolder } = before.config;
  const server = await startServerProcess(t, { config: { dataFolder } });
  await send(server);
  const file = join(dataFolder, "store.sqlite-wal");
  await server.kill();
  await server.start();
  assert.equal(server.events.of("journal-missing").length, 0);
  await server.kill();
  rmSync(file);
  await server.start();
  assert.deepEqual(await server.events.next("journal-missing"), { event: "journal-missing", file });
});

test("a store that is found damaged while it is read is told with the remedy; it takes nothing new, and what can be read still is", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server);
  await server.close();
  const file = join(server.config.dataFolder, "store.sqlite");
  const db = new DatabaseSync(file);
  const root = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'inbox'").get()?.["rootpage"]);
  db.close();
  await server.restart();
  writeSync(openSync(file, "r+"), Buffer.alloc(4096, 255), 0, 4096, (root - 1) * 4096);

  assert.equal(await statusOf(server, "inbox"), 503);
  assert.equal(await statusOf(server, "inbox"), 503);

  const told = server.events.of("server-troubled");
  assert.deepEqual(
    told.map(({ part, reason, times }) => [part, reason, times]),
    [["store", `${file}: the database is damaged: put back a copy of it, together with the folder it is in`, 1]],
  );
  await assert.rejects(send(server), { status: 503, retry: "safe" });
  assert.equal(await statusOf(server, `inbox/${messageId}`), 200);
});

test("a store of the first version opens; what it holds is read, and checked for its size alone", async (t) => {
  const server = await startTestServer(t);
  const messageId = await send(server, Buffer.from("of before"));
  await server.close();
  const file = join(server.config.dataFolder, "store.sqlite");
  await rename(file, `${file}.new`);
  const old = new DatabaseSync(file);
  old.exec(`BEGIN; ${migrations[0]} PRAGMA user_version = 1; COMMIT; ATTACH '${file}.new' AS new`);
  old.exec("INSERT INTO message SELECT * FROM new.message");
  old.exec("INSERT INTO token SELECT mailbox_id, nonce, nonce_count, expires_at FROM new.token");
  old.exec(`INSERT INTO delivery SELECT recipient_id, message_id, mailbox_id, workflow_id, sequence, listed
            FROM new.delivery`);
  old.exec("INSERT INTO chunk SELECT mailbox_id, message_id, chunk, size, bytes, file_name FROM new.chunk");
  old.exec("UPDATE acceptance SET last_sequence = (SELECT max(sequence) FROM delivery)");
  old.close();

  await server.restart();

  await using client = await testClient(server, pharmacy);
  assert.deepEqual((await client.list()).messageIds, [messageId]);
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  assert.equal((await testRequest(server, pharmacy, { path })).body.toString(), "of before");
  const later = await send(server);
  assert.deepEqual((await client.list()).messageIds, [messageId, later]);
});

test("a message that cannot be moved on is told, holds up none behind it, and expires when it is put right", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const bad: MessageId[] = [];
  // More than a page of them, all more overdue than the good one.
  for (let each = 0; each < 110; each += 1) bad.push(await send(server));
  clock.advance(1000);
  const good = await send(server);
  await server.close();
  const harm = (sql: string): void => {
    const db = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
    db.exec(sql);
    db.close();
  };
  harm(`UPDATE message SET details = 'no JSON {' || details WHERE message_id <> '${good}'`);
  await server.restart();

  clock.advance(5 * 24 * 60 * 60 * 1000);

  const isOf = (messageId: MessageId) => (event: { linkedMessageId: MessageId }) => event.linkedMessageId === messageId;
  await server.events.next("report-placed", isOf(good));
  assert.equal(server.events.of("report-placed").length, 1);
  const told = await server.events.next("server-troubled", ({ messageId }) => messageId === bad[0]);
  assert.partialDeepStrictEqual(told, { part: "expiry", reason: "row-unreadable" });
  assert.equal(await statusOf(server, `inbox/${bad[0]}`), 500);
  await server.close();
  harm("UPDATE message SET details = substr(details, 10) WHERE NOT json_valid(details)");
  await server.restart();
  await server.events.next("report-placed", isOf(bad[0]!));
  await waitFor(() => server.events.of("report-placed").length === 111);
});

test("everything in the data folder is its owner's alone; a folder found open keeps its mode, and is told at each start", async (t) => {
  const server = await startTestServer(t);
  await send(server, Buffer.alloc(100_000));
  const { dataFolder } = server.config;
  const modes = (folder: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => {
        const stats = statSync(join(folder, name));
        return [name, `${stats.isDirectory() ? "d" : "-"}${(stats.mode % 0o1000).toString(8)}`];
      }),
    );
  for (const [name, mode] of Object.entries(modes(dataFolder))) {
    assert.equal(mode, mode.startsWith("d") ? "d700" : "-600", name);
  }
  await server.close();
  chmodSync(join(dataFolder, "bodies"), 0o755);
  await server.restart();
  await server.restart();
  const folder = join(dataFolder, "bodies");
  assert.deepEqual(server.events.of("folder-open-to-others"), [
    { event: "folder-open-to-others", folder },
    { event: "folder-open-to-others", folder },
  ]);
  assert.equal(statSync(folder).mode % 0o1000, 0o755);
});

test("what keeps a store from being opened is told as what it is, in one line: the file, the reason, the remedy", async (t) => {
  const server = await startTestServer(t);
  await server.close();
  const { dataFolder } = server.config;
  const file = join(dataFolder, "store.sqlite");
  const refusal = async (): Promise<string> => {
    try {
      await server.restart();
    } catch (error) {
      assert.ok(error instanceof DurableError);
      return `${error.code} ${error.message}`;
    }
    return "started";
  };
  writeFileSync(join(dataFolder, "store.lock"), "no lock file at all ".repeat(50));
  assert.equal(
    await refusal(),
    `damaged ${dataFolder}/store.lock: the lock file is damaged: remove it, if no Restante runs on this folder`,
  );
  rmSync(join(dataFolder, "store.lock"));

  await rename(file, `${file}.kept`);
  writeFileSync(file, "no database at all ".repeat(500), { mode: 0o600 });
  assert.equal(
    await refusal(),
    `damaged ${file}: it is not a database, or a damaged one: put back a copy of it, together with the folder it is in`,
  );
  rmSync(file);
  mkdirSync(file);
  assert.match(await refusal(), /store\.sqlite: it is a folder/);
  rmSync(file, { recursive: true });
  await rename(`${file}.kept`, file);

  chmodSync(dataFolder, 0o755);
  chmodSync(file, 0o644);
  assert.equal(
    await refusal(),
    `not-private ${file}: other users of this machine may open it (mode 0644): chmod 600 '${file}'`,
  );
  chmodSync(file, 0o600);
  assert.equal(await refusal(), "started");
  await server.close();

  await rename(join(dataFolder, "bodies"), join(dataFolder, "elsewhere"));
  writeFileSync(join(dataFolder, "bodies"), "a file in the place of a folder");
  assert.match(await refusal(), /^unusable .*bodies: it is no folder: move it away, or name another$/);
  await rename(dataFolder, `${dataFolder}.away`);
  writeFileSync(dataFolder, "a file in the place of a folder");
  assert.match(await refusal(), /^unusable .*: it is no folder: move it away, or name another$/);
  rmSync(dataFolder);
  rmSync(`${dataFolder}.away`, { recursive: true });
});

test("another program that holds the database makes sends wait or come again, is told with its end, and stops nothing for good", async (t) => {
  const server = await startTestServer(t);
  const other = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
  t.after(() => other.close());
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(send(server), { status: 503, retry: "safe" });
  const told = await server.events.next("server-troubled", ({ part }) => part === "commit");
  assert.match(told.reason, /store\.sqlite: another process uses it$/);
  other.exec("ROLLBACK");
  await send(server);
  await server.events.next("server-trouble-over", ({ part }) => part === "commit");
  assert.deepEqual(server.events.of("server-failed"), []);
});
