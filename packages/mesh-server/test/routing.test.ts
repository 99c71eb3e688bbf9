import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { type Demographics, DemographicsError, embeddedDemographics } from "@restante/demographics";
import type { MailboxId, MessageId } from "@restante/mesh";
import {
  addressOf,
  ofOneMachine,
  settableClock,
  startTestServer,
  testClient,
  testDirectory,
  testMailboxes,
  type TestPatient,
  testPatients,
  testRequest,
  type TestServer,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, practice } = testMailboxes;
const workflowId = "GPFED_CONSULT_REPORT";

async function send(server: TestServer, patient: TestPatient, to: string = addressOf(patient)): Promise<MessageId> {
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({
    to,
    workflowId,
    subject: "a subject",
    localId: "local",
    body: Buffer.from("x"),
  });
  return messageId;
}

async function inbox(server: TestServer, mailboxId: string): Promise<MessageId[]> {
  await using client = await testClient(server, mailboxId);
  return (await client.list()).messageIds;
}

for (const name of ["registered", "accented", "deceased"] as const) {
  test(
    `a message for a patient who is ${name} is placed in the mailbox of the registered practice`,
    { tags: ["GPCM-SD-CS-072", "SCAL-GPCM-SD-084"] },
    async (t) => {
      const server = await startTestServer(t);

      const messageId = await send(server, testPatients[name]);
      const placed = await server.events.next("message-placed");

      assert.deepEqual(placed, { event: "message-placed", messageId, mailboxId: practice });
      const note = name === "deceased" ? { note: "deceased" } : {};
      assert.deepEqual(server.events.of("patient-matched"), [
        { event: "patient-matched", messageId, odsCode: "Y90002", ...note },
      ]);
      assert.deepEqual(await inbox(server, practice), [messageId]);
      assert.deepEqual(await inbox(server, sender), []);
    },
  );
}

const failures: [name: string, to: string, code: string, text: string, reason: string][] = [
  ["no practice", addressOf(testPatients.withoutPractice), "EPL-151", "No mailbox matched", "no-practice"],
  ["restricted", addressOf(testPatients.restricted), "EPL-151", "No mailbox matched", "restricted"],
  ["no mailbox", addressOf(testPatients.elsewhere), "EPL-151", "No mailbox matched", "no-mailbox-for-workflow"],
  ["bad number", "GPPROVIDER_9955260182_14031979_X", "EPL-152", "Invalid NHS Number", "nhs-number-invalid"],
  ["unknown", addressOf(testPatients.unknown), "EPL-153", "NHS Number not found", "nhs-number-not-found"],
  [
    "another date of birth",
    addressOf({ ...testPatients.registered, dateOfBirth: "1979-03-15" } as unknown as TestPatient),
    "EPL-154",
    "NHS Number supplied does not match the demographics",
    "date-of-birth-differs",
  ],
  [
    "an unreadable date",
    "GPPROVIDER_9955260181_99999999_Achterberg-Lowe",
    "EPL-154",
    "NHS Number supplied does not match the demographics",
    "date-of-birth-unreadable",
  ],
];

test("a message that cannot be routed comes back as one report with the code of the reference", async (t) => {
  const server = await startTestServer(t);
  for (const [name, to, code, text, reason] of failures) {
    await t.test(name, async () => {
      const messageId = await send(server, testPatients.registered, to);
      const { reportId } = await server.events.next(
        "report-placed",
        ({ linkedMessageId }) => linkedMessageId === messageId,
      );

      const report = await testRequest(server, sender, { path: `/messageexchange/${sender}/inbox/${reportId}` });

      assert.equal(report.status, 200);
      assert.equal(report.body.length, 0);
      const mex = Object.fromEntries(Object.entries(report.headers).filter(([header]) => header.startsWith("mex-")));
      assert.deepEqual(mex, {
        "mex-to": "GPPROVIDER",
        "mex-workflowid": workflowId,
        "mex-addresstype": "ALL",
        "mex-version": "1.0",
        "mex-messagetype": "REPORT",
        "mex-messageid": reportId,
        "mex-linkedmsgid": messageId,
        "mex-localid": "local",
        "mex-subject": "a subject",
        "mex-chunk-range": "1:0",
        "mex-statusevent": "SEND",
        "mex-statuscode": code,
        "mex-statusdescription": text,
        "mex-statussuccess": "ERROR",
        "mex-statustimestamp": reportId.slice(0, 14),
      });
      assert.equal(report.headers["content-length"], "0");
      assert.deepEqual(
        server.events.of("routing-failed").filter((event) => event.messageId === messageId),
        [{ event: "routing-failed", messageId, code, reason }],
      );
      await using client = await testClient(server, sender);
      const tracked = await client.track(messageId);
      assert.deepEqual(
        [tracked.status, tracked.statusCode, tracked.recipient, tracked.statusSuccess],
        ["error", code, "GPPROVIDER", false],
      );
    });
  }
  assert.equal((await inbox(server, sender)).length, failures.length);
  assert.deepEqual(await inbox(server, practice), []);
});

test("two mailboxes of one practice for one workflow are too many: EPL-150", async (t) => {
  const directory = testDirectory();
  const base = await startTestServer(t, { directory });
  const second = { mailboxId: "Y90002OT002", name: "Second", odsCode: "Y90002", password: "p" };
  const server = await startTestServer(t, {
    config: {
      mailboxes: [...base.config.mailboxes, second],
      workflows: [{ workflowId, senders: ["*"], receivers: ["*"] }],
    },
  });

  await send(server, testPatients.registered);

  assert.partialDeepStrictEqual(await server.events.next("routing-failed"), {
    code: "EPL-150",
    reason: "several-mailboxes-for-workflow",
  });
});

test("match: strict asks for the surname too", async (t) => {
  const server = await startTestServer(t, { config: { match: "strict" } });

  await send(server, testPatients.registered, "GPPROVIDER_9955260181_14031979_Somebody_Else");

  assert.partialDeepStrictEqual(await server.events.next("routing-failed"), {
    code: "EPL-154",
    reason: "surname-differs",
  });
});

function fallible(): Demographics & { available: boolean; calls: number } {
  const embedded = embeddedDemographics(testDirectory());
  return {
    available: false,
    calls: 0,
    find(nhsNumber, signal) {
      this.calls += 1;
      if (this.available) return embedded.find(nhsNumber, signal);
      return Promise.reject(new DemographicsError("unavailable", "PDS does not answer", { retry: "safe" }));
    },
  };
}

test(
  "while the demographics are unavailable a message is held, tried less and less often, and then placed",
  ofOneMachine(),
  async (t) => {
    const clock = settableClock();
    const demographics = fallible();
    const server = await startTestServer(t, { clock, demographics });
    const messageId = await send(server, testPatients.registered);
    await using client = await testClient(server, sender);

    const delays: number[] = [];
    for (let held = 1; held <= 11; held += 1) {
      const nextTry = await waitFor(() =>
        demographics.calls === held ? nextTryAfter(server, clock.now()) : undefined,
      );
      delays.push((nextTry - clock.now().getTime()) / 1000);
      assert.equal((await client.track(messageId)).status, "accepted");
      assert.equal((await client.track(messageId)).recipient, "GPPROVIDER");
      if (held === 5) await server.restart();
      clock.advance(delays.at(-1)! * 1000);
    }
    demographics.available = true;
    await server.events.next("message-placed");

    assert.deepEqual(delays.slice(0, 10), [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    // At once, again at once after the restart, and then at growing intervals of a minute, 5 minutes, half an hour.
    assert.deepEqual(
      server.events.of("routing-held").map(({ reason, times }) => [reason, times]),
      [
        ["unavailable", 1],
        ["unavailable", 1],
        ["unavailable", 3],
        ["unavailable", 5],
      ],
    );
    assert.deepEqual(await inbox(server, practice), [messageId]);
    assert.deepEqual(await inbox(server, sender), []);
  },
);

/** When the one message that is held is tried next, if that is after this time. */
function nextTryAfter(server: TestServer, now: Date): number | undefined {
  const db = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"), { readOnly: true });
  try {
    const nextTry = db.prepare("SELECT next_try_at AS at FROM routing").get()?.["at"] as number;
    return nextTry > now.getTime() ? nextTry : undefined;
  } finally {
    db.close();
  }
}

test("a message held for a day comes back with report 14", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock, demographics: fallible() });
  const messageId = await send(server, testPatients.registered);
  await server.events.next("routing-held");

  clock.advance(25 * 60 * 60 * 1000);

  assert.partialDeepStrictEqual(await server.events.next("routing-failed"), { messageId, code: "14" });
  assert.equal((await inbox(server, sender)).length, 1);
});

test("a message that waits to be routed is routed after a restart", async (t) => {
  const clock = settableClock();
  const demographics = fallible();
  const server = await startTestServer(t, { clock, demographics });
  const messageId = await send(server, testPatients.registered);
  await server.events.next("routing-held");
  await server.close();
  demographics.available = true;
  clock.advance(60_000);

  await server.restart();

  await server.events.next("message-placed");
  assert.deepEqual(await inbox(server, practice), [messageId]);
});

test("a clock that goes back holds up no message that waits to be routed", async (t) => {
  const clock = settableClock();
  const demographics = fallible();
  const server = await startTestServer(t, { clock, demographics });
  const messageId = await send(server, testPatients.registered);
  await server.events.next("routing-held");
  clock.advance(-24 * 60 * 60 * 1000);
  demographics.available = true;

  await server.events.next("message-placed");
  assert.deepEqual(await inbox(server, practice), [messageId]);
});

test("by a clock that is days behind the one that accepted it, no message, and no report, is due before its time", async (t) => {
  const clock = settableClock();
  const start = clock.now().getTime();
  const embedded = embeddedDemographics(testDirectory());
  const asked = Promise.withResolvers<void>();
  const demographics: Demographics = {
    find: (nhsNumber, signal) => asked.promise.then(() => embedded.find(nhsNumber, signal)),
  };
  const server = await startTestServer(t, { clock, demographics });
  await using client = await testClient(server, sender);
  const before = await client.send({ to: practice, workflowId, body: Buffer.from("x") });
  clock.advance(2000);
  const routed = await send(server, testPatients.registered);
  await send(server, testPatients.unknown);

  clock.advance(-6 * 24 * 60 * 60 * 1000);
  asked.resolve();
  await server.events.next("message-placed");
  const { reportId } = await server.events.next("report-placed");
  clock.set(new Date(start + 5 * 24 * 60 * 60 * 1000 + 1000));

  await server.events.next("report-placed", ({ linkedMessageId }) => linkedMessageId === before.messageId);
  assert.deepEqual(await inbox(server, practice), [routed]);
  assert.equal((await inbox(server, sender))[0], reportId);
});

test("a lookup that never ends holds up neither the next message nor the end of the server", async (t) => {
  const embedded = embeddedDemographics(testDirectory());
  const demographics: Demographics = {
    find: (nhsNumber, signal) =>
      nhsNumber === testPatients.deceased.nhsNumber ? new Promise(() => undefined) : embedded.find(nhsNumber, signal),
  };
  const server = await startTestServer(t, { demographics });

  const [stuck] = [await send(server, testPatients.deceased), await send(server, testPatients.registered)];
  await server.events.next("server-started");
  await server.restart();

  await server.events.next("message-placed", ({ messageId }) => messageId !== stuck);
  assert.equal((await inbox(server, practice)).length, 1);
});

test("a message addressed to a mailbox id is not routed, whatever its workflow", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);

  await client.send({ to: practice, workflowId, body: Buffer.from("x") });
  await client.send({ to: practice, workflowId: testWorkflow, body: Buffer.from("x") });

  assert.equal((await inbox(server, practice)).length, 2);
  assert.deepEqual(
    server.events.of("message-accepted").map(({ to }) => to),
    [practice as MailboxId, practice as MailboxId],
  );
});

test(
  "a message whose row cannot be read holds up neither those behind it nor is it silent, and goes when it is put right",
  ofOneMachine(),
  async (t) => {
    const clock = settableClock();
    const demographics = fallible();
    const server = await startTestServer(t, { clock, demographics });
    const bad: MessageId[] = [];
    // More than one page of them, all due before the good one.
    for (let each = 0; each < 40; each += 1) bad.push(await send(server, testPatients.registered));
    await server.close();
    const db = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
    db.exec("UPDATE message SET details = 'no JSON {' || details");
    db.close();
    demographics.available = true;
    clock.advance(60_000);
    await server.restart();

    const good = await send(server, testPatients.registered);

    await server.events.next("message-placed", ({ messageId }) => messageId === good);
    const told = await server.events.next("server-troubled", ({ messageId }) => messageId === bad[0]);
    assert.partialDeepStrictEqual(told, { part: "routing", reason: "row-unreadable", times: 1 });
    await server.close();
    const repaired = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
    repaired.exec("UPDATE message SET details = substr(details, 10) WHERE NOT json_valid(details)");
    repaired.close();
    await server.restart();
    await waitFor(() =>
      bad.every((id) => server.events.of("message-placed").some(({ messageId }) => messageId === id)),
    );
  },
);
