import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer as readBody } from "node:stream/consumers";
import { test } from "node:test";

import { ControlError } from "@restante/control";
import { type Demographics, DemographicsError, embeddedDemographics } from "@restante/demographics";
import { openDatabase } from "@restante/durable";
import type { MailboxId, MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import {
  addressOf,
  testClient,
  testDirectory,
  testMailboxes,
  testPatients,
  testRequest,
  testToken,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { migrations } from "../../src/store/sqlite/schema.ts";
import { type RewoundServer, startRewoundServer } from "./rewound-server.ts";

const { sender, practice, pharmacy } = testMailboxes;

const send = async (client: MeshClient, body: string, to: string = pharmacy): Promise<MessageId> =>
  (await client.send({ to, workflowId: testWorkflow, body: Buffer.from(body) })).messageId;

const read = async (client: MeshClient, messageId: MessageId): Promise<string> =>
  (await readBody((await client.download(messageId)).body)).toString();

const bodies = ({ config }: RewoundServer): Promise<string[]> => readdir(join(config.dataFolder, "bodies"));
const kept = ({ config }: RewoundServer): Promise<string[]> => readdir(join(config.dataFolder, "snapshots"));

const refused = (code: string) => (error: unknown) => error instanceof ControlError && error.code === code;

test("restored, a server has every message, body, closure, the clock and the faults it had when it was saved, and nothing since", async (t) => {
  const server = await startRewoundServer(t, { config: { smallBodyBytes: 10 } });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { operator, context } = server.serving;
  const small = await send(client, "small");
  const large = await send(client, "large enough for a file");
  const taken = await send(client, "taken before");
  await receiver.acknowledge(taken);
  await operator.closeMailbox(practice, "moves");
  await server.moved.control.advance({ by: "1d" });
  server.setFaults(["one"]);

  const saved = await server.snapshots.control.save({ name: "before" });

  assert.deepEqual([saved.name, saved.messages], ["before", 3]);
  await receiver.acknowledge(small);
  await send(client, "since the save, in a file");
  await operator.openMailbox(practice);
  server.setFaults(["two", "three"]);
  await server.moved.control.advance({ by: "40d" });
  assert.equal(await context.store.exists(large), false);
  assert.deepEqual(await bodies(server), []);
  await send(client, "after the move, in a file");

  assert.deepEqual(await server.snapshots.control.restore({ name: "before" }), saved);

  assert.deepEqual((await receiver.list()).messageIds, [small, large]);
  assert.deepEqual(await context.store.waitingIn(pharmacy as MailboxId), { messages: 2, bytes: 28 });
  assert.equal(await read(receiver, large), "large enough for a file");
  assert.equal(await read(receiver, small), "small");
  assert.equal((await client.track(taken)).status, "acknowledged");
  assert.equal((await client.track(large)).status, "accepted");
  assert.deepEqual((await client.list()).messageIds, []);
  assert.equal((await bodies(server)).length, 2, "of the two large ones that were there");
  assert.equal((await operator.closedMailboxes())[0]?.mailboxId, practice);
  assert.equal((await server.moved.control.read()).ahead, "1d");
  assert.deepEqual(server.faults, ["one"]);

  const after = await send(client, "goes on");
  assert.deepEqual((await receiver.list()).messageIds, [small, large, after]);
  server.setFaults(["since the restore"]);
  await server.restart();
  assert.deepEqual(server.faults, ["since the restore"], "the restore is over");
  assert.deepEqual((await receiver.list()).messageIds, [small, large, after]);
  assert.equal((await server.moved.control.read()).ahead, "1d");
  assert.deepEqual(server.events.of("bodies-quarantined"), []);
  assert.deepEqual(server.events.of("bodies-missing"), []);
});

test("a token used since the save stays used after the restore", async (t) => {
  const server = await startRewoundServer(t);
  await server.snapshots.control.save({ name: "a" });
  const headers = { authorization: testToken(server, sender) };
  const path = `/messageexchange/${sender}/inbox`;
  assert.equal((await testRequest(server, sender, { path, headers })).status, 200);

  await server.snapshots.control.restore({ name: "a" });

  assert.equal((await testRequest(server, sender, { path, headers })).status, 403);
});

test("a message that was being routed when it was saved is routed again after the restore", async (t) => {
  const demographics: Demographics = {
    find: () => Promise.reject(new DemographicsError("unavailable", "PDS does not answer", { retry: "safe" })),
  };
  const server = await startRewoundServer(t, { demographics });
  await using client = await testClient(server, sender);
  await client.send({
    to: addressOf(testPatients.registered),
    workflowId: "GPFED_CONSULT_REPORT",
    body: Buffer.from("x"),
  });
  await server.events.next("routing-held");
  await server.snapshots.control.save({ name: "held" });
  await server.moved.control.advance({ by: "25h" });
  assert.equal((await client.list()).messageIds.length, 1);

  await server.snapshots.control.restore({ name: "held" });

  assert.deepEqual((await client.list()).messageIds, []);
  await server.moved.control.advance({ by: "25h" });
  assert.equal((await client.list()).messageIds.length, 1);
});

test("a patient who is being looked up when a restore begins holds nothing up, and is looked up again after it", async (t) => {
  const real = embeddedDemographics(testDirectory());
  let asked = 0;
  const demographics: Demographics = {
    find: (...words) => ((asked += 1) === 2 ? new Promise(() => undefined) : real.find(...words)),
  };
  const server = await startRewoundServer(t, { demographics });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, practice);
  const routed = {
    to: addressOf(testPatients.registered),
    workflowId: "GPFED_CONSULT_REPORT",
    body: Buffer.from("x"),
  };
  const first = (await client.send(routed)).messageId;
  await server.events.next("message-placed");
  await server.snapshots.control.save({ name: "a" });
  const second = (await client.send(routed)).messageId;
  await waitFor(() => asked === 2);

  await server.snapshots.control.save({ name: "b" });
  await server.events.next("message-placed", ({ messageId }) => messageId === second);
  await server.snapshots.control.restore({ name: "a" });

  assert.equal(asked, 3);
  assert.deepEqual((await receiver.list()).messageIds, [first]);
  await server.snapshots.control.restore({ name: "b" });
  await waitFor(async () => (await receiver.list()).messageIds.length === 2);
});

test("saved while sends go on at full speed, what was answered before is in it, with its body", async (t) => {
  const server = await startRewoundServer(t, { config: { smallBodyBytes: 10 } });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const accepted: MessageId[] = [];
  const sending = new AbortController();
  const senders = Array.from({ length: 8 }, async (_, number) => {
    for (let turn = 0; !sending.signal.aborted; turn += 1)
      accepted.push(await send(client, turn % 3 === 0 ? `${number}` : "x".repeat(50)));
  });
  const before: MessageId[][] = [];
  for (const name of ["one", "two", "three"]) {
    const from = accepted.length;
    while (accepted.length < from + 40) await new Promise((resolve) => setImmediate(resolve));
    before.push([...accepted]);
    await server.snapshots.control.save({ name });
  }
  sending.abort();
  await Promise.all(senders);

  for (const [index, name] of ["one", "two", "three"].entries()) {
    await server.snapshots.control.restore({ name });
    const listed: MessageId[] = [];
    for await (const messageId of receiver.listAll()) listed.push(messageId);
    const missing = before[index]!.filter((messageId) => !listed.includes(messageId));
    assert.deepEqual(missing, []);
    assert.equal(new Set(listed).size, listed.length);
    for (const messageId of listed) await read(receiver, messageId);
  }
});

test("a snapshot of the same name is replaced, one that is removed is gone with its files, and names are checked", async (t) => {
  const server = await startRewoundServer(t);
  await using client = await testClient(server, sender);
  const { control } = server.snapshots;
  await control.save({ name: "a" });
  await send(client, "x");
  const second = await control.save({ name: "a" });
  assert.deepEqual(await control.list(), { snapshots: [second] });
  assert.equal(second.messages, 1);
  assert.equal((await kept(server)).length, 2);

  for (const name of ["", "..", "a/b", "a.json", "x".repeat(65)]) {
    await assert.rejects(control.save({ name }), refused("input-invalid"));
    await assert.rejects(control.restore({ name }), refused("input-invalid"));
    await assert.rejects(control.remove({ name }), refused("input-invalid"));
  }
  await assert.rejects(control.restore({ name: "b" }), refused("snapshot-unknown"));
  await assert.rejects(control.remove({ name: "b" }), refused("snapshot-unknown"));
  assert.deepEqual(await control.remove({ name: "a" }), { name: "a" });
  assert.deepEqual(await control.list(), { snapshots: [] });
  assert.deepEqual(await kept(server), []);
});

test("there are at most a hundred snapshots; one that is there can still be replaced", async (t) => {
  const server = await startRewoundServer(t);
  const { control } = server.snapshots;
  await control.save({ name: "a" });
  const folder = join(server.config.dataFolder, "snapshots");
  for (let index = 1; index < 100; index += 1) {
    const name = `n${index}`;
    const described = { name, savedAt: new Date().toISOString(), messages: 0, folder: `${name}.0123456789abcdef` };
    await writeFile(join(folder, `${name}.json`), JSON.stringify(described));
  }

  await assert.rejects(control.save({ name: "b" }), refused("not-possible"));
  await control.save({ name: "a" });
  assert.equal((await control.list()).snapshots.length, 100);
});

test("half a snapshot is never listed, and is gone after the next start", async (t) => {
  const server = await startRewoundServer(t);
  await server.snapshots.control.save({ name: "a" });
  const half = join(server.config.dataFolder, "snapshots", "b.0123456789abcdef");
  await mkdir(join(half, "bodies"), { recursive: true });
  assert.equal((await server.snapshots.control.list()).snapshots.length, 1);

  await server.restart();

  assert.equal((await kept(server)).length, 2);
  await server.snapshots.control.restore({ name: "a" });
});

test("a restore that was cut off between the messages and the faults is ended by the next start, before anything is served", async (t) => {
  let broken = false;
  const server = await startRewoundServer(t, { isBroken: () => broken });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  server.setFaults(["one"]);
  const messageId = await send(client, "x");
  await server.moved.control.advance({ by: "1d" });
  await server.snapshots.control.save({ name: "a" });
  server.setFaults(["two"]);
  await server.moved.control.advance({ by: "40d" });
  broken = true;
  await assert.rejects(server.snapshots.control.restore({ name: "a" }));
  assert.deepEqual(server.faults, ["two"]);

  broken = false;
  await server.restart();

  assert.deepEqual(server.faults, ["one"]);
  assert.equal((await server.moved.control.read()).ahead, "1d");
  assert.deepEqual((await receiver.list()).messageIds, [messageId]);
  server.setFaults(["three"]);
  await server.restart();
  assert.deepEqual(server.faults, ["three"], "it is ended once");
});

test("a snapshot that an earlier version saved is brought to this one, with the places its inboxes had", async (t) => {
  const server = await startRewoundServer(t);
  await using receiver = await testClient(server, pharmacy);
  await server.snapshots.control.save({ name: "a" });
  const folder = (await kept(server)).find((name) => !name.endsWith(".json"));
  const file = join(server.config.dataFolder, "snapshots", folder!, "store.sqlite");
  await rm(file);
  {
    // Of before there were sums of bytes, and from when all mailboxes drew on one counter, which stood at 7.
    using earlier = openDatabase(file, { migrations: migrations.slice(0, 4) });
    earlier.exec("UPDATE numbering SET floor = 7");
    for (const [index, messageId] of ["20260301101010111111_AAAAAA", "20260301101010111112_BBBBBB"].entries()) {
      earlier
        .prepare(
          `INSERT INTO message (mailbox_id, message_id, type, state, recipient_id, addressed_to, workflow_id, details,
             total_chunks, bytes, created_at, accepted_at, changed_at)
           VALUES (?, ?, 'DATA', 'accepted', ?, ?, ?, '{}', 1, 1, 1, 1, 1)`,
        )
        .run(sender, messageId, pharmacy, pharmacy, testWorkflow);
      earlier
        .prepare(
          "INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, sequence, listed) VALUES (?, ?, ?, ?, ?, 1)",
        )
        .run(pharmacy, messageId, sender, testWorkflow, 8 + index);
      earlier
        .prepare("INSERT INTO chunk (mailbox_id, message_id, chunk, size, bytes) VALUES (?, ?, 1, 1, x'78')")
        .run(sender, messageId);
    }
  }

  await server.snapshots.control.restore({ name: "a" });

  const { messageIds } = await receiver.list();
  assert.equal(messageIds.length, 2);
  assert.equal(await read(receiver, messageIds[1]!), "x");
  const { store } = server.serving.context;
  assert.deepEqual(await store.waitingIn(pharmacy as MailboxId), { messages: 2, bytes: 2 });
  await receiver.acknowledge(messageIds[0]!);
  assert.deepEqual(await store.waitingIn(pharmacy as MailboxId), { messages: 1, bytes: 1 });
});

test("a snapshot whose store is gone restores nothing, and changes nothing", async (t) => {
  const server = await startRewoundServer(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  await server.snapshots.control.save({ name: "a" });
  const messageId = await send(client, "x");
  const folder = (await kept(server)).find((name) => !name.endsWith(".json"));
  await rm(join(server.config.dataFolder, "snapshots", folder!, "store.sqlite"));

  await assert.rejects(server.snapshots.control.restore({ name: "a" }), refused("failed"));

  assert.deepEqual((await receiver.list()).messageIds, [messageId]);
  await send(client, "y");
});
