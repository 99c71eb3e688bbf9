import assert from "node:assert/strict";
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { type ControlFile, writeControlFile } from "@restante/mesh";
import { type DirectoryClientOptions, pairName } from "@restante/mesh-client/directory";
import { settableClock, type SettableClock, startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { outControl, startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const minute = 60_000;
const day = 24 * 60 * minute;

async function start(
  t: TestContext,
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<TestDirectory & { readonly clock: SettableClock }> {
  const server = await startTestServer(t);
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { clock, ...overrides });
  return { ...folder, clock };
}

/** Event, success and code of the only report in IN. */
async function onlyReport(folder: TestDirectory): Promise<ControlFile> {
  const [report, ...others] = await folder.inbox();
  assert.deepEqual(others, []);
  assert.equal(report?.messageType, "Report");
  return report;
}

function statusOf({ status }: ControlFile): string {
  return `${status?.event} ${status?.success === true ? "SUCCESS" : "ERROR"} ${status?.code}`;
}

test("a control file without data waits ten minutes, and then fails with COLLECT ERROR 02", async (t) => {
  const folder = await start(t);
  await folder.drop("A", { localId: "L1" });
  await rm(folder.path("out", "A.dat"));
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(9 * minute);
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(2 * minute);
  assert.equal((await folder.directory.pollOnce()).failed, 1);

  assert.deepEqual(await folder.names("out"), []);
  assert.deepEqual(await folder.names("failed"), ["A.ctl"]);
  const report = await onlyReport(folder);
  assert.equal(statusOf(report), "COLLECT ERROR 02");
  assert.equal(report.localId, "L1");
  assert.equal(folder.events.of("pair-waiting").length, 1, "waiting is told once");
  assert.deepEqual(folder.events.of("pair-failed"), [
    {
      event: "pair-failed",
      mailboxId: sender,
      pair: pairName("A"),
      code: "02",
      reason: "Data file is missing or inaccessible",
    },
  ]);
});

test("data without a control file waits a day, and then fails with COLLECT ERROR 01", async (t) => {
  const folder = await start(t);
  await writeFile(folder.path("out", "A.dat"), "data");
  folder.clock.advance(day - minute);
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(2 * minute);
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await folder.names("out"), []);
  assert.equal((await folder.read("failed", "A.dat")).toString(), "data");
  assert.equal(statusOf(await onlyReport(folder)), "COLLECT ERROR 01");
});

test("how long half a pair waits can be set", async (t) => {
  const folder = await start(t, { missingPairAfterMs: { data: minute, control: 2 * minute } });
  await writeFile(folder.path("out", "A.dat"), "data");
  await writeFile(folder.path("out", "B.ctl"), writeControlFile(outControl(sender)));
  folder.clock.advance(1.5 * minute);
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("out"), ["A.dat"]);
  folder.clock.advance(minute);
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("out"), []);
});

test("a half that comes late makes a pair", async (t) => {
  const folder = await start(t);
  await folder.drop("A");
  await rm(folder.path("out", "A.dat"));
  await folder.directory.pollOnce();
  await writeFile(folder.path("out", "A.dat"), "late");
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal((await folder.read("sent", "A.dat")).toString(), "late");
});

test("a folder or a link in the place of a .dat is not read, and fails as missing data", async (t) => {
  const folder = await start(t);
  await folder.drop("FOLDER");
  await rm(folder.path("out", "FOLDER.dat"));
  await mkdir(folder.path("out", "FOLDER.dat"));
  await writeFile(folder.path("temp", "secret"), "secret");
  await folder.drop("LINK");
  await rm(folder.path("out", "LINK.dat"));
  await symlink(folder.path("temp", "secret"), folder.path("out", "LINK.dat"));
  await folder.directory.pollOnce();
  folder.clock.advance(11 * minute);
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ sent: result.sent, failed: result.failed }, { sent: 0, failed: 2 });
  assert.deepEqual(await folder.names("failed"), ["FOLDER.ctl", "FOLDER.dat", "LINK.ctl", "LINK.dat"]);
  assert.deepEqual((await folder.inbox()).map(statusOf), ["COLLECT ERROR 02", "COLLECT ERROR 02"]);
  assert.equal((await folder.read("temp", "secret")).toString(), "secret");
});

test("a link in the place of a .ctl is not read, and fails as a missing control file", async (t) => {
  const folder = await start(t);
  await folder.drop("A");
  await rename(folder.path("out", "A.ctl"), folder.path("temp", "real.ctl"));
  await symlink(folder.path("temp", "real.ctl"), folder.path("out", "A.ctl"));
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(day + minute);
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
  assert.equal(statusOf(await onlyReport(folder)), "COLLECT ERROR 01");
});

const isRoot = process.getuid?.() === 0;

test(
  "a .dat that may not be read waits, and is sent once it may",
  { skip: isRoot && "root may read all" },
  async (t) => {
    const folder = await start(t);
    await folder.drop("A");
    await chmod(folder.path("out", "A.dat"), 0);
    assert.equal((await folder.directory.pollOnce()).waiting, 1);
    await chmod(folder.path("out", "A.dat"), 0o600);
    assert.equal((await folder.directory.pollOnce()).sent, 1);
  },
);

test("a control file that cannot be read as one fails with TRANSFER ERROR 06, and stays as it is", async (t) => {
  const good = writeControlFile(outControl(sender));
  const cases = {
    EMPTY: "",
    BINARY: "\u0000\u0001\u0002",
    TEXT: "To: Y90002OT001",
    CUT: good.slice(0, -20),
    OTHER: "<DTSControls/>",
    DOCTYPE: `<!DOCTYPE x [<!ENTITY a "b">]>${good}`,
    LONG: good.replace("<Version>", `<!--${"x".repeat(70_000)}--><Version>`),
    "NO-TYPE": good.replace("<MessageType>Data</MessageType>", ""),
    "WRONG-TYPE": good.replace("<MessageType>Data</MessageType>", "<MessageType>Fax</MessageType>"),
  };
  const folder = await start(t);
  for (const [base, text] of Object.entries(cases)) {
    await folder.drop(base);
    await writeFile(folder.path("out", `${base}.ctl`), text);
  }
  await folder.drop("GOOD");
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ sent: result.sent, failed: result.failed }, { sent: 1, failed: 9 });
  for (const [base, text] of Object.entries(cases)) {
    assert.equal((await folder.read("failed", `${base}.ctl`)).toString(), text, base);
    assert.equal((await folder.read("failed", `${base}.dat`)).toString(), `the data of ${base}`);
  }
  assert.deepEqual(new Set((await folder.inbox()).map(statusOf)), new Set(["TRANSFER ERROR 06"]));
  assert.equal((await folder.names("in")).length, 9);
});

test("a control file without To_DTS, From_DTS or WorkflowId fails with TRANSFER ERROR 06", async (t) => {
  const folder = await start(t);
  for (const missing of ["to", "from", "workflowId"]) await folder.drop(missing, { [missing]: undefined });
  assert.equal((await folder.directory.pollOnce()).failed, 3);
  assert.deepEqual(
    (await folder.inbox()).map(statusOf),
    Array.from({ length: 3 }, () => "TRANSFER ERROR 06"),
  );
  assert.equal((await folder.names("failed")).length, 6);
});

test("a report says what is wrong with a control file and never what is in it", async (t) => {
  const folder = await start(t);
  await folder.drop("A", { workflowId: undefined, subject: "S", localId: "L1" });
  await folder.directory.pollOnce();
  const report = await onlyReport(folder);
  assert.equal(report.status?.description, "Transfer failure. Control file: WorkflowId is missing.");
  assert.equal(report.localId, "L1", "it repeats what its owner needs to know it by");
  assert.equal(folder.events.of("pair-failed")[0]?.reason, "Control file: WorkflowId is missing.");
});

test("a pair from another mailbox, or that is a report, fails as the server would refuse it", async (t) => {
  const folder = await start(t);
  await folder.drop("LOWER", { from: sender.toLowerCase() });
  await folder.drop("OTHER", { from: practice });
  await folder.drop("REPORT", { messageType: "Report" });
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ sent: result.sent, failed: result.failed }, { sent: 1, failed: 2 });
  assert.deepEqual((await folder.inbox()).map(statusOf).sort(), ["SEND ERROR 07", "SEND ERROR 11"]);
});

test("what the server refuses is in FAILED, and its answer is in a report", async (t) => {
  const folder = await start(t);
  const unknown = await folder.drop("RECIPIENT", { to: "NOBODY", localId: "L1" });
  await folder.drop("WORKFLOW", { workflowId: "UNHEARD_OF", localId: "L2" });
  await folder.drop("EMPTY", { localId: "L3" }, "");
  await folder.drop("UNROUTED", { to: "GPPROVIDER_9990000018_01011980_Smith", localId: "L4" });
  assert.equal((await folder.directory.pollOnce()).failed, 4);
  assert.deepEqual(await folder.names("out"), []);
  assert.equal((await folder.names("failed")).length, 8);
  // The report cannot always say which pair it is about: the pair says it too.
  const { status, ...asDropped } = await folder.control("failed", "RECIPIENT.ctl");
  assert.equal(writeControlFile(asDropped), unknown);
  assert.equal(`${status?.event} ${status?.code} ${status?.description}`, "SEND 12 Unregistered to address");

  const reports = (await folder.inbox()).map((report) => `${report.localId} ${statusOf(report)}`);
  assert.deepEqual(reports.sort(), ["L1 SEND ERROR 12", "L2 SEND ERROR 17", "L3 COLLECT ERROR 02", "L4 SEND ERROR 12"]);
  assert.ok(!JSON.stringify(folder.events.all).includes("Smith"));
});

test("a pair moved from FAILED to OUT is tried again", async (t) => {
  const folder = await start(t);
  await folder.drop("A", { to: "NOBODY" });
  await folder.directory.pollOnce();
  for (const name of ["A.dat", "A.ctl"]) await rename(folder.path("failed", name), folder.path("out", name));
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
});

test("data beyond one request fails where AllowChunking is not Y, and the others go on", async (t) => {
  const folder = await start(t, { maxRequestBytes: 1000 });
  await folder.drop("FITS", {}, "again and ".repeat(1000));
  await folder.drop("LARGE", { compress: false }, "again and ".repeat(1000));
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ sent: result.sent, failed: result.failed }, { sent: 1, failed: 1 });
  const report = await onlyReport(folder);
  assert.equal(statusOf(report), "TRANSFER ERROR 06");
  assert.match(report.status?.description ?? "", /AllowChunking is not Y/);
});

test("files in OUT that are not halves of a pair are left alone", async (t) => {
  const folder = await start(t);
  await writeFile(folder.path("out", "notes.txt"), "");
  await writeFile(folder.path("out", "A.dat.csv"), "");
  await writeFile(folder.path("out", ".dat"), "");
  folder.clock.advance(2 * day);
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ failed: result.failed, waiting: result.waiting }, { failed: 0, waiting: 0 });
  assert.deepEqual(await folder.names("out"), [".dat", "A.dat.csv", "notes.txt"]);
});

test("a pair written anew while it was being sent is a new pair, and is not taken for the one that was sent", async (t) => {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  let meanwhile: (() => Promise<unknown>) | undefined;
  const folder = await startDirectory(t, server, sender, {
    client: {
      ...real,
      send: async (message, options) => {
        const sent = await real.send(message, options);
        await meanwhile?.();
        return sent;
      },
    },
  });
  await folder.drop("A", {}, "one");
  meanwhile = async () => {
    meanwhile = undefined;
    await rm(folder.path("out", "A.dat"));
    await folder.drop("A", {}, "two!");
  };
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  await using recipient = await testClient(server, practice);
  const bodies = [];
  for await (const messageId of recipient.listAll()) {
    const { body } = await recipient.download(messageId);
    bodies.push(Buffer.concat(await body.toArray()).toString());
  }
  assert.deepEqual(bodies, ["one", "two!"]);
});
