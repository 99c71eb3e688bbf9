import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { createDirectoryClient, type DirectoryClient } from "@restante/mesh-client/directory";
import { parseMailboxId, writeControlFile } from "@restante/mesh";
import { recordEvents, type RecordedEvents, startTestServer, testMailboxes } from "@restante/testbed";
import { readPairControl } from "../../src/directory/pair-control.ts";
import { answer, clientOf, type FaultyPeer, type Reaction, startFaultyPeer } from "../faulty-peer.ts";
import { mailboxFolder, type MailboxFolder, outControl, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const prefix = "Transfer failure. Control file: ";

test("a control file that MESH would not take fails with a status record that names the element and its limit", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender);
  const cases = {
    A: [{ subject: "S".repeat(501) }, "Subject has 501 characters, at most 500 are allowed."],
    B: [{ localId: "L".repeat(301) }, "LocalId has 301 characters, at most 300 are allowed."],
    C: [
      { to: `GPPROVIDER_9990000018_01011980_${"Smith".repeat(20)}` },
      "To_DTS has 131 characters, at most 100 are allowed.",
    ],
    D: [{ workflowId: "W".repeat(301) }, "WorkflowId has 301 characters, at most 300 are allowed."],
    E: [{ partnerId: "P".repeat(501) }, "PartnerId has 501 characters, at most 500 are allowed."],
    F: [{ checksum: "Smith!" }, "DataChecksum may have letters, digits, spaces, colons, hyphens and slashes only."],
  } as const;
  for (const [base, [control]] of Object.entries(cases)) await folder.drop(base, control);
  const { failed } = await folder.directory.pollOnce();
  assert.equal(failed, 6);
  for (const [base, [control, problem]] of Object.entries(cases)) {
    const filed = await folder.control("failed", `${base}.ctl`);
    const { event, success, code, description } = filed.status ?? {};
    assert.deepEqual({ event, success, code }, { event: "TRANSFER", success: false, code: "06" });
    assert.equal(description, prefix + problem);
    assert.partialDeepStrictEqual(filed, control, "the rest is as it was");
  }
  const told = folder.events.of("pair-failed").map(({ reason }) => reason);
  assert.deepEqual(
    told.sort(),
    Object.values(cases)
      .map(([, problem]) => `Control file: ${problem}`)
      .sort(),
  );
  const reports = (await folder.inbox()).map(({ status }) => status?.description ?? "");
  assert.deepEqual(
    reports.sort(),
    Object.values(cases)
      .map(([, problem]) => prefix + problem)
      .sort(),
  );
});

test("a limit is one of characters: 500 emoji are a subject, 501 are none", () => {
  const read = (count: number): boolean => {
    const control = writeControlFile(outControl(sender, { subject: "\u{1F48C}".repeat(count) }));
    return "control" in readPairControl(Buffer.from(control), parseMailboxId(sender));
  };
  assert.deepEqual([read(500), read(501)], [true, false]);
});

/** A directory client of a server that answers as it is told, from the listing of the first poll on. */
async function startAgainst(
  t: TestContext,
  reactions: readonly Reaction[],
): Promise<MailboxFolder & { directory: DirectoryClient; events: RecordedEvents; peer: FaultyPeer }> {
  const peer = await startFaultyPeer(t, [answer(200), answer(200, { messages: [] }), ...reactions]);
  const client = await clientOf(t, peer.url);
  const events = recordEvents();
  const folder = await mailboxFolder(t, client.mailboxId);
  const directory = await createDirectoryClient({
    client,
    folder: folder.root,
    settleMs: 0,
    answerWaitMs: 0,
    reports: { collect: false },
    emit: events.emit,
  });
  t.after(async () => directory[Symbol.asyncDispose]());
  return { ...folder, directory, events, peer };
}

test("a pair that MESH refuses has in its status record which field, and MESH's words without what they echo", async (t) => {
  const refuse = (name: string, msg: string): string =>
    answer(400, { detail: [{ type: "value_error", loc: ["header", name], msg, input: "Ms Smithson" }] });
  const folder = await startAgainst(t, [
    refuse("mex-subject", "Value 'Report for Ms Smithson' is not allowed"),
    answer(417, { detail: [{ event: "SEND", code: "99", msg: "Ms Smithson is not allowed" }] }),
    answer(400, "<html>"),
  ]);
  for (const base of ["A", "B", "C"]) await folder.drop(base, { subject: "Report for Ms Smithson" });
  assert.equal((await folder.directory.pollOnce()).failed, 3);
  const statuses = await Promise.all(
    ["A", "B", "C"].map(async (base) => (await folder.control("failed", `${base}.ctl`)).status),
  );
  assert.deepEqual(
    statuses.map((status) => `${status?.event} ${status?.code} ${status?.description}`),
    [
      "TRANSFER 06 Transfer failure. The server answered 400: mex-subject: Value … is not allowed.",
      "SEND 99 … is not allowed",
      "TRANSFER 06 Transfer failure. The server answered 400.",
    ],
  );
  assert.deepEqual(
    folder.events.of("pair-failed").map(({ reason }) => reason),
    ["The server answered 400 about mex-subject.", "The server answered 417.", "The server answered 400."],
  );
});

test("a control file of Windows, or in UTF-16, is sent as it reads, and has the same characters in SENT and FAILED", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender);
  const subject = "Report for Ms O\u2019Neill \u2013 \u201Curgent\u201D";
  const placeholder = "Report for Ms O\u0092Neill \u0096 \u0093urgent\u0094";
  const text = writeControlFile(outControl(sender, { subject: "SUBJECT" }));
  const declared = '<?xml version="1.0" encoding="windows-1252"?>\r\n';
  const latin1 = (xml: string): Buffer => Buffer.from(xml.replace("SUBJECT", placeholder), "latin1");
  const files = {
    DECLARED: latin1(declared + text),
    PLAIN: latin1(text),
    "UTF-16": Buffer.from(`\uFEFF${text.replace("SUBJECT", subject)}`, "utf16le"),
    REFUSED: latin1(text.replace(practice, "NOBODY")),
  };
  for (const [base, bytes] of Object.entries(files)) {
    await folder.drop(base);
    await writeFile(folder.path("out", `${base}.ctl`), bytes);
  }
  const { sent, failed } = await folder.directory.pollOnce();
  assert.deepEqual({ sent, failed }, { sent: 3, failed: 1 });
  for (const base of ["DECLARED", "PLAIN", "UTF-16"]) {
    assert.ok((await folder.read("sent", `${base}.ctl`)).toString().includes(`<Subject>${subject}</Subject>`), base);
  }
  assert.ok((await folder.read("failed", "REFUSED.ctl")).toString().includes(`<Subject>${subject}</Subject>`));

  const receiving = await startDirectory(t, server, practice);
  await receiving.directory.pollOnce();
  assert.deepEqual(
    (await receiving.inbox()).map((control) => control.subject),
    [subject, subject, subject],
  );
});

test("a pair that was accepted under an id that cannot be read is held, not sent again and not called failed", async (t) => {
  for (const tracking of [answer(404), answer(200, { status: "Accepted", localId: "L1" })]) {
    const accepted = answer(202, { message_id: "x".repeat(300) });
    const listing = answer(200, { messages: [] });
    const folder = await startAgainst(t, [accepted, answer(200), listing, tracking, listing]);
    await folder.drop("A", { localId: "L1" });
    assert.equal((await folder.directory.pollOnce()).waiting, 1);
    for (let count = 0; count < 4; count += 1) assert.equal((await folder.directory.pollOnce()).held.length, 1);
    const sends = folder.peer.requests.filter((head) => head.startsWith("POST") && head.includes("/outbox "));
    assert.equal(sends.length, 1);
    assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
    assert.deepEqual(
      folder.events.of("pair-ambiguous").map(({ reason }) => reason),
      ["MESH accepted it, and gave no message id that can be read"],
    );
  }
});
