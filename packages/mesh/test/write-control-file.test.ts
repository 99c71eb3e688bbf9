import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { clientStatuses, type ControlFile, readControlFile, writeControlFile } from "@restante/mesh";
import { sharedReference } from "./shared-reference.ts";

const text = fc
  .string({ unit: "binary", minLength: 1, maxLength: 40 })
  // oxlint-disable-next-line no-control-regex -- what cannot be in a control file
  .map((text) => text.replaceAll(/[\u0000-\u001F\u007F\uFFFE\uFFFF]/g, "").trim())
  .filter((text) => text !== "");

const controlFile: fc.Arbitrary<ControlFile> = fc.record(
  {
    version: text,
    addressType: fc.constantFrom("SMTP", "DTS", "ALL"),
    messageType: fc.constantFrom("Data", "Report"),
    workflowId: text,
    from: text,
    to: text,
    fromSmtp: text,
    toSmtp: text,
    subject: text,
    localId: text,
    messageId: text,
    partnerId: text,
    processId: text,
    compress: fc.boolean(),
    encrypted: fc.boolean(),
    isCompressed: fc.boolean(),
    checksum: text,
    allowChunking: fc.boolean(),
    status: fc.record(
      { at: text, event: text, success: fc.boolean(), code: text, description: text },
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: ["version", "addressType", "messageType"], noNullPrototype: true },
);

test("any control file that was written is read back", () => {
  fc.assert(
    fc.property(controlFile, (control) => {
      assert.deepEqual(readControlFile(Buffer.from(writeControlFile(control))), control);
    }),
  );
});

test("text that a control file cannot hold is replaced, so that it can always be read", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("\0", "\n", "\u007F", "\uFFFF", "\uD800", "<", "]]>", "a") }),
      (subject) => {
        const control: ControlFile = { version: "1.0", addressType: "ALL", messageType: "Data", subject };
        readControlFile(Buffer.from(writeControlFile(control)));
      },
    ),
  );
  const written = writeControlFile({ version: "1.0", addressType: "ALL", messageType: "Data", subject: "a\r\nb" });
  assert.equal(readControlFile(Buffer.from(written)).subject, "a\uFFFD\uFFFDb");
});

test("a pair for OUT is written in the real client's order, without what is absent", () => {
  assert.equal(
    writeControlFile({
      workflowId: "GPFED_CONSULT_REPORT",
      to: "Y99002OT001",
      from: "Y99001OT001",
      subject: "A < B & C > D",
      compress: true,
      encrypted: false,
      version: "1.0",
      messageType: "Data",
      addressType: "DTS",
    }),
    `<DTSControl>
  <Version>1.0</Version>
  <AddressType>DTS</AddressType>
  <MessageType>Data</MessageType>
  <From_DTS>Y99001OT001</From_DTS>
  <To_DTS>Y99002OT001</To_DTS>
  <Subject>A &lt; B &amp; C &gt; D</Subject>
  <Compress>Y</Compress>
  <Encrypted>N</Encrypted>
  <WorkflowId>GPFED_CONSULT_REPORT</WorkflowId>
</DTSControl>
`,
  );
});

test("a received message's control file has its obsolete elements, empty", () => {
  const written = writeControlFile({
    version: "1.0",
    addressType: "ALL",
    messageType: "Data",
    status: { at: "20261123080000", ...clientStatuses.received },
  });
  for (const name of ["PartnerId", "ProcessId", "DataChecksum"]) assert.ok(written.includes(`  <${name}></${name}>\n`));
});

for (const name of ["real-2025-sent", "real-2025-received", "real-2025-report-collect"]) {
  const { file, skip } = sharedReference(`control-files/${name}.ctl`);
  test(`${name}.ctl is written again to the byte`, { skip }, () => {
    const bytes = readFileSync(file);
    assert.equal(writeControlFile(readControlFile(bytes)), bytes.toString());
  });
}

for (const name of [
  "gp2gp-2013-received",
  "gpconnect-fedcon-out",
  "gpconnect-onlineconsult-out",
  "userguide-2024-out",
]) {
  const { file, skip } = sharedReference(`control-files/${name}.ctl`);
  test(`${name}.ctl is written again with the same elements`, { skip }, () => {
    const original = readFileSync(file).toString();
    const written = writeControlFile(readControlFile(Buffer.from(original)));
    assert.deepEqual(filledElements(written), filledElements(original));
  });
}

/** Every element that has text, without the parser under test. */
function filledElements(xml: string): string[] {
  return Array.from(xml.matchAll(/<(\w+)>\s*([^<>\s][^<>]*?)\s*<\/\1>/g), ([, name, text]) => `${name}=${text}`).sort();
}
