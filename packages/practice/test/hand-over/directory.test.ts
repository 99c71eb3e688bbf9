import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { readControlFile, writeControlFile } from "@restante/mesh";
import type { PracticeContext } from "../../src/context.ts";
import { directoryHandOver } from "../../src/hand-over/directory.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addOutgoing, moveOutgoing, outgoingAt } from "../../src/store/outgoing.ts";
import { testClock } from "../support/clock.ts";
import { consultation } from "../support/consultations.ts";
import { markSent, openPractice, pairsIn, temporaryFolder } from "../support/economy.ts";
import { sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const headerId = "7f0c2b1a-5d3e-4c6f-9a8b-001122334455";
const address = "GPPROVIDER_9912830164_01121988_O'Neill";

async function setUp(t: TestContext) {
  const home = temporaryFolder(t);
  const folder = join(home, "mailbox");
  for (const name of ["OUT", "SENT", "FAILED"]) mkdirSync(join(folder, name), { recursive: true });
  const database = await openDatabase(join(home, "practice"));
  t.after(() => database.close());
  const clock = testClock();
  const context = {
    database,
    organisation: sender,
    clock,
    emit: () => undefined,
    tuning: { batchSize: 10, retryAfterMs: 1000 },
  } as unknown as PracticeContext;
  addOutgoing(
    database,
    {
      headerId,
      kind: "report",
      mailboxId: sender.mailboxId,
      toAddress: address,
      workflowId: "GPFED_CONSULT_REPORT",
      subject: "Consultation report",
      localId: sender.odsCode,
      content: Buffer.from("<Bundle/>"),
    },
    clock.now(),
  );
  const out = (name: string): string => join(folder, "OUT", name);
  const stepOf = (): unknown =>
    database.prepare("SELECT step FROM outgoing WHERE header_id = ?").get(headerId)?.["step"];
  const row = (): Record<string, unknown> => ({
    ...database.prepare("SELECT * FROM outgoing WHERE header_id = ?").get(headerId),
  });
  return {
    context,
    database,
    clock,
    folder,
    out,
    stepOf,
    row,
    handOver: directoryHandOver(context, sender.mailboxId, folder),
  };
}

test("a message becomes one pair in OUT, named without meaning, with the words of the envelope", async (t) => {
  const { handOver, folder, out, stepOf } = await setUp(t);
  await handOver.run();
  assert.deepEqual(readdirSync(join(folder, "OUT")).sort(), [`${headerId}.ctl`, `${headerId}.dat`]);
  assert.equal(readFileSync(out(`${headerId}.dat`), "utf8"), "<Bundle/>");
  const control = readControlFile(readFileSync(out(`${headerId}.ctl`)));
  assert.equal(control.from, sender.mailboxId);
  assert.equal(control.to, address);
  assert.equal(control.workflowId, "GPFED_CONSULT_REPORT");
  assert.equal(control.localId, sender.odsCode);
  assert.equal(stepOf(), "handed-over");
});

test("a pair that the client has taken is not written again", async (t) => {
  const { handOver, folder, out } = await setUp(t);
  await handOver.run();
  rmSync(out(`${headerId}.ctl`));
  rmSync(out(`${headerId}.dat`));
  await handOver.run();
  assert.deepEqual(readdirSync(join(folder, "OUT")), []);
});

test("killed after the control file got its name, before that was stored: no second pair, though SENT is empty", async (t) => {
  const { handOver, folder, stepOf, database, clock } = await setUp(t);
  moveOutgoing(database, headerId, "due", "staged", { at: clock.now() });
  await handOver.run();
  assert.deepEqual(readdirSync(join(folder, "OUT")), []);
  assert.equal(stepOf(), "handed-over");
});

for (const [when, dataName] of [
  ["before either file got its name", `${headerId}.dat.tmp`],
  ["between the names of the data file and of the control file", `${headerId}.dat`],
] as const) {
  test(`killed ${when}: the pair is completed`, async (t) => {
    const { handOver, folder, out, stepOf, database, clock } = await setUp(t);
    writeFileSync(out(dataName), "<Bundle/>");
    writeFileSync(out(`${headerId}.ctl.tmp`), "control");
    moveOutgoing(database, headerId, "due", "staged", { at: clock.now() });
    await handOver.run();
    assert.deepEqual(readdirSync(join(folder, "OUT")).sort(), [`${headerId}.ctl`, `${headerId}.dat`]);
    assert.equal(stepOf(), "handed-over");
  });
}

test("a data file that was taken away as an orphan is written again before its control file is there", async (t) => {
  const { handOver, folder, out, database, clock } = await setUp(t);
  writeFileSync(out(`${headerId}.ctl.tmp`), "control");
  moveOutgoing(database, headerId, "due", "staged", { at: clock.now() });
  await handOver.run();
  assert.deepEqual(readdirSync(join(folder, "OUT")).sort(), [`${headerId}.ctl`, `${headerId}.dat`]);
});

test("killed while staging: half-written files are written over", async (t) => {
  const { handOver, out } = await setUp(t);
  writeFileSync(out(`${headerId}.dat.tmp`), "<Bun");
  await handOver.run();
  assert.equal(readFileSync(out(`${headerId}.dat`), "utf8"), "<Bundle/>");
});

test("SENT brings the message id", async (t) => {
  const { handOver, folder, out, row } = await setUp(t);
  await handOver.run();
  const control = readControlFile(readFileSync(out(`${headerId}.ctl`)));
  const messageId = "20260302110000123456_ABCDEF";
  writeFileSync(join(folder, "SENT", `${headerId}.ctl`), writeControlFile({ ...control, messageId }));
  await handOver.run();
  assert.equal(row()["step"], "sent");
  assert.equal(row()["message_id"], messageId);
});

test("FAILED brings the reason", async (t) => {
  const { handOver, folder, out, row } = await setUp(t);
  await handOver.run();
  const control = readControlFile(readFileSync(out(`${headerId}.ctl`)));
  const status = {
    at: "20260302110000",
    event: "SEND",
    success: false,
    code: "12",
    description: "Unregistered to address",
  };
  writeFileSync(join(folder, "FAILED", `${headerId}.ctl`), writeControlFile({ ...control, status }));
  await handOver.run();
  assert.equal(row()["step"], "failed");
  assert.equal(row()["problem_code"], "12");
  assert.equal(row()["problem"], "Unregistered to address");
});

test("a control file in SENT that is still being written is read again later", async (t) => {
  const { handOver, folder, stepOf } = await setUp(t);
  await handOver.run();
  writeFileSync(join(folder, "SENT", `${headerId}.ctl`), "<DTSControl><Vers");
  await handOver.run();
  assert.equal(stepOf(), "handed-over");
});

test("OUT that cannot be written to is tried again after a while, and the reason is stored", async (t) => {
  const { handOver, folder, clock, database, row } = await setUp(t);
  // A folder in the way of the staged file.
  mkdirSync(join(folder, "OUT", `${headerId}.dat.tmp`));
  await handOver.run();
  assert.equal(row()["step"], "due");
  assert.notEqual(row()["problem"], null);
  assert.deepEqual(outgoingAt(database, sender.mailboxId, "due", clock.now(), 10), []);
  renameSync(join(folder, "OUT", `${headerId}.dat.tmp`), join(folder, "elsewhere"));
  clock.advance(1000);
  await handOver.run();
  assert.equal(row()["step"], "handed-over");
  assert.equal(row()["problem"], null);
});

test("what is in the place of a control file in SENT holds up no other pair, and is told", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  const later = await from.practice.sendConsultation({ ...consultation(), version: 2 });
  await from.practice.cycle();
  mkdirSync(join(from.folder, "SENT", `${headerId}.ctl`));
  markSent(from, later.headerId, "20260302110000123456_ABCDEF");
  for (let pass = 0; pass < 3; pass += 1) await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(later.headerId))?.state, "sent");
  const told = from.events.filter((event) => event.event === "work-held-up");
  assert.deepEqual(
    told.map((event) => [event.work, event.headerId]),
    [["handing-over", headerId]],
  );
  rmSync(join(from.folder, "SENT", `${headerId}.ctl`), { recursive: true });
  markSent(from, headerId, "20260302110000123457_ABCDEF");
  await from.practice.cycle();
  assert.equal((await person(from.practice.worklist).report(headerId))?.state, "sent");
  assert.equal(from.events.filter(({ event }) => event === "work-resumed").length, 1);
});

test("a pass reads SENT and FAILED once each however many pairs are awaited, and not at all where none is", async (t) => {
  const { handOver, database, clock } = await setUp(t);
  await handOver.run();
  const passes = async (): Promise<number> => {
    const before = reads.length;
    await handOver.run();
    return reads.length - before;
  };
  const reads: string[] = [];
  t.mock.method(fs, "readdir", async (path: string) => {
    reads.push(basename(path));
    return readdirSync(path);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.reset();
    syncBuiltinESMExports();
  });
  for (let count = 0; count < 200; count += 1) {
    const id = `answer-${count}`;
    const message = { headerId: id, kind: "response", mailboxId: sender.mailboxId, toAddress: "X" } as const;
    const rest = { workflowId: "W", subject: "", localId: "", content: Buffer.from("x") };
    addOutgoing(database, { ...message, ...rest }, clock.now());
    moveOutgoing(database, id, "due", "handed-over", { at: clock.now() });
  }
  assert.equal(await passes(), 2);
  assert.deepEqual(reads.toSorted(), ["FAILED", "SENT"]);
  database.exec("UPDATE outgoing SET step = 'sent'");
  assert.equal(await passes(), 0);
});

test("a clock that goes back holds up nothing that waits to be handed over", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  from.clock.advance(-24 * 60 * 60 * 1000);
  await from.practice.cycle();
  assert.deepEqual(
    pairsIn(join(from.folder, "OUT")).map(({ name }) => name),
    [headerId],
  );
});
