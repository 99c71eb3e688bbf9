// @restante/testkit with node:test: node --test
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startServer } from "@restante/testkit";
import { myClient } from "../my-client.js";

const server = await startServer(); // a free port, a folder of its own, mailboxes X26ABC1 to X26ABC3
beforeEach(() => server.reset({ keep: "nothing" }));
after(() => server.close());

function clientOf(mailboxId) {
  const { url, sharedKey } = server;
  return myClient({ url, mailboxId, password: "password", sharedKey });
}

test("what is sent lies in the other mailbox", async () => {
  const messageId = await clientOf("X26ABC1").send("X26ABC2", "TEST_WORKFLOW", "hello");

  const message = await server.waitForMessage({ mailbox: "X26ABC2", containing: "hello" });
  assert.equal(message.messageId, messageId);
});

test("a message that breaks off is not acknowledged, and comes again", async () => {
  const taken = [];
  await server.messages.inject({ mailbox: "X26ABC2", workflowId: "TEST_WORKFLOW", text: "a letter" });
  await server.faults.next({ at: "download", do: "truncate", bytes: 3 });

  await clientOf("X26ABC2").collect((message) => taken.push(message.text));
  await server.waitForMessage({ mailbox: "X26ABC2", state: "accepted" });
  await clientOf("X26ABC2").collect((message) => taken.push(message.text));
  assert.deepEqual(taken, ["a letter"]);
});

test("what nobody collects for five days comes back as a report", async () => {
  const messageId = await clientOf("X26ABC1").send("X26ABC2", "TEST_WORKFLOW", "a letter");
  await server.clock.advance("5d");

  await server.waitForMessage({ mailbox: "X26ABC1", type: "REPORT", code: "14", linkedMessageId: messageId });
  await server.expectNoMessage({ mailbox: "X26ABC1", within: "100ms" });
});
