import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readMessage, readResponse, type ResponseContent } from "@restante/itk3";
import { consultation } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

async function takeIn(to: DirectoryPractice, ...messages: readonly string[]): Promise<string[]> {
  const ids = [];
  for (const xml of messages) {
    ids.push(deliver(to, xml, { from, workflowId }));
    await to.practice.cycle();
  }
  return ids;
}

async function openTasks(to: DirectoryPractice): Promise<number> {
  return (await person(to.practice.worklist).tasks()).length;
}

function answersOf(to: DirectoryPractice): ResponseContent[] {
  return pairsIn(join(to.folder, "OUT")).flatMap(({ data }) => {
    const read = readMessage(data).message;
    return (read && readResponse(read)) ?? [];
  });
}

const inCapitals = (id: string): string => id.toUpperCase();

for (const [how, written, answered] of [
  ["in capitals", inCapitals, inCapitals],
  ["with white space around it", (id: string) => ` ${id}\n`, (id: string) => id],
  ["in capitals, with white space around it", (id: string) => `\t${inCapitals(id)} `, inCapitals],
] as const) {
  test(`a message that comes again with its id ${how} is answered 20007 by the id as it was sent, and is no second task`, async (t) => {
    const to = await openPractice(t, receiver);
    const { xml, headerId } = message();
    const again = xml.replace(`<id value="${headerId}"/>`, `<id value="${written(headerId)}"/>`);
    assert.notEqual(again, xml);
    const [, copy] = await takeIn(to, xml, again);
    assert.equal(await openTasks(to), 1);
    const repeated = answersOf(to).find(({ code }) => code === "20007");
    assert.equal(repeated?.requestHeaderId, answered(headerId));
    const [duplicate, ...others] = (await person(to.practice.worklist).task(1))?.duplicates ?? [];
    assert.deepEqual([duplicate?.messageId, duplicate?.code, others], [copy, "20007", []]);
  });
}

test("a message whose id is in capitals is answered by it at each level, and known again in small letters", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml, headerId } = message();
  await takeIn(to, xml.replaceAll(headerId, headerId.toUpperCase()), xml);
  assert.equal(await openTasks(to), 1);
  assert.deepEqual(Object.fromEntries(answersOf(to).map(({ code, requestHeaderId }) => [code, requestHeaderId])), {
    20013: headerId.toUpperCase(),
    30001: headerId.toUpperCase(),
    20007: headerId,
  });
});

test("a document that comes again in another message with its id in capitals is answered 20008 and is no second task", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml, headerId } = message();
  const { message: read } = readMessage(Buffer.from(xml));
  const documentId = read?.document?.id ?? "";
  const again = xml
    .replaceAll(headerId, "5b1f0d52-9d6b-4f1e-8c47-0a1b2c3d4e5f")
    .replaceAll(documentId, documentId.toUpperCase());
  const [, copy] = await takeIn(to, xml, again);
  assert.equal(await openTasks(to), 1);
  assert.equal(answersOf(to).filter(({ code }) => code === "20008").length, 1);
  assert.deepEqual(
    (await person(to.practice.worklist).task(1))?.duplicates.map(({ messageId, code }) => [messageId, code]),
    [[copy, "20008"]],
  );
});

test("two messages whose ids are no UUIDs and differ in case are two tasks", async (t) => {
  const to = await openPractice(t, receiver);
  const named = (id: string): string => {
    const { xml, headerId } = message();
    return xml.replaceAll(headerId, id);
  };
  await takeIn(to, named("Message-a"), named("Message-A"), named("Message-A"));
  assert.equal(await openTasks(to), 2);
  assert.deepEqual(
    (await person(to.practice.worklist).task(2))?.duplicates.map(({ code }) => code),
    ["20007"],
  );
});

test("an id that is no UUID is its sender's alone: what another sender calls the same is a task of its own, and its copies are", async (t) => {
  const to = await openPractice(t, receiver);
  const other = "X26OT777";
  const named = (ids: { header: string; document: string }): string => {
    const { xml, headerId } = message();
    const documentId = readMessage(Buffer.from(xml)).message?.document?.id ?? "";
    return xml.replaceAll(headerId, ids.header).replaceAll(documentId, ids.document);
  };
  const both = { header: "1", document: "Letter" };
  for (const mailbox of [from, other, other]) {
    deliver(to, named(both), { from: mailbox, workflowId });
    await to.practice.cycle();
  }
  deliver(to, named({ header: "2", document: "Letter" }), { from, workflowId });
  await to.practice.cycle();
  assert.equal(await openTasks(to), 2);
  const copiesOf = async (taskId: number): Promise<unknown> =>
    (await person(to.practice.worklist).task(taskId))?.duplicates.map(({ code }) => code);
  assert.deepEqual([await copiesOf(1), await copiesOf(2)], [["20008"], ["20007"]]);
});

test("a UUID is the same whoever sends it", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  for (const mailbox of [from, "X26OT777"]) deliver(to, xml, { from: mailbox, workflowId });
  await to.practice.cycle();
  assert.equal(await openTasks(to), 1);
});

const answer = { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` };

test("an answer that names our message in capitals is believed, once", async (t) => {
  const own = await openPractice(t, sender);
  const { headerId } = await own.practice.sendConsultation(consultation());
  await own.practice.cycle();
  for (const id of [headerId.toUpperCase(), headerId]) {
    deliver(own, response(id, "20013").xml, answer);
    await own.practice.cycle();
  }
  deliver(own, response(headerId.toUpperCase(), "30001").xml, answer);
  await own.practice.cycle();
  const report = await person(own.practice.worklist).report(headerId);
  assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30001"]);
  assert.deepEqual(await person(own.practice.worklist).strays(), []);
  const told = own.events.filter(({ event }) => event === "response-received");
  assert.deepEqual(
    told.map((event) => "requestHeaderId" in event && event.requestHeaderId),
    [headerId, headerId],
  );
});

/** Two versions of a document: the first with the id that it is given, the second replacing what it names. */
function versions(id: string | undefined, replaces: (id: string) => string): [string, string] {
  const first = message();
  const { documentIdentifier, compositionIdentifier } = first;
  const second = message({ version: 2, replaces: documentIdentifier, compositionIdentifier });
  const named = id ?? documentIdentifier;
  const target = second.xml.replaceAll(documentIdentifier, replaces(named));
  return [first.xml.replaceAll(documentIdentifier, named), target];
}

async function stateOfFirst(t: TestContext, [first, second]: readonly [string, string]): Promise<string | undefined> {
  const states = [];
  for (const secondFirst of [false, true]) {
    const to = await openPractice(t, receiver);
    await takeIn(to, ...(secondFirst ? [second, first] : [first, second]));
    states.push((await person(to.practice.worklist).task(secondFirst ? 2 : 1))?.state);
  }
  assert.equal(states[0], states[1], "whichever came first");
  return states[0];
}

for (const [how, id, replaces] of [
  ["in capitals", undefined, inCapitals],
  ["in capitals and as a URI", undefined, (named: string) => `urn:uuid:${inCapitals(named)}`],
  ["with white space around it", undefined, (named: string) => ` ${named} `],
  ["that is no UUID", "Letter-1", (named: string) => named],
] as const) {
  test(`a later version that names what it replaces by its id ${how} replaces it`, async (t) => {
    assert.equal(await stateOfFirst(t, versions(id, replaces)), "replaced");
  });
}

test("a later version that names an id that is no UUID in another case replaces nothing", async (t) => {
  assert.equal(await stateOfFirst(t, versions("Letter-1", inCapitals)), "open");
});
