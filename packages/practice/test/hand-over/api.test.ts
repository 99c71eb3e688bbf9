import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Event } from "@restante/mesh";
import { type MeshClient, MeshClientError, type OutgoingMessage } from "@restante/mesh-client";
import { testClock } from "../support/clock.ts";
import { consultationOf, openParty, type Party, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

const hour = 60 * 60 * 1000;

/** A sender on a real server; `fail` may throw instead of sending. */
async function openSender(t: TestContext, fail: (message: OutgoingMessage, sends: number) => void) {
  const server = await startEconomy(t);
  const plain = await openParty(t, server, "sender", "api");
  const clock = testClock();
  const events: Event[] = [];
  let sends = 0;
  const client: MeshClient = {
    ...plain.client,
    async send(message, options) {
      sends += 1;
      fail(message, sends);
      return plain.client.send(message, options);
    },
  };
  const transports = [{ kind: "api", client } as const];
  const party = await openParty(t, server, "sender", "api", { transports, clock, emit: (event) => events.push(event) });
  const held = (): (Event & { event: "work-held-up" })[] => events.filter((event) => event.event === "work-held-up");
  return { party, clock, events, held, sends: () => sends };
}

async function sendThree({ practice }: Party): Promise<string[]> {
  const headerIds: string[] = [];
  for (let version = 1; version <= 3; version += 1) {
    headerIds.push((await practice.sendConsultation(consultationOf(undefined, { version }))).headerId);
  }
  return headerIds;
}

const stateOf = async ({ practice }: Party, headerId = ""): Promise<string | undefined> =>
  (await person(practice.worklist).report(headerId))?.state;

test("a report that the server always fails on holds up no other, is told, tried for as long as it takes, and sent in the end", async (t) => {
  let broken = true;
  let first: string | undefined;
  const { party, clock, events, held, sends } = await openSender(t, ({ fileName }) => {
    first ??= fileName;
    if (broken && fileName === first) throw new MeshClientError("server-failed", "Broken.", { retry: "safe" });
  });
  const [failing, ...others] = await sendThree(party);
  await party.practice.cycle();
  assert.equal(await stateOf(party, failing), "built");
  for (const headerId of others) assert.equal(await stateOf(party, headerId), "sent");
  const [told] = held();
  assert.deepEqual([told?.work, told?.headerId, told?.times], ["handing-over", failing, 1]);
  for (let pass = 0; pass < 24 * 60; pass += 1) {
    clock.advance(60_000);
    await party.practice.cycle();
  }
  assert.equal(await stateOf(party, failing), "built");
  assert.ok(sends() < 60, String(sends()));
  assert.ok(held().length < 12, String(held().length));
  broken = false;
  clock.advance(hour);
  await party.practice.cycle();
  assert.equal(await stateOf(party, failing), "sent");
  assert.equal(events.filter(({ event }) => event === "work-resumed").length, 1);
});

for (const [what, retry] of [
  ["timed-out", "ambiguous"],
  ["timed-out", "safe"],
  ["unavailable", "safe"],
  ["unreachable", "safe"],
] as const) {
  test(`a server that gives no answer (${what}, ${retry}) is asked once a pass, not once for each report`, async (t) => {
    const { party, clock, sends } = await openSender(t, (_, count) => {
      if (count <= 2) throw new MeshClientError(what, "No answer.", { retry });
    });
    const reports = await sendThree(party);
    await party.practice.cycle().catch(() => undefined);
    assert.equal(sends(), 1);
    await party.practice.cycle().catch(() => undefined);
    assert.equal(sends(), 2);
    for (let pass = 0; pass < 3; pass += 1) {
      clock.advance(hour);
      await party.practice.cycle();
    }
    assert.deepEqual(await Promise.all(reports.map((headerId) => stateOf(party, headerId))), ["sent", "sent", "sent"]);
  });
}
