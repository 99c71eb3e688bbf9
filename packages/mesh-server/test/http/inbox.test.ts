import assert from "node:assert/strict";
import { test } from "node:test";

import type { MessageId } from "@restante/mesh";
import {
  startTestServer,
  testClient,
  testMailboxes,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const v2 = "application/vnd.mesh.v2+json";
const inbox = `/messageexchange/${pharmacy}/inbox`;

interface Listing {
  messages: MessageId[];
  links: { self: string; next?: string };
  approx_inbox_count: number;
}

async function fill(server: TestServer, count: number, workflowId: string = testWorkflow): Promise<MessageId[]> {
  await using client = await testClient(server, sender);
  const ids: MessageId[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await client.send({ to: pharmacy, workflowId, body: Buffer.from("x") })).messageId);
  }
  return ids;
}

async function get(server: TestServer, path: string, accept?: string): ReturnType<typeof testRequest> {
  return testRequest(server, pharmacy, { path, headers: { accept } });
}

test("an inbox lists in the order of acceptance, page by page, while it is being emptied", async (t) => {
  const server = await startTestServer(t);
  const ids = await fill(server, 25);
  await using client = await testClient(server, pharmacy);
  const seen: MessageId[] = [];
  let path: string | undefined = `${inbox}?max_results=10`;

  while (path !== undefined) {
    const { json } = await get(server, path, v2);
    const { messages, links } = json as Listing;
    for (const messageId of messages) await client.acknowledge(messageId);
    seen.push(...messages);
    path = links.next;
  }

  assert.deepEqual(seen, ids);
});

test("version 1 continues from a message id, also of one acknowledged meanwhile", async (t) => {
  const server = await startTestServer(t);
  const ids = await fill(server, 12);
  await using client = await testClient(server, pharmacy);

  const first = await get(server, `${inbox}?max_results=10`);
  assert.deepEqual(first.json, { messages: ids.slice(0, 10) });
  await client.acknowledge(ids[9] as MessageId);
  const second = await get(server, `${inbox}?max_results=10&continue_from=${ids[9]}`);

  assert.deepEqual(second.json, { messages: ids.slice(10) });
});

test("version 2 links to itself and to what follows, and counts", async (t) => {
  const server = await startTestServer(t);
  await fill(server, 11);

  const page = (await get(server, `${inbox}?max_results=10&workflow_filter=RESTANTE*`, v2)).json as Listing;
  assert.equal(page.links.self, `${inbox}?max_results=10&workflow_filter=RESTANTE*`);
  assert.ok(page.links.next?.startsWith(`${page.links.self}&continue_from=`));
  assert.equal(page.approx_inbox_count, 11);
  const whole = (await get(server, `${inbox}?max_results=500`, v2)).json as Listing;
  assert.deepEqual(whole.links, { self: inbox });
});

test("a workflow filter equals, begins with or contains, and each of them negated", async (t) => {
  const server = await startTestServer(t, {
    config: {
      workflows: ["ALPHA", "ALPHA_ACK", "BETA_100%"].map((workflowId) => ({
        workflowId,
        senders: ["*"],
        receivers: ["*"],
      })),
    },
  });
  const [alpha] = await fill(server, 1, "ALPHA");
  const [answer] = await fill(server, 1, "ALPHA_ACK");
  const [beta] = await fill(server, 1, "BETA_100%");
  const cases: [filter: string, expected: unknown[]][] = [
    ["ALPHA", [alpha]],
    ["!ALPHA", [answer, beta]],
    ["ALPHA*", [alpha, answer]],
    ["!ALPHA*", [beta]],
    ["*_A*", [answer]],
    ["!*_A*", [alpha, beta]],
    ["*100%*", [beta]],
    ["alpha", []],
  ];

  for (const [filter, expected] of cases) {
    const { json } = await get(server, `${inbox}?workflow_filter=${encodeURIComponent(filter)}`);
    assert.deepEqual((json as Listing).messages, expected, filter);
  }
});

test("a query that is out of bounds is refused with 400", async (t) => {
  const server = await startTestServer(t);
  const bad = [
    "max_results=9",
    "max_results=5001",
    "max_results=ten",
    "continue_from=short",
    `continue_from=20200101000000000000_ABCDEF`,
    "workflow_filter=x",
  ];

  for (const query of bad) {
    assert.equal((await get(server, `${inbox}?${query}`)).status, 400, query);
  }
  assert.equal((await get(server, `${inbox}?continue_from=${"x".repeat(30)}`, v2)).status, 400);
});

test("a place in one mailbox's inbox is none in another's", async (t) => {
  const server = await startTestServer(t);
  await fill(server, 11);
  const { json } = await get(server, `${inbox}?max_results=10`, v2);
  const query = (json as Listing).links.next?.split("?")[1];

  const answer = await testRequest(server, practice, {
    path: `/messageexchange/${practice}/inbox?${query}`,
    headers: { accept: v2 },
  });

  assert.equal(answer.status, 400);
});

test("count gives the number listed, and in version 1 how it was counted", async (t) => {
  const server = await startTestServer(t);
  await fill(server, 2);

  const first = (await get(server, `/messageexchange/${pharmacy}/count`)).json;
  const second = (await get(server, `/messageexchange/${pharmacy}/count`, v2)).json;

  assert.partialDeepStrictEqual(first, { count: 2, allResultsIncluded: true });
  assert.ok((first as { internalID: string }).internalID.length > 0);
  assert.deepEqual(second, { count: 2 });
});

test("acknowledging is idempotent, and the message can still be read", async (t) => {
  const server = await startTestServer(t);
  const [messageId] = await fill(server, 1);
  const put = (accept?: string): ReturnType<typeof testRequest> =>
    testRequest(server, pharmacy, {
      method: "PUT",
      path: `${inbox}/${messageId}/status/acknowledged`,
      headers: { accept },
    });

  const first = await put();
  const second = await put(v2);

  assert.deepEqual([first.status, first.json], [200, { messageId }]);
  assert.deepEqual([second.status, second.body.length], [200, 0]);
  assert.deepEqual((await get(server, inbox)).json, { messages: [] });
  assert.equal((await get(server, `${inbox}/${messageId}`)).status, 200);
  assert.equal(server.events.of("message-acknowledged").length, 1);
});

test("one mailbox can neither read nor acknowledge another's message", async (t) => {
  const server = await startTestServer(t);
  const [messageId] = await fill(server, 1);
  const other = `/messageexchange/${practice}/inbox/${messageId}`;
  const ask = async (method: string, path: string, mailboxId: string = practice): Promise<number> =>
    (await testRequest(server, mailboxId, { method, path })).status;

  assert.equal(await ask("GET", other), 403);
  assert.equal(await ask("GET", `${other}/1`), 403);
  assert.equal(await ask("HEAD", other), 404);
  assert.equal(await ask("PUT", `${other}/status/acknowledged`), 403);
  assert.equal(await ask("GET", `/messageexchange/${practice}/outbox/tracking?messageID=${messageId}`), 404);
  // Nor may its sender read it back.
  assert.equal(await ask("GET", `/messageexchange/${sender}/inbox/${messageId}`, sender), 403);
  assert.deepEqual((await get(server, inbox)).json, { messages: [messageId] });
});

test("a message that does not exist is 404", async (t) => {
  const server = await startTestServer(t);
  const path = `${inbox}/20200101000000000000_ABCDEF`;

  const answer = await get(server, path);

  assert.equal(answer.status, 404);
  assert.deepEqual(answer.json, {
    errorEvent: "RECEIVE",
    errorCode: "20",
    errorDescription: "Message does not exist",
  });
  const acknowledged = await testRequest(server, pharmacy, { method: "PUT", path: `${path}/status/acknowledged` });
  assert.equal(acknowledged.status, 404);
});

test("a query that says a thing twice is read as its last word, not as a failure of ours", async (t) => {
  const server = await startTestServer(t);
  const [messageId] = await fill(server, 1);

  const { status, json } = await get(server, `${inbox}?workflow_filter=OTHER&workflow_filter=${testWorkflow}`);

  assert.equal(status, 200);
  assert.deepEqual((json as Listing).messages, [messageId]);
});
