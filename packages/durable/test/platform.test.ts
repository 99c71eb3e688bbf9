import assert from "node:assert/strict";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  ensurePrivate,
  folded,
  isOpenToOthers,
  linkFile,
  moveFile,
  type Platform,
  posix,
  removeFile,
  renameFile,
  syncFolder,
  windows,
} from "@restante/durable";
import { temporaryFolder, waitFor, busyFile } from "@restante/testbed";

const root = new URL("../../../", import.meta.url);

/** A platform on which a call fails so many times, as while a virus scanner has the file open. */
function failing(on: Platform, call: "rename" | "unlink" | "link", code: string, times: number): Platform {
  let left = times;
  const real = on[call] as (...words: unknown[]) => Promise<void>;
  return {
    ...on,
    // What passes is waited for, however long a busy machine takes to try again.
    patienceMs: times === Infinity ? 200 : 60_000,
    [call]: async (...words: unknown[]) => {
      if (left <= 0) return real(...words);
      left -= 1;
      throw Object.assign(new Error(code), { code });
    },
  };
}

test("no other source of durable or of the MESH client asks on which platform it runs", () => {
  const files = globSync("packages/{durable,mesh-client}/src/**/*.ts", { cwd: fileURLToPath(root) });
  const asking = files.filter((file) => readFileSync(new URL(file, root), "utf8").includes("process.platform"));
  assert.deepEqual(asking, ["packages/durable/src/platform.ts"]);
});

test("on Windows a file that cannot be renamed or removed for a moment is, and one that cannot be at all is left where it is", async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  for (const code of ["EPERM", "EACCES", "EBUSY"]) {
    writeFileSync(from, code);
    writeFileSync(to, "before");
    await moveFile(from, to, failing(windows, "rename", code, 3));
    assert.equal(readFileSync(to, "utf8"), code);
    await removeFile(to, failing(windows, "unlink", code, 3));
    assert.deepEqual(readdirSync(folder), []);
  }
  writeFileSync(from, "content");
  for (const on of [failing(windows, "rename", "EPERM", Infinity), failing(windows, "rename", "EINVAL", 1)]) {
    await assert.rejects(renameFile(from, to, on), /EPERM|EINVAL/);
    await assert.rejects(moveFile(from, to, failing(windows, "rename", "EPERM", Infinity)), { code: "EPERM" });
    assert.deepEqual(readdirSync(folder), ["from"]);
  }
});

test("elsewhere a permission that is denied is told at once, and what another program has open is waited for", async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  writeFileSync(from, "content");
  await assert.rejects(renameFile(from, to, failing(posix, "rename", "EACCES", 1)), { code: "EACCES" });
  await renameFile(from, to, failing(posix, "rename", "ETXTBSY", 3));
  assert.deepEqual(readdirSync(folder), ["to"]);
});

test("a file that the operating system itself will not rename for a while is renamed as soon as it will", async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  writeFileSync(from, "content");
  const end = busyFile(t, from);
  if (end === undefined) return;
  await assert.rejects(renameFile(from, to, { ...posix, patienceMs: 0 }), { code: "EBUSY" });
  const renaming = renameFile(from, to, { ...posix, patienceMs: 60_000 });
  end();
  await renaming;
  await waitFor(() => existsSync(to));
});

test("on Windows no folder is synced, and no mode is asked for", async (t) => {
  const folder = await temporaryFolder(t);
  await syncFolder(join(folder, "missing"), windows);
  await assert.rejects(syncFolder(join(folder, "missing"), posix), { code: "ENOENT" });
  const open = join(folder, "open");
  mkdirSync(open, { mode: 0o755 });
  const file = join(open, "file");
  writeFileSync(file, "", { mode: 0o644 });
  ensurePrivate(file, windows);
  assert.equal(statSync(file).mode % 0o1000, 0o644);
  assert.equal(isOpenToOthers(open, windows), undefined);
  assert.equal(isOpenToOthers(open, posix), true);
});

test("where a file system has no links a file has its second name as a copy", async (t) => {
  const folder = await temporaryFolder(t);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  writeFileSync(from, "content");
  for (const code of ["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"]) {
    assert.equal(await linkFile(from, to, failing(windows, "link", code, 1)), true);
    assert.notEqual(statSync(from).ino, statSync(to).ino);
    await removeFile(to);
  }
  await assert.rejects(linkFile(from, to, failing(windows, "link", "EIO", 1)), { code: "EIO" });
});

test("names that differ in case or Unicode form alone have one form, and others do not", () => {
  for (const [one, other] of [
    ["Letter", "LETTER"],
    ["Ren\u00e9e", "RENE\u0301E"],
    ["stra\u00dfe", "STRASSE"],
    ["\u212b", "\u00e5"],
  ]) {
    assert.equal(folded(one!), folded(other!));
  }
  assert.notEqual(folded("letter"), folded("letters"));
  assert.notEqual(folded("e"), folded("\u00e9"));
});
