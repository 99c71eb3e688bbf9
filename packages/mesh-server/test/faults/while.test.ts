import assert from "node:assert/strict";
import { test } from "node:test";

import { testClient, testMailboxes, testPatients, addressOf, waitFor } from "@restante/testbed";

import type { RequestPoint } from "../../src/faults/effects.ts";
import { ask, type DoorName, type FaultyServer, newToken, startFaultyServer } from "./faulty-server.ts";
import { listed, prepare, sendOne } from "./requests.ts";

const { sender, practice, pharmacy } = testMailboxes;
const doors: readonly DoorName[] = ["https", "http"];

async function read(server: FaultyServer, messageId: string, chunk = 1): Promise<[string, string | undefined]> {
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}/${chunk}`;
  const { body, headers } = await ask(server, "https", { mailboxId: pharmacy, path });
  return [body, headers["mex-subject"] as string | undefined];
}

test("a send delivered twice is two messages of two ids, and its sender knows of the first", async (t) => {
  const server = await startFaultyServer(t, { smallBodyBytes: 100 });
  // In the row, and as a file of its own.
  for (const body of ["a letter", "a longer letter. ".repeat(1000)]) {
    for (const door of doors) {
      const before = await listed(server);
      const { request } = await prepare.send(server);
      await server.faults.control.next({ at: "send", mailbox: sender.toLowerCase(), do: "deliver-twice" });

      const { status, json } = await ask(server, door, { ...request, body });

      const now = (await listed(server)).slice(before.length);
      assert.deepEqual([status, now.length, new Set(now).size], [202, 2, 2]);
      assert.equal((json as { messageID: string }).messageID, now[0]);
      for (const messageId of now) assert.deepEqual(await read(server, messageId), [body, "A letter"]);
    }
  }
  assert.equal(server.events.of("message-accepted").length, 8);
  assert.equal(server.events.of("message-placed").length, 8);
});

test("a send in chunks delivered twice is two messages once its last chunk has come", async (t) => {
  const server = await startFaultyServer(t);
  await server.faults.control.next({ at: "send", do: "deliver-twice" });
  const first = await sendOne(server, { "mex-chunk-range": "1:2" });
  assert.deepEqual(await listed(server), []);

  const path = `/messageexchange/${sender}/outbox/${first}/2`;
  const last = { mailboxId: sender, method: "POST", path, headers: { "mex-chunk-range": "2:2" }, body: "the end" };
  assert.equal((await ask(server, "https", last)).status, 202);

  const found = await listed(server);
  assert.deepEqual([found[0], found.length], [first, 2]);
  for (const messageId of found) {
    assert.equal((await read(server, messageId, 1))[0], "a body of some length");
    assert.equal((await read(server, messageId, 2))[0], "the end");
  }
});

test("a send to a patient delivered twice is routed twice", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  await server.faults.control.next({ at: "send", do: "deliver-twice" });

  const to = addressOf(testPatients.registered);
  await client.send({ to, workflowId: "GPFED_CONSULT_REPORT", body: Buffer.from("x") });

  await waitFor(() => server.events.of("message-placed").length === 2);
  await using receiver = await testClient(server, practice);
  assert.equal((await receiver.list()).messageIds.length, 2);
});

test("a list delivered twice has each id twice, the rich one too", async (t) => {
  const server = await startFaultyServer(t);
  const ids = [await sendOne(server), await sendOne(server)];
  for (const door of doors) {
    await server.faults.control.next({ at: "list", times: 2, do: "deliver-twice" });
    const path = `/messageexchange/${pharmacy}/inbox`;

    // There are no ids in a count: it uses up nothing.
    const { json } = await ask(server, door, { mailboxId: pharmacy, path: `/messageexchange/${pharmacy}/count` });
    assert.equal((json as { count: number }).count, 2);
    const plain = await ask(server, door, { mailboxId: pharmacy, path });
    const rich = await ask(server, door, { mailboxId: pharmacy, path: `${path}/rich` });

    assert.deepEqual((plain.json as { messages: string[] }).messages, [ids[0], ids[0], ids[1], ids[1]]);
    assert.equal((rich.json as { messages: unknown[] }).messages.length, 4);
    assert.deepEqual(await listed(server), ids);
  }
});

test("an acknowledgement delivered twice is answered without effect, so the message comes again", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, pharmacy);
  for (const door of doors) {
    const { request, isDone } = await prepare.acknowledge(server);
    const token = newToken(server, pharmacy);
    await server.faults.control.next({ at: "acknowledge", do: "deliver-twice" });

    assert.equal((await ask(server, door, { ...request, token })).status, 200);
    assert.equal(await isDone?.(), false);
    assert.equal((await ask(server, door, { ...request, token })).status, 403, "the token is used");

    for (const messageId of (await client.list()).messageIds) await client.acknowledge(messageId);
    assert.equal(await isDone?.(), true);
  }
});

for (const at of (Object.keys(prepare) as RequestPoint[]).filter((point) => point !== "lookup")) {
  test(`a token at ${at} is held against a clock that is wrong, either way`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      for (const by of ["3h", "-3h"]) {
        const { request, status, isDone } = await prepare[at](server);
        const token = newToken(server, request.mailboxId);
        await server.faults.control.next({ at, do: "token-clock", by });

        const answer = await ask(server, door, { ...request, token });

        assert.equal(answer.status, 403);
        if (isDone !== undefined) assert.equal(await isDone(), false);
        assert.equal((await ask(server, door, { ...request, token })).status, status);
      }
    }
    assert.match(server.events.of("request-refused")[0]?.reason ?? "", /as a fault asks/);
  });
}

test("a clock that is wrong by less than 2 hours refuses nobody", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  await server.faults.control.next({ at: "list", do: "token-clock", by: "-1h" });

  assert.equal((await ask(server, "https", request)).status, 200);
});

test("a fault for one mailbox leaves the others, and those that there are not, alone", async (t) => {
  const server = await startFaultyServer(t);
  await server.faults.control.add({ at: "any", mailbox: pharmacy, do: "status", status: 500 });
  const status = async (mailboxId: string): Promise<number> =>
    (await ask(server, "https", { mailboxId, path: `/messageexchange/${mailboxId}/inbox` })).status;

  assert.deepEqual([await status(pharmacy), await status(sender), await status("NOBODY")], [500, 200, 403]);
  assert.equal((await ask(server, "https", { ...(await prepare.lookup(server)).request })).status, 200);
  assert.equal((await ask(server, "https", { mailboxId: pharmacy, path: "/livez" })).status, 200);
  assert.equal((await ask(server, "https", { mailboxId: pharmacy, path: "/nothing" })).status, 404);
});
