import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { runCommand } from "../support/processes.ts";
import { carried, clientFolder, one, other, patience } from "./client-process.ts";

test("a mailbox that cannot start is told at once and keeps no other from being carried, is shown, and is carried when it can be", async (t) => {
  const { at, write, start, told } = await clientFolder(t);
  await writeFile(at("disk"), "no folder");
  await write({ mailboxes: { [one]: "mesh/one", [other]: "disk/other" } });
  const client = await start();
  await client.printed(new RegExp(`MESH client of ${one}`));
  await client.printed(/1 of 2 mailboxes not carried: \w+\. They are tried again; the log says why/);
  assert.match(
    client.standardOutput(),
    new RegExp(`${other} client .*does not start: .*disk: it is no folder: move it away, or name another`),
  );
  assert.doesNotMatch(client.standardOutput(), new RegExp(`MESH client of ${other}`));
  await carried(at("mesh", "one"), one, "letter");

  const reason = "disk: it is no folder: move it away, or name another";
  const notReady = new RegExp(`^${other}: is not carried; tried .* since .*: .*${reason}\n$`);
  const notPolled = "has not polled yet";
  const readyz = await waitFor(
    async () => {
      const answer = await client.get("/readyz");
      return !answer.text.includes(notPolled) && answer;
    },
    { ...patience, what: "the first poll" },
  );
  assert.equal(readyz.status, 503);
  assert.match(readyz.text, notReady);
  assert.deepEqual(await client.get("/livez"), { status: 200, text: "alive\n" });
  const before = (await client.get("/metrics")).text;
  for (const line of [
    `restante_client_mailbox_carried{mailbox="${one}"} 1`,
    `restante_client_mailbox_carried{mailbox="${other}"} 0`,
    `restante_client_pairs_sent_total{mailbox="${one}"} 1`,
    `restante_client_trouble{mailbox="${one}",place="server"} 0`,
  ])
    assert.ok(before.includes(`${line}\n`), before);
  assert.match(
    before,
    new RegExp(`^restante_client_last_successful_poll_timestamp_seconds{mailbox="${one}"} 1\\d+`, "m"),
  );
  assert.match(
    before,
    new RegExp(`^restante_client_certificate_expiry_timestamp_seconds{mailbox="${one}"} [12]\\d+`, "m"),
  );
  assert.doesNotMatch(before, /letter/);

  await rm(at("disk"));
  const ready = await waitFor(
    async () => {
      const answer = await client.get("/readyz");
      return answer.status === 200 && answer;
    },
    { ...patience, what: "both carried" },
  );
  assert.equal(ready.text, "ready: 2 mailboxes are carried\n");
  await waitFor(
    async () =>
      (await client.get("/metrics")).text.includes(`restante_client_messages_received_total{mailbox="${other}"} 1\n`),
    { ...patience, what: "the letter" },
  );
  assert.equal(await client.end("SIGTERM"), 0);
  assert.equal(told("client-not-started")[0]?.["level"], 50);
  const starts = told("client-started");
  assert.deepEqual(
    starts.map(({ mailboxId }) => mailboxId),
    [one, other],
  );
  assert.ok(Number(starts[1]?.["times"]) >= 1);
  assert.deepEqual(
    told("folder-made").map(({ folder }) => folder),
    [at("mesh", "one"), at("disk", "other")],
  );
});

test("a folder that is lost is taken up again once it is back, and is not made in its place", async (t) => {
  const { at, write, start, told } = await clientFolder(t);
  await write({ mailboxes: { [one]: "mesh/one", [other]: "disk/other" } });
  const client = await start();
  await client.printed(new RegExp(`MESH client of ${other}`));
  await rename(at("disk"), at("away"));
  await client.printed(new RegExp(`${other} client .*stops: `));
  await client.printed(new RegExp(`${other} client .*does not start: .*is not there any more: put it back`));
  assert.ok(!existsSync(at("disk")), "nothing is made in its place");
  await rename(at("away"), at("disk"));
  await client.printed(new RegExp(`${other} client .*starts, after`));
  await carried(at("disk", "other"), other, "letter");
  assert.equal(await client.end("SIGTERM"), 0);
  assert.equal(told("folder-made").length, 2);
});

test("where no mailbox at all can be carried the start ends with status 1, and says why of each", async (t) => {
  const { at, write } = await clientFolder(t);
  await writeFile(at("disk"), "no folder");
  await write({ mailboxes: { [one]: "disk/one", [other]: "disk/other" } });
  const client = runCommand(["client", "--config", at("client.yaml")]);
  assert.equal(await client.ended, 1, client.output());
  const reason = ".*disk: it is no folder: move it away, or name another.*";
  assert.match(
    client.standardError(),
    new RegExp(`^restante: no mailbox can be carried:\n {2}${one}: ${reason}\n {2}${other}: ${reason}\n$`),
  );
});

test("a call that is made again is told in the log at debug, and at info is not", async (t) => {
  const { write, start, told } = await clientFolder(t);
  const settings = { mailboxes: { [one]: "mesh/one" }, url: "https://127.0.0.1:1", retries: { firstWaitMs: 1 } };
  for (const logLevel of ["info", "debug"]) {
    await write({ ...settings, logLevel });
    const client = await start();
    await client.printed(/cannot poll: /);
    assert.equal(await client.end("SIGTERM"), 0);
    assert.doesNotMatch(client.standardOutput(), /retr/);
    if (logLevel === "info") assert.deepEqual(told("call-retried"), []);
  }
  const [first] = told("call-retried");
  const { level, mailboxId, operation, attempt, attempts, code } = first ?? {};
  assert.deepEqual(
    { level, mailboxId, operation, attempt, attempts, code },
    { level: 20, mailboxId: one, operation: "handshake", attempt: 1, attempts: 3, code: "unreachable" },
  );
});

test("a second start while the first runs asks whether it is that", async (t) => {
  const { at, write, start } = await clientFolder(t);
  await write({ mailboxes: { [one]: "mesh/one" } });
  const client = await start();
  const [, port] = await client.printed(/Metrics and health at http:\/\/127\.0\.0\.1:(\d+)/);
  await write({ mailboxes: { [one]: "mesh/one" }, monitoring: { port: Number(port) } });
  const second = runCommand(["client", "--config", at("client.yaml")]);
  assert.equal(await second.ended, 1);
  assert.match(second.output(), /for monitoring, is in use: does this client run already\? Else choose another in /);
  assert.equal(await client.end("SIGTERM"), 0);
});
