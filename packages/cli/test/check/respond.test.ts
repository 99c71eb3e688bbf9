import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { check, type Itk3Message, readMessage, readResponse } from "@restante/itk3";
import { conforming, controlFile, departing, folderOf, patientDetails, refused, run, silent } from "./messages.ts";

/** The response as its receiver reads it; it conforms. */
function read(xml: string): Itk3Message {
  const { message, issues } = readMessage(new TextEncoder().encode(xml));
  assert.ok(message, JSON.stringify(issues));
  const errors = check(message).findings.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors, []);
  return message;
}

test("a message that departs from requirements and is acceptable gets 20013, with the reason on the error stream", async (t) => {
  const folder = await folderOf(t, { "message.xml": departing() });
  const { status, out, errors } = await run(["respond", join(folder, "message.xml")]);
  assert.equal(status, 0, errors);
  const content = readResponse(read(out));
  assert.equal(content?.code, "20013");
  assert.match(errors, /^20013 \(Success\): The message was received[^.]*\.\n$/);
});

test("a message that is not acceptable gets the code that it is refused with, and names the request", async (t) => {
  const xml = refused();
  const folder = await folderOf(t, { "message.xml": xml });
  const { status, out, errors } = await run(["respond", join(folder, "message.xml")]);
  assert.equal(status, 0, errors);
  const content = readResponse(read(out));
  assert.equal(content?.code, "20009");
  assert.equal(content.positive, false);
  assert.ok(xml.includes(`<id value="${content.requestHeaderId}"`));
  assert.match(content.diagnostics ?? "", /^The document has no Patient\./);
  assert.match(errors, /^20009 \(Payload validation failure\): The document has no Patient\.\n$/);
});

test("with --strictness refuse a message that breaks a requirement gets the code of what it breaks, asked or not", async (t) => {
  const folder = await folderOf(t, { "letter.xml": departing(), "silent.xml": silent(departing()) });
  for (const [file, code] of [
    ["letter.xml", "20009"],
    ["silent.xml", "10008"],
  ] as const) {
    const { status, out, errors } = await run(["respond", join(folder, file), "--strictness", "refuse"]);
    assert.equal(status, 0, errors);
    const content = readResponse(read(out));
    assert.equal(content?.code, code);
    assert.match(content.diagnostics ?? "", /GPCM-SD-041.* GPCM-SD-CS-022 at /);
    assert.match(errors, new RegExp(`^${code} .*: The message breaks a requirement .*\\(GPCM-SD-041\\)\\.\n$`));
    for (const detail of patientDetails) assert.ok(!(out + errors).includes(detail), detail);
  }
  const quiet = await run(["respond", join(folder, "silent.xml")]);
  assert.equal(quiet.status, 1);
  assert.match(quiet.errors, /is not answered/);
});

test("a file that is no message gets 10009, and its id is said to be unreadable", async (t) => {
  const folder = await folderOf(t, { "message.xml": "Marigold Ashworthy, 9000000009" });
  const { status, out, errors } = await run(["respond", join(folder, "message.xml")]);
  assert.equal(status, 0, errors);
  const content = readResponse(read(out));
  assert.deepEqual([content?.code, content?.requestHeaderId], ["10009", "UNREADABLE-IN-ORIGINAL-MESSAGE"]);
  for (const detail of patientDetails) assert.ok(!(out + errors).includes(detail), detail);
});

test("with the control file beside it, it is said where the response goes; --output writes it there", async (t) => {
  const message = conforming();
  const folder = await folderOf(t, { "message.dat": message.xml, "message.ctl": controlFile(message) });
  const file = join(folder, "response.xml");
  const words = ["respond", join(folder, "message.dat"), "--output", file, "--mailbox", "fx999ot001", "--ods", "fx999"];
  const { status, out, errors } = await run(words);
  assert.deepEqual([status, out], [0, ""], errors);
  assert.match(errors, /^It goes to mailbox Y99001OT001 on workflow GPFED_CONSULT_REPORT_ACK\.$/m);
  const response = read(await readFile(file, "utf8"));
  assert.equal(response.sourceMailbox, "FX999OT001");
  assert.equal(readResponse(response)?.requestHeaderId, message.headerId);
});

test("a patient's address in From_DTS is not repeated: it is said that there is no mailbox to answer", async (t) => {
  const message = conforming();
  const addresses = [
    "GPPROVIDER_9000000009_03021980_Ashworthy",
    "gpprovider_9000000009_03021980_Ashworthy",
    "Ashworthy!",
  ];
  for (const address of addresses) {
    const control = controlFile(message).replace(/(<From_DTS>).*(<\/From_DTS>)/, `$1${address}$2`);
    const folder = await folderOf(t, { "message.dat": message.xml, "message.ctl": control });
    const { status, errors } = await run(["respond", join(folder, "message.dat")]);
    assert.equal(status, 0, errors);
    assert.match(errors, /From_DTS of the control file holds no mailbox\.$/m);
    for (const detail of patientDetails) assert.ok(!errors.includes(detail), errors);
  }
});

test("a response is never answered, nor the remains of one", async (t) => {
  const folder = await folderOf(t, { "message.xml": conforming().xml });
  const response = await run(["respond", join(folder, "message.xml")]);
  const cut = response.out.replace(/<OperationOutcome>.*$/s, "");
  const there = await folderOf(t, { "whole.xml": response.out, "cut.xml": cut });
  for (const name of ["whole.xml", "cut.xml"]) {
    const { status, out, errors } = await run(["respond", join(there, name)]);
    assert.equal(status, 1, name);
    assert.equal(out, "");
    assert.match(errors, /is not answered: it is an ITK3 response \(ITK008M\) itself/);
  }
});
