// Both journeys by two nodes that share a PostgreSQL and an S3-compatible store: whoever sends speaks to one of them, whoever
// receives to the other.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test, type TestContext } from "node:test";
import { postgresMissing, startPostgres, startS3, testMailboxes, type TestServer, waitFor } from "@restante/testbed";
import type { ConsultationAttachment } from "../../src/consultation/consultation.ts";
import { person } from "../support/person.ts";
import { consultationOf, onlineConsultationOf, openParty, startEconomy } from "../support/real.ts";

const skip = postgresMissing ?? false;
const file = { after: (end: () => unknown) => after(() => end()) };
const shared = skip === false ? await Promise.all([startPostgres(file), startS3(file)]) : undefined;

/** No small body. */
const attachments: ConsultationAttachment[] = [
  { title: "Photograph", contentType: "image/png", bytes: randomBytes(300_000) },
];

async function startTwoNodes(t: TestContext): Promise<[TestServer, TestServer]> {
  assert.ok(shared);
  const [postgres, s3] = shared;
  const kept = { store: await postgres.createDatabase(), ...s3.settings() };
  return [await startEconomy(t, { ...kept, node: "one" }), await startEconomy(t, { ...kept, node: "two" })];
}

test(
  "journey 1 by two nodes: routed by patient, the report is a task and both acknowledgements return",
  { skip },
  async (t) => {
    const [one, two] = await startTwoNodes(t);
    const sender = await openParty(t, one, "sender", "directory");
    const practice = await openParty(t, two, "practice", "directory");
    const { headerId } = await sender.practice.sendConsultation(consultationOf(undefined, { attachments }));

    await waitFor(async () => {
      await sender.turn();
      await practice.turn();
      return (await person(sender.practice.worklist).report(headerId))?.state === "accepted";
    });

    const report = await person(sender.practice.worklist).report(headerId);
    assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30001"]);
    const tasks = await person(practice.practice.worklist).tasks();
    assert.deepEqual(
      tasks.map(({ messageId }) => messageId),
      [report?.messageId],
    );
    const { bucket } = shared![1];
    assert.equal((await shared![1].bodies()).length, 1, `the document is in ${bucket}`);
    const placed = [...one.events.of("message-placed"), ...two.events.of("message-placed")];
    const routed = placed.filter(({ messageId }) => messageId === report?.messageId);
    assert.equal(routed.length, 1, "one of them has routed it, once");
  },
);

test(
  "journey 2 by two nodes: addressed by lookup, the pharmacy accepts and both acknowledgements return",
  { skip },
  async (t) => {
    const [one, two] = await startTwoNodes(t);
    const sender = await openParty(t, one, "sender", "api");
    const pharmacy = await openParty(t, two, "pharmacy", "api");
    const { headerId } = await sender.practice.sendConsultation({ ...onlineConsultationOf(), attachments });

    await waitFor(async () => {
      await sender.turn();
      await pharmacy.turn();
      return (await person(sender.practice.worklist).report(headerId))?.state === "accepted";
    });

    const report = await person(sender.practice.worklist).report(headerId);
    assert.deepEqual([report?.infrastructure?.code, report?.business?.code], ["20013", "30016"]);
    assert.partialDeepStrictEqual(report?.recipient, { kind: "organisation", mailboxId: testMailboxes.pharmacy });
    for (const { client } of [sender, pharmacy]) assert.deepEqual((await client.list()).messageIds, []);
  },
);
