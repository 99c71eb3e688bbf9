import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { messageFileName } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { pairName } from "@restante/mesh-client/directory";
import { testClient, testMailboxes } from "@restante/testbed";
import { startRenamingServer } from "../../../mesh-client/test/renaming-server.ts";
import { consultationOf, onlineConsultationOf, openParty, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

test("by API, a message under any id becomes a task, or is kept under a name that leaves no folder", async (t) => {
  const ids = ["0f8b2c4d6e8a4c1f9b3d5e7f60718293", "../../kept", "CON", "a/b", "abc", "ABC"];
  const server = await startEconomy(t);
  const renamed = await startRenamingServer(t, server, [testMailboxes.pharmacy, testMailboxes.sender], ids);
  await using from = await testClient(renamed, testMailboxes.sender);
  const client = await testClient(renamed, testMailboxes.pharmacy);
  t.after(async () => client[Symbol.asyncDispose]());
  const pharmacy = await openParty(t, server, "pharmacy", "api", {
    transports: [{ kind: "api", client }],
    tuning: { maxMessageBytes: 100 },
  });
  const bodyOf = (id: string): string => `${id} ${"x".repeat(200)}`;
  for (const id of ids) {
    const { messageId } = await from.send({
      to: testMailboxes.pharmacy,
      workflowId: "SOME_SPREADSHEET",
      body: bodyOf(id),
    });
    assert.equal(messageId, id);
  }
  await pharmacy.practice.cycle();
  const { worklist } = pharmacy.practice;
  assert.deepEqual((await person(worklist).tasks()).map(({ messageId }) => messageId).sort(), ids.toSorted());
  for (const { taskId, messageId } of await person(worklist).tasks()) {
    assert.equal(Buffer.from((await person(worklist).original(taskId))?.bytes ?? []).toString(), bodyOf(messageId));
  }
  const kept = readdirSync(join(pharmacy.options.dataFolder, "kept"));
  assert.deepEqual(kept.sort(), ids.map((id) => `${messageFileName(id)}.dat`).sort());
  assert.deepEqual((await client.list()).messageIds, [], "each is acknowledged");
  const [hex = "", ...others] = ids;
  assert.deepEqual(
    pharmacy.events
      .of("message-set-aside")
      .map(({ messageId }) => messageId as string)
      .sort(),
    [hex, ...others.map(pairName)].sort(),
    "what may be a name is told by its digest",
  );
});

test("by API, entries of a listing that cannot be message ids are told, and take nobody's place", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const real = await testClient(server, testMailboxes.pharmacy);
  t.after(async () => real[Symbol.asyncDispose]());
  // As if the first page held nothing else.
  const client: MeshClient = {
    ...real,
    async *listAll(options) {
      options?.onUnusableIds?.(50);
      yield* real.listAll(options);
    },
  };
  const pharmacy = await openParty(t, server, "pharmacy", "api", { transports: [{ kind: "api", client }] });
  await sender.practice.sendConsultation(onlineConsultationOf());
  await sender.practice.cycle();
  await pharmacy.practice.cycle();
  assert.equal((await person(pharmacy.practice.worklist).tasks()).length, 1);
  const told = pharmacy.events.of("listing-unreadable");
  assert.deepEqual(
    told.map(({ ids, mailboxId, times }) => ({ ids, mailboxId, times })),
    [{ ids: 50, mailboxId: testMailboxes.pharmacy, times: 1 }],
  );
});

test("a report that MESH accepted under an id that cannot be read is held, whatever tracking says, and not sent again", async (t) => {
  const server = await startEconomy(t);
  const client = await testClient(server, testMailboxes.sender);
  t.after(async () => client[Symbol.asyncDispose]());
  let sends = 0;
  const send: MeshClient["send"] = async () => {
    sends += 1;
    throw new MeshClientError("unexpected-answer", "No id.", { retry: "ambiguous", answer: { status: 202 } });
  };
  const sender = await openParty(t, server, "sender", "api", {
    tuning: { retryAfterMs: 0 },
    transports: [{ kind: "api", client: { ...client, send } }],
  });
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  for (let pass = 0; pass < 4; pass += 1) await sender.practice.cycle();
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "held");
  assert.equal(sends, 1);
});
