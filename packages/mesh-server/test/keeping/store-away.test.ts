// A node whose PostgreSQL goes away in the middle of a request.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { MessageId } from "@restante/mesh";
import {
  postgresMissing,
  startPostgres,
  startS3,
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

import { startWire } from "../store/wire.ts";
import { newShared, type Place, readiness } from "./two-servers.ts";

const { sender, pharmacy } = testMailboxes;
const skip = postgresMissing ?? false;
let place: Place;
if (postgresMissing === undefined) {
  const file = { after: (end: () => unknown) => after(() => end()) };
  place = { postgres: await startPostgres(file), s3: await startS3(file) };
}

test(
  "the chunk that completes a message is answered 202 once that is committed, though PostgreSQL is gone right after",
  { skip },
  async (t) => {
    const shared = await newShared(place);
    const wire = await startWire(t, shared.store!);
    const server = await startTestServer(t, { config: { ...shared, store: wire.url } });
    const outbox = `/messageexchange/${sender}/outbox`;
    const headers = { "mex-to": pharmacy, "mex-workflowid": testWorkflow, "mex-chunk-range": "1:2" };
    const first = await testRequest(server, sender, { method: "POST", path: outbox, headers, body: "one " });
    const { messageID: messageId } = first.json as { messageID: MessageId };

    wire.endWithCommitOf("the last of two");
    const path = `${outbox}/${messageId}/2`;
    const last = await testRequest(server, sender, { method: "POST", path, body: "the last of two" });

    assert.equal(last.status, 202);
    assert.partialDeepStrictEqual(await server.events.next("message-accepted"), { messageId, bytes: 19 });
    await waitFor(async () => (await readiness(server)).status === 503, { what: "the node to miss its PostgreSQL" });
    wire.mend();
    await waitFor(async () => (await readiness(server)).status === 200, { what: "the node to have it again" });
    await using client = await testClient(server, pharmacy);
    assert.deepEqual((await client.list()).messageIds, [messageId]);
  },
);

test(
  "a node that nobody asks anything tells within seconds that PostgreSQL is away, and why, and tells the end of it",
  { skip },
  async (t) => {
    const shared = await newShared(place);
    const wire = await startWire(t, shared.store!);
    const one = await startTestServer(t, { config: { ...shared, store: wire.url, node: "one" } });
    const two = await startTestServer(t, { config: { ...shared, store: wire.url, node: "two" } });

    wire.goAway();
    for (const { events } of [one, two]) {
      const { reason } = await events.next("server-troubled", ({ part }) => part === "commit");
      assert.equal(reason, "The PostgreSQL of the setting store cannot be used: nothing listens there.");
    }
    // What comes of it is told by whichever does that: the first, which took all there was to do.
    await one.events.next("server-troubled", ({ part }) => part === "routing");

    wire.comeBack();
    for (const { events } of [one, two]) await events.next("server-trouble-over", ({ part }) => part === "commit");
    await one.events.next("server-trouble-over", ({ part }) => part === "routing");
  },
);
