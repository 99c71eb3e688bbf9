import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  type Attachment,
  type Bundle,
  check,
  consultationSummary,
  messageOf,
  readMessage,
  type stu3,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { wholeFile } from "../../src/message/whole-file.ts";
import { consultation } from "../consultation.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const lastOfPng = "\0\0\0\0IEND\u00ae\u0042\u0060\u0082";

/** Each is of a length that base64 pads. */
const pdf = bytes("%PDF-1.7\nof three lines\n%%EOF\n\n");
const png = bytes(`\u0089PNG\r\n\u001a\n${lastOfPng}`);
const jpeg = bytes("\u00ff\u00d8\u00ff\u00e0 a photograph \u00ff\u00d9");
const linear = (length: number): Buffer =>
  bytes(`%PDF-1.7\n1 0 obj\n<< /Linearized 1 /L ${length} /H [ 1 2 ] >>\nendobj\nstartxref\n0\n%%EOF\r\n`);

const lengthFirst = (length: number): Buffer =>
  bytes(`%PDF-1.7\n<< /N 1 >> << /L ${length} /Linearized 1 >>\nendobj\n%%EOF\r`);

const base64 = (file: Uint8Array): string => Buffer.from(file).toString("base64");
const unpadded = (file: Uint8Array): string => base64(file).replace(/=+$/, "");
const address = (file: Uint8Array, type: string): string => `data:${type};base64,${base64(file)}`;

/** A message whose report is a whole PDF and whose second document is this. */
function messageWith(contentType: string, content: string): string {
  const { bundle } = consultationSummary(consultation());
  const binaries = binariesOf(bundle);
  const [report, second] = binaries;
  assert.ok(report !== undefined && second !== undefined);
  second.contentType = contentType;
  second.content = "AAAA";
  // A writer refuses to write what is no base64.
  return writeXml(bundle).replace('value="AAAA"', `value="${content}"`);
}

function binariesOf(bundle: Bundle): stu3.Binary[] {
  const document = bundle.entry?.find(({ resource }) => resource?.resourceType === "Bundle")?.resource as Bundle;
  return (document.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === "Binary" ? [resource] : []));
}

function stateOf({ intact, repaired }: Attachment): string {
  if (!intact) return repaired ? "?" : "damaged";
  return repaired ? "repaired" : "whole";
}

const contents: readonly (readonly [
  what: string,
  state: string,
  contentType: string,
  content: string,
  file: Buffer,
])[] = [
  ["a PDF", "whole", "application/pdf", base64(pdf), pdf],
  ["a PDF without its padding", "repaired", "application/pdf", unpadded(pdf), pdf],
  ["a PDF without half of its padding", "repaired", "application/pdf", `${unpadded(pdf)}=`, pdf],
  ["a PDF without its padding, in lines", "repaired", "application/pdf", unpadded(pdf).replaceAll(/.{8}/g, "$& "), pdf],
  ["a PDF as an address", "repaired", "application/pdf", address(pdf, "application/pdf"), pdf],
  [
    "a PDF as an address without padding",
    "repaired",
    "Application/PDF; x=y",
    address(pdf, "application/pdf").replace(/=+$/, ""),
    pdf,
  ],
  ["a PDF as an address of no type", "repaired", "application/pdf", address(pdf, ""), pdf],
  ["a PDF as an address with a name", "repaired", "application/pdf", address(pdf, "application/pdf;name=a.pdf"), pdf],
  ["a PDF for the web without its padding", "repaired", "application/pdf", unpadded(linear(80)), linear(80)],
  [
    "a PDF for the web that names its length first",
    "repaired",
    "application/pdf",
    unpadded(lengthFirst(59)),
    lengthFirst(59),
  ],
  ["a PNG without its padding", "repaired", "image/png", unpadded(png), png],
  ["a PNG as an address", "repaired", "image/png", address(png, "image/png"), png],
  ["a JPEG without its padding", "repaired", "image/jpeg", unpadded(jpeg), jpeg],
  ["a JPEG as an address", "repaired", "image/jpeg", address(jpeg, "IMAGE/JPEG"), jpeg],
];

for (const [what, state, contentType, content, file] of contents) {
  test(`an attachment is read as the file that it is: ${what}`, () => {
    const read = readMessage(Buffer.from(messageWith(contentType, content)));
    const attachment = read.message?.attachments[1];
    assert.ok(attachment);
    assert.equal(stateOf(attachment), state);
    assert.deepEqual(Buffer.from(attachment.bytes()), file);
    // As it came.
    assert.equal(binariesOf(read.message?.bundle ?? { resourceType: "Bundle" })[1]?.content, content);
    const { findings, acceptable } = check(read);
    assert.equal(acceptable, true);
    const told = findings.map(({ id, severity, location, text }) => [id, severity, location.split(".").at(-1), text]);
    const text =
      "An attachment's base64 lacks its padding, or begins as a data: address: it was repaired, as its file is seen to be whole.";
    assert.deepEqual(told, state === "whole" ? [] : [["GPCM-SD-031", "error", "content", text]]);
  });
}

const damages: readonly (readonly [what: string, contentType: string, content: string])[] = [
  ["a PDF cut off before its end", "application/pdf", unpadded(pdf.subarray(0, 22))],
  ["a PDF cut off behind an earlier end", "application/pdf", unpadded(bytes("%PDF-1.7\n%%EOF\n2 0 obj\n<<"))],
  ["a PDF whose end is far from its end", "application/pdf", unpadded(bytes(`%PDF-1.7\n%%EOF${"\n".repeat(1025)}`))],
  ["a PDF for the web, cut off behind its first end", "application/pdf", unpadded(linear(5000))],
  ["the same that names its length first", "application/pdf", unpadded(lengthFirst(5000))],
  ["a PNG without its last chunk", "image/png", unpadded(png.subarray(0, -12))],
  ["a PNG with something behind it", "image/png", unpadded(Buffer.concat([png, bytes("xx")]))],
  ["a JPEG without its end", "image/jpeg", unpadded(jpeg.subarray(0, -3))],
  ["a TIFF", "image/tiff", unpadded(bytes("II*\0 and more"))],
  ["text", "text/plain", unpadded(bytes("abcd"))],
  ["a PDF that is said to be a PNG", "image/png", unpadded(pdf)],
  ["a PNG as an address of a PDF", "image/png", address(png, "application/pdf")],
  ["a PDF as an address that is not base64", "application/pdf", "data:application/pdf,%25PDF-1.7%0A%25%25EOF"],
  ["a PDF with more padding than it needs", "application/pdf", `${base64(pdf)}=`],
  ["a PDF with padding within", "application/pdf", `${base64(pdf.subarray(0, 5))}${unpadded(pdf)}`],
  ["a PDF with another character", "application/pdf", `${unpadded(pdf)}!`],
  ["a PDF of the alphabet of URLs", "application/pdf", `${unpadded(pdf)}-_`],
  ["one character more", "application/pdf", `${base64(pdf.subarray(0, 30))}A`],
  ["an address of nothing", "application/pdf", "data:application/pdf;base64,"],
  ["nothing but spaces", "application/pdf", "  "],
];

for (const [what, contentType, content] of damages) {
  test(`an attachment that is not seen to be whole is damaged: ${what}`, () => {
    const read = readMessage(Buffer.from(messageWith(contentType, content)));
    const attachment = read.message?.attachments[1];
    assert.ok(attachment);
    assert.equal(stateOf(attachment), "damaged");
    const { findings, acceptable, conforms } = check(read);
    assert.deepEqual([acceptable, conforms], [true, false]);
    // One cause, one finding.
    const told = findings.filter(({ location }) => location.endsWith(".content")).map(({ text }) => text);
    const wrongType = "An attachment says that it is a PDF, PNG, JPEG or TIFF file and is not.";
    assert.deepEqual(
      told.filter((text) => text !== wrongType),
      ["An attachment holds no base64 content."],
    );
  });
}

test("a report that is repaired is delivered, in XML and in JSON", () => {
  const { bundle } = consultationSummary(consultation());
  const [report] = binariesOf(bundle);
  assert.ok(report);
  report.content = "AAAA";
  for (const [write, quoted] of [
    [writeXml, 'value="AAAA"'],
    [writeJson, '"AAAA"'],
  ] as const) {
    for (const content of [unpadded(pdf), address(pdf, "application/pdf")]) {
      const read = readMessage(Buffer.from(write(bundle).replace(quoted, quoted.replace("AAAA", content))));
      const { acceptable, findings } = check(read);
      assert.equal(acceptable, true);
      assert.deepEqual(
        findings.map(({ id }) => id),
        ["GPCM-SD-031"],
      );
    }
  }
});

test("a repaired file agrees with the size and the hash that are given of it, wherever they are", () => {
  const hash = createHash("sha1").update(pdf).digest("base64");
  for (const [state, description] of [
    ["repaired", { size: pdf.byteLength }],
    ["repaired", { hash }],
    ["repaired", { size: pdf.byteLength, hash }],
    ["damaged", { size: pdf.byteLength + 1 }],
    ["damaged", { size: pdf.byteLength, hash: createHash("sha1").update("x").digest("base64") }],
    ["damaged", { size: 0 }],
    ["damaged", { hash: "" }],
  ] as const) {
    for (const find of [asData, asAddressInSection, asAddressElsewhere]) {
      const attachment = find(unpadded(pdf), description);
      assert.equal(stateOf(attachment), state, `${find.name} ${JSON.stringify(description)}`);
    }
  }
});

test("the finding of a file that a DocumentReference holds is told where it stands", () => {
  const message = messageOf(described({ data: unpadded(pdf) }, undefined, true));
  assert.ok(message);
  const found = check(message).findings.filter(({ id }) => id === "GPCM-SD-031");
  assert.deepEqual(
    found.map(({ location }) => location.split(".").slice(-3).join(".")),
    ["content[0].attachment.data"],
  );
});

test("a file that is described 100,000 times is seen to be whole in time", { timeout: 20_000 }, async () => {
  const large = bytes(`%PDF-1.7\n${"x".repeat(2_000_000)}\n%%EOF\n`);
  const hash = createHash("sha1").update(large).digest("base64");
  const found = wholeFile(
    unpadded(large),
    "application/pdf",
    Array.from({ length: 100_000 }, () => ({ hash })),
  );
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
  assert.ok(found?.equals(large));
});

test("5,000 PDFs that begin as if each were many for the web are read in time", { timeout: 20_000 }, async () => {
  const crowded = bytes(`%PDF-1.7\n${"<".repeat(1000)}${"/Linearized ".repeat(85)}\n%%EOF\n`);
  const found = Array.from({ length: 5000 }, () => wholeFile(unpadded(crowded), "application/pdf", []));
  await setTimeout(0);
  assert.ok(found.every((file) => file === undefined));
});

/** A message with one more DocumentReference, led to by a section or not, and the Binary that it may describe. */
function described(attachment: stu3.Attachment, content: string | undefined, isLed: boolean): Bundle {
  const { bundle } = consultationSummary(consultation());
  const message = messageOf(bundle);
  const section = message?.composition?.section;
  assert.ok(section);
  const ids = ["00000000-0000-4000-8000-0000000000d1", "00000000-0000-4000-8000-0000000000d2"] as const;
  const added: stu3.Resource[] = [
    {
      resourceType: "DocumentReference",
      id: ids[0],
      content: [{ attachment: { contentType: "application/pdf", ...attachment } }],
    },
  ];
  if (content !== undefined) {
    added.push({ resourceType: "Binary", id: ids[1], contentType: "application/pdf", content });
  }
  for (const resource of added) {
    message?.document?.entry?.push({ fullUrl: `urn:uuid:${resource.id}`, resource });
  }
  section.push({ title: "Added", entry: [{ reference: `urn:uuid:${isLed ? ids[0] : ids[1]}` }] });
  return bundle;
}

function lastAttachment(bundle: Bundle): Attachment {
  const found = messageOf(bundle)?.attachments.at(-1);
  assert.ok(found);
  return found;
}

function asData(content: string, description: stu3.Attachment): Attachment {
  return lastAttachment(described({ data: content, ...description }, undefined, true));
}

const url = "urn:uuid:00000000-0000-4000-8000-0000000000d2";

function asAddressInSection(content: string, description: stu3.Attachment): Attachment {
  return lastAttachment(described({ url, ...description }, content, true));
}

function asAddressElsewhere(content: string, description: stu3.Attachment): Attachment {
  return lastAttachment(described({ url, ...description }, content, false));
}
