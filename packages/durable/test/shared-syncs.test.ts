import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdir } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { sharedSyncs } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";

test("a sync covers all who asked before it began, and who asks while it is under way shares the next", async (t) => {
  const folder = await temporaryFolder(t);
  const real = fs.promises.open;
  const gates: PromiseWithResolvers<void>[] = [];
  t.mock.method(fs.promises, "open", async (...words: Parameters<typeof real>) => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return real(...words);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const sync = sharedSyncs();
  const first = [sync(folder), sync(folder), sync(folder)];
  await turn();
  assert.equal(gates.length, 1);
  const second = [sync(folder), sync(folder)];
  await turn();
  assert.equal(gates.length, 1, "the next begins when this one has ended");
  gates[0]?.resolve();
  await Promise.all(first);
  await turn();
  assert.equal(gates.length, 2);
  gates[1]?.resolve();
  await Promise.all(second);
  const third = sync(folder);
  await turn();
  assert.equal(gates.length, 3, "nobody is answered by a sync that is over");
  gates[2]?.resolve();
  await third;
});

test("a sync that fails, fails for all who shared it, and for nobody after them", async (t) => {
  const folder = join(await temporaryFolder(t), "gone");
  const sync = sharedSyncs();
  const first = await Promise.allSettled([sync(folder), sync(folder)]);
  assert.deepEqual(
    first.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await mkdir(folder);
  await sync(folder);
});
