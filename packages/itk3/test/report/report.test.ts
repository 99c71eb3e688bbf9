import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import {
  check,
  type CheckedFile,
  checkStatus,
  consultationSummary,
  heldAgainst,
  readMessage,
  reportHtml,
  reportJson,
  reportSarif,
  reportText,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";

const valid = consultationSummary(consultation()).xml;

function checked(file: string, xml: string): CheckedFile {
  const read = readMessage(Buffer.from(xml));
  return { file, result: check(read), readable: read.message !== undefined };
}

const good = checked("good.xml", valid);
const wrong = checked(
  'odd & <b>"name".xml',
  valid.replace("SendDocument-ConsultationReport", "None-Such").replaceAll(/\s*<meta>[\s\S]*?<\/meta>/g, ""),
);
const broken = checked("broken.xml", valid.slice(0, 4000));
const secrets = /9000000009|Łukasz|Ampère|1980-02-03|encounter-0001/;

test("the status is 0 for what conforms, 1 for what does not, 2 for what cannot be read", () => {
  assert.equal(checkStatus([good]), 0);
  assert.equal(checkStatus([good, wrong]), 1);
  assert.equal(checkStatus([good, wrong, broken]), 2);
});

test("the text for people groups places under the requirement and ends each file with a verdict", () => {
  const text = reportText([good, wrong, broken]);
  assert.match(text, /^good\.xml: Conforms: nothing found\.$/m);
  assert.match(text, /Acceptable, but does not conform: \d+ errors\.$/m);
  assert.match(
    text,
    /^ {2}error GPCM-SD-CS-048 \[10001\]\n {4}LocalExtension is not that of the use case\.\n {6}\d+:\d+ Bundle\.entry\[0\]/m,
  );
  assert.equal(text.match(/error GPCM-SD-025 /g)?.length, 1);
  assert.match(text, /and \d+ more$/m);
  assert.match(
    text,
    /^broken\.xml: Unreadable, refused with 10009: 1 error\.\n {2}10009 Unreadable message received$/m,
  );
  assert.doesNotMatch(text, secrets);
});

test("the JSON says the same to programs", () => {
  const { status, files } = JSON.parse(reportJson([good, broken])) as { status: number; files: object[] };
  assert.equal(status, 2);
  assert.deepEqual(files[0], { file: "good.xml", readable: true, findings: [], conforms: true, acceptable: true });
});

test("the SARIF names each rule once and each place by file, line and element", () => {
  interface Log {
    version: string;
    runs: {
      tool: { driver: { rules: { id: string }[] } };
      results: { ruleId: string; level: string; locations: object[] }[];
    }[];
  }
  const log = JSON.parse(reportSarif([good, wrong, broken], "0.1.0")) as Log;
  const [run] = log.runs;
  assert.equal(log.version, "2.1.0");
  const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(run?.results.every(({ ruleId }) => ids.includes(ruleId)));
  const local = run?.results.find(({ ruleId }) => ruleId === "GPCM-SD-CS-048");
  assert.equal(local?.level, "error");
  assert.match(
    JSON.stringify(local.locations),
    /"uri":"odd%20%26%20%3Cb%3E%22name%22\.xml".*"startLine":\d+.*Bundle\.entry\[0\]/,
  );
  assert.doesNotMatch(JSON.stringify(log), secrets);
});

test("the page stands alone, runs nothing and shows names as they are", () => {
  const html = reportHtml([good, wrong, broken]);
  assert.match(html, /1 of 3 conform/);
  assert.match(html, /odd &amp; &lt;b&gt;&quot;name&quot;\.xml/);
  assert.doesNotMatch(html, /<script|<b>|src=|href=/);
  assert.doesNotMatch(html, secrets);
});

test("a message says itself what it is to be held against", () => {
  const { message } = readMessage(Buffer.from(valid));
  assert.ok(message);
  assert.deepEqual(heldAgainst(message), { generation: 1, useCase: "consultation-summary" });
});
