// docs/how-to/replace-the-java-client.md, command by command, and the table of docs/java-client.md.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { javaClientPage } from "../../../../scripts/java-client-page.ts";
import { cfgFolder } from "../meshclient-cfg/cfg-folder.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";
import { codeBlocks, readPage } from "./pages.ts";
import { bashOf, openShell, withoutShell } from "./shell.ts";

const guide = "docs/how-to/replace-the-java-client.md";

test("the settings of a Java client are imported, looked at and run by, by the guide's commands", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const folder = await temporaryFolder(t);
  const java = await cfgFolder(t);
  await mkdir(join(java.folder, "sig"));
  await mkdir(join(java.folder, "log"));
  await symlink(java.folder, join(folder, "MESH-APP-HOME"));
  const shell = await openShell(folder);
  const [importing = "", looking = "", stopping = "", ...others] = bashOf(guide);
  assert.deepEqual(others, []);
  const before = readFileSync(java.cfg);
  assert.match(await shell(importing), /^PollPeriod +line 10 +taken: pollIntervalMs/m);
  assert.deepEqual(readFileSync(java.cfg), before);
  assert.match(await shell(looking), /pollIntervalMs: 900000\n/);
  await shell(stopping);

  const starts = codeBlocks(guide).flatMap(({ language, code }) => (language === "" ? [code.trim()] : []));
  assert.equal(starts.length, 1);
  const words = starts[0]!.split(" ").slice(2);
  const client = runCommand(words.map((word) => (word.endsWith(".yaml") ? join(folder, word) : word)));
  atEnd(t, async () => client.end("SIGKILL"));
  await client.printed(/MESH client of X26HC001, server https:/);
  assert.ok(
    !existsSync(join(java.folder, "sig", "mexclient.sig")),
    "what stopped the Java client does not stop this one",
  );
  await shell(stopping);
  assert.equal(await client.ended, 0);
});

test("the page about the Java client has the table by which meshclient.cfg is read (npm run schemas)", () => {
  const page = readPage("docs/java-client.md");
  const plain = (text: string): string => text.replaceAll(/-{3,}/g, "---").replaceAll(/\s+/g, " ").trim();
  assert.equal(plain(page), plain(javaClientPage(page)));
});
