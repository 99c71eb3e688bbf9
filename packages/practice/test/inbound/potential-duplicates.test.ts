import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { readMessage, readResponse } from "@restante/itk3";
import { parseMailboxId } from "@restante/mesh";
import { thisComputer } from "../../src/actor.ts";
import type { ConsultationSummary } from "../../src/consultation/consultation.ts";
import { reportPdf } from "../../src/consultation/report-pdf.ts";
import { likeness } from "../../src/store/migrations/likeness.ts";
import { testClock } from "../support/clock.ts";
import { consultation } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

async function take(to: DirectoryPractice, ...contents: string[]): Promise<void> {
  for (const content of contents) deliver(to, content, { from, workflowId });
  await to.practice.cycle();
}

async function flagged({ practice: { worklist } }: DirectoryPractice): Promise<[number, string[], number[]][]> {
  const tasks = (await person(worklist).openTasks()).toReversed();
  const listed = (await person(worklist).tasks({}, "oldest")).map(({ flags }) => flags);
  assert.deepEqual(
    listed,
    tasks.map(({ flags }) => flags),
  );
  return tasks.map(({ taskId, flags, alike }) => [taskId, flags, alike]);
}

function codes({ folder }: DirectoryPractice): string[] {
  return pairsIn(join(folder, "OUT"))
    .map(({ data }) => readMessage(data).message)
    .map((read) => (read && readResponse(read))?.code ?? "")
    .toSorted();
}

test("a letter that is sent anew with other ids, at another time or by another mailbox, is a potential duplicate: answered as ever, and told on both", async (t) => {
  const to = await openPractice(t, receiver);
  await take(to, message().xml);
  assert.deepEqual(await flagged(to), [[1, [], []]]);
  const before = (await person(to.practice.worklist).task(1))?.version ?? 0;

  await take(to, message({ now: new Date("2026-03-03T09:00:00Z") }).xml);
  assert.deepEqual(await flagged(to), [
    [1, ["potential-duplicate"], [2]],
    [2, ["potential-duplicate"], [1]],
  ]);
  deliver(to, message().xml, { from: parseMailboxId("Y99009OT001"), workflowId });
  await to.practice.cycle();
  assert.deepEqual(await flagged(to), [
    [1, ["potential-duplicate"], [2, 3]],
    [2, ["potential-duplicate"], [1, 3]],
    [3, ["potential-duplicate"], [1, 2]],
  ]);
  await to.practice.cycle();
  assert.deepEqual(codes(to), ["20013", "20013", "20013", "30001", "30001", "30001"]);
  // Whoever had opened the first before the others came goes by what is not so any more.
  const late = await to.practice.worklist.complete(1, { actor: thisComputer, version: before });
  assert.equal(late.outcome, "changed-meanwhile");
});

test("a letter of which one word is another, of another encounter or for another patient, is no potential duplicate", async (t) => {
  const to = await openPractice(t, receiver);
  await take(
    to,
    message().xml,
    message({ report: { contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 no report") } }).xml,
    message({ date: new Date("2026-03-02T10:16:00Z") }).xml,
    message({ senderReference: "encounter-2" }).xml,
    message({ patient: { ...patientOf(), nhsNumber: "9000000009" } }).xml,
    message({ attachments: [{ title: "Scan", contentType: "application/x-scan", bytes: Buffer.from("x") }] }).xml,
  );
  assert.deepEqual(
    (await flagged(to)).flatMap(([, flags]) => flags),
    [],
  );
});

function patientOf(): NonNullable<Parameters<typeof message>[0]>["patient"] & object {
  const { nhsNumber, name, dateOfBirth } = consultation().patient;
  return { nhsNumber, name: { family: name.family, given: name.given }, birthDate: dateOfBirth };
}

test("a report whose PDF was written anew at another time is the same letter, and one with another note is not", async (t) => {
  const to = await openPractice(t, receiver);
  const written = async (at: string, changes: Partial<ConsultationSummary> = {}): Promise<string> => {
    const bytes = await reportPdf(consultation(changes), { organisation: sender, clock: testClock(at) });
    return message({ report: { contentType: "application/pdf", bytes } }).xml;
  };
  await take(
    to,
    await written("2026-03-02T10:30:00Z"),
    await written("2026-03-04T08:00:00Z"),
    await written("2026-03-04T08:00:00Z", {
      sections: [{ title: "History", notes: [{ text: "Cough for nine days." }] }],
    }),
  );
  assert.deepEqual(
    (await flagged(to)).map(([, , alike]) => alike),
    [[2], [1], []],
  );
});

test("what came again with its own ids is a duplicate, and what says that it replaces another a replacement: neither is a potential one", async (t) => {
  const to = await openPractice(t, receiver);
  const first = message();
  await take(to, first.xml, first.xml);
  assert.deepEqual(await flagged(to), [[1, ["duplicate"], []]]);
  const later = { version: 2, replaces: first.documentId };
  await take(to, message(later).xml, message(later).xml);
  assert.deepEqual(await flagged(to), [
    [1, ["duplicate"], []],
    [2, ["replacement", "potential-duplicate"], [3]],
    [3, ["replacement", "potential-duplicate"], [2]],
  ]);
});

test("what is refused is like nothing, and of a letter that comes on and on a task names the first 20", async (t) => {
  const to = await openPractice(t, receiver);
  await take(to, message().xml.replace(/<Binary>[\s\S]*<\/Binary>/, "<Binary></Binary>"));
  await take(to, ...Array.from({ length: 24 }, () => message().xml));
  const [refused, ...others] = await flagged(to);
  assert.deepEqual(refused, [1, [], []]);
  assert.deepEqual(
    others[0]?.[2],
    Array.from({ length: 20 }, (_, index) => index + 3),
  );
  assert.deepEqual(
    others[23]?.[2],
    Array.from({ length: 20 }, (_, index) => index + 2),
  );
  const version = (await person(to.practice.worklist).task(2))?.version;
  await take(to, message().xml);
  assert.equal((await person(to.practice.worklist).task(2))?.version, version);
});

test("letters that an earlier version stored are read again, and flagged like any other", async (t) => {
  const to = await openPractice(t, receiver);
  await take(to, message().xml, message().xml, "<Bundle>not closed");
  {
    using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"));
    database.exec(`DROP TRIGGER likeness_grew; DROP TABLE task_likeness; ${likeness}`);
  }
  assert.deepEqual((await flagged(to))[0], [1, [], []]);
  const answered = codes(to);
  await to.practice.cycle();
  assert.deepEqual(await flagged(to), [
    [1, ["potential-duplicate"], [2]],
    [2, ["potential-duplicate"], [1]],
    [3, [], []],
  ]);
  assert.deepEqual(codes(to), answered);
});
