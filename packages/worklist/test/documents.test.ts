import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { consultationSummary, type DocumentInput, genericDocument, onlineConsultation } from "@restante/itk3";
import { onePixel } from "../../practice/test/consultation/sample.ts";
import { deliver, openPractice } from "../../practice/test/support/economy.ts";
import { documentInput, workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { type Answer, ask, readable } from "../../web/test/http.ts";
import { documentLink } from "../src/file-response.ts";
import { openPages } from "./open-pages.ts";

const kindOfDocument = { name: "Immunisation", type: { code: "371531000", display: "Report of clinical encounter" } };
const attachments = [
  { title: "Photograph", contentType: "image/png", bytes: onePixel },
  { title: "Letter", contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 letter") },
  { title: "Recording", contentType: "audio/mpeg", bytes: Buffer.from("a recording") },
];

const kinds = [
  ["consultation report", consultationSummary],
  ["online consultation report", onlineConsultation],
  ["generic document", (input: DocumentInput) => genericDocument({ ...input, document: kindOfDocument })],
] as const;

for (const [kind, build] of kinds) {
  test(
    `a received ${kind} is in the worklist under its Subject, and its task opens it and every attachment`,
    {
      tags: [
        "GPCM-SD-CS-029",
        "GPCM-SD-CS-030",
        "GPCM-SD-CS-031",
        "GPCM-SD-OC-013",
        "GPCM-SD-OC-014",
        "GPCM-SD-OC-015",
        "GPCM-SD-GE-013",
        "GPCM-SD-GE-014",
        "GPCM-SD-GE-015",
        "FHIR-DOC-04",
        "FHIR-DOC-09",
      ],
    },
    async (t) => {
      const { xml, envelope } = build(documentInput({ attachments }));
      const read = await readPages(t, xml, envelope.subject);
      const worklist = (await read("/")).text;
      assert.equal(worklist.match(/href="\/tasks\/\d+"/g)?.length, 1);
      assertLaidOut(worklist, envelope.subject);

      const task = (await read("/tasks/1")).text;
      assert.ok(readable(task).includes(inHtml(envelope.subject)));
      const expected = [Buffer.from("%PDF-1.7 report"), ...attachments.map(({ bytes }) => Buffer.from(bytes))];
      for (const [index, bytes] of expected.entries()) {
        const link = `/tasks/1/attachments/${index}`;
        assert.ok(task.includes(`"${link}`), `${link} is missing: ${task}`);
        assert.deepEqual((await read(link)).bytes, bytes);
      }
      for (const { title } of attachments) assert.match(task, new RegExp(title));
      assert.equal((await read("/tasks/1/original")).text, xml);
    },
  );
}

for (const [kind, build] of kinds) {
  test(
    `of a confidential ${kind} the worklist and the task show the Subject, and nothing of who sent it`,
    { tags: ["GPCM-SD-CS-030", "GPCM-SD-OC-014", "GPCM-SD-GE-014"] },
    async (t) => {
      const { xml, envelope } = build(documentInput({ confidential: true }));
      const read = await readPages(t, xml, envelope.subject);
      for (const path of ["/", "/tasks/1"]) {
        const { text } = await read(path);
        if (path === "/") assertLaidOut(text, envelope.subject);
        else assert.ok(readable(text).includes(inHtml(envelope.subject)), path);
        assert.match(text, /Not shown: confidential/, path);
        for (const told of [sender.name, sender.odsCode]) assert.ok(!text.includes(told), `${path} shows ${told}`);
      }
    },
  );
}

/** The row of the one task says all of its Subject: docs/decisions/281-a-row-says-it-once.md. */
function assertLaidOut(worklist: string, subject: string): void {
  const { what, name, number, seenAt, odsCode, version } =
    /^(?<what>.+) for (?<name>.+?), NHS Number (?<number>\d+)(?:, seen at (?<seenAt>.+?))?(?:, ODS Code (?<odsCode>\w+))?(?:, Version (?<version>\d+))?$/.exec(
      subject,
    )?.groups ?? {};
  const row = readable(worklist.slice(worklist.lastIndexOf("<tr ")));
  const [, link = ""] = /<a href="\/tasks\/1">(.*?)<\/a>/s.exec(worklist) ?? [];
  assert.equal(readable(link), inHtml(`${what} for ${name}`));
  const parts = [number?.replace(/(...)(...)(....)/, "$1 $2 $3"), seenAt, odsCode, version && `Version ${version}`];
  assert.ok(number !== undefined);
  for (const part of parts) assert.ok(row.includes(part ?? ""), `${part} is not in: ${row}`);
}

/** Reads the pages of a practice that has received one message. */
async function readPages(t: TestContext, xml: string, subject: string): Promise<(path: string) => Promise<Answer>> {
  const to = await openPractice(t, receiver);
  deliver(to, xml, { from: sender.mailboxId, workflowId, subject });
  await to.practice.cycle();
  const { worklist } = to.practice;
  const pages = await openPages(t, { worklist, organisation: receiver });
  return (path) => ask(pages.url + path);
}

function inHtml(text: string): string {
  return text.replaceAll("'", "&#39;");
}

test("a claim that is a word of the language that the pages are written in is an unknown kind like any other", () => {
  for (const contentType of ["constructor", "__proto__", "hasOwnProperty"]) {
    const attachment = { title: "Letter", contentType, bytes: 1, primary: true, fileType: "other" } as const;
    assert.equal(documentLink("/tasks/1", attachment, 0).kind, "Unknown kind");
  }
});
