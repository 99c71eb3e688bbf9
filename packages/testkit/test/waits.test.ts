import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds, started, workflowId } from "./kinds.ts";

for (const [kind, options] of kinds) {
  test(`a wait that fails says what was expected and what came instead, ${kind}`, async (t) => {
    const server = await started(t, options);
    const { messageId } = await server.client("X26ABC1").send({ to: "X26ABC2", workflowId, body: "one" });
    const failing = server.waitForMessages({ count: 3, mailbox: "X26ABC2", subject: "about Imogen", within: "30ms" });
    await assert.rejects(failing, (error: Error) => {
      assert.match(
        error.message,
        /^Expected 3 messages in X26ABC2 with the subject asked for\. 0 of 3 came within 30ms\. Instead:\n/,
      );
      assert.match(error.message, new RegExp(`${messageId}: DATA in X26ABC2, workflow TEST_WORKFLOW`));
      assert.doesNotMatch(error.message, /Imogen/);
      assert.match(error.stack ?? "", /waits\.test\.ts/);
      return true;
    });
    await assert.rejects(server.expectNoMessage({ mailbox: "X26ABC2", after: messageId, within: "soon" }), {
      code: "input-invalid",
    });
    const none = server.expectNoMessage({ mailbox: "X26ABC2", within: "10s" });
    const { messageId: unwanted } = await server.messages.inject({ mailbox: "X26ABC2", workflowId, text: "two" });
    await assert.rejects(none, (error: Error) => {
      assert.match(error.message, /^Expected no message in X26ABC2 within 10s\./);
      assert.ok(error.message.includes(unwanted), error.message);
      return true;
    });
  });
}
