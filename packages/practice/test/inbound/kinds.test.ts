import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
  type DocumentUseCase,
  genericDocument,
  onlineConsultation,
  readMessage,
  readResponse,
  consultationSummary,
  type RefusalRule,
} from "@restante/itk3";
import { waitFor } from "@restante/testbed";
import { createPractice } from "../../src/practice.ts";
import type { Task } from "../../src/worklist.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../support/economy.ts";
import { documentInput, message, withoutAcknowledgement, workflowId } from "../support/messages.ts";
import { pharmacy, receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { consultationOf, onlineConsultationOf, openParty, startEconomy } from "../support/real.ts";

const from = sender.mailboxId;
const notTaken = { doesNotTake: ["online-consultation"] } as const;

const build: Readonly<Record<DocumentUseCase, (generation: 1 | 2) => string>> = {
  "consultation-summary": (generation) => consultationSummary(documentInput({ generation })).xml,
  "online-consultation": (generation) => onlineConsultation(documentInput({ generation })).xml,
  generic: (generation) =>
    genericDocument({
      ...documentInput({ generation }),
      document: { name: "Discharge", type: { code: "149701000000109", display: "Report of clinical encounter" } },
    }).xml,
};
const kinds = Object.keys(build) as DocumentUseCase[];

function codes({ folder }: DirectoryPractice): string[] {
  return pairsIn(join(folder, "OUT"))
    .map(({ data }) => readMessage(data).message)
    .map((read) => (read && readResponse(read))?.code ?? "")
    .toSorted();
}

async function tasks({ practice: { worklist } }: DirectoryPractice): Promise<Task[]> {
  return (await person(worklist).openTasks()).toReversed();
}

for (const generation of [1, 2] as const) {
  test(`of each kind of document of generation ${generation}, what a practice does not take is refused with 20010, and the others are taken`, async (t) => {
    for (const kind of kinds) {
      const to = await openPractice(t, receiver, { doesNotTake: [kind] });
      for (const other of kinds)
        deliver(to, build[other](generation), { from, workflowId: workflow(other, generation) });
      await to.practice.cycle();
      await to.practice.cycle();
      assert.deepEqual(codes(to), ["20010", "20013", "20013", "30001", "30001"]);
      const found = (await tasks(to)).filter(({ refusedFor }) => refusedFor !== undefined);
      assert.deepEqual(
        found.map((task) => [task.kind, task.refusedWith, task.patient.outcome, task.attachments.length]),
        [["refused", "20010", "not-checked", 1]],
      );
      assert.match(found[0]?.reason ?? "", /^This organisation does not take [a-z ]+\.$/);
    }
  });
}

function workflow(kind: DocumentUseCase, generation: 1 | 2): string {
  if (generation === 1) return workflowId;
  return kind === "online-consultation" ? "DF_ONLINE_CONSULTATION" : "GPCONNECT_SEND_DOCUMENT";
}

for (const way of ["directory", "api"] as const) {
  test(`by ${way}: who sent what is not taken is told 20010 on its report, and whoever does not take it sees it as that`, async (t) => {
    const server = await startEconomy(t);
    const of = await openParty(t, server, "sender", "api");
    const to = await openParty(t, server, "pharmacy", way, notTaken);
    const { headerId } = await of.practice.sendConsultation(onlineConsultationOf());
    const other = await of.practice.sendConsultation(consultationOf(), {
      to: { odsCode: to.options.organisation.odsCode },
    });
    await waitFor(async () => {
      await of.turn();
      await to.turn();
      const all = await person(of.practice.worklist).reports();
      return all.every(({ state }) => state === "refused" || state === "accepted");
    });
    const report = await person(of.practice.worklist).report(headerId);
    assert.deepEqual([report?.state, report?.infrastructure?.code, report?.business], ["refused", "20010", undefined]);
    assert.match(report?.attention ?? "", /20010/);
    assert.equal((await person(of.practice.worklist).report(other.headerId))?.business?.code, "30016");
    const found = await person(to.practice.worklist).tasks({}, "oldest");
    assert.deepEqual(found.map(({ kind, refusedFor }) => `${kind} ${refusedFor}`).toSorted(), [
      "document undefined",
      "refused not-taken",
    ]);
    const raised = to.events.all.filter((event) => event.event === "task-raised" && "refusedFor" in event);
    assert.deepEqual(
      raised.map((event) => "refusedFor" in event && event.refusedFor),
      ["not-taken"],
    );
  });
}

test("what is not taken is accepted by nobody, replaces nothing, and comes again as a task once its kind is taken", async (t) => {
  const to = await openPractice(t, pharmacy, {
    doesNotTake: ["consultation-summary"],
    role: "pharmacy",
    businessResponse: { kind: "onDecision", automatic: "30016" },
  });
  const { xml } = message();
  const messageId = deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20010"]);
  assert.deepEqual(await to.practice.worklist.decisions(1), []);

  to.options.doesNotTake = [];
  await to.reopen();
  // What was decided stays so: the same MESH message is a repeat, whatever is chosen now.
  deliver(to, xml, { from, workflowId, messageId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20010"]);
  deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20010", "20013", "30016"]);
  const [, document] = await tasks(to);

  to.options.doesNotTake = ["consultation-summary"];
  await to.reopen();
  deliver(to, message({ version: 2, replaces: document?.documentId ?? "" }).xml, { from, workflowId });
  await to.practice.cycle();
  const all = await tasks(to);
  assert.deepEqual(
    all.map(({ kind, state }) => `${kind} ${state}`),
    ["refused open", "document open", "refused open"],
  );
  assert.match(all[2]?.reason ?? "", /replaces an earlier document, which stays as it was/);
});

test("where no answer is asked for none is given to what is not taken, and a person has it all the same", async (t) => {
  const to = await openPractice(t, receiver, { doesNotTake: ["consultation-summary"] });
  deliver(to, withoutAcknowledgement(message().xml, "InfAckRequested"), { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(codes(to), []);
  const [task] = await tasks(to);
  const { refusedFor, refusedWith, responses, attachments } = task ?? {};
  assert.deepEqual([refusedFor, refusedWith, responses, attachments?.length], ["not-taken", undefined, [], 1]);
});

test("a document of which it is only guessed that it is of a kind that is not taken, is taken, and a person is told to look", async (t) => {
  const to = await openPractice(t, receiver, { doesNotTake: kinds });
  const xml = build["consultation-summary"](2).replace(/Consultation report for/g, "Letter about");
  deliver(to, xml, { from, workflowId: "GPCONNECT_SEND_DOCUMENT" });
  await to.practice.cycle();
  const [task] = await tasks(to);
  assert.equal(task?.kind, "document");
  assert.ok(task.findings.some(({ id, severity }) => id === "Send-Document:use-case" && severity === "look"));
});

const { xml } = message({
  attachments: [{ title: "Scan", contentType: "image/png", bytes: Buffer.from("\u0089PNG\r\n\u001a\n") }],
});
const entry = (type: string): RegExp =>
  new RegExp(`<entry>\\s*<fullUrl[^>]*>\\s*<resource>\\s*<${type}>[\\s\\S]*?</${type}>\\s*</resource>\\s*</entry>`);
const document = /<entry>\s*<fullUrl[^>]*>\s*<resource>\s*<Bundle>[\s\S]*<\/Bundle>\s*<\/resource>\s*<\/entry>/;
const focus = /<focus>[\s\S]*?<\/focus>/;
const second = message().xml;

/** What only in part could be given to a person, or not at all; and what is refused for its event, whatever it holds. */
const notHeld: readonly (readonly [what: string, code: string, rule: RefusalRule, xml: string])[] = [
  [
    "with a second document",
    "20009",
    "several-documents",
    xml.replace(document, (one) => one + document.exec(second)?.[0]),
  ],
  [
    "about two documents",
    "20009",
    "several-documents",
    xml
      .replace(document, (one) => one + document.exec(second)?.[0])
      .replace(focus, (one) => one + focus.exec(second)?.[0]),
  ],
  [
    "with a second Composition",
    "20009",
    "several-compositions",
    xml.replace(entry("Composition"), (one) => one + entry("Composition").exec(second)?.[0]),
  ],
  [
    "whose header is about a Composition",
    "20009",
    "no-document",
    xml.replace(document, entry("Composition").exec(xml)?.[0] ?? ""),
  ],
  [
    "whose report is a resource of a kind that is not known",
    "20009",
    "report-unknown",
    xml.replace(/<(\/?)Binary>/, "<$1Letter>").replace("</Binary>", "</Letter>"),
  ],
  [
    "with structured entries alone",
    "20009",
    "no-report",
    xml.replaceAll(/<Binary>(\s*<id[^>]*>)[\s\S]*?<\/Binary>/g, "<Basic>$1</Basic>"),
  ],
  ["of another event", "20006", "other-event", xml.replace("ITK007C", "ITK014M")],
];

for (const [what, code, rule, changed] of notHeld) {
  test(`a message ${what} is refused whole, with ${code}, whatever kinds are taken`, async (t) => {
    assert.notEqual(changed, xml);
    for (const doesNotTake of [[], kinds]) {
      const to = await openPractice(t, receiver, { doesNotTake });
      deliver(to, changed, { from, workflowId });
      await to.practice.cycle();
      await to.practice.cycle();
      assert.deepEqual(codes(to), [code]);
      const [task, ...more] = await tasks(to);
      assert.deepEqual(
        [task?.kind, task?.refusedFor, task?.refusalRule, more],
        ["refused", "not-acceptable", rule, []],
      );
    }
  });
}

test("a document to which the header leads by the wrong name, and that is the only one, is taken", async (t) => {
  const to = await openPractice(t, receiver);
  const other = /<sender>\s*<reference value="([^"]*)"/.exec(xml)?.[1];
  deliver(to, xml.replace(focus, `<focus><reference value="${other}"/></focus>`), { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(
    (await tasks(to)).map(({ kind, attachments }) => [kind, attachments.length]),
    [["document", 2]],
  );
});

test("a practice that does not take what is no kind of document does not start", async (t) => {
  const to = await openPractice(t, receiver);
  for (const doesNotTake of [["letters"], "generic", ["response"], null]) {
    await assert.rejects(createPractice({ ...to.options, doesNotTake: doesNotTake as DocumentUseCase[] }), {
      code: "kind-unknown",
      message: "What is not taken must be a list of: consultation-summary, online-consultation, generic.",
    });
  }
});
