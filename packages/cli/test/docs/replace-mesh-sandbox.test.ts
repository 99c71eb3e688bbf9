// docs/how-to/replace-mesh-sandbox.md, command by command.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { atEnd } from "../support/at-end.ts";
import { freePortBase, runCommand } from "../support/processes.ts";
import { codeBlocks } from "./pages.ts";
import { bashOf, openShell, withoutShell } from "./shell.ts";

const guide = "docs/how-to/replace-mesh-sandbox.md";

test("a script starts the server, waits for it, and resets it, by the guide's commands", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const folder = await temporaryFolder(t);
  const shell = await openShell(folder);
  const port = String(await freePortBase());
  atEnd(t, async () => {
    const file = join(folder, "my-mesh", "server", "server.pid");
    // Its first line is the number of the process.
    if (existsSync(file)) process.kill(Number.parseInt(readFileSync(file, "utf8"), 10), "SIGKILL");
  });
  const blocks = bashOf(guide);
  assert.equal(blocks.length, 2);
  const [start = "", admin = ""] = blocks.map((code) => code.replaceAll("8700", port));
  assert.match(await shell(start), /is ready\n\{"mailbox_id":"X26ABC1"/);
  const done = await shell(admin);
  assert.match(done, /\{"message_id":"\w+"\}/);
  assert.match(done, /\{"message":"mailbox X26ABC1 reset"\}\{"message":"all mailboxes reset"\}/);
});

test("each start of the guide about mesh-sandbox is ready", async (t) => {
  const folder = await temporaryFolder(t);
  const mailbox = { mailbox_id: "X26ABC1", mailbox_name: "ONE", ods_code: "X26", password: "password" };
  writeFileSync(join(folder, "mailboxes.jsonl"), JSON.stringify(mailbox));
  writeFileSync(join(folder, "workflows.jsonl"), JSON.stringify({ workflow_id: "A", senders: ["X26ABC1"] }));
  const starts = codeBlocks(guide).flatMap(({ language, code }) =>
    language === "" && code.startsWith("npx restante server --dev") ? [code.trim()] : [],
  );
  const inContainer = /command: npx (restante .*)/.exec(
    codeBlocks(guide).find(({ language }) => language === "yaml")?.code ?? "",
  );
  assert.equal(starts.length, 3);
  for (const start of [...starts, `npx ${inContainer?.[1]}`]) {
    const words = start
      .split(" ")
      .slice(2)
      .map((word) => (word.endsWith(".jsonl") || word === "my-mesh" ? join(folder, word) : word));
    const ports = start.includes("--tls") ? ["--port", "0", "--tls-port", "0"] : ["--port", "0"];
    const command = runCommand([...words, ...ports]);
    atEnd(t, async () => command.end("SIGKILL"));
    await command.printed(/Ready\./);
    assert.equal(await command.end("SIGTERM"), 0);
  }
});
