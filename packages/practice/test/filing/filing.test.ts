import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { waitFor } from "@restante/testbed";
import { thisComputer } from "../../src/actor.ts";
import type { TaskFiling } from "../../src/filing.ts";
import type { PracticeOptions } from "../../src/options.ts";
import { patient } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

interface Saving {
  to: DirectoryPractice;
  /** The record system's folder. */
  folder: string;
  receive(...xml: string[]): Promise<number>;
  save(taskId: number, options?: { done?: boolean }): Promise<void>;
  stop(taskId: number): Promise<void>;
  filing(taskId: number): Promise<TaskFiling | undefined>;
  /** Passes until it stands so, an hour of waiting apart. */
  until(taskId: number, state: TaskFiling["state"]): Promise<TaskFiling>;
  /** As a record system sees it. */
  names(): string[];
}

async function openSaving(t: TestContext, changes: Partial<PracticeOptions> = {}): Promise<Saving> {
  const folder = join(temporaryFolder(t), "record system");
  mkdirSync(folder);
  const to = await openPractice(t, receiver, { filing: { folder }, ...changes });
  const by = async (taskId: number): Promise<{ actor: typeof thisComputer; version: number }> => ({
    actor: thisComputer,
    version: (await to.practice.worklist.task(taskId, thisComputer))?.version ?? 1,
  });
  const saving: Saving = {
    to,
    folder,
    async receive(...xml) {
      for (const one of xml)
        deliver(to, one, { from: sender.mailboxId, workflowId, subject: `For O'Neill, Version 1` });
      await to.practice.cycle();
      return (await person(to.practice.worklist).tasks())[0]?.taskId ?? 0;
    },
    async save(taskId, options) {
      const { outcome } = await to.practice.worklist.saveToFolder(taskId, await by(taskId), options);
      assert.equal(outcome, "done");
    },
    async stop(taskId) {
      const { outcome } = await to.practice.worklist.stopSaving(taskId, await by(taskId));
      assert.equal(outcome, "done");
    },
    filing: async (taskId) => (await person(to.practice.worklist).task(taskId))?.filing,
    async until(taskId, state) {
      await waitFor(async () => {
        if ((await saving.filing(taskId))?.state === state) return true;
        to.clock.advance(3_600_000);
        await to.practice.cycle();
        return false;
      });
      return (await saving.filing(taskId))!;
    },
    names: () => readdirSync(folder).filter((name) => !name.startsWith(".")),
  };
  return saving;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("a document is saved with all that there is to know of it, in a folder and files named without patient details", async (t) => {
  const saving = await openSaving(t);
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const { xml, headerId, documentId } = message({
    attachments: [
      { title: "O'Neill <photo>", contentType: "application/pdf", bytes: png },
      { title: "Notes", contentType: "text/plain", bytes: new TextEncoder().encode("Cough.") },
    ],
  });
  const taskId = await saving.receive(xml);
  await saving.save(taskId, { done: true });
  assert.deepEqual(saving.names(), [], "not in the request");
  const filing = await saving.until(taskId, "saved");
  assert.deepEqual(saving.names(), [filing.folder]);
  const at = join(saving.folder, filing.folder);
  assert.deepEqual(readdirSync(at).sort(), [
    "document-01.pdf",
    "document-02.png",
    "document-03.txt",
    "message.xml",
    "metadata.json",
  ]);
  assert.equal(readFileSync(join(at, "document-01.pdf"), "utf8"), "%PDF-1.7 report");
  assert.equal(readFileSync(join(at, "message.xml"), "utf8"), xml);
  const metadata = readFileSync(join(at, "metadata.json"));
  assert.equal(filing.digest, sha256(metadata));
  const said = JSON.parse(metadata.toString()) as Record<string, unknown> & { files: Record<string, unknown>[] };
  assert.deepEqual(
    said.files.map(({ name, role, mediaTypeClaimed, mediaType }) => [name, role, mediaTypeClaimed, mediaType]),
    [
      ["document-01.pdf", "report", "application/pdf", "application/pdf"],
      ["document-02.png", "attachment", "application/pdf", "image/png"],
      ["document-03.txt", "attachment", "text/plain", null],
      ["message.xml", "message", undefined, "application/xml"],
    ],
  );
  for (const { name, bytes, sha256: digest } of said.files) {
    const file = readFileSync(join(at, name as string));
    assert.deepEqual([bytes, digest], [file.byteLength, sha256(file)]);
  }
  const { files: _, findings, ...rest } = said;
  assert.ok(Array.isArray(findings));
  assert.deepEqual(rest, {
    format: "restante-filing",
    formatVersion: 1,
    folder: filing.folder,
    organisation: { odsCode: receiver.odsCode, name: receiver.name },
    saved: {
      at: filing.savedAt?.toISOString(),
      askedAt: filing.askedAt.toISOString(),
      by: { id: "this-computer", name: "this computer" },
    },
    task: {
      id: taskId,
      receivedAt: "2026-03-02T11:00:00.000Z",
      completedAt: filing.askedAt.toISOString(),
      completedFor: "filed",
      recipientType: "FA",
    },
    message: {
      meshMessageId: (await person(saving.to.practice.worklist).task(taskId))?.messageId,
      headerId,
      workflowId,
      subject: "For O'Neill, Version 1",
    },
    document: {
      id: documentId,
      setId: (rest["document"] as { setId: string }).setId,
      version: "1",
      kind: "consultation-summary",
      title: "Consultation report",
      date: "2026-03-02T10:30:00.000+00:00",
      confidential: false,
      replaces: [],
    },
    patient: {
      nhsNumber: patient.nhsNumber,
      family: patient.family,
      given: patient.given,
      birthDate: patient.dateOfBirth,
      match: { outcome: "known" },
    },
    sender: { odsCode: sender.odsCode, name: sender.name, mailbox: sender.mailboxId },
    mustLook: [],
  });
  const task = await person(saving.to.practice.worklist).task(taskId);
  assert.deepEqual(
    [task?.state, task?.work?.reason, task?.acts.map(({ act, about }) => [act, about])],
    [
      "completed",
      "filed",
      [
        ["completed", undefined],
        ["save-asked", filing.folder],
      ],
    ],
  );
  const told = saving.to.events.filter(({ event }) => event === "document-saved");
  assert.deepEqual(
    told.map((event) => Object.assign(event, { bytes: 0 })),
    [{ event: "document-saved", odsCode: receiver.odsCode, taskId, folder: filing.folder, files: 5, bytes: 0 }],
  );
  assert.ok(!JSON.stringify(saving.to.events).includes("Neill"));
  assert.equal(statSync(at).mode & 0o777, 0o777 & ~process.umask());
});
