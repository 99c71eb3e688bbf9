import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { consultationSummary, infrastructureResponse, onlineConsultation } from "@restante/itk3";
import { startListener, TOKEN } from "../../../control/test/support/listener.ts";
import { consultation, receipt } from "../../../itk3/test/consultation.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { type Typed, typed } from "../support/typed.ts";

const messageId = "20260131120000000000_AAAAAA";

const mailboxes = ["X26ABC1", "X26OT001"].map((mailbox) => ({
  mailbox,
  name: mailbox,
  odsCode: "X26",
  waiting: { messages: 0, bytes: 0 },
}));

interface Serving {
  /** What was put in. */
  readonly asked: readonly { input: unknown }[];
  readonly file: (content: string | Uint8Array) => Promise<string>;
  readonly inject: (...words: string[]) => Promise<Typed>;
}

async function serving(t: TestContext): Promise<Serving> {
  const folder = await temporaryFolder(t);
  const { url, asked } = await startListener(
    { after: (close) => atEnd(t, close) },
    { "messages.inject": () => ({ messageId }), "mailboxes.list": () => ({ mailboxes }) },
  );
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, TOKEN);
  const reach = ["--server", url, "--token-file", tokenFile];
  let files = 0;
  return {
    get asked() {
      return asked.filter(({ name }) => name === "messages.inject");
    },
    file: async (content) => {
      files += 1;
      const file = join(folder, `file-${files}`);
      await writeFile(file, content);
      return file;
    },
    inject: async (...words) => typed(["control", "messages", "inject", ...words, ...reach]),
  };
}

test("a file is put into a mailbox byte by byte, and a text as UTF-8", async (t) => {
  const server = await serving(t);
  const { file, inject } = server;
  const bytes = Buffer.from([0, 255, 10, 13, 200]);
  const put = await inject("X26ABC1", "--file", await file(bytes), "--workflow-id", "W", "--content-encoding", "gzip");
  assert.deepEqual(put, { status: 0, printed: `Put into X26ABC1 as ${messageId}\n`, complained: "" });
  await inject("X26ABC1", "--text", "Łódź", "--workflow-id", "W", "--from", "X26ABC2", "--subject", "Hello");
  assert.deepEqual(
    server.asked.map(({ input }) => input),
    [
      { mailbox: "X26ABC1", workflowId: "W", body: bytes.toString("base64"), contentEncoding: "gzip" },
      { mailbox: "X26ABC1", workflowId: "W", text: "Łódź", from: "X26ABC2", subject: "Hello" },
    ],
  );
});

test("an ITK3 message brings its workflow, local id, subject and sender, and nothing that names the patient", async (t) => {
  const server = await serving(t);
  const { file, inject } = server;
  const first = consultationSummary(consultation());
  const second = onlineConsultation({ ...consultation(), generation: 2 });
  for (const { xml } of [first, second]) {
    assert.equal((await inject("X26ABC1", "--itk3", await file(xml))).status, 0);
  }
  const common = { mailbox: "X26ABC1", localId: "Y90001", from: "X26OT001" };
  assert.deepEqual(server.asked[0]?.input, {
    ...common,
    workflowId: first.envelope.workflowId,
    subject: "Consultation report",
    body: Buffer.from(first.xml).toString("base64"),
  });
  assert.deepEqual(server.asked[1]?.input, {
    ...common,
    workflowId: "DF_ONLINE_CONSULTATION",
    subject: "Online consultation report",
    body: Buffer.from(second.xml).toString("base64"),
  });
  await inject(
    "X26ABC1",
    "--itk3",
    await file(first.xml),
    "--workflow-id",
    "OTHER",
    "--local-id",
    "L",
    "--from",
    "X26ABC3",
  );
  const { workflowId, localId, from } = server.asked[2]!.input as Record<string, string>;
  assert.deepEqual([workflowId, localId, from], ["OTHER", "L", "X26ABC3"]);
});

test("an ITK3 response is put in on the workflow that is typed, and asks for it", async (t) => {
  const server = await serving(t);
  const { file, inject } = server;
  const { xml } = infrastructureResponse(receipt());
  const response = await file(xml);
  const refused = await inject("X26OT001", "--itk3", response);
  assert.equal(refused.status, 2);
  assert.match(refused.complained, /^restante: --workflow-id WORKFLOW is missing: a response does not say/);
  const put = await inject("X26OT001", "--itk3", response, "--workflow-id", "GPFED_CONSULT_REPORT_ACK");
  assert.equal(put.status, 0);
  assert.match(put.complained, /^The server has no such mailbox as the message says it comes from/);
  const { workflowId, localId, from } = server.asked[0]!.input as Record<string, string>;
  // It says that it comes from X26OT002, of which this server knows nothing.
  assert.deepEqual([workflowId, localId, from], ["GPFED_CONSULT_REPORT_ACK", "Y90002", undefined]);
});

test("what cannot be put in is refused with what to do, and nobody is asked", async (t) => {
  const server = await serving(t);
  const { file, inject } = server;
  const refusal = async (words: string[], says: RegExp): Promise<void> => {
    const { status, complained } = await inject("X26ABC1", ...words);
    assert.equal(status, 2, complained);
    assert.match(complained, says);
    assert.equal(complained.trim().split("\n").length, 1, complained);
  };
  const notes = await file("no message");
  await refusal(["--workflow-id", "W"], /a message has one body: --file FILE, --itk3 FILE or --text TEXT/);
  await refusal(["--workflow-id", "W", "--text", "a", "--file", notes], /a message has one body/);
  await refusal(["--text", "a"], /--workflow-id WORKFLOW is missing$/m);
  await refusal(["--itk3", notes], /is no ITK3 message: restante check says why/);
  await refusal(["--workflow-id", "W", "--file", await file(Buffer.alloc(10_000_001))], /is larger than 10 MB/);
  await refusal(
    ["--workflow-id", "W", "--text", "a", "--checksum", "a\nb"],
    /--checksum must be a text without control/,
  );
  const gone = await inject("X26ABC1", "--workflow-id", "W", "--file", `${notes}-gone`);
  assert.equal(gone.status, 1);
  assert.match(gone.complained, /file-1-gone: there is no such file/);
  assert.deepEqual(server.asked, []);
});
