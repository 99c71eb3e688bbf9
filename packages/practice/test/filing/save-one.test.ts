import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import { filingFolder } from "../../src/filing/folder.ts";
import { saveOne } from "../../src/filing/save-one.ts";
import { stopSaving } from "../../src/queries/filing.ts";
import { openDatabase } from "../../src/store/database.ts";
import { waitingFilings } from "../../src/store/filings.ts";
import { versionOf } from "../../src/store/versions.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { filingContext } from "../support/filing-context.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

test("what a person stops while it is being written is never given its name, and nothing of it is left", async (t) => {
  const root = join(temporaryFolder(t), "records");
  mkdirSync(root);
  const to = await openPractice(t, receiver, { filing: { folder: root } });
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  const { dataFolder } = to.options;
  using database = await openDatabase(dataFolder);
  const context = { ...filingContext(database, dataFolder), filing: { folder: root } };
  const now = (): { actor: typeof thisComputer; version: number } => ({
    actor: thisComputer,
    version: versionOf(database, { kind: "task", id: 1 }),
  });
  await to.practice.worklist.saveToFolder(1, now());
  // What saves by itself has ended.
  await to.practice[Symbol.asyncDispose]();
  const [asked] = waitingFilings(database, 0, 1);
  const folder = filingFolder(root, receiver.odsCode);
  const stopped = {
    ...folder,
    async write(...written: Parameters<typeof folder.write>): Promise<void> {
      await folder.write(...written);
      assert.equal(stopSaving(context, 1, now()).outcome, "done");
    },
  };
  assert.equal(await saveOne(context, stopped, asked!), undefined);
  assert.deepEqual(readdirSync(root), [`.restante-${receiver.odsCode}`]);
  assert.deepEqual(readdirSync(join(root, `.restante-${receiver.odsCode}`)), []);
  assert.equal(database.prepare("SELECT step FROM filing").get()?.["step"], "stopped");
});
