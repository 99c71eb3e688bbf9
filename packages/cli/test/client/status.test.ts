import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { holdSharedFolder } from "@restante/durable";
import { waitFor } from "@restante/testbed";
import { runCommand } from "../support/processes.ts";
import { typed, type Typed } from "../support/typed.ts";
import { type ClientFolder, clientFolder, one, other, patience, type RunningClient, text } from "./client-process.ts";

interface Watched extends ClientFolder {
  readonly client: RunningClient;
  readonly status: () => Promise<Typed>;
  /** Resolves once the status says that all is well. */
  readonly well: () => Promise<void>;
}

async function watched(t: TestContext, settings: object = {}): Promise<Watched> {
  const folder = await clientFolder(t);
  await folder.write({ mailboxes: { [one]: "mesh/one", [other]: "mesh/other" }, ...settings });
  const client = await folder.start();
  await client.printed(new RegExp(`MESH client of ${other}`));
  const status = async (): Promise<Typed> => typed(["client", "status", "--config", folder.at("client.yaml")]);
  const well = async (): Promise<void> => {
    const isWell = async (): Promise<boolean> => (await status()).printed.endsWith("\nAll is well.\n");
    await waitFor(isWell, { ...patience, what: "all is well" });
  };
  return { ...folder, client, status, well };
}

test(
  "of a client that is stopped it is said at once, and that all is well once it goes on",
  { skip: process.platform !== "linux" && "no other platform tells of it" },
  async (t) => {
    const { at, client, status, well } = await watched(t);
    await well();
    const pid = Number.parseInt(await text(at("mesh", "one", ".restante", "client.pid")), 10);
    process.kill(pid, "SIGSTOP");
    await waitFor(async () => (await status()).status === 1, { ...patience, what: "that it is stopped" });
    const { printed } = await status();
    assert.equal(printed.match(new RegExp(`! process ${pid} was stopped \\(SIGSTOP\\)`, "g"))?.length, 2, printed);
    process.kill(pid, "SIGCONT");
    await well();
    assert.equal(await client.end("SIGTERM"), 0);
  },
);

test("what a client said that was killed is not taken for the word of the one that has its folder now", async (t) => {
  const { at, client, status, well } = await watched(t);
  await well();
  const pid = (await text(at("mesh", "one", ".restante", "client.pid"))).split("\n", 1)[0]!;
  await client.end("SIGKILL");
  assert.match((await status()).printed, /! no client runs: [^\n]*its log says why/);
  // One that is at its start, and has not come so far as to say anything.
  using _next = await holdSharedFolder(at("mesh", "one", ".restante"), "client");
  const { status: exit, printed } = await status();
  assert.equal(exit, 1);
  const words = `the word of process ${pid} on [^\\n]* ago; process ${process.pid} has the folder now, and has said nothing yet`;
  assert.match(
    printed,
    new RegExp(`^${one}: carried by process ${process.pid}\\n[^]*! it cannot be told: [^\\n]*${words}\\n`),
  );
});

test(
  "a log that cannot be written is told of the process, once, in its status",
  { skip: process.platform !== "linux" && "there is no disk here that is always full" },
  async (t) => {
    const { client, status } = await watched(t, { log: "/dev/full" });
    const says = async (): Promise<boolean> =>
      (await status()).printed.split("! log: it cannot be written or put aside: the disk is full\n").length === 2;
    await waitFor(says, { ...patience, what: "the log's trouble" });
    assert.equal((await status()).status, 1);
    assert.equal(await client.end("SIGTERM"), 0);
  },
);

test("the log says when the process started, that it was asked to stop and by what, and that it ended", async (t) => {
  const { client, told } = await watched(t);
  assert.deepEqual([told("process-started")[0]?.["part"], told("process-stopping").length], ["client", 0]);
  assert.equal(await client.end("SIGTERM"), 0);
  assert.deepEqual(
    told("process-stopping").map(({ reason, level }) => [reason, level]),
    [["it was stopped by SIGTERM", 30]],
  );
  assert.equal(told("process-stopped").length, 1);
});

test("why a process could not start, or go on, is in its log", async (t) => {
  const folder = await clientFolder(t);
  await folder.write({ mailboxes: { [one]: "client.yaml" } });
  const refused = runCommand(["client", "--config", folder.at("client.yaml")]);
  assert.equal(await refused.ended, 1, refused.output());
  const [stopping] = folder.told("process-stopping");
  assert.match(String(stopping?.["reason"]), /client\.yaml: it is no folder/);
  assert.equal(stopping?.["level"], 50);
  assert.equal(folder.told("process-stopped").length, 1);

  await folder.write({ mailboxes: { [one]: "mesh/one" } });
  const client = await folder.start();
  await client.printed(new RegExp(`MESH client of ${one}`));
  await rm(folder.at("mesh", "one"), { recursive: true });
  assert.equal(await client.ended, 1, client.output());
  assert.match(
    String(folder.told("process-stopping").at(-1)?.["reason"]),
    /it was removed or replaced while it was in use/,
  );
});

test("who names no client is told how its settings are named", async () => {
  for (const words of [["status"], ["held", "list"], []]) {
    const { status, complained } = await typed(["client", ...words]);
    assert.equal(status, 2, complained);
    assert.match(
      complained,
      /name the client's settings with --config FILE, or a meshclient\.cfg with --meshclient-cfg FILE/,
    );
  }
});
