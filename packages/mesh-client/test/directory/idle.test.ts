import assert from "node:assert/strict";
import fs from "node:fs";
import { writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { test, type TestContext } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

/** Counts what is asked of the file system, by call and by what it names of a folder. */
function countCalls(t: TestContext, root: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of ["readdir", "lstat", "stat", "open", "readFile", "access", "opendir"] as const) {
    const real = fs.promises[call] as (...words: unknown[]) => unknown;
    t.mock.method(fs.promises, call, (...words: unknown[]) => {
      const path = String(words[0]);
      if (path.startsWith(root)) {
        const [folder = ""] = path.slice(root.length + 1).split("/");
        counts.set(`${call} ${folder}`, (counts.get(`${call} ${folder}`) ?? 0) + 1);
      }
      return Reflect.apply(real, fs.promises, words);
    });
  }
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return counts;
}

test("an idle poll reads OUT and no other folder, however many files SENT, FAILED and IN hold", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const folder = await startDirectory(t, server);
  for (let count = 0; count < 1000; count += 1) {
    for (const name of ["sent", "failed", "in"] as const) await writeFile(folder.path(name, `${count}.ctl`), "");
  }
  await folder.directory.pollOnce();
  const counts = countCalls(t, folder.root);
  await folder.directory.pollOnce();
  counts.delete("stat .restante"); // the lease's heartbeat: it goes by the clock, and not by polls
  const stats = { "stat FAILED": 1, "stat IN": 1, "stat OUT": 1, "stat SENT": 1, "stat TEMP": 1 };
  assert.deepEqual(Object.fromEntries(counts), { "readdir OUT": 2, ...stats });

  counts.clear();
  for (let count = 0; count < 3; count += 1) {
    await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") });
    await folder.drop(`A${count}`);
  }
  const { received, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ received, sent }, { received: 3, sent: 3 });
  const read = [...counts.keys()].filter((call) => call.startsWith("readdir"));
  assert.deepEqual(read, ["readdir OUT"], "nor does a poll with something to do");
});
