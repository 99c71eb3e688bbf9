import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Event, newMessageId, writeControlFile } from "@restante/mesh";
import { deliver, openPractice, pairsIn } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;
const tuning = { importAttempts: 3 };

test("a data file without a control file is not there yet", async (t) => {
  const to = await openPractice(t, receiver, { tuning });
  writeFileSync(join(to.folder, "IN", "half.dat"), message().xml);
  for (let pass = 0; pass < 5; pass += 1) await to.practice.cycle();
  assert.deepEqual(await person(to.practice.worklist).tasks(), []);
  assert.deepEqual(readdirSync(join(to.folder, "IN")), ["half.dat"]);
});

test("a data file whose control file does not come within an hour is kept and set aside for a person", async (t) => {
  const to = await openPractice(t, receiver, { tuning });
  const inbox = join(to.folder, "IN");
  writeFileSync(join(inbox, "half.dat"), message().xml);
  writeFileSync(join(inbox, "late.dat"), message().xml);
  await to.practice.cycle();
  to.clock.advance(59 * 60_000);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  assert.deepEqual(readdirSync(inbox).sort(), ["half.dat", "late.dat"]);
  const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
  writeFileSync(join(inbox, "late.ctl"), control);
  to.clock.advance(60_000);
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  assert.deepEqual((await person(to.practice.worklist).tasks()).map(({ kind }) => kind).sort(), [
    "document",
    "set-aside",
  ]);
  assert.deepEqual(readdirSync(inbox), []);
  assert.deepEqual(readdirSync(join(to.options.dataFolder, "kept")), ["half.dat"]);
});

for (const [what, files, kept] of [
  ["a control file without a data file", { ctl: true }, ["bad.ctl"]],
  ["a control file that is not XML", { ctl: "not XML", dat: "data" }, ["bad.ctl", "bad.dat"]],
] as const) {
  test(`${what} is tried, kept and set aside for a person, and does not hold up the others`, async (t) => {
    const to = await openPractice(t, receiver, { tuning });
    const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
    writeFileSync(join(to.folder, "IN", "bad.ctl"), files.ctl === true ? control : files.ctl);
    if ("dat" in files) writeFileSync(join(to.folder, "IN", "bad.dat"), files.dat);
    deliver(to, message().xml, { from, workflowId });

    await to.practice.cycle();
    assert.deepEqual(
      (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
      ["document"],
    );
    for (let pass = 1; pass < 3; pass += 1) await to.practice.cycle();
    assert.deepEqual(
      (await person(to.practice.worklist).tasks()).map(({ kind, messageId }) => [kind, messageId === "bad"]),
      [
        ["set-aside", true],
        ["document", false],
      ],
    );
    assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
    assert.deepEqual(readdirSync(join(to.options.dataFolder, "kept")).sort(), kept);
    assert.ok(
      await person(to.practice.worklist).original((await person(to.practice.worklist).tasks())[0]?.taskId ?? 0),
    );
  });
}

test("a pair is taken in whatever its name holds, and kept for a person however long it is", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  const inbox = join(to.folder, "IN");
  const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
  writeFileSync(join(inbox, "two\nlines.dat"), message().xml);
  writeFileSync(join(inbox, "two\nlines.ctl"), control);
  const longest = "n".repeat(251);
  writeFileSync(join(inbox, `${longest}.ctl`), "not XML");
  await to.practice.cycle();
  assert.deepEqual((await person(to.practice.worklist).tasks()).map(({ kind }) => kind).sort(), [
    "document",
    "set-aside",
  ]);
  assert.deepEqual(readdirSync(inbox), []);
  assert.deepEqual(readdirSync(join(to.options.dataFolder, "kept")), [`${longest}.ctl`]);
});

test("a control file longer than any is not read, but kept for a person", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  writeFileSync(join(to.folder, "IN", "long.ctl"), "");
  truncateSync(join(to.folder, "IN", "long.ctl"), 3_000_000);
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
    ["set-aside"],
  );
  assert.deepEqual(readdirSync(join(to.options.dataFolder, "kept")), ["long.ctl"]);
});

test(
  "what is no file is not waited for: it stays in IN and is told, and does not hold up the others",
  { skip: process.platform === "win32" },
  async (t) => {
    const events: Event[] = [];
    const to = await openPractice(t, receiver, { tuning: { importAttempts: 2 }, emit: (event) => events.push(event) });
    const inbox = join(to.folder, "IN");
    const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
    execFileSync("mkfifo", [join(inbox, "pipe.ctl"), join(inbox, "data-pipe.dat")]);
    writeFileSync(join(inbox, "data-pipe.ctl"), control);
    mkdirSync(join(inbox, "folder.ctl"));
    deliver(to, message().xml, { from, workflowId });
    for (let pass = 0; pass < 5; pass += 1) await to.practice.cycle();
    assert.deepEqual(
      (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
      ["document"],
    );
    assert.deepEqual(readdirSync(inbox).sort(), ["data-pipe.ctl", "data-pipe.dat", "folder.ctl", "pipe.ctl"]);
    const told = events.filter((event) => event.event === "work-held-up");
    assert.deepEqual(
      told.map(({ code, reason }) => [code, reason]),
      Array.from({ length: 3 }, () => ["pair-unreadable", "A part of the pair is not a file."]),
    );
  },
);

test("a message longer than is read is kept as a file and set aside at once", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { maxMessageBytes: 1000 } });
  const messageId = deliver(to, "x".repeat(1001), { from, workflowId });
  await to.practice.cycle();
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.kind, "set-aside");
  assert.equal((await person(to.practice.worklist).original(task.taskId))?.bytes.byteLength, 1001);
  assert.deepEqual(readdirSync(join(to.options.dataFolder, "kept")).sort(), [`${messageId}.ctl`, `${messageId}.dat`]);
});

test("a damaged attachment stands marked on its task, and a damaged report is refused and kept for a person", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message({
    attachments: [{ title: "Tracing", contentType: "text/plain", bytes: Buffer.from("abc") }],
  });
  const [report, tracing] = Array.from(xml.matchAll(/<content value="([^"]+)"/g), ([, content]) => content ?? "");
  assert.ok(report !== undefined && tracing !== undefined);
  deliver(to, xml.replace(`"${tracing}"`, `"${tracing}x"`), { from, workflowId });
  await to.practice.cycle();
  deliver(to, message().xml.replace(`"${report}"`, `"${report}x"`), { from, workflowId });
  await to.practice.cycle();
  const tasks = await person(to.practice.worklist).openTasks();
  assert.deepEqual(
    tasks.map((task) => [task?.kind, task?.attachments.map(({ damaged }) => damaged), task?.responses[0]?.code]),
    [
      ["refused", [true], "20009"],
      ["document", [undefined, true], "20013"],
    ],
  );
  assert.match(tasks[0]?.reason ?? "", /cannot be opened/);
});

test("a document whose base64 lacks its padding or is an address is repaired, its task says so, and the message is kept as it came", async (t) => {
  const to = await openPractice(t, receiver);
  const pdf = Buffer.from(`%PDF-1.7\n${"a report ".repeat(20)}\n%%EOF\n`);
  const base64 = pdf.toString("base64");
  for (const content of [base64.replace(/=+$/, ""), `data:application/pdf;base64,${base64}`]) {
    const { xml } = message({ report: { contentType: "application/pdf", bytes: pdf } });
    const sent = xml.replace(`"${base64}"`, `"${content}"`);
    assert.notEqual(sent, xml);
    deliver(to, sent, { from, workflowId });
    await to.practice.cycle();
    const { worklist } = to.practice;
    const [task] = await person(worklist).openTasks();
    assert.ok(task);
    assert.deepEqual([task.kind, task.responses[0]?.code], ["document", "20013"]);
    const [report] = task.attachments;
    assert.deepEqual([report?.repaired, report?.damaged, report?.fileType], [true, undefined, "application/pdf"]);
    const said = task.findings.filter(({ text }) => /it was repaired/.test(text));
    assert.deepEqual(
      said.map(({ id }) => id),
      ["GPCM-SD-031"],
    );
    assert.deepEqual(Buffer.from((await person(worklist).attachment(task.taskId, 0))?.bytes ?? []), pdf);
    assert.equal(Buffer.from((await person(worklist).original(task.taskId))?.bytes ?? []).toString(), sent);
  }
});

test("killed between the commit and the removal of the pair: a repeat, whatever is left of the pair", async (t) => {
  const to = await openPractice(t, receiver);
  const messageId = deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  deliver(to, message().xml, { from, workflowId, messageId });
  rmSync(join(to.folder, "IN", `${messageId}.dat`));
  await to.practice.cycle();
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
});

test("pairs dropped by hand under one name are told apart by their content", async (t) => {
  const to = await openPractice(t, receiver);
  const drop = (data: string): void => {
    const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
    writeFileSync(join(to.folder, "IN", "again.dat"), data);
    writeFileSync(join(to.folder, "IN", "again.ctl"), control);
  };
  const { xml } = message();
  drop(xml);
  await to.practice.cycle();
  drop(xml);
  await to.practice.cycle();
  drop(message().xml);
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 2);
});

test("one pass takes no more than its batch", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { batchSize: 2 } });
  for (let count = 0; count < 5; count += 1) deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 2);
  assert.equal(pairsIn(join(to.folder, "IN")).length, 3);
});

test("a message of no mailbox id that could be answered is still taken in", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: "not a mailbox!", workflowId, messageId: newMessageId(to.clock.now()) });
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  assert.deepEqual(pairsIn(join(to.folder, "OUT")), []);
});

test("a message that cannot even be set aside does not hold up the others, and is tried again", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  writeFileSync(join(to.folder, "IN", "bad.ctl"), "not XML");
  // A file where the folder of kept messages should be.
  writeFileSync(join(to.options.dataFolder, "kept"), "");
  deliver(to, message().xml, { from, workflowId, messageId: "z-later" });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
    ["document"],
  );
  assert.deepEqual(readdirSync(join(to.folder, "IN")), ["bad.ctl"]);
  rmSync(join(to.options.dataFolder, "kept"));
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 2);
});

test("no event repeats the name of a pair that was dropped by hand, which may name a patient", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  const control = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", from, workflowId });
  writeFileSync(join(to.folder, "IN", "Siobhan-ONeill.dat"), message().xml);
  writeFileSync(join(to.folder, "IN", "Siobhan-ONeill.ctl"), control);
  writeFileSync(join(to.folder, "IN", "Siobhan-ONeill-2.ctl"), "not XML");
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 2);
  assert.doesNotMatch(JSON.stringify(to.events), /Siobhan|ONeill/);
});

test("two unreadable pairs of one name are both kept and set aside; the same one again is a repeat", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  const drop = async (text: string): Promise<void> => {
    writeFileSync(join(to.folder, "IN", "bad.ctl"), text);
    await to.practice.cycle();
  };
  await drop("not XML");
  await drop("not XML either");
  await drop("not XML either");
  // As after a kill between the commit and the removal of the pair.
  await drop("not XML");
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
  const originals = await Promise.all(
    (await person(to.practice.worklist).tasks()).map(async ({ taskId }) =>
      Buffer.from((await person(to.practice.worklist).original(taskId))?.bytes ?? []).toString(),
    ),
  );
  assert.deepEqual(originals, ["not XML either", "not XML"]);
});

test("a file that is named .ctl is no pair, and takes no other file with it", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  const files = [".ctl", "arriving.dat.tmp", "notes.txt"];
  for (const name of files) writeFileSync(join(to.folder, "IN", name), "not XML");
  for (let pass = 0; pass < 2; pass += 1) await to.practice.cycle();
  assert.deepEqual(readdirSync(join(to.folder, "IN")).sort(), files);
});
