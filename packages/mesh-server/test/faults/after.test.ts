import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { MeshClientError } from "@restante/mesh-client";
import { testClient, testMailboxes, testWorkflow, waitFor } from "@restante/testbed";

import type { RequestPoint } from "../../src/faults/effects.ts";
import { ask, type DoorName, failureOf, newToken, startFaultyServer } from "./faulty-server.ts";
import { listed, prepare, sendOne } from "./requests.ts";

const { sender, pharmacy } = testMailboxes;
const points = Object.keys(prepare) as RequestPoint[];
const doors: readonly DoorName[] = ["https", "http"];
const body = "a body of some length";

for (const at of points) {
  test(`an answer lost at ${at} is lost after it is done, and its token is used`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const { request, isDone, status } = await prepare[at](server);
      const token = newToken(server, request.mailboxId);
      await server.faults.control.next({ at, do: "lose-answer" });

      assert.equal(await failureOf(ask(server, door, { ...request, token })), "ECONNRESET");

      if (isDone !== undefined) assert.equal(await isDone(), true);
      // A lookup bears none.
      if (at !== "lookup") {
        // That of a read is recorded with the next group, but is refused from the first.
        assert.equal((await ask(server, door, { ...request, token })).status, 403);
      } else {
        assert.equal((await ask(server, door, request)).status, status);
      }
    }
    assert.deepEqual(
      server.events.of("request-refused").filter(({ code }) => code !== "token-used-before"),
      [],
    );
  });

  test(`an answer at ${at} in mixed case, with a wrong content type, is whole`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const right = await prepare[at](server);
      const expected = await ask(server, door, right.request);
      const { request } = await prepare[at](server);
      await server.faults.control.next({ at, do: "mixed-case" });
      await server.faults.control.next({ at, do: "content-type", contentType: "text/html" });

      const answer = await ask(server, door, request);

      assert.deepEqual([answer.status, answer.isCut], [expected.status, false]);
      assert.equal(answer.body.length, expected.body.length);
      assert.equal(answer.headers["content-type"], expected.body === "" ? undefined : "text/html");
      const names = answer.rawHeaders.filter((_text, index) => index % 2 === 0);
      assert.ok(names.some((name) => name !== name.toLowerCase()) && names.some((name) => name === name.toLowerCase()));
      assert.deepEqual(Object.keys(answer.headers).toSorted(), Object.keys(expected.headers).toSorted());
      assert.deepEqual((await server.faults.control.list()).faults, []);
    }
  });

  test(`an answer at ${at} is cut within its body`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const right = await prepare[at](server);
      const { body: whole } = await ask(server, door, right.request);
      if (whole === "") continue;
      const half = Math.floor(whole.length / 2);
      for (const [bytes, expected] of [[undefined, half] as const, [3, 3] as const, [0, 0] as const]) {
        const { request, isDone } = await prepare[at](server);
        await server.faults.control.next({ at, do: "truncate", ...(bytes !== undefined && { bytes }) });

        const answer = await ask(server, door, request);

        assert.deepEqual([answer.body.length, answer.isCut], [expected, true]);
        assert.equal(answer.headers["content-length"], String(whole.length));
        if (isDone !== undefined) assert.equal(await isDone(), true);
      }
    }
  });

  test(`an answer at ${at} that dribbles comes slowly, and is whole`, async (t) => {
    const server = await startFaultyServer(t);
    for (const door of doors) {
      const { body: whole } = await ask(server, door, (await prepare[at](server)).request);
      const { request, status } = await prepare[at](server);
      await server.faults.control.next({ at, do: "dribble", bytesPerSecond: Math.max(10, whole.length * 5) });

      const began = performance.now();
      const answer = await ask(server, door, request);

      assert.deepEqual([answer.status, answer.body.length, answer.isCut], [status, whole.length, false]);
      if (whole.length > 0) assert.ok(performance.now() - began >= 99);
    }
  });
}

test("what dribbles goes out at once when its fault is cleared", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.download(server);
  const { faultId } = await server.faults.control.add({ at: "download", do: "dribble", bytesPerSecond: 1 });
  const slow = ask(server, "https", request);
  await server.events.next("fault-done");

  await server.faults.control.clear({ faultId });

  assert.equal((await slow).body, body);
});

test("a large body dribbles at the pace that was asked for, in however small pieces it is read", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const large = Buffer.alloc(4_000_000, "Lorem ipsum dolor sit amet. ");
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: large });
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  await server.faults.control.next({ at: "download", do: "dribble", bytesPerSecond: 40_000_000 });
  const began = performance.now();

  const answer = await ask(server, "http", { mailboxId: pharmacy, path });

  assert.equal(answer.body.length, large.length);
  // A pause after each of its 62 pieces of 64 KB would take 6 seconds.
  assert.ok(performance.now() - began < 6000);
});

test("a body whose length nobody announced is cut too", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const text = Buffer.alloc(300_000, "Lorem ipsum dolor sit amet. ");
  const headers = { contentEncoding: "gzip" } as const;
  const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: gzipSync(text), ...headers });
  const request = {
    mailboxId: pharmacy,
    path: `/messageexchange/${pharmacy}/inbox/${messageId}`,
    headers: { "accept-encoding": "identity" },
  };
  assert.equal((await ask(server, "https", request)).body.length, text.length);

  for (const [bytes, most] of [[undefined, 65_536] as const, [100_000, 100_000] as const]) {
    await server.faults.control.next({ at: "download", do: "truncate", ...(bytes !== undefined && { bytes }) });
    const cut = await ask(server, "https", request);

    assert.equal(cut.isCut, true);
    assert.equal(cut.headers["content-length"], undefined);
    assert.ok(cut.body.length > 0 && cut.body.length <= most, `${cut.body.length}`);
    if (bytes !== undefined) assert.equal(cut.body.length, bytes);
  }
});

test("a download that was cut or lost was not given out", async (t) => {
  const server = await startFaultyServer(t);
  for (const effect of [{ do: "truncate" } as const, { do: "lose-answer" } as const]) {
    const { request } = await prepare.download(server);
    await server.faults.control.next({ at: "download", ...effect });
    await ask(server, "https", request).catch(() => undefined);
  }
  assert.deepEqual(server.events.of("message-downloaded"), []);
});

test(
  "a body that is not sent to its end leaves no file open",
  { skip: !existsSync("/proc/self/fd") && "only Linux says which files are open" },
  async (t) => {
    const server = await startFaultyServer(t, { smallBodyBytes: 100 });
    await using client = await testClient(server, sender);
    const large = Buffer.alloc(5_000_000, "x");
    const { messageId } = await client.send({ to: pharmacy, workflowId: testWorkflow, body: large });
    const request = { mailboxId: pharmacy, path: `/messageexchange/${pharmacy}/inbox/${messageId}` };
    const openBodies = (): string[] =>
      readdirSync("/proc/self/fd").filter((name) => {
        try {
          return readlinkSync(`/proc/self/fd/${name}`).includes(server.config.dataFolder + "/bodies/");
        } catch {
          return false;
        }
      });
    for (const effect of [
      { do: "lose-answer" },
      { do: "truncate", bytes: 1000 },
      { do: "dribble", bytesPerSecond: 1000 },
    ] as const) {
      await server.faults.control.next({ at: "download", ...effect });
      const signal = AbortSignal.timeout(300);
      await ask(server, "https", { ...request, signal }).catch(() => undefined);
      await waitFor(() => openBodies().length === 0, { what: `no open body after ${effect.do}` });
    }
    await server.faults.control.next({ at: "download", do: "mixed-case" });
    assert.equal((await ask(server, "https", request)).body.length, large.length);
    assert.deepEqual(openBodies(), []);
  },
);

test("a status can be cut, be in mixed case and of another content type", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  await server.faults.control.next({ at: "list", do: "status", status: 503 });
  await server.faults.control.next({ at: "any", do: "truncate", bytes: 5 });
  await server.faults.control.next({ at: "any", do: "content-type", contentType: "text/html" });

  const answer = await ask(server, "https", request);

  assert.deepEqual([answer.status, answer.isCut, answer.body], [503, true, '{"err']);
  assert.equal(answer.headers["content-type"], "text/html");
});

test("a wrong content type goes out byte for byte, whatever is in it", async (t) => {
  const server = await startFaultyServer(t);
  const { request } = await prepare.list(server);
  const contentType = "text/html; title=\u00E9";
  await server.faults.control.next({ at: "list", do: "content-type", contentType });

  const answer = await ask(server, "https", request);

  assert.equal(answer.headers["content-type"], contentType);
  assert.equal(answer.isCut, false);
});

test("our client takes a lost answer to a send for what it is, and finds one message by tracking", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const message = { to: pharmacy, workflowId: testWorkflow, localId: "only this one", body: Buffer.from("x") };
  await server.faults.control.next({ at: "send", mailbox: sender, do: "lose-answer" });

  await assert.rejects(
    client.send(message),
    (error) => error instanceof MeshClientError && error.retry === "ambiguous",
  );

  const [messageId] = await listed(server);
  const found = await client.trackByLocalId("only this one");
  assert.deepEqual(
    found.map((message) => message.messageId),
    [messageId],
  );
});

test("our client reads an answer in mixed case", async (t) => {
  const server = await startFaultyServer(t);
  const messageId = await sendOne(server);
  await using client = await testClient(server, pharmacy);
  await server.faults.control.add({ at: "any", do: "mixed-case" });

  const { messageIds } = await client.list();
  const [first] = messageIds;
  assert.ok(first !== undefined);
  const { headers, body: stream } = await client.download(first);

  assert.deepEqual([messageIds.length, headers.messageId, headers.subject], [1, messageId, "A letter"]);
  assert.equal(Buffer.concat(await stream.toArray()).toString(), body);
  await waitFor(() => server.events.of("fault-done").length === 2);
});
