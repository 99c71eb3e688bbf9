import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";

import {
  addressOf,
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  testPatients,
  testRequest,
  testWorkflow,
} from "@restante/testbed";

const { sender, practice, pharmacy } = testMailboxes;
const day = 24 * 60 * 60 * 1000;

/** Each is sent somewhere below, and must come out nowhere but in what its recipient and its sender read. */
const secrets = {
  subject: "Secretsubject",
  localId: "Secretlocalid",
  fileName: "Secretfilename",
  partnerId: "Secretpartner",
  body: "Secretbody",
  surname: testPatients.registered.surname,
  nhsNumber: testPatients.registered.nhsNumber,
  born: "14031979",
};

test("no patient detail, password or token reaches an event, an error, a console, tracking or a file name", async (t) => {
  const clock = settableClock();
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    t.mock.method(stream, "write", (...words: Parameters<typeof write>) => {
      written.push(String(words[0]));
      return write(...words);
    });
  }
  const server = await startTestServer(t, { clock, config: { smallBodyBytes: 1, maxRequestBytes: 1000 } });
  const { subject, localId, fileName, partnerId, body } = secrets;
  const errors: string[] = [];
  const headers = {
    "mex-subject": subject,
    "mex-localid": localId,
    "mex-filename": fileName,
    "mex-partnerid": partnerId,
    "mex-workflowid": "GPFED_CONSULT_REPORT",
  };
  const post = async (to: string, overrides: Record<string, string> = {}, text: string = body): Promise<string> => {
    const answer = await testRequest(server, sender, {
      method: "POST",
      path: `/messageexchange/${sender}/outbox`,
      headers: { ...headers, "mex-to": to, ...overrides },
      body: text,
    });
    if (answer.status !== 202) errors.push(JSON.stringify(answer.headers), answer.body.toString());
    return (answer.json as { messageID?: string }).messageID ?? "";
  };

  // Placed, failed in each way, and refused in each way.
  const placed = await post(addressOf(testPatients.registered));
  await server.events.next("message-placed");
  const wrong = [
    `GPPROVIDER_${secrets.nhsNumber}_01011900_${secrets.surname}`,
    `GPPROVIDER_${secrets.nhsNumber.replace(/.$/, "0")}_${secrets.born}_${secrets.surname}`,
    `GPPROVIDER_${testPatients.unknown.nhsNumber}_${secrets.born}_${secrets.surname}`,
  ];
  for (const to of wrong) await post(to);
  await server.events.next("routing-failed", () => server.events.of("routing-failed").length === wrong.length);
  await post(addressOf(testPatients.registered), { "mex-workflowid": secrets.surname });
  await post(`GPPROVIDER_${secrets.nhsNumber}`);
  await post(secrets.surname);
  await post(pharmacy, { "mex-subject": `${subject}\t` + subject });
  await post(pharmacy, { "mex-subject": subject.repeat(50) });
  await post(pharmacy, { "mex-content-checksum": `${secrets.surname}+` });
  await post(pharmacy, { "mex-chunk-range": secrets.surname });
  await post(pharmacy, { "content-encoding": secrets.surname });
  await post(pharmacy, { "mex-from": secrets.surname });
  await post(pharmacy, { "mex-messagetype": secrets.surname });
  await post(pharmacy, { "mex-workflowid": testWorkflow }, body.repeat(200));
  await post(pharmacy, { authorization: `NHSMESH ${secrets.surname}` });
  await testRequest(server, sender, { path: `/messageexchange/${secrets.surname}/inbox` });
  await testRequest(server, sender, { path: `/${secrets.surname}` });
  await testRequest(server, sender, { path: `/messageexchange/${sender}/inbox/${secrets.surname}` });
  await testRequest(server, sender, {
    path: `/messageexchange/endpointlookup/${secrets.surname}/${secrets.surname}`,
  });

  // Read, tracked, acknowledged, expired.
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, practice);
  const tracked = await testRequest(server, sender, {
    path: `/messageexchange/${sender}/outbox/tracking?messageID=${placed}`,
  });
  const files = await readdir(server.config.dataFolder, { recursive: true });
  for (const messageId of (await receiver.list()).messageIds) await receiver.acknowledge(messageId);
  await client.send({ to: pharmacy, workflowId: testWorkflow, subject, localId, body: Buffer.from(body) });
  clock.advance(5 * day + 1000);
  await server.events.next("report-placed", ({ code }) => code === "14");
  clock.advance(31 * day);
  await server.close();

  assert.ok(errors.length >= 20, "the requests that were to be refused were");
  assert.ok(server.events.all.length > 20);
  const out = {
    events: JSON.stringify(server.events.all),
    errors: errors.join("\n"),
    console: written.join(""),
    files: files.join("\n"),
  };
  const { password = "" } = server.config.mailboxes.find(({ mailboxId }) => mailboxId === sender) ?? {};
  const hidden = [...Object.values(secrets), password, server.config.sharedKey, "NHSMESH", "GPPROVIDER_"];
  for (const [place, text] of Object.entries(out)) {
    for (const secret of hidden) assert.ok(!text.includes(secret), `${secret} is in the ${place}`);
  }
  const inTracking = [secrets.surname, secrets.nhsNumber, secrets.born, "GPPROVIDER_", body];
  for (const secret of inTracking) assert.ok(!tracked.body.includes(secret), `${secret} is in tracking`);
});
