import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  asDurableError,
  beginFile,
  DurableError,
  ensurePrivate,
  makeFolder,
  moveFile,
  movingName,
  writeNew,
  writeUnsynced,
  writeWhole,
} from "@restante/durable";
import { temporaryFolder } from "@restante/testbed";
import { otherFileSystem } from "./other-file-system.ts";

const modeOf = (path: string): number => statSync(path).mode % 0o1000;

test("a file is written whole, for its owner alone, in place of what was there", async (t) => {
  const folder = await temporaryFolder(t);
  for (const write of [writeWhole, writeUnsynced]) {
    writeFileSync(join(folder, "settings"), "before");
    chmodSync(join(folder, "settings"), 0o644);
    await write(folder, "settings", "after");
    assert.equal(readFileSync(join(folder, "settings"), "utf8"), "after");
    assert.equal(modeOf(join(folder, "settings")), 0o600);
    assert.deepEqual(readdirSync(folder), ["settings"]);
  }
});

test("a file that cannot be put in its place leaves what was there, and no temporary", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, "settings", "inside"), { recursive: true });
  await assert.rejects(writeWhole(folder, "settings", "after"));
  assert.deepEqual(readdirSync(folder), ["settings"]);
  await assert.rejects(writeNew(join(folder, "settings"), "after"), { code: "EEXIST" });
});

test("a file that is written in pieces is there whole once it is finished, and leaves nothing where it is not", async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, "body"), "before");
  {
    await using given = await beginFile(folder, "body", { temporaryName: ".body" });
    await given.handle.writeFile("half");
    assert.deepEqual(readdirSync(folder), [".body", "body"]);
    await assert.rejects(beginFile(folder, "body", { temporaryName: ".body" }), { code: "EEXIST" });
  }
  assert.deepEqual(readdirSync(folder), ["body"]);
  assert.equal(readFileSync(join(folder, "body"), "utf8"), "before");
  {
    await using whole = await beginFile(folder, "body");
    for (const piece of ["one ", "two"]) await whole.handle.writeFile(piece);
    await whole.finish();
  }
  assert.deepEqual(readdirSync(folder), ["body"]);
  assert.equal(readFileSync(join(folder, "body"), "utf8"), "one two");
  assert.equal(modeOf(join(folder, "body")), 0o600);
});

test("a folder is made for its owner alone, with its parents; one that is there keeps its mode", async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal(await makeFolder(join(folder, "a", "b")), true);
  assert.equal(modeOf(join(folder, "a")), 0o700);
  mkdirSync(join(folder, "c"), { mode: 0o755 });
  assert.equal(await makeFolder(join(folder, "c")), false);
  assert.equal(modeOf(join(folder, "c")), 0o755);
});

test("a file moves to another file system whole, in place of what was there, and leaves nothing behind", async (t) => {
  const here = await temporaryFolder(t);
  const there = otherFileSystem(t, here);
  if (there === undefined) return;
  const content = Buffer.alloc(3_000_000, 7);
  writeFileSync(join(here, "a.dat"), content);
  writeFileSync(join(there, "a.dat"), "older");
  // What a kill in the middle of an earlier try left.
  const left = movingName(join(here, "a.dat"), join(there, "a.dat"));
  writeFileSync(join(there, left), "half");

  await moveFile(join(here, "a.dat"), join(there, "a.dat"));
  assert.deepEqual(readFileSync(join(there, "a.dat")), content);
  assert.deepEqual(readdirSync(there), ["a.dat"]);
  assert.deepEqual(readdirSync(here), []);
  assert.doesNotMatch(left, /a\.dat/, "its name says nothing of the file's");
});

test("a move that fails leaves the file where it was, and no half of it elsewhere", async (t) => {
  const here = await temporaryFolder(t);
  const there = otherFileSystem(t, here);
  if (there === undefined) return;
  writeFileSync(join(here, "a.dat"), "content");
  mkdirSync(join(there, "a.dat", "inside"), { recursive: true });
  await assert.rejects(moveFile(join(here, "a.dat"), join(there, "a.dat")));
  assert.equal(readFileSync(join(here, "a.dat"), "utf8"), "content");
  assert.deepEqual(readdirSync(there), ["a.dat"]);
  await assert.rejects(moveFile(join(here, "missing"), join(there, "b")), { code: "ENOENT" });
});

test("a file of secrets that others could open is refused; where nobody could pass its folder its mode is put right", async (t) => {
  const folder = await temporaryFolder(t);
  const open = join(folder, "open");
  const closed = join(folder, "closed");
  mkdirSync(open, { mode: 0o755 });
  mkdirSync(closed, { mode: 0o700 });
  for (const place of [open, closed]) writeFileSync(join(place, "secrets"), "", { mode: 0o644 });
  assert.throws(
    () => ensurePrivate(join(open, "secrets")),
    (error: DurableError) =>
      error.code === "not-private" && error.message.includes(`chmod 600 '${join(open, "secrets")}'`),
  );
  ensurePrivate(join(closed, "secrets"));
  assert.equal(modeOf(join(closed, "secrets")), 0o600);
});

test("a failure of the system is told in one line: the path, the reason, the remedy", () => {
  const failure = (code: string): unknown =>
    asDurableError(Object.assign(new Error("x /secret/name"), { code }), "/d/f");
  const told = ["ENOSPC", "EROFS", "EACCES", "ENOTDIR", "EIO"].map((code) => {
    const error = failure(code);
    assert.ok(error instanceof DurableError);
    return `${error.code} ${error.message}`;
  });
  assert.deepEqual(told, [
    "disk-full /d/f: the disk is full: make room, then try again",
    "not-permitted /d/f: the disk cannot be written to: let the user who runs this read and write it",
    "not-permitted /d/f: permission denied: let the user who runs this read and write it",
    "unusable /d/f: a part of its path is no folder",
    "unusable /d/f: the disk cannot be read or written",
  ]);
  const defect = new TypeError("a defect");
  assert.equal(asDurableError(defect, "/d/f"), defect, "a defect stays one");
});
