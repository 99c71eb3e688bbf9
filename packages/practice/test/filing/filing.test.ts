import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { waitFor } from "@restante/testbed";
import { thisComputer } from "../../src/actor.ts";
import type { TaskFiling } from "../../src/filing.ts";
import type { PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import { restsSince } from "../../src/retention/rests.ts";
import { openDatabase } from "../../src/store/database.ts";
import { smallDisk } from "../../../mesh-client/test/directory/disks.ts";
import { patient } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { filingContext } from "../support/filing-context.ts";
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
    async filing(taskId) {
      const { worklist } = to.practice;
      const filing = (await person(worklist).task(taskId))?.filing;
      const items = await person(worklist).tasks();
      const listed = items.find((one) => one.taskId === taskId)?.filing;
      assert.deepEqual([listed?.state, listed?.inDoubt], [filing?.state, filing?.inDoubt], "a list says the same");
      return filing;
    },
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
      consultedAt: "2026-03-02T10:15:00.000+00:00",
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

test("a folder that goes away is told, tried again for as long as it takes, and all is saved once it is there", async (t) => {
  const saving = await openSaving(t);
  const taskId = await saving.receive(message().xml, message().xml);
  renameSync(saving.folder, `${saving.folder} away`);
  for (const one of [taskId, taskId - 1]) await saving.save(one, { done: true });
  for (const one of [taskId, taskId - 1]) await saving.until(one, "failed");
  const { worklist } = saving.to.practice;
  const task = await person(worklist).task(taskId);
  const words = "The record system's folder is not there: make sure that it is, and that its disk is mounted.";
  assert.equal(task?.filing?.failure, words);
  assert.equal(task?.attention, `The document has not been saved for the record system. ${words} It is tried again.`);
  assert.equal((await worklist.counts()).attentionBy.task, 2);
  assert.deepEqual(
    (await worklist.troubles()).map(({ part, code, reason, some }) => [part, code, reason, some]),
    [["filing", "ENOENT", words, undefined]],
  );
  assert.ok(!existsSync(saving.folder), "it is not made anew");
  renameSync(`${saving.folder} away`, saving.folder);
  for (const one of [taskId, taskId - 1]) await saving.until(one, "saved");
  assert.equal(saving.names().length, 2);
  assert.equal((await person(worklist).task(taskId))?.attention, undefined);
  assert.deepEqual(await worklist.troubles(), []);
  const told = saving.to.events.filter((event) => "work" in event && event.work === "filing");
  assert.deepEqual([told.at(0)?.event, told.at(-1)?.event], ["work-held-up", "work-resumed"]);
  assert.ok(
    told.every((event) => !("taskId" in event)),
    "of the folder, and not of each task",
  );
});

test("what was saved is saved again under a new name if a person asks for it, and the record system may have taken the first", async (t) => {
  const saving = await openSaving(t);
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId);
  const first = await saving.until(taskId, "saved");
  rmSync(join(saving.folder, first.folder), { recursive: true });
  await saving.to.practice.cycle();
  assert.equal((await saving.filing(taskId))?.state, "saved", "taken away is what it is for");
  await saving.save(taskId);
  assert.equal((await saving.filing(taskId))?.state, "waiting");
  const second = await saving.until(taskId, "saved");
  assert.notEqual(second.folder, first.folder);
  assert.deepEqual(saving.names(), [second.folder]);
  const task = await person(saving.to.practice.worklist).task(taskId);
  assert.deepEqual(
    task?.filedEarlier?.map(({ folder }) => folder),
    [first.folder],
  );
});

test("a disk that is full is said to be, keeps half of nothing, and takes the document once there is room; unmounted, it is saved beside it never", async (t) => {
  const disk = await smallDisk(t, 1_000_000);
  if (disk === undefined) return;
  const saving = await openSaving(t, { filing: { folder: disk.folder } });
  const bytes = randomBytes(700_000);
  const taskId = await saving.receive(
    message({ attachments: [{ title: "Notes", contentType: "text/plain", bytes }] }).xml,
  );
  await saving.save(taskId);
  const { failure } = await saving.until(taskId, "failed");
  assert.equal(failure, "The disk of the record system's folder is full: room must be made there.");
  const hidden = join(disk.folder, `.restante-${receiver.odsCode}`);
  assert.deepEqual([readdirSync(disk.folder), readdirSync(hidden)], [[`.restante-${receiver.odsCode}`], []]);
  disk.resize(4_000_000);
  await saving.until(taskId, "saved");

  // Unmounted, its folder is still there, and is another one.
  await saving.save(taskId);
  disk.unmount();
  const gone = await saving.until(taskId, "failed");
  assert.match(gone.failure ?? "", /is another than when this system started: mount the right disk there/);
  assert.deepEqual(readdirSync(disk.folder), []);
  disk.mount();
  disk.resize(4_000_000);
  await saving.to.reopen();
  await saving.until(taskId, "saved");
});

test("a disk that nobody can write to is told as that, not as a want of rights, and takes the document once it can be written to", async (t) => {
  const disk = await smallDisk(t, 1_000_000);
  if (disk === undefined) return;
  const saving = await openSaving(t, { filing: { folder: disk.folder } });
  const taskId = await saving.receive(message().xml);
  disk.readOnly();
  await saving.save(taskId);
  const { failure } = await saving.until(taskId, "failed");
  assert.match(failure ?? "", /is mounted so that nothing can be written to it: mount it so that it can be\.$/);
  disk.resize(1_000_000);
  await saving.until(taskId, "saved");
});

test("a name that is taken is left as it is, and another is found", async (t) => {
  const saving = await openSaving(t);
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId);
  const asked = (await saving.filing(taskId))?.folder ?? "";
  writeFileSync(join(saving.folder, asked), "somebody else's");
  const { folder } = await saving.until(taskId, "saved");
  assert.notEqual(folder, asked);
  assert.equal(readFileSync(join(saving.folder, asked), "utf8"), "somebody else's");
  assert.equal(readdirSync(join(saving.folder, folder)).length, 3);
});

test("a link or a file in place of the hidden folder has nothing written or removed behind it, is told, and ends when it is taken away", async (t) => {
  const saving = await openSaving(t);
  const elsewhere = temporaryFolder(t);
  // As a folder that is left half, and as anything else.
  for (const name of ["000009-0123abcd", "a letter"]) mkdirSync(join(elsewhere, name));
  const hidden = join(saving.folder, `.restante-${receiver.odsCode}`);
  const putInPlace = [() => symlinkSync(elsewhere, hidden), () => writeFileSync(hidden, "")];
  for (const [index, put] of putInPlace.entries()) {
    const taskId = await saving.receive(message().xml);
    put();
    await saving.save(taskId);
    const { failure } = await saving.until(taskId, "failed");
    assert.match(failure ?? "", /Something else is where this system has its own folder/);
    await saving.to.reopen();
    await saving.until(taskId, "failed");
    assert.deepEqual(readdirSync(elsewhere).sort(), ["000009-0123abcd", "a letter"]);
    rmSync(hidden);
    await saving.until(taskId, "saved");
    assert.equal(saving.names().length, index + 1);
    rmSync(hidden, { recursive: true });
  }
});

test("of what lies in the hidden folder only what this system called so is swept", async (t) => {
  const saving = await openSaving(t);
  const hidden = join(saving.folder, `.restante-${receiver.odsCode}`);
  mkdirSync(hidden);
  for (const name of ["000009-0123abcd", "practice.sqlite"]) mkdirSync(join(hidden, name));
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId);
  await saving.until(taskId, "saved");
  assert.deepEqual(readdirSync(hidden), ["practice.sqlite"]);
});

test("what fails is ended by the person who stops it, and a stopped one is never saved", async (t) => {
  const saving = await openSaving(t);
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId);
  await saving.stop(taskId);
  assert.equal(await saving.filing(taskId), undefined);
  await saving.save(taskId);
  renameSync(saving.folder, `${saving.folder} away`);
  await saving.until(taskId, "failed");
  assert.ok((await person(saving.to.practice.worklist).task(taskId))?.attention);
  await saving.stop(taskId);
  const stopped = await person(saving.to.practice.worklist).task(taskId);
  assert.deepEqual([stopped?.filing, stopped?.attention], [undefined, undefined]);
  renameSync(`${saving.folder} away`, saving.folder);
  saving.to.clock.advance(3_600_000);
  await saving.to.practice.cycle();
  await waitFor(async () => (await saving.to.practice.worklist.troubles()).length === 0);
  assert.deepEqual(saving.names(), []);
  assert.deepEqual(
    stopped?.acts.map(({ act }) => act),
    ["save-stopped", "save-asked", "save-stopped", "save-asked"],
  );
});

test("where nobody can tell whether the record system has it, it is not saved again before a person has looked", async (t) => {
  const saving = await openSaving(t);
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId);
  // As a kill leaves it between its being written and its name, on a disk that was not mounted again.
  using database = await openDatabase(saving.to.options.dataFolder);
  database.exec("UPDATE filing SET step = 'whole', written_at = asked_at, digest = ''");
  const filing = await saving.until(taskId, "failed");
  assert.equal(filing.inDoubt, true);
  assert.match(
    filing.failure ?? "",
    /Look whether the record system has 000001-[0-9a-f]{8}\. If it has not, stop the saving/,
  );
  // Another one is saved meanwhile: the folder can be used.
  const other = await saving.receive(message().xml);
  await saving.save(other);
  const saved = await saving.until(other, "saved");
  assert.equal((await saving.filing(taskId))?.inDoubt, true);
  await saving.stop(taskId);
  await saving.save(taskId);
  const again = await saving.until(taskId, "saved");
  assert.deepEqual(saving.names().toSorted(), [again.folder, saved.folder].toSorted());
});

test("nothing is saved of what has no accepted document, or was removed, and what waits to be saved is no removable task", async (t) => {
  const saving = await openSaving(t);
  const refused = await saving.receive("<Bundle/>");
  await assert.rejects(saving.save(refused), { code: "nothing-to-save" });
  const taskId = await saving.receive(message().xml);
  await saving.save(taskId, { done: true });
  using database = await openDatabase(saving.to.options.dataFolder);
  const context = {
    ...filingContext(database, saving.to.options.dataFolder),
    businessResponse: { kind: "onMatch" as const },
  };
  database.exec("UPDATE outgoing SET step = 'sent', sent_at = built_at; DELETE FROM review");
  assert.equal(restsSince(context, taskId), undefined);
  const { savedAt } = await saving.until(taskId, "saved");
  assert.equal(restsSince(context, taskId), savedAt?.toISOString());
  database.exec(`INSERT INTO removed (task_id, message_at) VALUES (${taskId}, '2026-03-03T00:00:00.000Z')`);
  await assert.rejects(saving.save(taskId), { code: "nothing-to-save" });
});

test("a folder that nothing should be saved to is refused at the start, and says why", async (t) => {
  const { options, folder: mailbox } = await openPractice(t, receiver);
  const home = join(options.dataFolder, "..");
  const file = join(home, "a file");
  writeFileSync(file, "");
  symlinkSync(options.dataFolder, join(home, "a link"));
  mkdirSync(join(options.dataFolder, "within"));
  for (const [folder, words] of [
    [join(home, "missing"), /is not there\. Make it, or mount the disk that it is on/],
    [file, /is no folder/],
    [join(options.dataFolder, "within"), /is within the data folder/],
    [join(home, "a link"), /is within the data folder/],
    [join(mailbox, "IN"), /is within the folder of a mailbox/],
    [home, /has the data folder in it/],
    ["/proc", /cannot be written to/],
  ] as const) {
    await assert.rejects(createPractice({ ...options, filing: { folder } }), (error: Error & { code: string }) => {
      assert.equal(error.code, "filing-folder-unusable");
      assert.match(error.message, words);
      return true;
    });
  }
});

test("what its sender says of a file makes no path and no name", async (t) => {
  const saving = await openSaving(t);
  const bytes = new TextEncoder().encode("<script>alert(1)</script>");
  const claims = ["constructor", "__proto__", "../../etc/passwd", "text/html"];
  const attachments = claims.map((_, index) => ({ title: "../../x", contentType: `claim/n${index}`, bytes }));
  const xml = claims.reduce(
    (text, claim, index) => text.replace(`claim/n${index}`, claim),
    message({ attachments }).xml,
  );
  const taskId = await saving.receive(xml);
  await saving.save(taskId);
  const { folder } = await saving.until(taskId, "saved");
  assert.deepEqual(readdirSync(join(saving.folder, folder)).toSorted(), [
    "document-01.pdf",
    "document-02.bin",
    "document-03.bin",
    "document-04.bin",
    "document-05.bin",
    "message.xml",
    "metadata.json",
  ]);
});
