import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type Economy, openEconomy } from "../src/economy/economy.ts";
import { atEnd, temporaryFolder } from "./support/at-end.ts";
import { freePortBase, type RunningCommand, runCommand } from "./support/processes.ts";
import {
  allAcknowledged,
  assertOneTaskEach,
  filesIn,
  look,
  messageStates,
  smallConsultation,
} from "./support/sends.ts";

const SENDS = 200;
const KILLS = 8;
const MINUTE = 60_000;

/** Commands of which one at a time is killed with -9 and started again. */
interface Killable {
  start(): RunningCommand;
  running: RunningCommand;
}

async function makeEconomy(t: TestContext): Promise<Economy> {
  return openEconomy({ data: await temporaryFolder(t), portBase: await freePortBase() });
}

function startAll(t: TestContext, economy: Economy, commands: readonly string[][]): Killable[] {
  return commands.map((words) => {
    const start = (): RunningCommand => runCommand([...words, "--data", economy.folder]);
    const killable: Killable = { start, running: start() };
    atEnd(t, async () => killable.running.end("SIGKILL"));
    return killable;
  });
}

function endOf({ running }: Killable): string {
  return `\nthe end of its output:\n${running.output().slice(-2000)}`;
}

/** Never resolves. */
async function unlessEnded(killable: Killable): Promise<never> {
  const status = await killable.running.ended;
  throw new Error(`one ended by itself, with ${status}:${endOf(killable)}`);
}

/** Stores the sends in the sender's system, spread over all the kills, from a process that is not killed: this one. */
async function sendWhileKilling(t: TestContext, economy: Economy, killables: readonly Killable[]): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const sender = await look(economy, "Y99001", closing);
  const receiver = await look(economy, "Y99002", closing);
  const headerIds: string[] = [];
  for (let kill = 0; kill <= KILLS; kill += 1) {
    const goal = Math.ceil((SENDS * (kill + 1)) / (KILLS + 1));
    while (headerIds.length < goal) {
      headerIds.push((await sender.sendConsultation(await smallConsultation())).headerId);
    }
    if (kill === KILLS) break;
    const delay = Math.floor(Math.random() * 2500);
    await wait(delay);
    const victim = killables[Math.floor(Math.random() * killables.length)]!;
    assert.equal(await victim.running.end("SIGKILL"), "SIGKILL", `it had ended by itself:${endOf(victim)}`);
    victim.running = victim.start();
    t.diagnostic(`kill ${kill + 1} after ${delay} ms, ${headerIds.length} sends stored`);
  }
  const acknowledged = allAcknowledged(sender, headerIds, 3 * MINUTE).catch((error: Error) => {
    throw new Error(`${error.message}${killables.map(endOf).join("")}`, { cause: error });
  });
  await Promise.race([acknowledged, ...killables.map(unlessEnded)]);

  const duplicates = await assertOneTaskEach(receiver, headerIds);
  t.diagnostic(`${duplicates} messages came twice, because a kill swallowed the answer to their send`);
  assert.deepEqual(messageStates(economy), ["DATA acknowledged"], "every accepted message was collected");
  assert.deepEqual(filesIn(economy, "Y99001OT001", "OUT"), []);
  assert.deepEqual(filesIn(economy, "Y99001OT001", "FAILED"), []);
  assert.deepEqual(filesIn(economy, "Y99002OT001", "OUT"), []);
  assert.deepEqual(filesIn(economy, "Y99002OT001", "FAILED"), []);
  assert.equal(filesIn(economy, "Y99001OT001", "SENT").length, 2 * SENDS, "each report's pair is in SENT once");
  // One for each level, and 20007 for a message that came twice.
  assert.equal(filesIn(economy, "Y99002OT001", "SENT").length, 2 * (2 * SENDS + duplicates));
}

test(
  "200 sends survive kill -9 of the whole economy at random moments: one task each, acknowledged once",
  { timeout: 6 * MINUTE },
  async (t) => {
    const economy = await makeEconomy(t);
    const killables = startAll(t, economy, [["up", "--no-samples"]]);
    await sendWhileKilling(t, economy, killables);
  },
);

test(
  "200 sends survive kill -9 of server, clients and systems in turn: one task each, acknowledged once",
  { timeout: 6 * MINUTE },
  async (t) => {
    const economy = await makeEconomy(t);
    const killables = startAll(t, economy, [
      ["server"],
      ["client", "--organisation", "Y99001"],
      ["client", "--organisation", "Y99002"],
      ["practice", "--organisation", "Y99001"],
      ["practice", "--organisation", "Y99002"],
    ]);
    await sendWhileKilling(t, economy, killables);
  },
);
