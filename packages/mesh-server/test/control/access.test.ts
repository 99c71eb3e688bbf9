import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { temporaryFolder } from "@restante/testbed";

import { bearsToken, isHostAllowed, readToken } from "../../src/control/access.ts";

test("a Host is taken if it is loopback or named, with any port and in any case, and no other is", () => {
  for (const host of [
    "localhost",
    "LOCALHOST:8700",
    "localhost.:8700",
    "127.0.0.1",
    "127.8.9.1:1",
    "[::1]:8700",
    "mesh:8700",
    "Mesh",
  ]) {
    assert.equal(isHostAllowed(host, ["mesh"]), true, host);
  }
  for (const host of [
    undefined,
    "",
    "example.com",
    "localhost.example.com",
    "127.0.0.1.example.com",
    "mesh.example.com",
    "192.0.2.1:8700",
    "[::2]",
    "user@localhost",
    "localhost/",
    "127.1",
    "0.0.0.0",
  ]) {
    assert.equal(isHostAllowed(host, ["mesh"]), false, host);
  }
});

test("the token is made for its owner alone, is the same at the next start, and no other text is taken for it", async (t) => {
  const file = join(await temporaryFolder(t), "new", "token");
  const token = await readToken(file);
  assert.equal(await readToken(file), token);
  assert.equal((await readFile(file, "utf8")).trim(), token);
  if (process.platform !== "win32") assert.equal((await stat(file)).mode % 0o1000, 0o600);

  assert.equal(bearsToken(`Bearer ${token}`, token), true);
  for (const other of [undefined, "", token, "Bearer", "Bearer x", `Basic ${token}`, `Bearer ${token}x`]) {
    assert.equal(bearsToken(other, token), false, other);
  }
});

test(
  "a token that others may read is refused",
  { skip: process.platform === "win32" && "this platform has no such modes" },
  async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "token");
    await writeFile(file, "secret");
    await chmod(file, 0o644);
    await chmod(folder, 0o755);
    await assert.rejects(readToken(file), /other users of this machine may open it/);
  },
);

test("a file that holds no word that a header can bear is refused, and not taken for a token that nobody has", async (t) => {
  const file = join(await temporaryFolder(t), "token");
  for (const text of ["two words", "one\ntwo", "tökén", "x".repeat(4097)]) {
    await writeFile(file, text, { mode: 0o600 });
    await assert.rejects(readToken(file), { code: "unusable" }, text.slice(0, 10));
  }
});

test(
  "a token is read where a link leads, and a pipe is not waited for",
  { skip: process.platform === "win32" && "this platform has neither" },
  async (t) => {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o755);
    const [file, link, pipe] = ["token", "link", "pipe"].map((name) => join(folder, name)) as [string, string, string];
    await writeFile(file, "secret\n", { mode: 0o600 });
    await symlink(file, link);
    assert.equal(await readToken(link), "secret");
    await chmod(file, 0o644);
    await assert.rejects(readToken(link), { code: "not-private" });

    execFileSync("mkfifo", ["-m", "600", pipe]);
    await assert.rejects(readToken(pipe), { code: "unusable" });
  },
);
