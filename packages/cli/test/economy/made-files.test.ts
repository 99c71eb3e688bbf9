import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readSettings, type Schema } from "@restante/settings";
import { madeFile } from "../../src/economy/made-file.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { freePortBase, runCommand } from "../support/processes.ts";

/** A start of the whole economy, up to where it says that it runs, and its end. Resolves to all it printed. */
async function startOnce(t: TestContext, words: readonly string[]): Promise<string> {
  const running = runCommand(["up", "--no-samples", ...words]);
  atEnd(t, async () => running.end("SIGKILL"));
  await running.printed(/Running\./);
  assert.equal(await running.end("SIGINT"), 0);
  return running.output();
}

test("settings in a data folder that a person changed are kept beside those that are made anew, and told, each change once", async (t) => {
  const data = await temporaryFolder(t);
  const words = ["--data", data, "--port-base", String(await freePortBase())];
  assert.doesNotMatch(await startOnce(t, words), /was changed/);
  const file = join(data, "config", "server.yaml");
  const made = await readFile(file, "utf8");

  for (const name of ["server.yaml.changed", "server.yaml.changed-2"]) {
    const changed = made.replace("host:", `# for ${name}\nhost:`);
    await writeFile(file, changed);
    const told = await startOnce(t, words);
    assert.match(told, new RegExp(`server\\.yaml was changed and has been made anew.*kept as .*${name}\n`));
    assert.equal(await readFile(file, "utf8"), made);
    assert.equal(await readFile(join(data, "config", name), "utf8"), changed);
  }
  // Another port is no change of a person's.
  const moved = await startOnce(t, ["--data", data, "--port-base", String(await freePortBase())]);
  assert.doesNotMatch(moved, /was changed/);
  assert.notEqual(await readFile(file, "utf8"), made);
});

test("a server of many thousand mailboxes has its settings in a file that it can read", () => {
  const password = { file: `/${"data/".repeat(10)}secrets.json`, pointer: "/passwords/A10000OT001" };
  const mailboxes = Array.from({ length: 8000 }, (_, index) => ({ mailboxId: `A${10_000 + index}OT001`, password }));
  for (const [count, expected] of [
    [10, "server.yaml"],
    [8000, "server.json"],
  ] as const) {
    const value = { mailboxes: mailboxes.slice(0, count) };
    const { name, text } = madeFile("server", value, ["Made."]);
    assert.equal(name, expected);
    const any: Schema<typeof value> = { json: {}, formats: [], rules: [] };
    assert.deepEqual(readSettings({ name, text }, any).value, value);
  }
});

test("the settings of an organisation that is gone do not stay where somebody would start from them", async (t) => {
  const data = await temporaryFolder(t);
  const organisations = join(await temporaryFolder(t), "organisations.json");
  await writeFile(organisations, await readFile(exampleFile("organisations.json")));
  const words = ["--data", data, "--port-base", String(await freePortBase()), "--organisations", organisations];
  await startOnce(t, words);
  const config = join(data, "config");
  const before = readdirSync(config);
  assert.ok(before.includes("practice-FX999.yaml"), before.join());

  const list = JSON.parse(await readFile(organisations, "utf8")) as { organisations: { odsCode: string }[] };
  const left = list.organisations.filter(({ odsCode }) => odsCode !== "FX999");
  await writeFile(organisations, JSON.stringify({ ...list, organisations: left }));
  const told = await startOnce(t, words);
  assert.match(told, /practice-FX999\.yaml is of an organisation that is no longer here, and is not used/);
  assert.ok(!existsSync(join(config, "practice-FX999.yaml")));
  assert.ok(existsSync(join(config, "practice-FX999.yaml.gone")));
  assert.doesNotMatch(await startOnce(t, words), /no longer here/);
});
