import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { writeControlFile } from "@restante/mesh";
import { testWorkflow, waitFor } from "@restante/testbed";
import { clientFolder, one, other, patience } from "./client-process.ts";

const PAIRS = 30;

test(
  "SIGHUP without a pause, with mailboxes added, moved and removed and with broken settings between, neither loses nor doubles a pair, nor keeps anything open",
  { skip: process.platform === "win32" && "there is no SIGHUP here" },
  async (t) => {
    const { at, server, write, start, told } = await clientFolder(t);
    const third = server.config.mailboxes.map(({ mailboxId }) => mailboxId).find((id) => id !== one && id !== other)!;
    const all = { [one]: "mesh/one", [other]: "mesh/other", [third]: "mesh/third" };
    const variants = [
      { mailboxes: all },
      { mailboxes: { [one]: "mesh/one", [other]: "mesh/other" }, pollIntervalMs: "often" },
      { mailboxes: { [one]: "mesh/one", [other]: "mesh/other" }, retries: { attempts: 2 } },
      { mailboxes: { [third]: "mesh/elsewhere", [other]: "mesh/other" } },
      { mailboxes: { [one]: "mesh/one" }, logLevel: "debug" },
    ];
    await mkdir(at("mesh", "one", "OUT"), { recursive: true });
    await write(variants[0]!);
    const client = await start();
    await client.printed(new RegExp(`MESH client of ${third}`));
    const ready = async (): Promise<boolean> =>
      (await client.get("/readyz")).text === "ready: 3 mailboxes are carried\n";
    await waitFor(ready, { ...patience, what: "the first polls" });
    const openAtFirst = openFiles(client.pid);

    const control = (to: string): string =>
      writeControlFile({
        version: "1.0",
        addressType: "DTS",
        messageType: "Data",
        from: one,
        to,
        workflowId: testWorkflow,
      });
    const read = (): number => told("settings-reloaded").length + told("settings-refused").length;
    for (let count = 0; count < PAIRS; count += 1) {
      const before = read();
      // Not at once: some of them are read half-written, and refused.
      await write(variants[count % variants.length]!);
      process.kill(client.pid, "SIGHUP");
      const out = at("mesh", "one", "OUT", `pair-${count}`);
      await writeFile(`${out}.dat`, `data ${count}`);
      await writeFile(`${out}.tmp`, control(other));
      await rename(`${out}.tmp`, `${out}.ctl`);
      process.kill(client.pid, "SIGHUP");
      // Of three, one takes effect for certain; the others come while it is at work.
      if (count % 3 === 2) await waitFor(() => read() > before, { ...patience, what: "the settings" });
    }
    // Signals that come while one is at work are one: more are sent where few were told of so far.
    for (let count = 0; count < 30 && told("settings-reloaded").length <= 5; count += 1) {
      const before = read();
      await write(variants[count % variants.length]!);
      process.kill(client.pid, "SIGHUP");
      await waitFor(() => read() > before, { ...patience, what: "the settings once more" });
    }
    await write({ mailboxes: all });
    const reloads = told("settings-reloaded").length;
    process.kill(client.pid, "SIGHUP");
    await waitFor(() => told("settings-reloaded").length > reloads, { ...patience, what: "the last settings" });
    const saved = (): number => told("message-saved").filter(({ mailboxId }) => mailboxId === other).length;
    await waitFor(() => saved() >= PAIRS && told("pair-sent").length >= PAIRS, { ...patience, what: "all pairs" });
    await waitFor(ready, { ...patience, what: "all mailboxes" });

    assert.deepEqual([told("pair-sent").length, saved()], [PAIRS, PAIRS]);
    for (const folder of [at("mesh", "other", "IN"), at("mesh", "one", "SENT")]) {
      const suffixes = readdirSync(folder).map((name) => name.slice(-4));
      assert.equal(suffixes.filter((suffix) => suffix === ".dat").length, PAIRS, folder);
      assert.equal(suffixes.filter((suffix) => suffix === ".ctl").length, PAIRS, folder);
    }
    assert.deepEqual(readdirSync(at("mesh", "one", "OUT")), []);
    assert.ok(told("settings-refused").length > 0 && told("settings-reloaded").length > 5);
    assert.deepEqual(told("client-not-started"), []);
    if (openAtFirst !== undefined) {
      await waitFor(() => openFiles(client.pid)! <= openAtFirst + 10, { ...patience, what: "what was open is closed" });
    }
    assert.doesNotMatch(client.output(), /MaxListeners/);
    assert.equal(await client.end("SIGTERM"), 0);
    assert.ok(!existsSync(at("mesh", "one", ".restante", "client.pid")));
  },
);

/** Of a process, where they can be seen. */
function openFiles(pid: number): number | undefined {
  const folder = `/proc/${pid}/fd`;
  return existsSync(folder) ? readdirSync(folder).length : undefined;
}
