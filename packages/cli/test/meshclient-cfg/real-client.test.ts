// The Java client's settings, every element of them, drive clients that talk to a real server over HTTPS with certificates.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type ControlFile, readControlFile, writeControlFile } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { type RunningCommand, runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";
import { cfgFolder, keystorePassword } from "./cfg-folder.ts";
import { connectProxy } from "./connect-proxy.ts";

/** `restante server --dev --tls`: where it is, and the files for its clients. */
async function developmentServer(t: TestContext): Promise<{ url: string; authority: string }> {
  const folder = await temporaryFolder(t);
  const words = ["server", "--dev", "--tls", "--port", "0", "--tls-port", "0", "--data", folder];
  const server = runCommand(words);
  atEnd(t, async () => server.end("SIGKILL"));
  const [, url = ""] = await server.printed(/HTTPS +(https:\S+)\/messageexchange,[^]*Ready\./);
  return { url, authority: join(folder, "authority") };
}

async function drop(out: string, base: string, control: Partial<ControlFile>, data: string): Promise<void> {
  const words = { version: "1.0", addressType: "DTS", messageType: "Data", workflowId: "TEST_WORKFLOW" } as const;
  await writeFile(join(out, `${base}.dat`), data);
  await writeFile(join(out, `${base}.tmp`), writeControlFile({ ...words, ...control }));
  await rename(join(out, `${base}.tmp`), join(out, `${base}.ctl`));
}

/** The data of what has arrived in a folder, and its reports as `LocalId EVENT code`. */
function arrived(folder: string): { data: string[]; reports: string[] } {
  const names = readdirSync(folder).filter((name) => !name.startsWith("."));
  const controls = names
    .filter((name) => name.endsWith(".ctl"))
    .map((name) => readControlFile(readFileSync(join(folder, name))));
  return {
    data: names.filter((name) => name.endsWith(".dat")).map((name) => readFileSync(join(folder, name), "utf8")),
    reports: controls
      .filter(({ messageType }) => messageType === "Report")
      .map(({ localId, status }) => `${localId} ${status?.event} ${status?.code}`)
      .sort((one, other) => one.localeCompare(other)),
  };
}

async function started(t: TestContext, ...words: string[]): Promise<RunningCommand> {
  const client = runCommand(["client", ...words, "--poll-every", "1"]);
  atEnd(t, async () => client.end("SIGKILL"));
  await client.printed(/MESH client of X26ABC2/);
  return client;
}

test("a meshclient.cfg with every element of the Java client runs as it is against a server over HTTPS, and goes on once imported", async (t) => {
  const server = await developmentServer(t);
  const proxy = await connectProxy(t, "me", "proxy-sesame");
  const pem = (name: string): string => readFileSync(join(server.authority, name), "utf8");
  const { folder, cfg } = await cfgFolder(
    t,
    {
      PrimaryURL: `${server.url}/messageexchange`,
      AuthenticationKey: "TestKey",
      PollPeriod: "1",
      ProcessingDelay: "1",
      ClientAuthentication: "password",
      CollectReport: "Y",
      TransferReport: "Y",
    },
    [
      { ClientIdentity: "X26ABC1", InterfaceRoot: "data/X26ABC1", SaveSent: "N" },
      {
        ClientIdentity: "X26ABC2",
        InterfaceRoot: "data/X26ABC2",
        SaveSent: "Y",
        CollectReport: "N",
        TransferReport: "N",
      },
    ],
    { key: pem("client-mesh.key"), cert: pem("client-mesh.crt"), ca: pem("ca.crt") },
  );
  for (const name of ["proxy", "sig", "log"]) await mkdir(join(folder, name));
  await writeFile(
    join(folder, "proxy", "proxy.ini"),
    `[proxy]\r\nproxyHost=127.0.0.1\r\nproxyPort=${proxy.port}\r\nproxyUser=me\r\nproxyPassword=proxy-sesame\r\n`,
  );
  const [one, two] = ["X26ABC1", "X26ABC2"].map((mailbox) => join(folder, "data", mailbox)) as [string, string];
  // As the Java client leaves its folders on Windows.
  for (const name of ["in", "out", "sent", "failed", "temp"]) await mkdir(join(two, name), { recursive: true });

  const asItIs = await started(t, "--meshclient-cfg", cfg);
  assert.match(
    asItIs.output(),
    /without meaning here: MaxMessages, AutoUpgrade, MailboxType; replaced: WorkPath, ClientLogLevel/,
  );
  await drop(join(one, "OUT"), "letter", { from: "X26ABC1", to: "X26ABC2", localId: "L1" }, "from one to two");
  await drop(join(two, "out"), "answer", { from: "X26ABC2", to: "X26ABC1", localId: "L2" }, "from two to one");
  await waitFor(() => arrived(join(two, "in")).data.length === 1 && arrived(join(one, "IN")).data.length === 1);
  await waitFor(() => arrived(join(one, "IN")).reports.length === 2 && readdirSync(join(one, "OUT")).length === 0);
  assert.deepEqual(arrived(join(two, "in")), { data: ["from one to two"], reports: [] });
  assert.deepEqual(arrived(join(one, "IN")), {
    data: ["from two to one"],
    reports: ["L1 COLLECT 00", "L1 TRANSFER 00"],
  });
  assert.deepEqual(readdirSync(join(one, "SENT")), [], "SaveSent=N");
  await waitFor(() => readdirSync(join(two, "sent")).length === 2);
  assert.deepEqual(readdirSync(join(two, "sent")).toSorted(), ["answer.ctl", "answer.dat"], "SaveSent=Y");
  assert.ok(!existsSync(join(two, "OUT")), "its own folders are used, in small letters");
  const [place] = new Set(proxy.connected);
  assert.equal(place, new URL(server.url).host, "through the proxy of proxy.ini");

  const log = readFileSync(join(folder, "log", "restante-client.log"), "utf8");
  assert.equal(log.match(/"event":"pair-sent"/g)?.length, 2);
  for (const secret of [keystorePassword, "TestKey", "proxy-sesame"])
    assert.ok(!(log + asItIs.output()).includes(secret));

  if (process.platform !== "win32") {
    // Byte for byte, whatever it is written in.
    const settings = readFileSync(cfg, "latin1");
    const last = settings.lastIndexOf("<SaveSent>Y</SaveSent>");
    await writeFile(cfg, settings.slice(0, last) + settings.slice(last).replace(">Y<", ">N<"), "latin1");
    process.kill(asItIs.pid, "SIGHUP");
    await asItIs.printed(/read again: 0 mailboxes added, 1 changed, 0 removed, 1 as before/);
    await writeFile(cfg, settings, "latin1");
  }

  // As the service of the Java client is stopped.
  const signal = join(folder, "sig", "mexclient.sig");
  await writeFile(signal, "1\n");
  assert.equal(await asItIs.ended, 0);
  assert.ok(!existsSync(signal));
  assert.match(asItIs.output(), /^Stopped by 1 in .*mexclient\.sig$/m);

  const into = join(folder, "restante");
  assert.equal((await typed(["client", "import", cfg, "--into", into])).status, 0);
  const imported = await started(t, "--config", join(into, "client.yaml"));
  await drop(join(one, "OUT"), "letter", { from: "X26ABC1", to: "X26ABC2", localId: "L3" }, "the next");
  await waitFor(() => arrived(join(two, "in")).data.length === 2);
  await waitFor(() => readdirSync(join(one, "OUT")).length === 0);
  assert.equal(await imported.end("SIGTERM"), 0);
  assert.deepEqual(arrived(join(two, "in")).data.toSorted(), ["from one to two", "the next"]);
  assert.deepEqual(arrived(join(one, "IN")).data, ["from two to one"], "and nothing came twice");
});
