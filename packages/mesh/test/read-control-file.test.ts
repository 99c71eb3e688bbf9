import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { type ControlFile, ControlFileError, readControlFile } from "@restante/mesh";
import { sharedReference } from "./shared-reference.ts";

const mandatory = "<AddressType>DTS</AddressType><MessageType>Data</MessageType>";

function read(xml: string): ControlFile {
  return readControlFile(Buffer.from(xml));
}

function refusal(bytes: Uint8Array | string): { line: number | undefined; reason: string } {
  try {
    readControlFile(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  } catch (error) {
    assert.ok(error instanceof ControlFileError, String(error));
    assert.equal(error.cause, undefined);
    return { line: error.line, reason: error.message.replace(/^Control file(, line \d+)?: /, "") };
  }
  return assert.fail("the control file was accepted");
}

test("a control file of GP Connect is read: empty elements as absent, IsCompressed and DTSId tolerated", () => {
  const control = read(`<DTSControl>
    <Version>1</Version>
    <AddressType>DTS</AddressType>
    <MessageType>Data</MessageType>
    <From_DTS>Y99001OT001</From_DTS>
    <To_DTS>GPPROVIDER_9000000009_09011955_Smith</To_DTS>
    <Subject>Report &amp; <![CDATA[<letter>]]></Subject>
    <LocalId>Y99001</LocalId>
    <DTSId></DTSId>
    <PartnerId/>
    <Compress>Y</Compress>
    <Encrypted>n</Encrypted>
    <WorkflowId> GPFED_CONSULT_REPORT
    </WorkflowId>
    <ProcessId></ProcessId>
    <DataChecksum></DataChecksum>
    <IsCompressed>Y</IsCompressed>
</DTSControl>`);
  assert.deepEqual(control, {
    version: "1",
    addressType: "DTS",
    messageType: "Data",
    from: "Y99001OT001",
    to: "GPPROVIDER_9000000009_09011955_Smith",
    subject: "Report & <letter>",
    localId: "Y99001",
    compress: true,
    encrypted: false,
    workflowId: "GPFED_CONSULT_REPORT",
    isCompressed: true,
  });
});

test("order is free, a byte order mark and a declaration are passed over, other spellings and unknown elements read", () => {
  const control = read(`\uFEFF<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand -->
<DTSControl extra="yes">
  <Other><To_DTS>not this</To_DTS></Other>
  <PartnerIdentifier>P</PartnerIdentifier><DataCheckSum>C</DataCheckSum>
  <MessageType>DATA</MessageType><AddressType>all</AddressType>
</DTSControl>`);
  assert.deepEqual(control, {
    version: "1.0",
    addressType: "ALL",
    messageType: "Data",
    partnerId: "P",
    checksum: "C",
  });
});

test("a status record is read, and an empty one is absent", () => {
  const status = (inner: string) =>
    read(`<DTSControl>${mandatory}<StatusRecord>${inner}</StatusRecord></DTSControl>`).status;
  assert.deepEqual(
    status(
      "<Status>error</Status><Event>SEND</Event><DateTime>20261123080000</DateTime><StatusCode>EPL-152</StatusCode>",
    ),
    { at: "20261123080000", event: "SEND", success: false, code: "EPL-152", description: "" },
  );
  assert.equal(status("<Event></Event>"), undefined);
});

test("a file that is not UTF-8 is read as Latin-1", () => {
  const xml = `<DTSControl>${mandatory}<Subject>Jos\u00E9</Subject></DTSControl>`;
  assert.equal(readControlFile(Buffer.from(xml, "latin1")).subject, "José");
  assert.equal(readControlFile(Buffer.from(xml, "utf8")).subject, "José");
});

test("every published example is read, but for the one that never closes its Subject, whose line is named", (t) => {
  const examples = {
    "real-2025-sent": "SPINE_NTT_UPHOLDING",
    "real-2025-received": "SPINE_NTT_UPHOLDING",
    "real-2025-report-collect": "SPINE_NTT_UPHOLDING",
    "gp2gp-2013-received": "GP2GP_MI",
    "gpconnect-fedcon-out": "GPFED_CONSULT_REPORT",
    "gpconnect-onlineconsult-out": "DF_ONLINE_CONSULTATION",
    "userguide-2024-out": "XXXXXXXXXXX",
  };
  const malformed = sharedReference("control-files/dlp-2018-received.ctl");
  if (malformed.skip !== false) {
    t.skip(malformed.skip);
    return;
  }
  for (const [name, workflowId] of Object.entries(examples)) {
    const control = readControlFile(readFileSync(sharedReference(`control-files/${name}.ctl`).file));
    assert.equal(control.workflowId, workflowId, name);
  }
  assert.deepEqual(refusal(readFileSync(malformed.file)), { line: 9, reason: "Subject is not closed." });
});

const wrong: [name: string, file: Uint8Array | string, line: number | undefined, reason: RegExp][] = [
  ["an empty file", "", undefined, /empty/],
  ["a file of spaces", " \n ", 2, /ends too soon/],
  ["text that is not XML", "To: GPPROVIDER_9000000009_01021980_Smith", 1, /not well-formed/],
  ["a PDF", "%PDF-1.7\n\u0000\u0001", 2, /not well-formed/],
  ["half of a UTF-16 character", Buffer.from([0xff, 0xfe, 0x3c, 0x00, 0x44]), undefined, /begins as UTF-16 and is not/],
  [
    "Greek that is none",
    Buffer.from('<?xml version="1.0" encoding="windows-1253"?><a>\xaa</a>', "latin1"),
    undefined,
    /not in the encoding that it declares/,
  ],
  ["another document", "<html><p/></html>", 1, /not DTSControl/],
  ["a truncated file", `<DTSControl>\n${mandatory}\n<Subject>Smi`, 3, /ends too soon/],
  ["two roots", `<DTSControl>${mandatory}</DTSControl>\n<DTSControl/>`, 2, /not well-formed/],
  ["a DOCTYPE", `<!DOCTYPE DTSControl [<!ENTITY x "Smith">]>\n<DTSControl/>`, 1, /DOCTYPE/],
  ["an external DOCTYPE", `\n<!DOCTYPE d SYSTEM "file:///etc/passwd"><DTSControl/>`, 2, /DOCTYPE/],
  ["an undefined entity", `<DTSControl>${mandatory}\n<Subject>&smith;</Subject></DTSControl>`, 2, /at Subject/],
  ["a wrong closing tag", `<DTSControl>${mandatory}\n<Subject>Smith</Sbject></DTSControl>`, 2, /not well-formed/],
  ["an unclosed element", `<DTSControl>\n<Subject>Smith\n${mandatory}</DTSControl>`, 2, /^Subject is not closed/],
  ["a NUL", `<DTSControl>${mandatory}\n<Subject>Smi\0th</Subject></DTSControl>`, 2, /at Subject/],
  [
    "a control character by number",
    `<DTSControl>${mandatory}<Subject>Smi&#10;th</Subject></DTSControl>`,
    1,
    /control character in Subject/,
  ],
  [
    "a line break in a value",
    `<DTSControl>${mandatory}<LocalId>Smi\nth</LocalId></DTSControl>`,
    1,
    /control character in LocalId/,
  ],
  [
    "an element twice",
    `<DTSControl>${mandatory}<To_DTS>A</To_DTS>\n<To_DTS>B</To_DTS></DTSControl>`,
    2,
    /^To_DTS appears twice/,
  ],
  [
    "a spelling twice",
    `<DTSControl>${mandatory}<PartnerId/><PartnerIdentifier/></DTSControl>`,
    1,
    /^PartnerId appears twice/,
  ],
  ["no AddressType", "<DTSControl><MessageType>Data</MessageType></DTSControl>", undefined, /^AddressType is missing/],
  [
    "an empty MessageType",
    "<DTSControl><AddressType>DTS</AddressType>\n<MessageType/></DTSControl>",
    2,
    /^MessageType is missing/,
  ],
  [
    "another MessageType",
    "<DTSControl><AddressType>DTS</AddressType><MessageType>Smith</MessageType></DTSControl>",
    1,
    /^MessageType is none of Data, Report/,
  ],
  [
    "a flag of another word",
    `<DTSControl>${mandatory}<Compress>Smith</Compress></DTSControl>`,
    1,
    /^Compress is neither Y nor N/,
  ],
  [
    "half a status record",
    `<DTSControl>${mandatory}<StatusRecord><Event>SEND</Event></StatusRecord></DTSControl>`,
    undefined,
    /^StatusRecord\/DateTime is missing/,
  ],
  ["elements 17 deep", `<DTSControl>\n${"<Smith>".repeat(16)}`, 2, /deeper than 16/],
  ["64 KB and one byte", Buffer.alloc(64 * 1024 + 1, "<a>"), undefined, /larger than 65536 bytes/],
];

for (const [name, file, line, reason] of wrong) {
  test(`${name} is refused with its line, and nothing in the file is quoted`, () => {
    const refused = refusal(file);
    assert.match(refused.reason, reason);
    assert.equal(refused.line, line);
    assert.doesNotMatch(refused.reason, /smi|9000000009/i);
  });
}

test("any bytes at all are either read or refused with a ControlFileError", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc
      .array(
        fc.constantFrom("<DTSControl>", "</DTSControl>", "<Subject>", "</Subject>", "&", "<!", "]]>", "x", mandatory),
      )
      .map((parts) => Buffer.from(parts.join(""))),
  );
  fc.assert(
    fc.property(bytes, (bytes) => {
      try {
        readControlFile(bytes);
      } catch (error) {
        assert.ok(error instanceof ControlFileError);
      }
    }),
  );
});
