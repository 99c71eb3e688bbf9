import assert from "node:assert/strict";
import { test } from "node:test";

import type { MessageId } from "@restante/mesh";
import {
  addressOf,
  settableClock,
  startTestServer,
  type TestAnswer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const day = 24 * 60 * 60_000;
const v2 = "application/vnd.mesh.v2+json";

interface Rich {
  valid_at: string;
  messages: { message_id: MessageId; status: string; [name: string]: unknown }[];
  links: { self: string; next?: string };
}

async function send(server: TestServer, localId?: string): Promise<MessageId> {
  await using client = await testClient(server, sender);
  const message = { to: pharmacy, workflowId: testWorkflow, body: Buffer.from("hello") };
  return (await client.send({ ...message, ...(localId !== undefined && { localId }) })).messageId;
}

async function get(server: TestServer, mailboxId: string, path: string): Promise<Rich & TestAnswer> {
  const answer = await testRequest(server, mailboxId, { path });
  return { ...answer, ...(answer.json as Rich) };
}

function idsOf({ messages }: Rich): MessageId[] {
  return messages.map(({ message_id }) => message_id);
}

test("the rich inbox has whole messages, newest first, those that were acknowledged too", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  const first = await send(server, "local 1");
  clock.advance(1000);
  const second = await send(server);
  await using receiver = await testClient(server, pharmacy);
  await receiver.acknowledge(first);

  const { status, headers, ...rich } = await get(server, pharmacy, `/messageexchange/${pharmacy}/inbox/rich`);

  assert.deepEqual([status, headers["content-type"]], [200, v2]);
  const common = {
    expiry_timestamp: "2026-03-07T10:20:30.456Z",
    message_type: "DATA",
    recipient: pharmacy,
    recipient_name: "Mill Lane Pharmacy",
    sender,
    sender_name: server.config.mailboxes.find(({ mailboxId }) => mailboxId === sender)?.name,
    sent_date: "2026-03-02T10:20:30.456Z",
    total_chunks: 1,
    workflow_id: testWorkflow,
  };
  assert.deepEqual(rich.json, {
    valid_at: "2026-03-02T10:20:31.456Z",
    messages: [
      {
        ...common,
        message_id: second,
        status: "accepted",
        sent_date: "2026-03-02T10:20:31.456Z",
        expiry_timestamp: "2026-03-07T10:20:31.456Z",
      },
      { ...common, message_id: first, local_id: "local 1", status: "acknowledged" },
    ],
    links: {
      self: `/messageexchange/${pharmacy}/inbox/rich?start_time=2026-01-31T10%3A20%3A31.456Z&max_results=100`,
    },
  });
});

test("the rich outbox has what a mailbox sent, newest first, in every state, and no address of a patient", async (t) => {
  const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
  const server = await startTestServer(t, { clock });
  const mail = await send(server, "local 1");
  clock.advance(5 * day + 1);
  const { reportId } = await server.events.next("report-placed");
  await using client = await testClient(server, sender);
  const to = addressOf(testPatients.registered);
  const body = Buffer.from("routed");
  const routed = (await client.send({ to, workflowId: "GPFED_CONSULT_REPORT", body })).messageId;
  await server.events.next("message-placed", ({ messageId }) => messageId === routed);

  const outbox = await get(server, sender, `/messageexchange/${sender}/outbox/rich`);

  assert.equal(outbox.headers["content-type"], v2);
  assert.deepEqual(
    outbox.messages.map((message) => [
      message.message_id,
      message.status,
      message["status_code"],
      message["recipient"],
    ]),
    [
      [routed, "accepted", "", practice],
      [mail, "undeliverable", "14", pharmacy],
    ],
  );
  assert.partialDeepStrictEqual(outbox.messages[1], { local_id: "local 1", sent_date: "2026-03-02T10:20:30.456Z" });
  assert.doesNotMatch(outbox.body.toString(), /GPPROVIDER_/);
  assert.deepEqual(idsOf(await get(server, practice, `/messageexchange/${practice}/inbox/rich`)), [routed]);
  assert.deepEqual(idsOf(await get(server, pharmacy, `/messageexchange/${pharmacy}/inbox/rich`)), []);

  const inbox = await get(server, sender, `/messageexchange/${sender}/inbox/rich`);
  assert.deepEqual(idsOf(inbox), [reportId]);
  assert.partialDeepStrictEqual(inbox.messages, [{ message_type: "REPORT", status_code: "14", total_chunks: 0 }]);
  assert.equal("sender" in (inbox.messages[0] ?? {}), false);
});

for (const list of ["inbox", "outbox"] as const) {
  test(`the rich ${list} goes on page by page, from the time that is asked for`, async (t) => {
    const clock = settableClock(new Date("2026-03-02T10:20:30.456Z"));
    const server = await startTestServer(t, { clock });
    const ids: MessageId[] = [];
    for (let each = 0; each < 25; each += 1) {
      ids.unshift(await send(server));
      clock.advance(1000);
    }
    const mailboxId = list === "inbox" ? pharmacy : sender;
    const root = `/messageexchange/${mailboxId}/${list}/rich`;

    const seen: MessageId[] = [];
    for (let next: string | undefined = `${root}?max_results=10`; next !== undefined;) {
      const page: Rich = await get(server, mailboxId, next);
      seen.push(...idsOf(page));
      next = page.links.next;
    }
    assert.deepEqual(seen, ids);

    const since = "2026-03-02T10:20:50Z";
    for (const start of [since, "2026-03-02T11:20:50+01:00", "2026-03-02T11:20:50%2B01:00", "2026-03-02T10:20:50"]) {
      assert.deepEqual(idsOf(await get(server, mailboxId, `${root}?start_time=${start}`)), ids.slice(0, 5), start);
    }
    clock.advance(31 * day);
    assert.deepEqual(idsOf(await get(server, mailboxId, root)), [], "30 days, unless asked");
  });
}

test("what cannot be asked of a rich list is a validation error that names it", async (t) => {
  const server = await startTestServer(t);
  await send(server);
  await send(server);
  const inbox = `/messageexchange/${pharmacy}/inbox/rich`;
  const { links } = await get(server, pharmacy, `${inbox}?max_results=1`);
  const from = new URL(links.next ?? "", server.url).searchParams.get("continue_from");
  const wrong = [
    [pharmacy, `${inbox}?max_results=0`, "max_results"],
    [pharmacy, `${inbox}?max_results=2001`, "max_results"],
    [pharmacy, `${inbox}?start_time=yesterday`, "start_time"],
    [pharmacy, `${inbox}?start_time=2026-13-01T00:00:00Z`, "start_time"],
    [pharmacy, `${inbox}?continue_from=nonsense`, "continue_from"],
    [sender, `/messageexchange/${sender}/outbox/rich?max_results=9`, "max_results"],
    [pharmacy, `/messageexchange/${pharmacy}/outbox/rich?continue_from=${from}`, "continue_from"],
    [sender, `/messageexchange/${sender}/inbox/rich?continue_from=${from}`, "continue_from"],
    [pharmacy, `/messageexchange/${pharmacy}/inbox?continue_from=${from}`, "continue_from"],
  ] as const;

  for (const [mailboxId, path, name] of wrong) {
    const { status, json } = await testRequest(server, mailboxId, { path, headers: { accept: v2 } });
    assert.equal(status, 400, path);
    const { detail } = json as { detail: { loc: string[] }[] };
    assert.deepEqual(
      detail.map(({ loc }) => loc),
      [["query", name]],
    );
  }
  assert.equal((await testRequest(server, pharmacy, { path: `${inbox}?continue_from=${from}` })).status, 200);
  assert.equal((await testRequest(server, sender, { path: inbox })).status, 403, "of one's own mailbox alone");
});
