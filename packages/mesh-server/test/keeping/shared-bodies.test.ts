import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, test } from "node:test";

import { systemClock } from "@restante/mesh";
import {
  postgresMissing,
  recordEvents,
  settableClock,
  startPostgres,
  startS3,
  startServerProcess,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { openSharedBodies } from "../../src/keeping/shared-bodies.ts";
import type { Marks } from "../../src/keeping/whose-bodies.ts";
import { examineStore } from "../../src/keeping/doctor.ts";
import { askToWrite, connect } from "../../src/store/postgres/database.ts";
import type { Finding } from "../../src/store/postgres/finding.ts";
import type { BodyNames } from "../../src/store/postgres/reads.ts";
import { createTroubles } from "../../src/troubles.ts";
import { hasCode, pieces } from "../bodies/contract.ts";
import { passingOn } from "../bodies/s3-places.ts";
import { connectRaw, headOf } from "../http/raw-connection.ts";
import { mostMemory } from "../most-memory.ts";

const { sender, pharmacy } = testMailboxes;
const MEBIBYTE = 1024 ** 2;
const DAY_MS = 24 * 60 * 60_000;
const fileOfTests = { after: (end: () => unknown) => after(() => end()) };

const parts = () => {
  const events = recordEvents();
  return { events, emit: events.emit, troubles: createTroubles({ clock: settableClock(), emit: events.emit }) };
};

/** Rows that name these, the newest first. */
const naming = (...names: string[]): BodyNames & Marks => ({
  newestBodyFiles: async (limit) => names.slice(0, limit),
  namesBodyFile: async (fileName) => names.includes(fileName),
  isNew: async () => false,
  knowsMark: async () => true,
  makeMark: async () => "a mark",
  keepMark: async () => undefined,
});

test("where none of the newest bodies that rows name is there the start is refused, unless a person says so", async (t) => {
  const s3 = await startS3(t);
  const settings = { ...s3.settings(), bodies: "s3://bodies/a" };
  // Of another environment, and one that is older than those that are looked for.
  for (const name of ["B-1.00000000", "A-00-1.00000000"]) await s3.put(`a/${name}`, Buffer.from("x"));
  const store = naming(...Array.from({ length: 25 }, (_, index) => `A-${24 - index}-1.00000000`), "A-00-1.00000000");
  const refused = openSharedBodies(settings, store, parts());
  await assert.rejects(refused, hasCode("bodies-lost"));
  await assert.rejects(
    refused,
    /^MeshServerError: s3:\/\/bodies\/a\/ at http:\/\/127.*: none of the newest bodies .* \(20 were looked for\): name the right/,
  );

  await s3.put("a/NONE-1.00000000", Buffer.from("x"));
  await using bodies = await openSharedBodies(settings, store, parts());
  assert.equal(bodies.isFailing(), false);
});

test("a start goes on where one of the newest bodies is there, where rows name none, or none any more", async (t) => {
  const s3 = await startS3(t);
  const settings = { ...s3.settings(), bodies: "s3://bodies/a" };
  await s3.put("a/A-1.00000000", Buffer.from("x"));
  const over = { ...naming("A-3.00000000"), namesBodyFile: async () => false };
  for (const store of [naming("A-2.00000000", "A-1.00000000"), naming(), over]) {
    await using bodies = await openSharedBodies(settings, store, parts());
    assert.equal(bodies.isFailing(), false);
  }
});

test("what nobody names is tidied away once no message could be so old, and told", async (t) => {
  const s3 = await startS3(t);
  const { events, ...told } = parts();
  const store = naming();
  await using shared = await openSharedBodies(
    { ...s3.settings(), bodies: "s3://bodies/a", deleteAfterDays: 40 },
    store,
    told,
  );
  await shared.bodies.receive(pieces(100_000), "A-1", { maxBytes: 100_000 });
  await s3.put("a/notes.txt", Buffer.from("x"));

  await shared.tidy(new Date(Date.now() + 39 * DAY_MS));
  await shared.tidy(new Date(Date.now() + 41 * DAY_MS));
  await shared.tidy(new Date(Date.now() + 42 * DAY_MS));

  const place = `s3://bodies/a/ at ${s3.endpoint}`;
  assert.deepEqual(events.all, [
    { event: "strange-files", folder: place, files: 1 },
    { event: "bodies-swept", place, bodies: 1, uploads: 0 },
  ]);
});

test("of what could not be tidied away it is told how much is left, and why", async (t) => {
  const s3 = await startS3(t);
  const endpoint = await passingOn(t, s3, {
    answer: ({ method, url = "" }) =>
      method === "DELETE" && url.includes("/A-1.") ? [403, "<Error><Code>AccessDenied</Code></Error>"] : undefined,
  });
  const { events, ...told } = parts();
  const store = naming();
  const settings = s3.settings();
  await using shared = await openSharedBodies(
    { bodies: "s3://bodies/a", s3: { ...settings.s3, endpoint } },
    store,
    told,
  );
  for (const name of ["A-1.00000000", "A-2.00000000"]) await s3.put(`a/${name}`, Buffer.from("x"));

  await shared.tidy(new Date(Date.now() + 41 * DAY_MS));

  const place = `s3://bodies/a/ at ${endpoint}`;
  const reason = `A-1.00000000: ${place}: the keys do not allow s3:DeleteObject`;
  assert.deepEqual(events.all, [{ event: "bodies-swept", place, bodies: 1, uploads: 0, left: 1, reason }]);
});

if (postgresMissing === undefined) {
  const postgres = await startPostgres(fileOfTests);

  test("while the store of bodies is away large messages are refused, small ones go, and both come back", async (t) => {
    const s3 = await startS3(t);
    const server = await startTestServer(t, {
      config: { store: await postgres.createDatabase(), ...s3.settings() },
    });
    await using client = await testClient(server, sender);
    await using receiver = await testClient(server, pharmacy);
    const large = randomBytes(200_000);
    const before = await client.send({ to: pharmacy, workflowId: testWorkflow, body: large });
    assert.equal((await s3.bodies()).length, 1);

    await s3.kill();
    const refused = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "content-length": large.length },
      body: Readable.from([large]),
    });
    assert.equal(refused.status, 503);
    const ready = async (): Promise<unknown> => (await testRequest(server, sender, { path: "/readyz" })).json;
    assert.deepEqual(await ready(), { status: "ready", failing: ["bodies"] });
    const small = await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("small") });
    const unread = await testRequest(server, pharmacy, {
      path: `/messageexchange/${pharmacy}/inbox/${before.messageId}`,
    });
    assert.equal(unread.status, 503);
    await s3.start();
    await server.events.next("server-trouble-over");

    assert.deepEqual((await receiver.list()).messageIds, [before.messageId, small.messageId]);
    const { body } = await receiver.download(before.messageId);
    assert.ok((await buffer(body as AsyncIterable<Buffer>)).equals(large));
    await client.send({ to: pharmacy, workflowId: testWorkflow, body: large });
    assert.equal((await s3.bodies()).length, 2);
  });

  test("a mailbox that sends large messages slowly has its share of a node's room: its next waits, and others' go on", async (t) => {
    const s3 = await startS3(t);
    const server = await startTestServer(t, { config: { store: await postgres.createDatabase(), ...s3.settings() } });
    const [begin, whole] = [randomBytes(6 * MEBIBYTE), randomBytes(4 * MEBIBYTE)];
    // Thirteen, of which all but one hold two parts: 125 of the 128 MiB that one may have.
    const slow = await Promise.all(Array.from({ length: 13 }, async () => connectRaw(server, sender, ["POST"])));
    t.after(() => slow.forEach((connection) => connection[Symbol.dispose]()));
    const headers = { "Mex-To": pharmacy, "Mex-WorkflowID": testWorkflow, "Content-Length": `${20 * MEBIBYTE}` };
    for (const connection of slow) {
      connection.write(headOf(server, sender, "POST", "/outbox", headers));
      connection.write(begin);
    }
    await waitFor(async () => (await s3.uploads()).length === 13, { what: "all of them to be on their way" });

    await using client = await testClient(server, sender);
    await using other = await testClient(server, pharmacy);
    let isSent = false;
    const next = client
      .send({ to: pharmacy, workflowId: testWorkflow, body: whole })
      .finally(() => void (isSent = true));
    for (let sent = 0; sent < 3; sent += 1) await other.send({ to: sender, workflowId: testWorkflow, body: whole });
    assert.equal(isSent, false);
    slow[0]?.[Symbol.dispose]();
    await next;
  });

  test("a node and the doctor know another's place of bodies by what lies there", async (t) => {
    const s3 = await startS3(t);
    const config = { store: await postgres.createDatabase(), ...s3.settings() };
    const others = { store: await postgres.createDatabase(), ...s3.settings() };
    const alike = { sharedKey: "shared key", mailboxes: [], workflows: [] };
    const examine = async (given: typeof config): Promise<unknown> =>
      (await examineStore({ ...alike, ...given }, systemClock)).find(({ check }) => check === "bodies");
    const body = randomBytes(200_000);
    for (const each of [others, config]) {
      const server = await startTestServer(t, { config: each });
      await using client = await testClient(server, sender);
      await client.send({ to: pharmacy, workflowId: testWorkflow, body });
      await server.close();
    }
    const wrong = { ...config, bodies: others.bodies! };

    await assert.rejects(startTestServer(t, { config: wrong }), hasCode("bodies-lost"));
    const { state, words } = (await examine(wrong)) as Finding;
    assert.equal(state, "fault");
    assert.match(
      words,
      /: none of the newest bodies that rows name is there \(1 were looked for\): name the right place/,
    );
    assert.deepEqual(await examine(config), {
      check: "bodies",
      state: "ok",
      words: `${config.bodies} can be written, read and deleted from, and has bodies of this database`,
    });
    const fresh = { ...s3.settings(), store: await postgres.createDatabase() };
    assert.deepEqual(await examine(fresh), {
      check: "bodies",
      state: "ok",
      words: `${fresh.bodies} can be written, read and deleted from`,
    });
  });

  test("a database on which no node ever ran is refused a place that has bodies, by a node and the doctor", async (t) => {
    const s3 = await startS3(t);
    const config = { store: await postgres.createDatabase(), ...s3.settings() };
    const alike = { sharedKey: "shared key", mailboxes: [], workflows: [] };
    const examine = async (given: typeof config): Promise<Finding | undefined> =>
      (await examineStore({ ...alike, ...given }, systemClock)).find(({ check }) => check === "bodies");
    const first = await startServerProcess(t, { config });
    await using client = await testClient(first, sender);
    await client.send({ to: pharmacy, workflowId: testWorkflow, body: randomBytes(200_000) });
    await first.kill();
    const mistyped = { ...config, store: await postgres.createDatabase() };
    const words =
      /: there are bodies already where this database, which is new, would keep its own: name a place of its/;

    // Without tables, and with those that the refused start has made.
    for (const _ of ["none", "empty"]) {
      const found = await examine(mistyped);
      assert.equal(found?.state, "fault");
      assert.match(found.words, words);
      const refused = startTestServer(t, { config: mistyped });
      await assert.rejects(refused, hasCode("bodies-lost"));
      await assert.rejects(refused, words);
    }
    assert.equal((await s3.bodies()).length, 1);

    // A first node that was killed has left its row, whatever became of its messages.
    const database = connect(config.store, 1);
    await askToWrite(database, "DELETE FROM machine_time");
    await askToWrite(database, "TRUNCATE message, message_state, chunk, token CASCADE");
    await database.close();
    assert.equal((await examine(config))?.state, "ok");
    await startTestServer(t, { config });
  });

  test("a large body streams through to the store of bodies: memory does not grow with it, up or down", async (t) => {
    const s3 = await startS3(t);
    const server = await startServerProcess(t, {
      config: { store: await postgres.createDatabase(), ...s3.settings() },
    });
    await using client = await testClient(server, sender);
    await using receiver = await testClient(server, pharmacy);
    const piece = Buffer.alloc(64 * 1024, "restante");
    const transfer = async (megabytes: number): Promise<void> => {
      const body = (): Readable => Readable.from(Array.from({ length: megabytes * 16 }, () => piece));
      const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body });
      let size = 0;
      for await (const came of (await receiver.download(messageId)).body as AsyncIterable<Buffer>) size += came.length;
      assert.equal(size, megabytes * 1024 ** 2);
    };

    // Pools and buffers reach their size with the first large bodies, whatever comes after.
    for (let warming = 0; warming < 3; warming += 1) await transfer(20);
    const before = mostMemory(server);
    await transfer(95);
    const most = mostMemory(server);

    if (before === undefined || most === undefined) return t.diagnostic("memory not checked: this system has no /proc");
    t.diagnostic(`most memory ${before.toFixed(0)} MB after bodies of 20 MB, ${most.toFixed(0)} MB after one of 95 MB`);
    assert.ok(most - before < 60, "95 MB went through far less memory");
  });
}
