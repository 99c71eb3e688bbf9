import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DemographicsError } from "@restante/demographics";
import { readMessage, readResponse, type ResponseContent } from "@restante/itk3";
import { demographicsOf, record } from "../support/demographics.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn, temporaryFolder } from "../support/economy.ts";
import { message, response, withoutAcknowledgement, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

/** What has been answered so far, in the order of the responses on the tasks. */
function answers({ folder }: DirectoryPractice): ResponseContent[] {
  const contents = pairsIn(join(folder, "OUT")).map(({ data }) => {
    const { message } = readMessage(data);
    assert.ok(message);
    const content = readResponse(message);
    assert.ok(content);
    return content;
  });
  return contents.sort((a, b) => a.code.localeCompare(b.code));
}

function codes(practice: DirectoryPractice): string[] {
  return answers(practice).map(({ code }) => code);
}

test("an answer goes to the mailbox that MESH says sent the message, not to the one named inside it", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message({ senderMailbox: "SOMEBODYELSE" }).xml, { from: "Z99009OT009", workflowId });
  await to.practice.cycle();
  assert.deepEqual(
    pairsIn(join(to.folder, "OUT")).map(({ control }) => control.to),
    ["Z99009OT009", "Z99009OT009"],
  );
});

test(
  "both acknowledgements repeat the reference that the sender gave its message",
  { tags: ["GPCM-SD-CS-056", "GPCM-SD-OC-155", "GPCM-SD-GE-282"] },
  async (t) => {
    const to = await openPractice(t, receiver);
    deliver(to, message({ senderReference: "encounter-7" }).xml, { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["20013", "30001"]);
    assert.deepEqual(
      pairsIn(join(to.folder, "OUT")).map(({ data }) => readMessage(data).message?.handling.senderReference),
      ["encounter-7", "encounter-7"],
    );
  },
);

for (const [flag, expected] of [
  ["InfAckRequested", ["30001"]],
  ["BusAckRequested", ["20013"]],
] as const) {
  test(`a level is not answered where ${flag} is false`, async (t) => {
    const to = await openPractice(t, receiver);
    deliver(to, withoutAcknowledgement(message().xml, flag), { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), expected);
    assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  });
}

test("a level is answered where its flag is unreadable", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  const unreadable = xml.replaceAll('<valueBoolean value="true"', '<valueBoolean value="perhaps"');
  assert.notEqual(unreadable, xml);
  deliver(to, unreadable, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "30001"]);
});

test("a message whose sender MESH does not name is a task and is not answered", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: "", workflowId });
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  assert.deepEqual(codes(to), []);
});

test("a message received again under its MESH id is dropped and not answered again", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  const messageId = deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  deliver(to, xml, { from, workflowId, messageId });
  await to.practice.cycle();
  assert.deepEqual(pairsIn(join(to.folder, "IN")), []);
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  assert.deepEqual(codes(to), ["20013", "30001"]);
  assert.ok(to.events.some((event) => event.event === "message-repeated" && event.messageId === messageId));
});

test("a known MessageHeader.id under a new MESH id is answered 20007 and is no second task", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  const again = deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20007", "20013", "30001"]);
  const [task, ...others] = await person(to.practice.worklist).tasks();
  assert.deepEqual(others, []);
  assert.ok(task);
  const [duplicate] = (await person(to.practice.worklist).task(task.taskId))?.duplicates ?? [];
  assert.deepEqual([duplicate?.messageId, duplicate?.code], [again, "20007"]);
});

test("a known document in a new message is answered 20008 and is no second task", async (t) => {
  const to = await openPractice(t, receiver);
  const built = message();
  deliver(to, built.xml, { from, workflowId });
  await to.practice.cycle();
  const copy = built.xml.replaceAll(built.headerId, "5b1f0d52-9d6b-4f1e-8c47-0a1b2c3d4e5f");
  deliver(to, copy, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20008", "20013", "30001"]);
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
});

test("an unreadable message is answered 10009 with the id that says so, and is kept for a person", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, "<Bundle>not closed", { from, workflowId, subject: "A subject" });
  await to.practice.cycle();
  const [answer, ...others] = answers(to);
  assert.deepEqual(others, []);
  assert.equal(answer?.code, "10009");
  assert.equal(answer.requestHeaderId, "UNREADABLE-IN-ORIGINAL-MESSAGE");
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.kind, "refused");
  assert.equal(task.subject, "A subject");
  assert.ok((await person(to.practice.worklist).task(task.taskId))?.reason);
  const original = await person(to.practice.worklist).original(task.taskId);
  assert.equal(Buffer.from(original?.bytes ?? []).toString(), "<Bundle>not closed");
});

test(
  "what is not acceptable is answered once, negatively, and what was refused may come again put right",
  { tags: ["GPCM-SD-041"] },
  async (t) => {
    const to = await openPractice(t, receiver);
    const { xml } = message();
    deliver(to, xml.replace(/<Binary>[\s\S]*<\/Binary>/, "<Binary></Binary>"), { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["20009"]);
    deliver(to, xml, { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["20009", "20013", "30001"]);
    assert.deepEqual(
      (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
      ["document", "refused"],
    );
  },
);

test("a message that is no ITK3 at all, on a workflow of its own, is set aside for a person and not answered", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, "a,b\n1,2\n", { from, workflowId: "SOME_SPREADSHEET", subject: "Figures" });
  await to.practice.cycle();
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.kind, "set-aside");
  assert.equal(task.subject, "Figures");
  assert.deepEqual(codes(to), []);
});

test("a response is never answered: on its own workflow, on another, or unreadable on an _ACK workflow", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, response("never-sent", "20013").xml, { from, workflowId: `${workflowId}_ACK` });
  deliver(to, response("never-sent", "20013").xml, { from, workflowId });
  deliver(to, "not XML", { from, workflowId: `${workflowId}_ACK` });
  deliver(to, message().xml, { from, workflowId: `${workflowId}_ACK` });
  await to.practice.cycle();
  assert.deepEqual(codes(to), []);
  assert.deepEqual(await person(to.practice.worklist).tasks(), []);
  assert.equal((await person(to.practice.worklist).strays()).length, 4);
  assert.equal(to.events.filter(({ event }) => event === "response-ignored").length, 4);
});

const left = { odsCode: receiver.odsCode, to: "2026-01-31" };
for (const [who, code, outcome, ...records] of [
  ["registered here", "30001", "known", record()],
  ["nobody knows", "30002", "not-known"],
  ["whose number is another person's", "30002", "not-known", record({ dateOfBirth: "1950-06-07" })],
  ["who has left", "30003", "no-longer-here", record({ practice: left })],
  ["who died eight months ago", "30003", "no-longer-here", record({ deceased: "2025-07-01" })],
  ["who died a month ago", "30004", "recently-deceased", record({ deceased: "2026-02-01" })],
] as const) {
  test(`a document about a patient ${who} is answered ${code}`, async (t) => {
    const to = await openPractice(t, receiver, { patients: demographicsOf(...records) });
    deliver(to, message().xml, { from, workflowId });
    await to.practice.cycle();
    assert.deepEqual(codes(to), ["20013", code]);
    assert.equal((await person(to.practice.worklist).tasks())[0]?.patient.outcome, outcome);
  });
}

test("while demographics cannot be reached 20013 goes out, and the business response when they can", async (t) => {
  let reachable = false;
  const patients = demographicsOf(record());
  const to = await openPractice(t, receiver, {
    patients: {
      async find(nhsNumber, signal) {
        if (!reachable) throw new DemographicsError("unavailable", "Out of reach.", { retry: "safe" });
        return patients.find(nhsNumber, signal);
      },
    },
  });
  deliver(to, message().xml, { from, workflowId });
  await assert.rejects(to.practice.cycle(), { code: "unavailable" });
  assert.deepEqual(codes(to), ["20013"]);
  assert.equal((await person(to.practice.worklist).tasks())[0]?.patient.outcome, "waiting");
  reachable = true;
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "30001"]);
});

const onDecision = { role: "pharmacy", businessResponse: { kind: "onDecision" } } as const;

test("a pharmacy that decides by itself accepts: 20013 and 30016, never a match", async (t) => {
  const to = await openPractice(t, pharmacy, {
    role: "pharmacy",
    businessResponse: { kind: "onDecision", automatic: "30016" },
  });
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "30016"]);
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.patient.outcome, "not-checked");
  assert.deepEqual(await person(to.practice.worklist).decisions(task.taskId), []);
});

test("where a person decides, the business response waits for them and is given once", async (t) => {
  const to = await openPractice(t, pharmacy, onDecision);
  deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013"]);
  const taskId = (await person(to.practice.worklist).tasks())[0]?.taskId ?? 0;
  assert.equal((await person(to.practice.worklist).decisions(taskId)).length, 14);
  await assert.rejects(person(to.practice.worklist).decide(taskId, "30001"), { code: "decision-not-allowed" });
  await person(to.practice.worklist).decide(taskId, "30017");
  await assert.rejects(person(to.practice.worklist).decide(taskId, "30016"), { code: "already-decided" });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "30017"]);
});

test("nothing is to be decided where no business response is asked for, or the practice answers by match", async (t) => {
  const to = await openPractice(t, pharmacy, onDecision);
  deliver(to, withoutAcknowledgement(message().xml, "BusAckRequested"), { from, workflowId });
  await to.practice.cycle();
  const taskId = (await person(to.practice.worklist).tasks())[0]?.taskId ?? 0;
  assert.deepEqual(await person(to.practice.worklist).decisions(taskId), []);
  await assert.rejects(person(to.practice.worklist).decide(taskId, "30016"), { code: "decision-not-allowed" });

  const matching = await openPractice(t, receiver);
  deliver(matching, message().xml, { from, workflowId });
  await matching.practice.cycle();
  assert.deepEqual(await person(matching.practice.worklist).decisions(1), []);
});

test("an answer that does not leave, for its mailbox is gone, is shown to a person after a day", async (t) => {
  const to = await openPractice(t, receiver);
  rmSync(join(to.folder, "OUT"), { recursive: true });
  writeFileSync(join(to.folder, "OUT"), "");
  deliver(to, message().xml, { from, workflowId });
  await assert.rejects(to.practice.cycle());
  to.options.transports = [{ kind: "directory", mailboxId: sender.mailboxId, folder: temporaryFolder(t) }];
  const practice = await to.reopen();
  const { worklist } = practice;
  await practice.cycle();
  assert.equal((await worklist.counts()).attention, 0);

  to.clock.advance(25 * 60 * 60 * 1000);
  await practice.cycle();
  assert.equal((await worklist.counts()).attention, 1);
  assert.match(
    (await person(worklist).tasks())[0]?.attention ?? "",
    /^The infrastructure response 20013 has not been handed over\./,
  );
});
