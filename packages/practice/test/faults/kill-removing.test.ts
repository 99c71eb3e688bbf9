import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { deliver, openPractice, type DirectoryPractice } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const DAY = 24 * 3_600_000;
const amount = 60;
const rounds = 4;

test("killed at random while it removes: each task is there whole or is gone whole, and all go in the end", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { batchSize: amount } });
  for (let count = 0; count < amount; count += 1) {
    deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  }
  await to.practice.cycle();
  const { dataFolder } = to.options;
  const at = person(to.practice.worklist);
  const tasks = await at.tasks();
  assert.equal(tasks.length, amount);
  await to.practice[Symbol.asyncDispose]();
  const database = await openDatabase(dataFolder);
  database.exec("UPDATE task SET state = 'completed', completed_at = '2026-03-03T00:00:00.000Z'");
  database.exec("UPDATE outgoing SET step = 'sent', sent_at = built_at; DELETE FROM review");
  database
    .prepare("INSERT INTO retention_look (one, wall, steady, days) VALUES (1, ?, ?, ?)")
    .run(now.getTime(), 2 * DAY, JSON.stringify({ tasks: 30 }));
  database.close();

  for (let round = 0; round < rounds; round += 1) {
    // A random moment is the very thing wanted here.
    await removeUntil(t, dataFolder, async () => new Promise((resolve) => setTimeout(resolve, Math.random() * 40)));
    await everyTaskIsWholeOrGone(to);
  }
  await removeUntil(t, dataFolder, async (next) => {
    while ((await next()) !== "records-kept");
  });
  assert.equal(await everyTaskIsWholeOrGone(to), amount);
});

const now = new Date("2026-06-01T00:00:00Z");

/** Starts to remove, waits as it is told, and kills with -9. */
async function removeUntil(
  t: TestContext,
  dataFolder: string,
  wait: (next: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const script = fileURLToPath(new URL("../support/removing-process.ts", import.meta.url));
  const child = fork(script, [dataFolder, now.toISOString()], {
    execArgv: ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning"],
  });
  t.after(() => child.kill("SIGKILL"));
  const next = async (): Promise<unknown> => (await once(child, "message"))[0];
  await next();
  await wait(next);
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

/** How many are gone. */
async function everyTaskIsWholeOrGone({ options }: DirectoryPractice): Promise<number> {
  const database = await openDatabase(options.dataFolder);
  try {
    const rows = database
      .prepare(
        `SELECT task.state AS state, content IS NULL AS no_content, received.subject AS subject, summary, task_at,
           (SELECT count(*) FROM document_id WHERE document_id.task_id = task.task_id) AS ids,
           EXISTS (SELECT 1 FROM accepted WHERE accepted.message_id = task.message_id) AS known
         FROM task JOIN received USING (message_id) LEFT JOIN removed USING (task_id)`,
      )
      .all();
    assert.equal(rows.length, amount);
    for (const row of rows) {
      const isGone = row["state"] === "removed";
      assert.equal(row["no_content"] === 1, isGone);
      assert.equal(row["summary"] === "{}", isGone);
      assert.equal(row["task_at"] !== null, isGone);
      assert.equal(row["ids"] === 0, isGone);
      assert.equal(row["known"], 1);
    }
    const { amount: told } = database.prepare("SELECT amount FROM tally WHERE name = 'task removed'").get() ?? {};
    const gone = rows.filter(({ state }) => state === "removed").length;
    assert.equal(told, gone);
    return gone;
  } finally {
    database.close();
  }
}
