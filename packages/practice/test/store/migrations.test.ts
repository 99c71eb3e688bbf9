import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { migrations } from "../../src/store/schema.ts";
import { openPractice, pairsIn, temporaryFolder } from "../support/economy.ts";
import { sender } from "../support/organisations.ts";

test("what waits in a database of the first version is handed over by this one", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    database
      .prepare(
        `INSERT INTO outgoing (header_id, kind, mailbox_id, to_address, workflow_id, subject, local_id, content, step, due_at, built_at)
         VALUES ('one', 'report', ?, 'X', 'W', '', '', ?, 'due', '2020', '2020')`,
      )
      .run(sender.mailboxId, Buffer.from("the message"));
  }
  const { practice, folder } = await openPractice(t, sender, { dataFolder });
  await practice.cycle();
  const handedOver = pairsIn(join(folder, "OUT")).map(({ name, data }) => [name, data.toString()]);
  assert.deepEqual(handedOver, [["one", "the message"]]);
});
