import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AnswersTold,
  economy,
  readAnswer,
  startPractice,
  testMailboxes,
  writeLetter,
} from "@restante/testkit/economy";
import { kinds, started } from "../kinds.ts";

const told: [answers: AnswersTold, codes: readonly (string | undefined)[]][] = [
  ["both", ["20013", "30001"]],
  ["infrastructure-only", ["20013"]],
  ["business-only", ["30001"]],
  ["neither", []],
  ["twice", ["20013", "20013", "30001", "30001"]],
  ["out-of-order", ["30001", "20013"]],
  ["unreadable", [undefined]],
  ["refused", ["20009"]],
  [[{ level: "business", code: "30003" }], ["30003"]],
];

for (const [kind, options] of kinds) {
  test(`a practice answers as it is told, ${kind}`, async (t) => {
    const server = await started(t, { ...options, ...economy() });
    await using practice = startPractice(server);
    const sender = server.client(testMailboxes.sender);
    for (const [index, [answers, codes]] of told.entries()) {
      practice.answer(answers);
      const { letter, built } = writeLetter();
      const { messageId } = await sender.send(letter);
      await practice.took(index + 1);
      const said: (string | undefined)[] = [];
      for (const { messageId: answerId } of (
        await server.messages.list({ mailbox: testMailboxes.sender })
      ).messages.toReversed()) {
        const answer = readAnswer(Buffer.from((await server.messages.peek({ messageId: answerId })).body, "base64"));
        if (answer !== undefined) assert.equal(answer.requestHeaderId, built.headerId);
        said.push(answer?.code);
      }
      assert.deepEqual(said, codes, JSON.stringify(answers));
      assert.equal(practice.received.at(-1)?.messageId, messageId);
      await server.reset();
    }
  });
}

test("a pharmacy answers what was sent to its mailbox", async (t) => {
  const server = await started(t, economy());
  await using _pharmacy = startPractice(server, { mailbox: testMailboxes.pharmacy, answers: "infrastructure-only" });
  await server.client(testMailboxes.sender).send(writeLetter({ to: "pharmacy" }).letter);
  const answer = await server.waitForMessage({ mailbox: testMailboxes.sender, from: testMailboxes.pharmacy });
  assert.match(answer.workflowId, /_ACK$/);
});

test("a message that asks for no such answer ends the practice, which says so when it is closed", async (t) => {
  const server = await started(t, economy());
  const practice = startPractice(server);
  await server.client(testMailboxes.sender).send({ ...writeLetter().letter, body: "no message at all" });
  await assert.rejects(practice.took(1), { code: "unanswerable" });
  await assert.rejects(practice.close(), { code: "unanswerable" });
  const closed = startPractice(server, { mailbox: testMailboxes.pharmacy });
  const taking = closed.took(1);
  await Promise.all([assert.rejects(taking, { code: "practice-closed" }), closed.close()]);
});
