import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import {
  type OperatorResult,
  type ServerProcess,
  settableClock,
  startServerProcess,
  startTestServer,
  testClient,
  testMailboxes,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const day = 24 * 60 * 60 * 1000;
const UNDELIVERED = 60;
const DAMAGED = 30;

async function all(client: MeshClient): Promise<MessageId[]> {
  const ids: MessageId[] = [];
  for await (const messageId of client.listAll()) ids.push(messageId);
  return ids;
}

/** Asks until there is an answer. After one that was lost, `done` is how the server says that it had happened. */
async function insist(
  server: ServerProcess,
  done: string,
  ...call: Parameters<ServerProcess["operate"]>
): Promise<void> {
  let lost = false;
  for (;;) {
    let result: OperatorResult;
    try {
      result = await server.operate(...call);
    } catch {
      lost = true;
      await delay(10);
      continue;
    }
    if ("value" in result) return;
    assert.deepEqual([result.code, lost], [done, true], call.join(" "));
    return;
  }
}

async function killAgainAndAgain(server: ServerProcess, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    await delay(randomInt(20, 300));
    await server.kill();
    kills += 1;
    await server.start();
  }
  return kills;
}

test("killed at random moments, an operator's verbs happen whole, once, and what was answered is there", async (t) => {
  const clock = settableClock(new Date(Date.now() - 5 * day - 60_000));
  const before = await startTestServer(t, { clock });
  await using to = await testClient(before, sender);
  const send = async (body: Buffer): Promise<MessageId> =>
    (await to.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
  const undelivered: MessageId[] = [];
  for (let index = 0; index < UNDELIVERED; index += 1) undelivered.push(await send(Buffer.from("x")));
  clock.advance(5 * day + 60_000);
  await waitFor(() => before.events.of("report-placed").length === UNDELIVERED);
  const damaged: MessageId[] = [];
  for (let index = 0; index < DAMAGED; index += 1) damaged.push(await send(Buffer.alloc(70_000)));
  await before.close();
  const folder = join(before.config.dataFolder, "bodies");
  for (const name of await readdir(folder)) await truncate(join(folder, name));

  const server = await startServerProcess(t, { config: { ...before.config, port: 0, acceptClock: true } });
  const working = new AbortController();
  const killing = killAgainAndAgain(server, working.signal);
  let closed = false;
  await Promise.all([
    (async () => {
      for (const messageId of undelivered) await insist(server, "not-undelivered", "putBack", messageId);
    })(),
    (async () => {
      for (const messageId of damaged) await insist(server, "not-accepted", "giveUpBody", messageId);
    })(),
    (async () => {
      for (let turn = 0; turn < 31; turn += 1) {
        closed = !closed;
        if (closed) await insist(server, "", "closeMailbox", practice, "moves");
        else await insist(server, "", "openMailbox", practice);
      }
    })(),
  ]);
  working.abort();
  t.diagnostic(`${await killing} kills`);

  await using from = await testClient(server, sender);
  await using atPharmacy = await testClient(server, pharmacy);
  assert.deepEqual(await all(atPharmacy), undelivered, "each once, in the order in which they were put back");
  assert.equal((await atPharmacy.list()).messageIds.length, UNDELIVERED);
  const reports: string[] = [];
  for (const reportId of await all(from)) {
    const { headers } = await from.download(reportId);
    reports.push(`${headers.statusCode} ${headers.linkedMessageId}`);
  }
  assert.deepEqual(
    reports.toSorted(),
    [...undelivered.map((id) => `14 ${id}`), ...damaged.map((id) => `02 ${id}`)].toSorted(),
    "one report for each failure",
  );
  const found = (await server.operate("closedMailboxes")) as { value: { mailboxId: string }[] };
  assert.deepEqual(
    found.value.map(({ mailboxId }) => mailboxId),
    [practice],
  );
});
