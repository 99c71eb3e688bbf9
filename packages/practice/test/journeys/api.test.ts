import assert from "node:assert/strict";
import { test } from "node:test";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { testClient, testMailboxes, waitFor } from "@restante/testbed";
import { parseOdsCode } from "@restante/mesh";
import { consultationOf, onlineConsultationOf, openParty, organisations, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

test(
  "journey 2: by API and addressed by lookup, the pharmacy accepts and both acknowledgements return",
  { tags: ["GPCM-C-01", "SCAL-GPCM-C-1", "GPCM-SD-OC-159"] },
  async (t) => {
    const server = await startEconomy(t);
    const sender = await openParty(t, server, "sender", "api");
    const pharmacy = await openParty(t, server, "pharmacy", "api");
    const { headerId } = await sender.practice.sendConsultation(onlineConsultationOf());
    await sender.turn();
    assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "sent");
    await waitFor(async () => {
      await pharmacy.turn();
      await sender.turn();
      return (await person(sender.practice.worklist).report(headerId))?.state === "accepted";
    });

    const report = await person(sender.practice.worklist).report(headerId);
    assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30016"]);
    assert.deepEqual(report?.recipient, {
      kind: "organisation",
      odsCode: "FY901",
      mailboxId: testMailboxes.pharmacy,
      name: organisations.pharmacy.name,
    });
    assert.equal(report.via, "api");
    const [task, ...others] = await person(pharmacy.practice.worklist).tasks();
    assert.deepEqual(others, []);
    assert.equal(task?.messageId, report?.messageId);
    for (const { client } of [sender, pharmacy]) {
      assert.deepEqual((await client.list()).messageIds, []);
    }
    assert.deepEqual(
      (await person(pharmacy.practice.worklist).task(task?.taskId ?? 0))?.responses.map(({ code, state }) => [
        code,
        state,
      ]),
      [
        ["20013", "sent"],
        ["30016", "sent"],
      ],
    );
  },
);

test("an organisation without a mailbox for the workflow cannot be sent to, and that is told to a person", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const { headerId } = await sender.practice.sendConsultation(consultationOf(), {
    to: { odsCode: parseOdsCode("Y90009") },
  });
  await sender.practice.cycle();
  const report = await person(sender.practice.worklist).report(headerId);
  assert.equal(report?.state, "failed");
  assert.match(report.attention ?? "", /no MESH mailbox/);
});

test("a message is acknowledged to MESH only after it is stored, and a repeat is not stored again", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const client = await testClient(server, testMailboxes.pharmacy);
  t.after(async () => client[Symbol.asyncDispose]());
  let acknowledgements = 0;
  const failing: MeshClient = {
    ...client,
    async acknowledge(messageId, options) {
      acknowledgements += 1;
      if (acknowledgements === 1) throw new MeshClientError("unreachable", "Cut off.", { retry: "safe" });
      return client.acknowledge(messageId, options);
    },
  };
  const pharmacy = await openParty(t, server, "pharmacy", "api", { transports: [{ kind: "api", client: failing }] });
  await sender.practice.sendConsultation(onlineConsultationOf());
  await sender.practice.cycle();

  await assert.rejects(pharmacy.practice.cycle(), { code: "unreachable" });
  assert.equal((await person(pharmacy.practice.worklist).tasks()).length, 1);
  assert.equal((await client.list()).messageIds.length, 1);
  await pharmacy.practice.cycle();
  assert.equal((await person(pharmacy.practice.worklist).tasks()).length, 1);
  assert.deepEqual((await client.list()).messageIds, []);
});

/** A client that sends as `answer` says. */
function sendingAs(client: MeshClient, answer: MeshClient["send"]): MeshClient {
  return { ...client, send: answer };
}

const lost = new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });

test("a send whose answer was lost is found by tracking and not sent again", async (t) => {
  const server = await startEconomy(t);
  const client = await testClient(server, testMailboxes.sender);
  t.after(async () => client[Symbol.asyncDispose]());
  let sends = 0;
  const sender = await openParty(t, server, "sender", "api", {
    tuning: { retryAfterMs: 0 },
    transports: [
      {
        kind: "api",
        client: sendingAs(client, async (message, options) => {
          sends += 1;
          await client.send(message, options);
          throw lost;
        }),
      },
    ],
  });
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  await sender.practice.cycle();
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "built");
  await sender.practice.cycle();
  const report = await person(sender.practice.worklist).report(headerId);
  assert.equal(report?.state, "sent");
  assert.ok(report.messageId);
  assert.equal(sends, 1);
});

test("a send whose answer was lost and that MESH does not have is sent again", async (t) => {
  const server = await startEconomy(t);
  const client = await testClient(server, testMailboxes.sender);
  t.after(async () => client[Symbol.asyncDispose]());
  let sends = 0;
  const sender = await openParty(t, server, "sender", "api", {
    tuning: { retryAfterMs: 0 },
    transports: [
      {
        kind: "api",
        client: sendingAs(client, async (message, options) => {
          sends += 1;
          if (sends === 1) throw lost;
          return client.send(message, options);
        }),
      },
    ],
  });
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  await sender.practice.cycle();
  await sender.practice.cycle();
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "sent");
  assert.equal(sends, 2);
});

test("where MESH cannot tell, the message is held until a person decides; it is never sent again silently", async (t) => {
  const server = await startEconomy(t);
  const client = await testClient(server, testMailboxes.sender);
  t.after(async () => client[Symbol.asyncDispose]());
  // GP Connect makes LocalId the ODS code: with two earlier sends it tells nothing any more.
  const { odsCode } = organisations.sender;
  for (const to of [testMailboxes.practice, testMailboxes.practice]) {
    await client.send({ to, workflowId: "SOME_SPREADSHEET", localId: odsCode, body: Buffer.from("1") });
  }
  let sends = 0;
  const sender = await openParty(t, server, "sender", "api", {
    tuning: { retryAfterMs: 0 },
    transports: [
      {
        kind: "api",
        client: sendingAs(client, async (message, options) => {
          sends += 1;
          if (sends === 1) throw lost;
          return client.send(message, options);
        }),
      },
    ],
  });
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  for (let pass = 0; pass < 4; pass += 1) await sender.practice.cycle();
  const held = await person(sender.practice.worklist).report(headerId);
  assert.equal(held?.state, "held");
  assert.match(held.attention ?? "", /may or may not/);
  assert.equal(sends, 1);
  await person(sender.practice.worklist).sendAgain(headerId);
  await sender.practice.cycle();
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "sent");
  assert.equal(sends, 2);
});

test("a server that cannot be reached leaves the report to be sent later", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api", { tuning: { retryAfterMs: 0 } });
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  await server.close();
  await assert.rejects(sender.practice.cycle());
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "built");
  await server.restart();
  await sender.practice.cycle();
  assert.equal((await person(sender.practice.worklist).report(headerId))?.state, "sent");
});
