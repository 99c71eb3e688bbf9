import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { testMailboxes, waitFor } from "@restante/testbed";
import { secretFile } from "../config/parts-folder.ts";
import { typed } from "../support/typed.ts";
import { carried, clientFolder, one, other, patience, text } from "./client-process.ts";

test(
  "SIGHUP reads settings, secrets and certificates again, starts what is new or changed, ends what is gone, and leaves the others alone",
  { skip: process.platform === "win32" && "there is no SIGHUP here" },
  async (t) => {
    const { at, folder, server, write, start, told } = await clientFolder(t);
    const third = server.config.mailboxes.map(({ mailboxId }) => mailboxId).find((id) => id !== one && id !== other)!;
    await write({ mailboxes: { [one]: "mesh/one", [other]: "mesh/other" } });
    const client = await start();
    await client.printed(new RegExp(`MESH client of ${other}`));
    const ofOne = await text(at("mesh", "one", ".restante", "client.pid"));
    const reloaded = async (times: number): Promise<Record<string, unknown>> => {
      process.kill(client.pid, "SIGHUP");
      await waitFor(() => told("settings-reloaded").length === times, { ...patience, what: "the settings" });
      return told("settings-reloaded").at(-1)!;
    };

    await write({ mailboxes: { [one]: "mesh/one", [third]: "mesh/other" }, logLevel: "debug" });
    const { added, changed, removed, kept } = await reloaded(1);
    assert.deepEqual({ added, changed, removed, kept }, { added: 1, changed: 0, removed: 1, kept: 1 });
    await carried(at("mesh", "other"), third, "of-the-third");
    // Of one that is idle, which says that the level is another.
    await waitFor(() => told("poll-succeeded").some(({ level }) => level === 20), { ...patience, what: "debug" });
    const metrics = (await client.get("/metrics")).text;
    assert.ok(metrics.includes(`restante_client_mailbox_carried{mailbox="${third}"} 1\n`));
    assert.ok(!metrics.includes(other), "what is gone is not shown");

    // A password that the server does not know: read again, also where the settings are the same.
    const passwords = await readFile(at("secrets", "passwords.json"), "utf8");
    const wrong = { ...(JSON.parse(passwords) as Record<string, string>), [third]: "wrong" };
    await secretFile(folder, "passwords.json", JSON.stringify(wrong));
    assert.equal((await reloaded(2))["changed"], 1);
    await client.printed(new RegExp(`${third} client .*cannot poll: `));
    assert.match((await client.get("/readyz")).text, new RegExp(`^${third}: the server: `));
    await secretFile(folder, "passwords.json", passwords);
    assert.equal((await reloaded(3))["changed"], 1);
    await waitFor(async () => (await client.get("/readyz")).status === 200, { ...patience, what: "the password" });

    assert.deepEqual(told("client-started").filter(({ mailboxId }) => mailboxId === one).length, 1);
    assert.equal(await text(at("mesh", "one", ".restante", "client.pid")), ofOne);
    await carried(at("mesh", "one"), one, "of-the-first");
    assert.equal(await client.end("SIGTERM"), 0);
  },
);

test(
  "settings that are wrong when they are read again change nothing, and every problem is told; the log is opened again all the same",
  { skip: process.platform === "win32" && "there is no SIGHUP here" },
  async (t) => {
    const { at, write, start, told } = await clientFolder(t);
    await write({ mailboxes: { [one]: "mesh/one" } });
    const client = await start();
    await client.printed(new RegExp(`MESH client of ${one}`));
    await waitFor(async () => (await client.get("/readyz")).status === 200, { ...patience, what: "the first poll" });
    const right = await text(at("client.yaml"));
    await write({ mailboxes: { [testMailboxes.sender]: "mesh/one" }, pollIntervalMs: "often", surprise: 1 });
    await rename(at("client.log"), at("client.log.1"));
    process.kill(client.pid, "SIGHUP");
    await waitFor(() => existsSync(at("client.log")) && told("settings-refused").length === 1, {
      ...patience,
      what: "the refusal in a new log",
    });
    const [refused] = told("settings-refused");
    assert.equal(refused?.["level"], 50);
    assert.match(
      String(refused?.["reason"]),
      /2 problems:\n.*\/pollIntervalMs \(line \d+ .*\n.*\(line \d+ .*has a property that is none of/,
    );
    const { status, text: words } = await client.get("/readyz");
    assert.equal(status, 200);
    assert.match(
      words,
      /^ready: 1 mailbox is carried\nsettings: what was read at .* could not be used, and those before are; the log has every problem\n$/,
    );
    assert.match((await client.get("/metrics")).text, /^restante_client_config_last_reload_successful 0$/m);
    await carried(at("mesh", "one"), one, "letter");
    // Put right, and not read again yet.
    await writeFile(at("client.yaml"), right);
    const looked = await typed(["client", "status", "--config", at("client.yaml")]);
    assert.equal(looked.status, 1);
    assert.match(
      looked.printed,
      /\n {2}! settings: what was read at .* could not be used, and those before are; the log has every problem\nSomething needs a person/,
    );

    // What is used from the next start on is told.
    await writeFile(at("client.yaml"), right.replace('"client.log"', '"other.log"'));
    process.kill(client.pid, "SIGHUP");
    await waitFor(() => told("settings-need-restart").length === 1, { ...patience, what: "the right ones" });
    assert.deepEqual(told("settings-need-restart")[0]?.["settings"], ["log"]);
    assert.equal(told("settings-reloaded")[0]?.["kept"], 1);
    assert.equal((await client.get("/readyz")).text, "ready: 1 mailbox is carried\n");
    const isWell = async (): Promise<boolean> =>
      (await typed(["client", "status", "--config", at("client.yaml")])).printed.endsWith("\nAll is well.\n");
    await waitFor(isWell, { ...patience, what: "a status without the refusal" });
    assert.equal(await client.end("SIGTERM"), 0);
  },
);
