import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, rename, rm, rmdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import { temporaryFolder, waitFor } from "@restante/testbed";

import { BodyDamaged } from "../../src/bodies/bodies.ts";
import { openFileBodies } from "../../src/bodies/files.ts";
import { MeshServerError } from "../../src/errors.ts";
import { hasCode, pieces, read, testBodies } from "./contract.ts";

testBodies(async (t, smallBytes) => {
  const folder = await temporaryFolder(t);
  return {
    bodies: await openFileBodies(folder, smallBytes),
    names: async () => readdir(folder),
    get: async (name) => readFile(join(folder, name)),
    put: async (name, bytes) => writeFile(join(folder, name), bytes),
    remove: async (name) => rm(join(folder, name)),
  };
});

test("the sweep puts what no row names into quarantine, deletes what was never finished and leaves what is not ours", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const named = await bodies.receive(pieces(5), "NAMED-1", { maxBytes: 100 });
  const unnamed = await bodies.receive(pieces(5), "UNNAMED-1", { maxBytes: 100 });
  await writeFile(join(folder, ".HALF-1.00000000"), "half");
  await writeFile(join(folder, "notes.txt"), "a stray file");
  await writeFile(join(folder, ".hidden"), "a stray file");
  await mkdir(join(folder, "lost+found"));
  // A folder that only looks like a body.
  await mkdir(join(folder, "UNNAMED-2.00000000"));
  assert.ok(named.kind === "file" && unnamed.kind === "file");

  const isNamed = (fileName: string): Promise<boolean> => Promise.resolve(fileName === named.fileName);
  const found = await bodies.sweep(isNamed, new Date("2026-03-02T23:59:59Z"));

  assert.deepEqual(found, { named: 1, added: 1, quarantined: 1, strange: 4 });
  assert.deepEqual(
    (await readdir(folder)).toSorted(),
    [".hidden", named.fileName, "UNNAMED-2.00000000", "lost+found", "notes.txt", "quarantine"].toSorted(),
  );
  assert.deepEqual(await readdir(join(bodies.quarantineFolder, "2026-03-02")), [unnamed.fileName]);
  for (const private_ of [bodies.quarantineFolder, join(bodies.quarantineFolder, "2026-03-02")]) {
    assert.equal((await stat(private_)).mode % 0o1000, 0o700);
  }
  const again = await bodies.sweep(isNamed, new Date("2026-03-03T00:00:00Z"));
  assert.deepEqual(again, { named: 1, added: 0, quarantined: 1, strange: 4 });
});

test("quarantine is emptied by the day a body went in, of what is ours alone", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  for (const day of ["2026-03-01", "2026-03-02", "2026-03-03"]) {
    await bodies.receive(pieces(5), "UNNAMED-1", { maxBytes: 100 });
    await bodies.sweep(() => Promise.resolve(false), new Date(day));
  }
  await writeFile(join(bodies.quarantineFolder, "2026-03-01", "kept by a person.txt"), "");

  assert.equal(await bodies.emptyQuarantine(new Date("2026-03-03T12:00:00Z")), 2);

  assert.deepEqual((await readdir(bodies.quarantineFolder)).toSorted(), ["2026-03-01", "2026-03-03"]);
  assert.deepEqual(await readdir(join(bodies.quarantineFolder, "2026-03-01")), ["kept by a person.txt"]);
  assert.equal(await bodies.emptyQuarantine(new Date("2026-03-03T12:00:00Z")), 0);
});

for (const [what, put] of [
  ["folder", mkdir],
  // Nobody ever writes into it: it is not waited for.
  ["pipe", async (path: string) => void execFileSync("mkfifo", [path])],
] as const) {
  test(`a body in whose place a ${what} has come is unreadable`, async (t) => {
    const folder = await temporaryFolder(t);
    const bodies = await openFileBodies(folder, 0);
    const body = await bodies.receive(pieces(100), "A-1", { maxBytes: 100 });
    assert.ok(body.kind === "file");
    await rm(join(folder, body.fileName));
    await put(join(folder, body.fileName));
    await assert.rejects(bodies.open(body), (error) => error instanceof BodyDamaged && error.damage === "unreadable");
  });
}

test("a body that is cut while it is being read is not taken for whole", async (t) => {
  const folder = await temporaryFolder(t);
  const bodies = await openFileBodies(folder, 0);
  const body = await bodies.receive(pieces(200_000, 200_000), "A-1", { maxBytes: 400_000 });
  assert.ok(body.kind === "file");
  const opened = await bodies.open(body);
  await truncate(join(folder, body.fileName), 100_000);
  await assert.rejects(read(opened), (error) => error instanceof BodyDamaged && error.damage === "shorter");
});

test("the file of a body that nobody reads, or not to its end, is closed", async (t) => {
  const descriptors = "/proc/self/fd";
  if (!existsSync(descriptors)) return t.skip("this system has no /proc");
  const bodies = await openFileBodies(await temporaryFolder(t), 0);
  const body = await bodies.receive(pieces(600_000), "A-1", { maxBytes: 600_000 });
  const never = (await bodies.open(body)) as Readable;
  const half = (await bodies.open(body)) as Readable;
  const whole = (await bodies.open(body)) as Readable;
  assert.ok(body.kind === "file" && (await openOf(body.fileName)) === 3);
  await once(half, "readable");
  half.destroy();
  never.destroy();
  await buffer(whole);
  await waitFor(async () => (await openOf(body.fileName)) === 0, { what: "the file to be closed" });

  async function openOf(fileName: string): Promise<number> {
    const numbers = await readdir(descriptors);
    const targets = await Promise.all(numbers.map((number) => readlink(join(descriptors, number)).catch(() => "")));
    return targets.filter((target) => target.endsWith(fileName)).length;
  }
});

test("a file that cannot be deleted fails nobody, and is told", async (t) => {
  const folder = await temporaryFolder(t);
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, {
    onTrouble: (reason) => told.push(reason),
    onWorking: () => told.push("works"),
  });
  const body = await bodies.receive(pieces(5), "A-1", { maxBytes: 100 });
  assert.ok(body.kind === "file");
  await rm(join(folder, body.fileName));
  await mkdir(join(folder, body.fileName));
  await bodies.discard(body);
  await rmdir(join(folder, body.fileName));
  await bodies.discard(body);
  assert.match(told.splice(1, 1)[0] ?? "", /restante-test-\w+: (it is a folder|permission denied)/);
  assert.deepEqual(told, ["works"], "once for the body that was received");
});

test("a folder of bodies that is gone refuses a body as safe to send again, and says which folder and why", async (t) => {
  const folder = join(await temporaryFolder(t), "bodies");
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, { onTrouble: (reason) => told.push(reason) });
  await rmdir(folder);
  await assert.rejects(
    bodies.receive(pieces(5), "A-1", { maxBytes: 100 }),
    (error) => error instanceof MeshServerError && error.code === "bodies-unusable" && error.retry === "safe",
  );
  assert.deepEqual(told, [`${folder}: there is no such file`]);
});

test("a folder that has come into the place of that of the bodies gets none, until the first is back", async (t) => {
  const folder = join(await temporaryFolder(t), "bodies");
  const told: string[] = [];
  const bodies = await openFileBodies(folder, 0, { onTrouble: (reason) => told.push(reason) });
  await rename(folder, `${folder}.away`);
  await mkdir(folder);
  await assert.rejects(bodies.receive(pieces(5), "A-1", { maxBytes: 100 }), hasCode("bodies-unusable"));
  assert.deepEqual(await readdir(folder), []);
  assert.deepEqual(told, [`${folder}: it was replaced while the server ran: put it back, or start the server again`]);
  await rmdir(folder);
  await rename(`${folder}.away`, folder);
  assert.equal((await bodies.receive(pieces(5), "A-1", { maxBytes: 100 })).size, 5);
});
