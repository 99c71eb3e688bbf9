import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { consultationSummary, idKey, infrastructureResponse, readMessage, readResponse } from "@restante/itk3";
import { testClient, testMailboxes, waitFor } from "@restante/testbed";
import { onlineConsultationOf, openParty, organisations, startEconomy } from "../support/real.ts";
import { documentInput, workflowId } from "../support/messages.ts";
import { person } from "../support/person.ts";

const to = testMailboxes.pharmacy;

/** A message as a system writes it that has its UUIDs in capitals. */
function inCapitals(xml: string): string {
  return xml.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uuid) => uuid.toUpperCase());
}

test("a message sent twice, in small letters and in capitals, is one task, and each is answered by the id as it was sent", async (t) => {
  const server = await startEconomy(t);
  await using client = await testClient(server, testMailboxes.sender);
  const pharmacy = await openParty(t, server, "pharmacy", "api");
  const input = documentInput({ senderMailbox: testMailboxes.sender });
  const first = consultationSummary(input);
  for (const body of [first.xml, inCapitals(first.xml)]) {
    await client.send({ to, workflowId, body });
    await pharmacy.turn();
  }
  const told = new Map<string, string>();
  await waitFor(async () => {
    await pharmacy.turn();
    for await (const messageId of client.listAll()) {
      const { message } = readMessage(await buffer((await client.download(messageId)).body));
      const answer = message && readResponse(message);
      if (answer !== undefined) told.set(answer.code, answer.requestHeaderId);
      await client.acknowledge(messageId);
    }
    return told.size === 3;
  });
  assert.deepEqual(Object.fromEntries(told), {
    20013: first.headerId,
    20007: first.headerId.toUpperCase(),
    30016: first.headerId,
  });
  const { worklist } = pharmacy.practice;
  assert.equal((await person(worklist).tasks()).length, 1);

  const { documentIdentifier: replaces, compositionIdentifier } = first;
  const later = consultationSummary({ ...input, version: 2, replaces, compositionIdentifier });
  await client.send({ to, workflowId, body: inCapitals(later.xml) });
  await pharmacy.turn();
  assert.equal((await person(worklist).task(1))?.state, "replaced");
  assert.equal((await person(worklist).task(1))?.replacedBy, 2);
});

test("a report is received when its recipient answers by its id in capitals", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  await using client = await testClient(server, testMailboxes.pharmacy);
  const { headerId } = await sender.practice.sendConsultation(onlineConsultationOf());
  await sender.turn();
  const [messageId] = (await client.list()).messageIds;
  assert.ok(messageId);
  const { message } = readMessage(await buffer((await client.download(messageId)).body));
  const request = message?.headerId?.toUpperCase();
  assert.equal(idKey(request ?? ""), headerId);
  const { xml } = infrastructureResponse({
    now: new Date(),
    request: { headerId: request },
    code: "20013",
    diagnostics: "As a test says.",
    responder: { odsCode: organisations.pharmacy.odsCode, mailboxId: to },
  });
  await client.send({ to: testMailboxes.sender, workflowId: `${workflowId}_ACK`, body: xml });
  await sender.turn();
  const report = await person(sender.practice.worklist).report(headerId);
  assert.deepEqual([report?.state, report?.infrastructure?.code], ["received", "20013"]);
  assert.deepEqual(await person(sender.practice.worklist).strays(), []);
});
