import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isProductionMessageId, parseMessageId } from "@restante/mesh";
import { type Task, thisComputer } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { type Economy, openEconomy } from "../../src/economy/economy.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { closingInReverse, newDataFolder } from "../support/at-end.ts";
import { controlFilesIn, meshClientOf, namesIn, pollsIn, withPractice } from "../support/data-folder.ts";
import { assertNoPatientDetail } from "../support/no-patient-detail.ts";
import { freePortBase, type RunningCommand, runCommand } from "../support/processes.ts";
import { messageStates } from "../support/sends.ts";
import { readable } from "../../../web/test/http.ts";
import { openTasksOf, reportsOf, straysOf } from "../support/worklists.ts";

// One first start of `restante up`, looked at from every side: what it printed, the files it left, what MESH says of
// the messages, what the systems have stored and what their pages show. The tests run in order; the last ones stop it
// and start it again.

const SENDER = "Y99001OT001";
const PRACTICE = "Y99002OT001";

let economy: Economy;
let running: RunningCommand;
const outputs: string[] = [];
const closing = closingInReverse({ after });

before(
  async () => {
    const data = await newDataFolder(closing);
    economy = await openEconomy({ data, portBase: await freePortBase() });
    closing.after(() => running.end("SIGKILL"));
    await start();
  },
  { timeout: 120_000 },
);

async function start(): Promise<void> {
  running = runCommand(["up", "--data", economy.folder]);
  await running.printed(/^Running\./m);
}

const url = (path = "", party = 0): string =>
  `${party === 0 ? "https" : "http"}://127.0.0.1:${economy.portBase + party}${path}`;
const [FEDERATION, SURGERY, PHARMACY] = [1, 2, 3];

/** A worklist page as text. */
async function page(party: number, path = "/"): Promise<string> {
  const answer = await fetch(url(path, party));
  assert.equal(answer.status, 200, path);
  return answer.text();
}

async function download(party: number, path: string): Promise<{ type: string | null; bytes: Buffer }> {
  const answer = await fetch(url(path, party));
  assert.equal(answer.status, 200, path);
  return { type: answer.headers.get("content-type"), bytes: Buffer.from(await answer.arrayBuffer()) };
}

/** The only task of an organisation. */
async function onlyTask(odsCode: string): Promise<Task> {
  return withPractice(economy, odsCode, async (practice) => {
    const [task, ...others] = await openTasksOf(practice);
    assert.ok(task);
    assert.deepEqual(others, []);
    return task;
  });
}

test("the first start carries a message along each journey, and both acknowledgements of each return", (t) => {
  const outcomes = Array.from(
    running.output().matchAll(/Delivered and acknowledged in ([\d.]+) s: (infrastructure \d+, business \d+)\./g),
  );
  assert.deepEqual(
    outcomes.map(([, , codes]) => codes),
    ["infrastructure 20013, business 30001", "infrastructure 20013, business 30016"],
    running.output(),
  );
  for (const [index, [, seconds]] of outcomes.entries()) t.diagnostic(`journey ${index + 1} took ${seconds} s`);
  outputs.push(running.output());
});

/** What the terminal must show of each journey, in this order; of a list, in any. Other steps may stand between. */
const steps: readonly (readonly (RegExp | readonly RegExp[])[])[] = [
  [
    /Journey 1: by directory, routed by patient/,
    /Y99001 system +ITK3 message (\w{8}) built/,
    /Y99001 system +message \w{8} written to OUT/,
    /Y99001OT001 client +pair \w{8} found in OUT/,
    /MESH server +\d{20}_\w{6} accepted from Y99001OT001 for the patient's practice, GPFED_CONSULT_REPORT/,
    /PDS +the patient's registered practice is Y99002/,
    /Address lookup +the mailbox of Y99002 is Y99002OT001/,
    /MESH server +\d{20}_\w{6} placed in mailbox Y99002OT001/,
    /Y99002OT001 client +\d{20}_\w{6} written to IN/,
    /Y99002 system +\d{20}_\w{6} imported from Y99001OT001/,
    /Y99002 system +task 1 raised/,
    /Y99002 system +infrastructure acknowledgement 20013 for \w{8} handed over to Y99001OT001/,
    /MESH server +\d{20}_\w{6} accepted from Y99002OT001 for Y99001OT001, GPFED_CONSULT_REPORT_ACK/,
    /Y99001OT001 client +\d{20}_\w{6} written to IN/,
    [
      /Y99001 system +infrastructure acknowledgement 20013 received/,
      /Y99001 system +business acknowledgement 30001 received/,
    ],
  ],
  [
    /Journey 2: by API, addressed by lookup/,
    /Y99001 system +ITK3 message \w{8} built/,
    /Address lookup +FX999 takes GPFED_CONSULT_REPORT at 1 mailbox/,
    /MESH server +\d{20}_\w{6} accepted from Y99001OT002 for FX999OT001, GPFED_CONSULT_REPORT/,
    /FX999 system +\d{20}_\w{6} imported from Y99001OT002/,
    /FX999 system +task 1 raised/,
    /MESH server +\d{20}_\w{6} acknowledged by FX999OT001/,
    /MESH server +\d{20}_\w{6} accepted from FX999OT001 for Y99001OT002, GPFED_CONSULT_REPORT_ACK/,
    [
      /Y99001 system +infrastructure acknowledgement 20013 received/,
      /Y99001 system +business acknowledgement 30016 received/,
    ],
  ],
];

test("the terminal shows each step of both journeys, in the order in which they happen, each with its time", () => {
  const output = running.output();
  let place = 0;
  for (const step of steps.flat()) {
    const places = [step].flat().map((each) => {
      const found = output.slice(place).search(each);
      assert.ok(found >= 0, `${each} is missing, or not in its place:\n${output}`);
      return place + found + 1;
    });
    place = Math.max(...places);
  }
  const times = Array.from(output.matchAll(/^ {2}(\d\d:\d\d:\d\d\.\d{3}) {2}/gm), ([, time]) => time!);
  assert.ok(times.length >= steps.flat().length - 2);
  // A run across midnight begins again at 00.
  if (times[0]! < times.at(-1)!) assert.deepEqual(times, times.toSorted());
});

test("what went by directory is in SENT with its message id and a status record, and nothing is left anywhere else", async () => {
  const [report, ...others] = await controlFilesIn(economy.folder, SENDER, "SENT");
  assert.deepEqual(others, []);
  assert.equal(report?.workflowId, "GPFED_CONSULT_REPORT");
  const acknowledgements = await controlFilesIn(economy.folder, PRACTICE, "SENT");
  assert.deepEqual(
    acknowledgements.map(({ to, workflowId, localId }) => [to, workflowId, localId]),
    [1, 2].map(() => [SENDER, "GPFED_CONSULT_REPORT_ACK", "Y99002"]),
  );
  for (const sent of [report, ...acknowledgements]) {
    assert.ok(isProductionMessageId(sent.messageId ?? ""));
    const { at, ...status } = sent.status!;
    assert.match(at, /^\d{14}$/);
    assert.deepEqual({ ...status, description: "" }, { event: "TRANSFER", success: true, code: "00", description: "" });
  }
  for (const mailbox of [SENDER, PRACTICE]) {
    for (const folder of ["IN", "OUT", "FAILED", "TEMP"] as const) {
      assert.deepEqual(await namesIn(economy.folder, mailbox, folder), [], `${mailbox} ${folder}`);
    }
  }
  assert.equal((await namesIn(economy.folder, SENDER, "SENT")).length, 2);
  assert.equal((await namesIn(economy.folder, PRACTICE, "SENT")).length, 4);
});

test("MESH says of every message of both journeys that it was acknowledged, and every inbox is empty", async () => {
  // The last one is taken in by its system, and then acknowledged by its client.
  await waitFor(() => messageStates(economy).join() === "DATA acknowledged");
  const [report] = await controlFilesIn(economy.folder, SENDER, "SENT");
  const acknowledgements = await controlFilesIn(economy.folder, PRACTICE, "SENT");
  const byApi = await withPractice(economy, "Y99001", async (practice) => (await reportsOf(practice))[0]?.messageId);
  const sent: [mailbox: string, messageIds: (string | undefined)[], recipient: string][] = [
    [SENDER, [report?.messageId], PRACTICE],
    [PRACTICE, acknowledgements.map(({ messageId }) => messageId), SENDER],
    ["Y99001OT002", [byApi], "FX999OT001"],
  ];
  for (const [mailbox, messageIds, recipient] of sent) {
    await using client = meshClientOf(economy.folder, url(), mailbox);
    for (const messageId of messageIds) {
      const tracked = await client.track(parseMessageId(messageId ?? ""));
      assert.deepEqual([tracked.status, tracked.recipient], ["acknowledged", recipient]);
    }
  }
  for (const mailbox of [SENDER, PRACTICE, "Y99001OT002", "FX999OT001"]) {
    await using client = meshClientOf(economy.folder, url(), mailbox);
    assert.deepEqual((await client.list()).messageIds, [], mailbox);
  }
});

const arrivals = [
  { odsCode: "Y99002", party: SURGERY, newest: 1, picture: "ecg-rhythm-strip.png", type: "image/png" },
  { odsCode: "FX999", party: PHARMACY, newest: 0, picture: "bite-photo.jpg", type: "image/jpeg" },
];

for (const { odsCode, party, newest, picture, type } of arrivals) {
  test(`${odsCode} has one task, with the PDF that was sent and ${picture}, byte for byte`, async () => {
    const task = await onlyTask(odsCode);
    assert.deepEqual([task.kind, task.state, task.findingCount], ["document", "open", 0]);
    assert.deepEqual(
      task.attachments.map(({ contentType, primary }) => [contentType, primary]),
      [
        ["application/pdf", true],
        [type, false],
      ],
    );
    const sentPdf = await withPractice(economy, "Y99001", async (practice) => {
      const report = (await reportsOf(practice))[newest]!;
      assert.equal(report.headerId, task.headerId);
      return Buffer.from((await practice.worklist.reportAttachment(report.headerId, 0, thisComputer))!.bytes);
    });
    // As a person gets them: from the list to the task to its documents.
    const [, path] = /href="(\/tasks\/\d+)"/.exec(await page(party)) ?? [];
    const html = await page(party, path);
    const links = Array.from(
      new Set(Array.from(html.matchAll(/"(\/tasks\/\d+\/attachments\/\d+)"/g), ([, link]) => link!)),
    );
    assert.equal(links.length, 2, html);
    const [pdf, attachment] = [await download(party, links[0]!), await download(party, links[1]!)];
    assert.deepEqual([pdf.type, attachment.type], ["application/pdf", type]);
    assert.equal(pdf.bytes.subarray(0, 5).toString(), "%PDF-");
    assert.ok(pdf.bytes.equals(sentPdf));
    assert.ok(attachment.bytes.equals(readFileSync(exampleFile(picture))));
  });
}

test("each task is answered once a level, and the sender has both answers to each report", async () => {
  for (const [odsCode, business] of [
    ["Y99002", "30001"],
    ["FX999", "30016"],
  ] as const) {
    const { responses } = await onlyTask(odsCode);
    assert.deepEqual(
      responses.map(({ level, code, state }) => [level, code, state]),
      [
        ["infrastructure", "20013", "sent"],
        ["business", business, "sent"],
      ],
    );
  }
  await withPractice(economy, "Y99001", async (practice) => {
    assert.deepEqual(
      (await reportsOf(practice)).map(({ state, infrastructure, business, attention }) => [
        state,
        infrastructure?.code,
        business?.code,
        attention,
      ]),
      [
        ["accepted", "20013", "30016", undefined],
        ["accepted", "20013", "30001", undefined],
      ],
    );
    assert.deepEqual(await straysOf(practice), []);
  });
});

test(
  "the log has each document as it was sent and as it was received, and each answer, with its time",
  { tags: ["FHIR-DOC-01", "FHIR-DOC-02", "FHIR-DOC-03", "FHIR-BA-01"] },
  async () => {
    const reports = await withPractice(economy, "Y99001", async (practice) =>
      (await reportsOf(practice)).map(({ headerId, messageId }) => ({ headerId, messageId })),
    );
    assert.equal(reports.length, 2);
    const lines = readFileSync(join(economy.folder, "restante.log"), "utf8").trim().split("\n");
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const { headerId, messageId } of reports) {
      for (const [event, id] of [
        ["report-built", { headerId }],
        ["report-handed-over", { headerId }],
        ["message-imported", { messageId }],
        ["task-raised", { messageId }],
        ["response-received", { requestHeaderId: headerId, acknowledgement: "infrastructure" }],
        ["response-received", { requestHeaderId: headerId, acknowledgement: "business" }],
      ] as const) {
        const wanted = Object.entries({ event, ...id });
        const found = logged.filter((line) => wanted.every(([name, value]) => line[name] === value));
        assert.equal(found.length, 1, `${event} ${JSON.stringify(id)}`);
        assert.ok(Math.abs(Date.now() - Date.parse(String(found[0]?.["time"]))) < 600_000);
      }
    }
  },
);

test("the worklist pages show the tasks, and the sender's page both acknowledgements of both reports", async () => {
  const surgery = await page(SURGERY);
  assert.match(readable(surgery), /991 260 9131 .*Consultation report for Mr Łukasz Wiśniewski/);
  assert.match(surgery, /Exampleton GP Federation/);
  assert.match(surgery, /Patient matched/);
  assert.match(readable(await page(PHARMACY)), /991 283 0164 .*Online consultation report for Mrs Siobhán O&#39;Neill/);
  const reports = await page(FEDERATION, "/reports");
  assert.equal(reports.match(/20013 Success/g)?.length, 2);
  assert.equal(reports.match(/30001 Patient known here/g)?.length, 1);
  assert.equal(reports.match(/30016 Referral accepted/g)?.length, 1);
});

test("Ctrl-C and a second start: it continues where it was and sends nothing again", { timeout: 60_000 }, async () => {
  assert.equal(await running.end("SIGINT"), 0);
  await start();
  // Two polls of either client since: whatever was left to send would have gone.
  const { pid } = running;
  await waitFor(() => [SENDER, PRACTICE].every((mailbox) => pollsIn(economy.folder, mailbox, pid) >= 2));
  outputs.push(running.output());
  assert.doesNotMatch(running.output(), /ITK3 message|accepted from|task \d+ raised/);
  assert.equal((await controlFilesIn(economy.folder, SENDER, "SENT")).length, 1);
  for (const odsCode of ["Y99002", "FX999"]) await onlyTask(odsCode);
  assert.equal((await withPractice(economy, "Y99001", reportsOf)).length, 2);
  assert.match(readable(await page(SURGERY)), /Consultation report for Mr Łukasz Wiśniewski/);
});

test("where all goes well the log asks nobody to look: no line of level 40 or 50 in either run", () => {
  const lines = readFileSync(join(economy.folder, "restante.log"), "utf8").trim().split("\n");
  assert.ok(lines.length > 40);
  assert.deepEqual(
    lines.filter((line) => /"level":(40|50)/.test(line)),
    [],
  );
});

test("no patient, subject, password, key or token is in what it printed, in its log or in the name of any file", async () => {
  const subjects = await withPractice(economy, "Y99001", async (practice) =>
    (await reportsOf(practice)).map(({ subject }) => subject),
  );
  assertNoPatientDetail(economy.folder, { "the first run": outputs[0]!, "the second run": outputs[1]! }, subjects);
});
