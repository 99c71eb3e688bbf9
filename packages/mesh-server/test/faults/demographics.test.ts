import assert from "node:assert/strict";
import { test } from "node:test";

import { DemographicsError, embeddedDemographics, isRegisteredAt } from "@restante/demographics";
import type { NhsNumber, OdsCode } from "@restante/mesh";
import { addressOf, testClient, testDirectory, testMailboxes, testPatients, waitFor } from "@restante/testbed";

import { faultyDemographics } from "../../src/faults/demographics.ts";
import { createFaults } from "../../src/faults/faults.ts";
import { createMoves } from "../../src/faults/moves.ts";
import { startFaultyServer } from "./faulty-server.ts";

const { sender, practice } = testMailboxes;
const { registered, unknown } = testPatients;
const nhsNumber = registered.nhsNumber as NhsNumber;
const today = new Date().toISOString().slice(0, 10);

function parts(): {
  faults: ReturnType<typeof createFaults>;
  moves: ReturnType<typeof createMoves>;
  demographics: ReturnType<typeof faultyDemographics>;
} {
  const directory = testDirectory();
  const records = embeddedDemographics(directory);
  const faults = createFaults({ emit: () => undefined, canExpireCertificate: false });
  const moves = createMoves(records);
  return { faults, moves, demographics: faultyDemographics(records, faults, moves) };
}

test("demographics that are down do not answer, and may be asked again", async () => {
  const { faults, demographics } = parts();
  await faults.control.next({ at: "demographics", do: "down" });

  await assert.rejects(
    demographics.find(nhsNumber),
    (error) => error instanceof DemographicsError && error.code === "unavailable" && error.retry === "safe",
  );
  assert.equal((await demographics.find(nhsNumber))?.nhsNumber, nhsNumber);
});

test("demographics that are slow answer late, or not to who does not wait, and at once when cleared", async () => {
  const { faults, demographics } = parts();
  const { faultId } = await faults.control.add({ at: "demographics", do: "delay", for: "10m" });
  const patience = new AbortController();
  const impatient = demographics.find(nhsNumber, patience.signal);
  const patient = demographics.find(nhsNumber);
  patience.abort();

  await assert.rejects(impatient, { name: "AbortError" });
  await faults.control.clear({ faultId });
  assert.equal((await patient)?.nhsNumber, nhsNumber);

  await faults.control.next({ at: "demographics", do: "delay", for: "50ms" });
  const began = performance.now();
  await demographics.find(nhsNumber);
  assert.ok(performance.now() - began >= 49);
});

test("a fault at any leaves demographics alone", async () => {
  const { faults, demographics } = parts();
  await faults.control.add({ at: "any", do: "delay", for: "10m" });

  assert.equal((await demographics.find(nhsNumber))?.nhsNumber, nhsNumber);
});

test("a message waits while demographics are down, and is placed when they are up again", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const { faultId } = await server.faults.control.add({ at: "demographics", do: "down" });
  const to = addressOf(registered);
  await client.send({ to, workflowId: "GPFED_CONSULT_REPORT", body: Buffer.from("x") });
  assert.equal((await server.events.next("routing-held")).reason, "unavailable");

  await server.faults.control.clear({ faultId });

  const { mailboxId } = await server.events.next("message-placed");
  assert.equal(mailboxId, practice);
});

test("a patient who moves is routed to the other practice, or to none", async (t) => {
  const server = await startFaultyServer(t);
  await using client = await testClient(server, sender);
  const send = async (): Promise<unknown> =>
    client.send({ to: addressOf(registered), workflowId: "GPFED_CONSULT_REPORT", body: Buffer.from("x") });

  assert.deepEqual(await server.moves.control.move({ nhsNumber: "995 526 0181", odsCode: "y90001" }), {
    nhsNumber,
    odsCode: "Y90001",
  });
  await send();
  const elsewhere = await server.events.next("routing-failed");
  assert.equal(elsewhere.code, "EPL-151", "the other practice has no mailbox for it");
  assert.equal(elsewhere.reason, "no-mailbox-for-workflow");

  await server.moves.control.move({ nhsNumber });
  await send();
  await waitFor(() => server.events.of("routing-failed").length === 2);
  assert.equal(server.events.of("routing-failed")[1]?.reason, "no-practice");
  assert.deepEqual(await server.moves.control.read(), { moved: [{ nhsNumber }] });

  server.moves.forget();
  await send();
  assert.equal((await server.events.next("message-placed")).mailboxId, practice);
});

test("who moved is registered at the new practice alone, and has left the old one", async () => {
  const { moves, demographics } = parts();
  await moves.control.move({ nhsNumber, odsCode: "FY901" });

  const record = await demographics.find(nhsNumber);

  assert.ok(record !== undefined && isRegisteredAt(record, "FY901" as OdsCode, today));
  assert.ok(!isRegisteredAt(record, "Y90002" as OdsCode, today));
  assert.deepEqual(
    record.formerPractices.map(({ odsCode }) => odsCode),
    ["Y90002"],
  );
});

test("nobody unknown moves, and who moves may be at a practice that nobody knows", async () => {
  const { moves } = parts();
  const refused = async (move: { nhsNumber: string; odsCode?: string }, code: string): Promise<void> =>
    assert.rejects(moves.control.move(move), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(!error.message.includes(move.nhsNumber));
      return true;
    });

  await refused({ nhsNumber: unknown.nhsNumber }, "patient-unknown");
  await refused({ nhsNumber: "1234567890" }, "input-invalid");
  assert.deepEqual(await moves.control.read(), { moved: [] });
  await moves.control.move({ nhsNumber, odsCode: "NOWHERE" });
  assert.deepEqual(await moves.control.read(), { moved: [{ nhsNumber, odsCode: "NOWHERE" }] });
});

test("moves are saved and loaded as JSON", async () => {
  const first = parts();
  await first.moves.control.move({ nhsNumber, odsCode: "FY901" });
  const saved: unknown = JSON.parse(JSON.stringify(first.moves.part.save()));
  const second = parts();

  second.moves.part.load(saved);

  assert.deepEqual((await second.demographics.find(nhsNumber))?.practice, { odsCode: "FY901" });
  second.moves.part.load(undefined);
  assert.deepEqual(await second.moves.control.read(), { moved: [] });
});
