import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import { migrations } from "../../src/store/schema.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const from = sender.mailboxId;

/** The tasks that are still open after these documents have come, each with its ids by which it names the others. */
async function openAfter(
  t: TestContext,
  ...documents: readonly { id: string; replaces?: string }[]
): Promise<(number | undefined)[]> {
  const to = await openPractice(t, receiver);
  for (const { id, replaces } of documents) {
    const built = message(replaces === undefined ? {} : { version: 2, replaces });
    deliver(to, built.xml.replaceAll(built.documentIdentifier, id), { from, workflowId });
    await to.practice.cycle();
  }
  return (await person(to.practice.worklist).tasks({ show: "open" })).map(({ taskId }) => taskId);
}

const [a, b, c] = ["aaaaaaaa", "bbbbbbbb", "cccccccc"].map((start) => `${start}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
];

test("of versions that all keep the id of the first, and replace it, the last is open", async (t) => {
  const later = { id: a, replaces: a };
  assert.deepEqual(await openAfter(t, { id: a }, later), [2]);
  assert.deepEqual(await openAfter(t, { id: a }, later, later, later), [4]);
});

test("of documents that replace each other, directly or in a circle, the one that came last is open", async (t) => {
  assert.deepEqual(await openAfter(t, { id: a, replaces: b }, { id: b, replaces: a }), [2]);
  assert.deepEqual(await openAfter(t, { id: a, replaces: c }, { id: b, replaces: a }, { id: c, replaces: b }), [3]);
});

test("a first version that comes after all others is replaced, and the last stays open", async (t) => {
  assert.deepEqual(await openAfter(t, { id: b, replaces: a }, { id: c, replaces: b }, { id: a }), [2]);
});

test("documents that an earlier version archived for each other come back with the upgrade: the last of them, no other", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`${migrations.slice(0, 5).join(";")}; PRAGMA user_version = 5`);
    // 1 is replaced by 2, 2 and 3 by each other, as was 9, which replaces them; 5 by 4, which is open; 6, 7 and 8 in a circle, of
    // which 8 was done; 10 came after all and was replaced by 7.
    for (const [taskId, by, doneAt] of [
      [1, 2],
      [2, 3],
      [3, 2],
      [4],
      [5, 4],
      [6, 7],
      [7, 8],
      [8, 6, "2026-03-01"],
      [9, 2],
      [10, 7],
    ] as const) {
      database
        .prepare(
          `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, content)
           VALUES (?, '2026-03-01', 'X', 'Y', 'W', '', 'document', x'')`,
        )
        .run(`m${taskId}`);
      database
        .prepare(
          `INSERT INTO task (task_id, message_id, kind, state, summary, match_outcome, match_due, business_asked, completed_at)
           VALUES (?, ?, 'document', 'open', '{}', 'known', 0, 0, ?)`,
        )
        .run(taskId, `m${taskId}`, doneAt ?? null);
      if (by !== undefined) {
        database.exec("PRAGMA foreign_keys = off");
        database.prepare("UPDATE task SET state = 'replaced', replaced_by = ? WHERE task_id = ?").run(by, taskId);
      }
    }
    database.exec(
      "INSERT INTO document_id VALUES ('a', 2), ('b', 10); INSERT INTO replaces VALUES ('a', 9), ('a', 3), ('b', 7)",
    );
  }
  const { practice } = await openPractice(t, receiver, { dataFolder });
  assert.equal((await practice.worklist.task(3, thisComputer))?.replacedBy, 9);
  const at = person(practice.worklist);
  const shown = async (show: "open" | "completed" | "replaced"): Promise<number[]> =>
    (await at.tasks({ show })).map(({ taskId }) => taskId);
  assert.deepEqual(
    [await shown("open"), await shown("completed"), await shown("replaced")],
    [[9, 4], [8], [10, 7, 6, 5, 3, 2, 1]],
  );
  assert.deepEqual((await practice.worklist.counts()).openTasks, 2);
});
