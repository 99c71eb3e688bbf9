// docs/how-to/your-own-system.md and talk-to-the-server.md, command by command.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readDirectory } from "@restante/demographics";
import { temporaryFolder, waitFor } from "@restante/testbed";
import { freePortBase, runCommand, type RunningCommand } from "../support/processes.ts";
import { codeBlocks } from "./pages.ts";
import { bashOf, openShell, type Shell, withoutShell } from "./shell.ts";

const guide = "docs/how-to/your-own-system.md";

test("a system of one's own sends to the practice and has its answers, by the guide's commands", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const { shell, client, practice } = await startParts(t);
  const [make = "", send = "", receive = "", , sendBack = "", answer = ""] = bashOf(guide);
  await shell(make);
  assert.match(await shell(send), /"message_id"/);
  await practice.printed(/business acknowledgement 30001/);
  await client.printed(/(?:pair \w+ sent as [^]*){2}/);
  const answers = (await shell(receive)).match(/<code value="\d+"/g);
  // Two messages that wait at once come in either order.
  assert.deepEqual(answers?.toSorted(), ['<code value="20013"', '<code value="30001"']);

  const json = codeBlocks(guide).find(({ code }) => code.includes('"consultation-summary"'))?.code ?? "";
  await writeFile(join(shell.folder, "to-you.json"), json);
  await shell(sendBack);
  await client.printed(/(?:pair \w+ sent as [^]*){3}/);
  const answered = await shell(answer);
  assert.match(answered, /Conforms.*\n.*Acceptable/);
  assert.match(answered, /Errors in 0 places, warnings in 0 places/);
  await practice.printed(/infrastructure acknowledgement 20013 received/);
});

test("the parts start from files of one's own as the guide has them printed, and the letter comes through", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const { shell, client, practice, base } = await startParts(t);
  const [make = "", send = "", , print = ""] = bashOf(guide);
  await shell(print.replaceAll("--print-config", `--port-base ${base} --print-config`));
  await client.end("SIGTERM");
  await practice.end("SIGTERM");
  const start = codeBlocks(guide).find(({ code }) => code.startsWith("npx restante client --config"))?.code ?? "";
  const own = start
    .trimEnd()
    .split("\n")
    .map((line) =>
      runCommand(
        line
          .split(" ")
          .slice(2)
          .map((word) => (word.endsWith(".yaml") ? join(shell.folder, word) : word)),
      ),
    );
  t.after(async () => {
    for (const part of own) await part.end("SIGTERM");
  });
  assert.equal(own.length, 2);
  for (const part of own) await part.printed(/^(?:MESH client of|Worklist of) /m);
  await shell(make);
  assert.match(await shell(send), /"message_id"/);
  await own[1]!.printed(/business acknowledgement 30001/);
});

test("an organisation of one's own is read as the guide writes it", async () => {
  const [own = ""] = codeBlocks(guide).flatMap(({ code }) => (code.includes('"mailboxes"') ? [code] : []));
  const { organisations } = readDirectory({ patients: `{"patients":[]}`, organisations: `{"organisations":[${own}]}` });
  assert.deepEqual(
    organisations.map(({ odsCode }) => odsCode),
    ["Z99009"],
  );
});

test("curl talks to the server by the commands of its guide", async (t) => {
  if (withoutShell !== false) return t.skip(withoutShell);
  const { shell } = await startParts(t, ["server"]);
  const [, commands = ""] = bashOf("docs/how-to/talk-to-the-server.md");
  const printed = await shell(commands);
  assert.match(printed, /^200$/m);
  assert.match(printed, /FX999OT001/);
  const [, id] = /"message_id":"([^"]+)"/.exec(printed) ?? [];
  assert.ok(id !== undefined && printed.includes(`{"messages":["${id}"]`), printed);
  assert.match(printed, /"status":"acknowledged"/);
  const list = "mesh Y99001OT001 GET $M/Y99001OT001/inbox";
  const report = await waitFor(async () => /"messages":\["([^"]+)"/.exec(await shell(list))?.[1]);
  assert.match(await shell(`mesh Y99001OT001 GET $M/Y99001OT001/inbox/${report} -D -`), /EPL-151/);
});

interface Parts {
  shell: Shell & { folder: string };
  client: RunningCommand;
  practice: RunningCommand;
  base: number;
}

/** The parts that the guide starts, on ports of the test's own. */
async function startParts(t: TestContext, only?: readonly string[]): Promise<Parts> {
  const folder = await temporaryFolder(t);
  const base = await freePortBase();
  const parts = new Map<string, RunningCommand>();
  t.after(async () => {
    for (const part of parts.values()) await part.end("SIGTERM");
  });
  const [start] = codeBlocks(guide);
  for (const line of start?.code.trimEnd().split("\n") ?? []) {
    const [, , name = "", ...words] = line.split(" ");
    if (only !== undefined && !only.includes(name)) continue;
    const own = words.map((word) => (word === "my-mesh" ? join(folder, word) : word));
    parts.set(name, runCommand([name, ...own, "--port-base", String(base)]));
  }
  // The order does not matter, the guide says.
  const isUp = /^(?:MESH server of|MESH client of|Worklist of) /m;
  await Promise.all(Array.from(parts.values(), (part) => part.printed(isUp)));
  const shell = Object.assign(await openShell(folder, `https://127.0.0.1:${base}`), { folder });
  const part = (name: string): RunningCommand => parts.get(name) ?? parts.get("server")!;
  return { shell, client: part("client"), practice: part("practice"), base };
}
