// docs/how-to/send-your-own-message.md, with its own control file, on a real directory client and server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readDirectory } from "@restante/demographics";
import { readControlFile } from "@restante/mesh";
import { createDirectoryClient, type DirectoryClient } from "@restante/mesh-client/directory";
import { startTestServer, temporaryFolder, testClient, testRequest, type TestServer } from "@restante/testbed";
import { codeBlocks, top } from "./pages.ts";

const page = "docs/how-to/send-your-own-message.md";
const sender = "Y99001OT001";
const recipient = "Y99002OT001";
const control = codeBlocks(page).find(({ language }) => language === "xml")?.code ?? "";
const elements = Array.from(control.matchAll(/^ +<(\w+)>/gm), ([, name = ""]) => name);

test("the control file of the guide is accepted as it stands, and its message arrives", async (t) => {
  const { server, folder, client } = await start(t);
  await drop(folder, control);
  assert.equal((await client.pollOnce()).sent, 1);
  assert.deepEqual(await readdir(join(folder, "OUT")), []);
  assert.ok((await statusOf(folder, "SENT"))?.success);
  await server.events.next("message-placed");
  await using practice = await testClient(server, recipient);
  assert.equal((await practice.list()).messageIds.length, 1);
});

test("it is the least: without any one of its elements the pair fails, and the report names the element", async (t) => {
  assert.equal(elements.length, 5);
  for (const element of elements) {
    const { folder, client } = await start(t);
    await drop(folder, control.replace(new RegExp(`^ *<${element}>.*\n`, "m"), ""));
    assert.equal((await client.pollOnce()).failed, 1, element);
    assert.deepEqual((await readdir(join(folder, "FAILED"))).toSorted(), ["letter.ctl", "letter.dat"]);
    const status = await statusOf(folder, "IN");
    assert.equal(status?.success, false, element);
    assert.ok(status?.description.includes(element), status?.description);
  }
});

test("the files go from the guide's own commands, the .dat first", () => {
  const commands = codeBlocks(page).find(({ code }) => code.startsWith("cp "))?.code ?? "";
  assert.deepEqual(commands.match(/OUT\/\S+/g), ["OUT/letter.dat", "OUT/letter.ctl"]);
});

test("by API the two headers of the guide are the least: without one it is refused as the guide says", async (t) => {
  const server = await startServer(t);
  const command = codeBlocks(page).find(({ language }) => language === "bash")?.code ?? "";
  const headers = Object.fromEntries(Array.from(command.matchAll(/-H "([^:]+): ([^"]+)"/g), ([, n, v]) => [n, v]));
  assert.deepEqual(Object.keys(headers), ["mex-to", "mex-workflowid"]);
  const send = async (less: string, body = "a letter"): Promise<number> => {
    const { [less]: _, ...rest } = headers;
    const path = `/messageexchange/${sender}/outbox`;
    return (await testRequest(server, sender, { method: "POST", path, headers: rest, body })).status;
  };
  assert.equal(await send("none of them"), 202);
  assert.equal(await send("mex-to"), 400);
  assert.equal(await send("mex-workflowid"), 400);
  assert.notEqual(await send("none of them", ""), 202);
});

async function start(t: TestContext): Promise<{ server: TestServer; folder: string; client: DirectoryClient }> {
  const server = await startServer(t);
  const folder = join(await temporaryFolder(t), sender);
  const mesh = await testClient(server, sender);
  const client = await createDirectoryClient({ client: mesh, folder, settleMs: 0 });
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    await mesh[Symbol.asyncDispose]();
  });
  return { server, folder, client };
}

/** With the patients and organisations that the guide is about. */
async function startServer(t: TestContext): Promise<TestServer> {
  const read = (name: string): string => readFileSync(`${top}examples/${name}`, "utf8");
  const directory = readDirectory({ patients: read("patients.json"), organisations: read("organisations.json") });
  return startTestServer(t, { directory });
}

async function drop(folder: string, ctl: string): Promise<void> {
  const made = join(folder, "..", "made");
  await mkdir(made, { recursive: true });
  await writeFile(join(made, "letter.xml"), "a letter");
  await writeFile(join(made, "letter.ctl"), ctl);
  await copyFile(join(made, "letter.xml"), join(folder, "OUT", "letter.dat"));
  await copyFile(join(made, "letter.ctl"), join(folder, "OUT", "letter.ctl"));
}

async function statusOf(folder: string, where: string): Promise<ReturnType<typeof readControlFile>["status"]> {
  const name = (await readdir(join(folder, where))).find((file) => file.endsWith(".ctl"));
  return readControlFile(await readFile(join(folder, where, name ?? "none"))).status;
}
