import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { serviceManager } from "../../src/client/service-manager.ts";
import { temporaryFolder } from "../support/at-end.ts";
import { clientFolder, one, patience } from "./client-process.ts";

const posix = { skip: process.platform === "win32" && "there is no systemd here" };

/** A program in the place of systemd-notify, first in the PATH, which writes down what it is told. */
async function standIn(folder: string): Promise<{ path: string; told: () => string[] }> {
  const bin = `${folder}/bin`;
  const log = `${folder}/notified`;
  await mkdir(bin);
  await writeFile(`${bin}/systemd-notify`, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${log}\n`);
  await chmod(`${bin}/systemd-notify`, 0o755);
  return {
    path: `${bin}:${process.env["PATH"]}`,
    told: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
  };
}

test(
  "systemd is told through systemd-notify of the start, each reload, that the loops turn, and of the end",
  posix,
  async (t) => {
    const { folder, write, start, told } = await clientFolder(t);
    const { path, told: notified } = await standIn(folder);
    await write({ mailboxes: { [one]: "mesh/one" } });
    const client = await start({ NOTIFY_SOCKET: "/run/stand-in", WATCHDOG_USEC: "400000", PATH: path });
    const has = (pattern: RegExp): number => notified().findIndex((line) => pattern.test(line));
    await waitFor(() => has(/WATCHDOG=1/) >= 0, { ...patience, what: "a sign of life" });
    const ready = has(/^\/run\/stand-in READY=1 STATUS=1 of 1 mailboxes carried$/);
    assert.ok(ready >= 0 && ready < has(/WATCHDOG=1/), notified().join("\n"));
    process.kill(client.pid, "SIGHUP");
    await waitFor(() => told("settings-reloaded").length === 1, { ...patience, what: "the settings" });
    await waitFor(() => notified().filter((line) => line.includes("READY=1")).length === 2, {
      ...patience,
      what: "ready again",
    });
    const reloading = notified().findIndex((line) => /RELOADING=1 MONOTONIC_USEC=\d+$/.test(line));
    assert.ok(reloading > ready && reloading < notified().findLastIndex((line) => line.includes("READY=1")));
    assert.equal(await client.end("SIGTERM"), 0);
    assert.match(notified().at(-1)!, /STOPPING=1$/);
  },
);

test(
  "without a NOTIFY_SOCKET nothing is run; where the program is missing or fails, that is told once",
  posix,
  async (t) => {
    const folder = await temporaryFolder(t);
    const { path, told } = await standIn(folder);
    const before = process.env["PATH"];
    t.after(() => {
      process.env["PATH"] = before;
    });
    const failures: string[] = [];
    const onFailure = (reason: string): void => void failures.push(reason);
    process.env["PATH"] = path;
    const silent = serviceManager({}, onFailure);
    silent.ready("started");
    silent.alive();
    await silent.stopping();
    assert.deepEqual([told(), silent.watchdogMs], [[], undefined]);
    process.env["PATH"] = folder;
    const manager = serviceManager({ NOTIFY_SOCKET: "/nowhere" }, onFailure);
    manager.ready("started");
    manager.alive();
    await manager.stopping();
    assert.deepEqual(failures, [
      "systemd cannot be told how this service fares, by systemd-notify: it is not in the PATH",
    ]);
  },
);
