import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { deliver, openPractice } from "./support/economy.ts";
import { message, workflowId } from "./support/messages.ts";
import { receiver, sender } from "./support/organisations.ts";
import { person } from "./support/person.ts";

/** The folders that are read from now on. */
function watchFolders(t: TestContext): string[] {
  const read: string[] = [];
  t.mock.method(fs, "readdir", async (path: string) => {
    read.push(basename(path));
    return readdirSync(path);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.reset();
    syncBuiltinESMExports();
  });
  return read;
}

test("a pass reads IN once, however many pairs it takes in", async (t) => {
  const to = await openPractice(t, receiver, { businessResponse: { kind: "onDecision" } });
  for (let count = 0; count < 20; count += 1) deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  const read = watchFolders(t);
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).tasks()).length, 20);
  assert.equal(read.filter((folder) => folder === "IN").length, 1);
});

/** What has happened is looked at by the pass after it: a pass is idle when nothing is left to be looked at. */
const lookedAt = "DELETE FROM review;";

test("an idle pass costs the same with 10,000 answers sent as with none", async (t) => {
  const to = await openPractice(t, receiver);
  const read = watchFolders(t);
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  const costOfPass = async (): Promise<[string[], number]> => {
    read.length = 0;
    prepare.mock.resetCalls();
    await to.practice.cycle();
    return [[...read], prepare.mock.callCount()];
  };
  // The first notes besides who is told elsewhere.
  await to.practice.cycle();
  const before = await costOfPass();
  assert.deepEqual(before[0], ["IN"]);
  {
    using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"));
    database.exec(`WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 10000)
      INSERT INTO outgoing (header_id, kind, mailbox_id, workflow_id, subject, local_id, step, due_at, built_at)
      SELECT 'answer ' || n, 'response', '${receiver.mailboxId}', 'W', '', '', 'sent', '2026', '2026' FROM counted;
      ${lookedAt}`);
  }
  assert.deepEqual(await costOfPass(), before);
  {
    using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"));
    database.exec(`UPDATE outgoing SET step = 'handed-over'; ${lookedAt}`);
  }
  // Their control files may have been tidied away: they are looked for, all of them at once.
  const [folders, statements] = await costOfPass();
  assert.deepEqual(folders, ["IN", "SENT", "FAILED"]);
  assert.equal(statements, before[1]);
});

test("a clock 40 days ahead for one pass loses nothing, sends nothing twice, and leaves nothing waiting", async (t) => {
  const days = 40 * 24 * 60 * 60 * 1000;
  const to = await openPractice(t, receiver);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  to.clock.advance(days);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  to.clock.advance(-days);
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  const answers = (await person(to.practice.worklist).openTasks()).map(({ responses }) => responses);
  assert.deepEqual(
    answers.map((responses) => responses?.map(({ code, state }) => [code, state])),
    Array.from({ length: 3 }, () => [
      ["20013", "handed-over"],
      ["30001", "handed-over"],
    ]),
  );
  const pairs = readdirSync(join(to.folder, "OUT")).filter((name) => name.endsWith(".ctl"));
  assert.equal(pairs.length, 6);
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
});
