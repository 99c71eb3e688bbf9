import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Node.js that has no node:sqlite. */
async function importIn(entry: string): Promise<string> {
  const program = `await import(${JSON.stringify(entry)}); console.log("imported")`;
  const flags = ["--no-experimental-sqlite", "--conditions=@restante/source", "--input-type=module"];
  const { stdout } = await run(process.execPath, [...flags, "--eval", program], { cwd: import.meta.dirname });
  return stdout.trim();
}

test("the API alone needs no node:sqlite: that is of the directory client's entry", async () => {
  assert.equal(await importIn("@restante/mesh-client"), "imported");
  await assert.rejects(importIn("@restante/mesh-client/directory"), /node:sqlite/);
});
