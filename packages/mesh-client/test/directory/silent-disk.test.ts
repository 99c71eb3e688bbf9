import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import { testMailboxes, waitFor } from "@restante/testbed";
import { watchFolders } from "../../src/directory/folder-watch.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { watchWhile } from "../../src/directory/watch-while.ts";
import { mailboxFolder } from "./mailbox-folder.ts";

test("a disk that does not answer is told of each folder that is on it, is asked once, and is used again when it answers", async (t) => {
  const { root } = await mailboxFolder(t, testMailboxes.sender);
  const folders = await openFolders(root);
  const watch = await watchFolders(root, folders, root, 20);
  assert.deepEqual(await watch(), []);

  const answers: (() => void)[] = [];
  const real = fs.promises.stat as (...words: unknown[]) => Promise<unknown>;
  t.mock.method(fs.promises, "stat", async (...words: unknown[]) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return Reflect.apply(real, fs.promises, words);
  });
  syncBuiltinESMExports();
  const restore = (): void => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  };
  t.after(restore);
  const inWords = ["IN", "OUT", "SENT", "FAILED", "TEMP"].map((name) => `${name}: its disk does not answer.`);
  for (let times = 0; times < 3; times += 1) {
    const told = (await watch()).map(({ message }) => message);
    assert.deepEqual(told.toSorted(), inWords.toSorted());
  }
  assert.equal(answers.length, 1, "one question waits, whatever the number of folders and polls");
  restore();
  for (const answer of answers) answer();
  await waitFor(async () => (await watch()).length === 0);
});

test("a disk that ceases to answer within a poll is told of by its folder while the poll waits for it", async (t) => {
  const { root } = await mailboxFolder(t, testMailboxes.sender);
  const folders = await openFolders(root);
  const watch = await watchFolders(root, folders, root, 20);
  const hanging = Promise.withResolvers<string>();
  const real = fs.promises.stat as (...words: unknown[]) => Promise<unknown>;
  t.mock.method(fs.promises, "stat", async (...words: unknown[]) => {
    if (words[0] === folders.sent) await hanging.promise;
    return Reflect.apply(real, fs.promises, words);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const told: string[] = [];
  const poll = watchWhile(
    async () => hanging.promise,
    watch,
    ({ message }) => told.push(message),
    5,
  );
  await waitFor(() => told.includes("SENT: its disk does not answer."));
  // Whoever looks at the same time is told the same, and of the others nothing that is not so.
  for (const troubles of await Promise.all([watch(), watch()])) {
    assert.ok(troubles.some(({ folder }) => folder === "SENT"));
  }
  hanging.resolve("done");
  assert.equal(await poll, "done");
  await waitFor(async () => (await watch()).length === 0);
  const count = told.length;
  assert.deepEqual((await Promise.all([watch(), watch(), watch()])).flat(), []);
  assert.equal(told.length, count, "it is looked at no more");
});
