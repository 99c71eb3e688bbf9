import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import {
  addressOf,
  type ServerProcess,
  startServerProcess,
  testClient,
  testMailboxes,
  testPatients,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const SENDERS = 4;
const SENDS_EACH = 50;

type Kind = "direct" | "routed" | "unroutable";
const kinds: readonly Kind[] = ["direct", "direct", "routed", "unroutable"];
const envelopes: Readonly<Record<Kind, { to: string; workflowId: string }>> = {
  direct: { to: pharmacy, workflowId: testWorkflow },
  routed: { to: addressOf(testPatients.accented), workflowId: "GPFED_CONSULT_REPORT" },
  unroutable: { to: addressOf(testPatients.withoutPractice), workflowId: "GPFED_CONSULT_REPORT" },
};

interface Sent {
  /** Of each sender, in the order in which its sends were answered. */
  accepted: Map<MessageId, { kind: Kind; sender: number; turn: number }>;
  /** Sends whose answer was lost: they may have been accepted. */
  inDoubt: Record<Kind, number>;
}

async function sendAll(client: MeshClient, number: number, sent: Sent): Promise<void> {
  for (let turn = 0; turn < SENDS_EACH; turn += 1) {
    const kind = kinds[turn % kinds.length] as Kind;
    // Some bodies go to files, most into rows.
    const body = Buffer.alloc(turn % 10 === 0 ? 100_000 : 500, `${number}:${turn}`);
    for (;;) {
      try {
        const { messageId } = await client.send({ ...envelopes[kind], body });
        sent.accepted.set(messageId, { kind, sender: number, turn });
        break;
      } catch (error) {
        assert.ok(error instanceof MeshClientError);
        if (error.retry === "ambiguous") {
          sent.inDoubt[kind] += 1;
          break;
        }
        assert.equal(error.retry, "safe", error.code);
        await delay(20);
      }
    }
  }
}

/** Empties an inbox until told to stop. An acknowledgement whose answer was lost may have happened. */
async function acknowledgeSome(
  client: MeshClient,
  { tried, acknowledged }: { tried: Set<MessageId>; acknowledged: Set<MessageId> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { messageIds } = await client.list({ maxResults: 10 });
      for (const messageId of messageIds.slice(0, 3)) {
        tried.add(messageId);
        await client.acknowledge(messageId);
        acknowledged.add(messageId);
      }
    } catch (error) {
      assert.ok(error instanceof MeshClientError);
    }
    await delay(30);
  }
}

async function killAgainAndAgain(server: ServerProcess, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    await delay(randomInt(30, 400));
    await server.kill();
    kills += 1;
    await server.start();
  }
  return kills;
}

async function all(client: MeshClient): Promise<MessageId[]> {
  const ids: MessageId[] = [];
  for await (const messageId of client.listAll()) ids.push(messageId);
  return ids;
}

test("killed at random moments, the server loses nothing it said 202 to, and delivers nothing twice", async (t) => {
  const server = await startServerProcess(t);
  await using from = await testClient(server, sender, { retries: { attempts: 1 } });
  await using atPharmacy = await testClient(server, pharmacy);
  await using atPractice = await testClient(server, practice);
  const sent: Sent = { accepted: new Map(), inDoubt: { direct: 0, routed: 0, unroutable: 0 } };
  const acknowledged = new Set<MessageId>();
  const tried = new Set<MessageId>();
  const sending = new AbortController();

  const killing = killAgainAndAgain(server, sending.signal);
  const acknowledging = acknowledgeSome(atPharmacy, { tried, acknowledged }, sending.signal);
  await Promise.all(Array.from({ length: SENDERS }, (_, number) => sendAll(from, number, sent)));
  sending.abort();
  await acknowledging;
  t.diagnostic(`${await killing} kills, ${sent.accepted.size} accepted, in doubt ${JSON.stringify(sent.inDoubt)}`);

  const accepted = (kind: Kind): MessageId[] =>
    [...sent.accepted].filter(([, { kind: its }]) => its === kind).map(([messageId]) => messageId);
  // What was accepted and waits to be routed is routed after the last start.
  await waitFor(async () => (await all(atPractice)).length >= accepted("routed").length, { timeoutMs: 30_000 });
  await waitFor(async () => (await all(from)).length >= accepted("unroutable").length, { timeoutMs: 30_000 });

  const listed = await all(atPharmacy);
  for (const messageId of tried) {
    if (acknowledged.has(messageId) || listed.includes(messageId)) continue;
    assert.equal((await from.track(messageId)).status, "acknowledged");
    acknowledged.add(messageId);
  }
  assertOnce([...listed, ...acknowledged], accepted("direct"), sent.inDoubt.direct);
  assertOnce(await all(atPractice), accepted("routed"), sent.inDoubt.routed);
  const linked: MessageId[] = [];
  for (const reportId of await all(from)) {
    linked.push((await from.download(reportId)).headers.linkedMessageId as MessageId);
  }
  assertOnce(linked, accepted("unroutable"), sent.inDoubt.unroutable);

  // A sender that had its answer before it sent again finds its messages in that order.
  for (let number = 0; number < SENDERS; number += 1) {
    const turns = listed.flatMap((messageId) => {
      const its = sent.accepted.get(messageId);
      return its?.sender === number ? [its.turn] : [];
    });
    assert.deepEqual(
      turns,
      turns.toSorted((one, other) => one - other),
      "listed in the order of acceptance",
    );
  }
});

/** Every one that is sure is there, once; of others only as many as were in doubt. */
function assertOnce(found: readonly MessageId[], sure: readonly MessageId[], inDoubt: number): void {
  assert.equal(new Set(found).size, found.length, "nothing is there twice, nor listed after it was acknowledged");
  assert.deepEqual(
    sure.filter((messageId) => !found.includes(messageId)),
    [],
    "nothing accepted is lost",
  );
  const others = found.filter((messageId) => !sure.includes(messageId));
  assert.ok(others.length <= inDoubt, `${others.length} more than were accepted, ${inDoubt} in doubt`);
}
