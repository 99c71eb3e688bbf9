import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Task, thisComputer } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { type Economy, openEconomy } from "../../src/economy/economy.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { closingInReverse, newDataFolder } from "../support/at-end.ts";
import { folderOf, namesIn, withPractice } from "../support/data-folder.ts";
import { assertNoPatientDetail } from "../support/no-patient-detail.ts";
import { freePortBase, type RunningCommand, runCommand } from "../support/processes.ts";
import { tasksOf, openTasksOf, straysOf } from "../support/worklists.ts";

// What a person tries after the first start, against one running economy. The tests run in order.

const SENDER = "Y99001OT001";

let economy: Economy;
let running: RunningCommand;
/** What each command printed. */
const shown: Record<string, string> = {};
const closing = closingInReverse({ after });

before(async () => {
  const data = await newDataFolder(closing);
  economy = await openEconomy({ data, portBase: await freePortBase() });
  closing.after(() => running?.end("SIGKILL"));
});

/** Runs a command to its end on the economy's folder. */
async function restante(name: string, ...words: string[]): Promise<{ status: unknown; output: string }> {
  const command = runCommand([...words, "--data", economy.folder]);
  const status = await command.ended;
  shown[name] = command.output();
  return { status, output: command.output() };
}

/** The message that `restante send` stored. */
function headerIdIn(output: string): string {
  return /Stored as message ([0-9a-f-]{36}) with/.exec(output)?.[1] ?? assert.fail(output);
}

test("a consultation stored while nothing runs goes out with the next start", { timeout: 120_000 }, async () => {
  const { status, output } = await restante("send, nothing running", "send", exampleFile("consultation.json"));
  assert.equal(status, 0, output);
  assert.match(
    output,
    /^Its system is not running: the message goes out when `restante up` or `restante practice --organisation Y99001` is started\.$/m,
  );
  running = runCommand(["up", "--no-samples", "--data", economy.folder]);
  await running.printed(/^Running\./m);
  await running.printed(/Y99001 system +business acknowledgement 30001 received/);
  await withPractice(economy, "Y99001", async ({ worklist }) => {
    assert.equal((await worklist.report(headerIdIn(output), thisComputer))?.state, "accepted");
  });
});

test("the same consultation sent again is another message, shown until both acknowledgements are back", async () => {
  const { status, output } = await restante("send", "send", exampleFile("consultation.json"));
  assert.equal(status, 0, output);
  // The acknowledgements are messages of their own: either may come first.
  assert.match(output, /handed over\n +accepted by MESH as \d{20}_\w{6}\n/);
  assert.match(output, /^ +infrastructure acknowledgement 20013: /m);
  assert.match(output, /^ +business acknowledgement 30001: /m);
  assert.match(output, /\nDelivered and acknowledged\.\n$/);
  const headerIds = await withPractice(economy, "Y99002", async (practice) =>
    (await openTasksOf(practice)).map(({ headerId }) => headerId),
  );
  assert.equal(headerIds.length, 2);
  assert.equal(headerIds[0], headerIdIn(output));
  assert.notEqual(headerIds[0], headerIds[1]);
});

test("a consultation sent under its own id twice is sent once", async () => {
  const first = await restante("send, its own id", "send", "--keep-id", exampleFile("consultation.json"));
  const second = await restante("send, its own id again", "send", "--keep-id", exampleFile("consultation.json"));
  assert.deepEqual([first.status, second.status], [0, 0], second.output);
  assert.equal(headerIdIn(second.output), headerIdIn(first.output));
  assert.equal((await withPractice(economy, "Y99002", tasksOf)).length, 3);
});

test(
  "a consultation sent to an organisation is found its mailbox, and answered by that organisation",
  { tags: ["GPCM-SD-GE-286"] },
  async () => {
    const file = exampleFile("consultation.json");
    const { status, output } = await restante("send to the pharmacy", "send", "--to", "FX999", file);
    assert.equal(status, 0, output);
    assert.match(output, /business acknowledgement 30016/);
    assert.equal((await withPractice(economy, "FX999", tasksOf)).length, 1);
  },
);

test("a patient who cannot be routed: the command says so and fails, and the report is marked as returned", async () => {
  const { status, output } = await restante("send, unroutable", "send", exampleFile("unroutable.json"));
  assert.equal(status, 1, output);
  assert.match(output, /MESH report EPL-151: /);
  assert.match(output, /Needs a person: .*EPL-151/);
  await withPractice(economy, "Y99001", async (practice) => {
    const report = await practice.worklist.report(headerIdIn(output), thisComputer);
    assert.equal(report?.state, "returned");
    assert.match(report.attention ?? "", /EPL-151/);
    assert.deepEqual(await straysOf(practice), []);
    assert.equal((await practice.worklist.counts()).attention, 1);
  });
  assert.match(running.output(), /\d{20}_\w{6} cannot be routed: EPL-151/);
  assert.match(running.output(), /MESH returned \d{20}_\w{6}: EPL-151/);
});

test("a pair that `restante pair` wrote, moved into OUT by hand, reaches the practice's worklist", async (t) => {
  const into = await newDataFolder(t);
  const { status, output } = await restante("pair", "pair", exampleFile("consultation.json"), "--into", into);
  assert.equal(status, 0, output);
  const [data, control] = readdirSync(into).toSorted().toReversed();
  assert.ok(output.startsWith(`${join(into, data!)}\n${join(into, control!)}\n`), output);
  const out = folderOf(economy.folder, SENDER, "OUT");
  for (const name of [data!, control!]) await copyFile(join(into, name), join(out, name));

  const headerId = data!.slice(0, -".dat".length);
  const task = await waitFor(() => answeredTask(headerId), { timeoutMs: 30_000 });
  assert.deepEqual([task.kind, task.findingCount, task.patient.outcome], ["document", 0, "known"]);
  const sent = await namesIn(economy.folder, SENDER, "SENT");
  assert.ok(sent.includes(data!) && sent.includes(control!));
  const worklist = await (await fetch(`http://127.0.0.1:${economy.portBase + 2}/`)).text();
  assert.match(worklist, new RegExp(`href="/tasks/${task.taskId}"`));

  // Its system never sent it, so it does not take the answers for its own: it shows them to a person.
  const strays = await waitFor(
    () =>
      withPractice(economy, "Y99001", async (practice) => {
        const found = await straysOf(practice);
        return found.length === 2 && found;
      }),
    { timeoutMs: 30_000 },
  );
  assert.deepEqual(strays.map(({ kind, code }) => `${kind} ${code}`).toSorted(), ["response 20013", "response 30001"]);
});

test("nothing that all this printed, logged or named tells of a patient, a subject or a secret", async () => {
  const subjects = await withPractice(economy, "Y99002", async (practice) =>
    (await tasksOf(practice)).map(({ subject }) => subject),
  );
  assertNoPatientDetail(economy.folder, { ...shown, up: running.output() }, subjects);
});

/** The task that a message raised, once both its answers have gone. */
function answeredTask(headerId: string): Promise<Task | undefined> {
  return withPractice(economy, "Y99002", async (practice) =>
    (await openTasksOf(practice)).find((task) => task.headerId === headerId && task.responses.length === 2),
  );
}
