import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { stateOf } from "../../src/directory/files.ts";
import { carryOut, type Step } from "../../src/directory/filing.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { freeName } from "../../src/directory/taken-names.ts";

test("a filing may be carried out again from any point", async (t) => {
  const folders = await openFolders(await temporaryFolder(t));
  await writeFile(join(folders.out, "A.dat"), "data");
  await writeFile(join(folders.out, "A.ctl"), "control");
  await writeFile(join(folders.temp, "x"), "rewritten");
  const fingerprint = (await stateOf(folders.out, { name: "A.dat" }))?.fingerprint;
  const control = (await stateOf(folders.out, { name: "A.ctl" }))?.fingerprint;
  const steps: Step[] = [
    { from: { folder: "out", name: "A.dat" }, to: { folder: "sent", name: "A.dat" }, fingerprint },
    { from: { folder: "temp", name: "x" }, to: { folder: "sent", name: "A.ctl" } },
    { from: { folder: "out", name: "A.ctl" }, fingerprint: control },
  ];
  for (let count = 0; count <= steps.length; count += 1) {
    await carryOut(steps.slice(0, count), { folders });
    await carryOut(steps, { folders });
    assert.deepEqual((await readdir(folders.sent)).sort(), ["A.ctl", "A.dat"]);
    assert.deepEqual(await readdir(folders.out), []);
  }
});

test("a filing leaves a file alone that is not the one it was decided for", async (t) => {
  const folders = await openFolders(await temporaryFolder(t));
  await writeFile(join(folders.out, "A.dat"), "another");
  await carryOut([{ from: { folder: "out", name: "A.dat" }, fingerprint: "7:1" }], { folders });
  assert.deepEqual(await readdir(folders.out), ["A.dat"]);
});

test("a name in use gets the id behind it, and is cut where it would be too long", async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal(await freeName(folder, "A", "1"), "A");
  await writeFile(join(folder, "A.ctl"), "");
  assert.equal(await freeName(folder, "A", "1"), "A_1");
  const long = "é".repeat(125);
  await mkdir(join(folder, `${long}.dat`));
  assert.equal(await freeName(folder, long, "1"), `${"é".repeat(100)}_1`);
});
