import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { openStopFile } from "../../src/terminal/stop-file.ts";
import { temporaryFolder } from "../support/at-end.ts";

test("a stop file that says 1 stops the process and is gone; what says anything else, or was there before, does not", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "sig", "mexclient.sig");
  using absent = await openStopFile(file, 1);
  await mkdir(join(folder, "sig"));
  await writeFile(file, "1");
  await waitFor(() => absent.signal.aborted);
  assert.ok(!existsSync(file));

  await writeFile(file, "1\r\n");
  using again = await openStopFile(file, 1);
  assert.ok(!existsSync(file), "what stopped the last run does not stop the next");
  for (const other of ["", "0", "11", "1 2"]) await writeFile(file, other);
  await rm(file);
  await mkdir(file);
  await rm(file, { recursive: true });
  assert.equal(again.signal.aborted, false);
  await writeFile(file, " 1 ");
  await waitFor(() => again.signal.aborted);

  await mkdir(file);
  await assert.rejects(openStopFile(file, 1), { code: "folder-unusable" });
});

test("a stop file is not looked at any more once it is disposed of", async (t) => {
  const file = join(await temporaryFolder(t), "stop");
  const stop = await openStopFile(file, 1);
  stop[Symbol.dispose]();
  await writeFile(file, "1");
  using other = await openStopFile(join(file, "..", "other"), 1);
  await writeFile(join(file, "..", "other"), "1");
  await waitFor(() => other.signal.aborted);
  assert.deepEqual([stop.signal.aborted, existsSync(file)], [false, true]);
});
