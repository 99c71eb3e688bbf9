import assert from "node:assert/strict";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { currentHolder, findHolder, holdSharedFolder } from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";
import { leaseText } from "../src/lease-file.ts";

test("who has a folder is told of a process here, and of another machine while it renews its lease", async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal(await findHolder(folder, "part"), undefined);
  {
    using _held = await holdSharedFolder(folder, "part");
    const { instance } = currentHolder();
    assert.deepEqual(await findHolder(folder, "part"), { words: `process ${process.pid}`, instance, isStopped: false });
  }
  assert.equal(await findHolder(folder, "part"), undefined);

  const file = join(folder, "part.lease");
  const tenant = { pid: 4711, host: "ward-7", boot: "another", started: "1", instance: "another", machine: "another" };
  writeFileSync(file, leaseText(tenant, 1));
  const before = readdirSync(folder).toSorted();
  assert.equal((await findHolder(folder, "part"))?.words, "process 4711 on ward-7");
  const old = new Date(statSync(file).mtimeMs - 6 * 60_000);
  utimesSync(file, old, old);
  assert.equal(await findHolder(folder, "part"), undefined);
  assert.deepEqual(readdirSync(folder).toSorted(), before, "nothing is left of asking");
});
