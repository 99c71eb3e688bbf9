import assert from "node:assert/strict";
import { test } from "node:test";
import { everyEntry } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";
import { version } from "../../src/version.ts";
import { typed } from "../support/typed.ts";

test("the release is told by --version, -V and -v, and the general help says so", async () => {
  for (const word of ["--version", "-V", "-v"]) {
    assert.deepEqual(await typed([word]), { status: 0, printed: `${version()}\n`, complained: "" });
  }
  assert.match((await typed(["--help"])).printed, /^ {2}-v, -V, --version {2}which release this is$/m);
});

test("the general help, which is there for no words too, names the commands in their order", async () => {
  const { printed } = await typed([]);
  const names = Array.from(printed.matchAll(/^ {2}([a-z][\w-]*) {2}/gm), ([, name]) => name);
  assert.deepEqual(names, [
    "up",
    "send",
    "pair",
    "check",
    "respond",
    "nhs-number",
    "server",
    "ready",
    "migrate-store",
    "client",
    "practice",
    "user",
    "token",
    "audit",
    "control",
    "completion",
  ]);
  for (const words of [["--help"], ["-h"], ["help"]]) assert.equal((await typed(words)).printed, printed);
});

test("the help of each command names every argument and option with what it is without, and shows an example", async () => {
  for (const { entry, path } of everyEntry(program.entries)) {
    if (entry.kind === "group") continue;
    const { status, printed } = await typed([...path, "--help"], program, 1000);
    assert.equal(status, 0);
    assert.ok(printed.startsWith(`Usage: restante ${path.join(" ")} `), printed);
    for (const { name, about } of entry.arguments) assert.match(printed, new RegExp(`^  ${name} +\\S`, "m"), about);
    for (const { name, value } of Object.values(entry.options)) {
      const line = printed.split("\n").find((text) => text.startsWith(`  --${name} `));
      assert.ok(line !== undefined, name);
      if (value?.default !== undefined) assert.ok(line.includes(`default ${value.default}`), line);
    }
    assert.match(printed, new RegExp(`^Examples:\n  restante ${path.join(" ")}`, "m"));
    assert.equal((await typed(["help", ...path], program, 1000)).printed, printed);
    assert.equal((await typed([...path, "-h"], program, 1000)).printed, printed);
  }
});

test("help is given whatever else is typed, and on the output stream", async () => {
  const { printed } = await typed(["send", "--help"]);
  for (const words of [
    ["send", "--data", "x", "--help"],
    ["send", "one", "two", "-h"],
    ["send", "--nothing", "--help"],
  ]) {
    assert.deepEqual(await typed(words), { status: 0, printed, complained: "" });
  }
});
