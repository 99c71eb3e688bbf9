import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { kinds, started, workflowId } from "./kinds.ts";

const hour = 60 * 60 * 1000;
const patient = {
  nhsNumber: "9955260181",
  dateOfBirth: "1979-03-14",
  names: [{ given: ["Imogen"], family: "Achterberg-Lowe" }],
  practice: { odsCode: "Y99" },
};
const to = "GPPROVIDER_9955260181_14031979_Achterberg-Lowe";

for (const [kind, options] of kinds) {
  test(`a server ${kind} does all that control can do`, async (t) => {
    const server = await started(t, {
      ...options,
      mailboxes: ["X26ABC1", "X26ABC2", { mailboxId: "Y99ABC3" }],
      workflows: [workflowId, "GPFED_CONSULT_REPORT"],
      patients: [patient],
    });
    const sender = server.client("X26ABC1");
    const receiver = server.client("X26ABC2");
    const send = async (body: string): Promise<string> =>
      (await sender.send({ to: "X26ABC2", workflowId, body })).messageId;

    await t.test("client: sends, lists, downloads and acknowledges", async () => {
      assert.equal(new URL(server.url).protocol, options.tls === true ? "https:" : "http:");
      await sender.handshake();
      const messageId = await send("hello");
      const [listed] = (await receiver.list()).messageIds;
      assert.equal(listed, messageId);
      assert.equal(await text((await receiver.download(listed)).body), "hello");
      await receiver.acknowledge(listed);
      assert.equal((await server.messages.list({ mailbox: "X26ABC2" })).messages[0]?.state, "acknowledged");
    });

    await t.test("messages: list, peek, inject, report, wait, expectNone", async () => {
      const { messageId } = await server.messages.inject({
        mailbox: "X26ABC2",
        from: "X26ABC1",
        workflowId,
        text: "put in",
      });
      const seen = await server.messages.peek({ messageId: "latest", filter: { mailbox: "X26ABC2" } });
      assert.deepEqual([seen.messageId, seen.text, seen.headers["mex-from"]], [messageId, "put in", "X26ABC1"]);
      const report = { mailbox: "X26ABC1", workflowId, code: "14", description: "not collected" };
      const { messageId: reportId } = await server.messages.report(report);
      const { messages } = await server.messages.wait({ type: "REPORT", code: "14" });
      assert.deepEqual(
        messages.map((one) => one.messageId),
        [reportId],
      );
      await server.messages.expectNone({ mailbox: "Y99ABC3", within: "20ms" });
    });

    await t.test("waitForMessage, waitForMessages, expectNoMessage", async () => {
      const { messageId: last } = await server.messages.inject({ mailbox: "X26ABC2", workflowId, text: "before" });
      const waiting = server.waitForMessages({ count: 2, mailbox: "X26ABC2", after: last });
      const sent = [await send("one"), await send("two")];
      assert.deepEqual(
        (await waiting).map(({ messageId }) => messageId),
        sent,
      );
      assert.equal((await server.waitForMessage({ containing: "two" })).messageId, sent[1]);
      await server.expectNoMessage({ mailbox: "X26ABC2", after: sent[1]!, within: "20ms" });
      await assert.rejects(server.waitForMessages({ count: 9, mailbox: "Y99ABC3", within: "20ms" }), {
        code: "not-in-time",
        message: /^Expected 9 messages in Y99ABC3\. 0 of 9 came within 20ms\./,
      });
    });

    await t.test("faults: next, add, list, clear", async () => {
      await server.faults.next({ at: "handshake", do: "status", status: 418 });
      await assert.rejects(sender.handshake());
      await sender.handshake();
      const { faultId } = await server.faults.add({ at: "send", do: "status", status: 400 });
      await assert.rejects(send("refused"));
      assert.deepEqual(
        (await server.faults.list()).faults.map((fault) => [fault.faultId, fault.done]),
        [[faultId, 1]],
      );
      assert.deepEqual(await server.faults.clear(), { cleared: 1 });
      await send("taken");
    });

    await t.test("a lost answer: the client is told that it may have arrived, and it did", async () => {
      await server.faults.next({ at: "send", do: "lose-answer" });
      await assert.rejects(send("was it taken?"), { retry: "ambiguous" });
      await server.waitForMessage({ mailbox: "X26ABC2", containing: "was it taken?" });
    });

    await t.test("mailboxes: all, list, close, open", async () => {
      assert.deepEqual(server.mailboxes.all.map(({ mailboxId, password }) => [mailboxId, password]).at(0), [
        "X26ABC1",
        "password",
      ]);
      await server.mailboxes.close({ mailbox: "X26ABC2", reason: "moved" });
      const { mailboxes } = await server.mailboxes.list();
      assert.equal(mailboxes.find(({ mailbox }) => mailbox === "X26ABC2")?.closed?.reason, "moved");
      await assert.rejects(send("refused"));
      await server.mailboxes.open({ mailbox: "X26ABC2" });
      await send("taken");
    });

    await t.test("demographics: a patient is registered elsewhere from now on", async () => {
      const route = async (): Promise<void> => {
        await sender.send({ to, workflowId: "GPFED_CONSULT_REPORT", body: "about a patient" });
      };
      await route();
      await server.waitForMessage({ from: "X26ABC1", workflowId: "GPFED_CONSULT_REPORT" });
      await server.demographics.move({ nhsNumber: patient.nhsNumber });
      assert.equal((await server.demographics.read()).moved.length, 1);
      await route();
      await server.waitForMessage({ mailbox: "X26ABC1", type: "REPORT", code: "EPL-151" });
    });

    await t.test("events: as they happen", async () => {
      const ending = new AbortController();
      const happening = await server.events({ names: ["message-accepted"] }, { signal: ending.signal });
      const messageId = await send("told");
      for await (const event of happening) {
        assert.deepEqual([event.event, event["messageId"]], ["message-accepted", messageId]);
        ending.abort();
      }
    });

    await t.test("snapshots: save, list, restore, remove", async () => {
      const { messages } = await server.snapshots.save({ name: "before" });
      await send("gone again");
      await server.snapshots.restore({ name: "before" });
      assert.equal((await server.snapshots.list()).snapshots[0]?.messages, messages);
      assert.deepEqual((await server.messages.list({ containing: "gone again" })).messages, []);
      assert.deepEqual(await server.snapshots.remove({ name: "before" }), { name: "before" });
    });

    await t.test("clock: five days later what nobody collected comes back", async () => {
      const before = Date.parse((await server.clock.read()).now);
      const messageId = await send("for nobody");
      const { now } = await server.clock.advance("5d");
      assert.ok(Date.parse(now) - before >= 5 * 24 * hour);
      const { state } = await server.waitForMessage({ mailbox: "X26ABC1", type: "REPORT", linkedMessageId: messageId });
      assert.equal(state, "accepted");
      await server.messages.putBack({ messageId });
      assert.equal((await server.clock.advance({ by: "1h" })).ahead, "5d1h");
    });

    await t.test("reset: nothing is left, and the clock is right", async () => {
      await server.reset({ keep: "nothing" });
      assert.deepEqual(await server.messages.list(), { messages: [] });
      assert.equal((await server.clock.read()).ahead, "0s");
    });
  });
}
