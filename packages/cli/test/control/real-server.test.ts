// The command against a real server for development: what is typed happens there.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { consultationSummary } from "@restante/itk3";
import type { ControlDoor } from "@restante/mesh-server/development";
import { consultation } from "../../../itk3/test/consultation.ts";
import {
  ask,
  type Development,
  recipient,
  sender,
  startDevelopment,
  workflow,
} from "../../../mesh-server/test/control/development.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { runCommand } from "../support/processes.ts";
import { type Typed, typed } from "../support/typed.ts";

interface Served {
  readonly development: Development;
  /** Types `restante control` with these words, at this server. */
  readonly control: (...words: string[]) => Promise<Typed>;
}

async function served(t: TestContext, control: ControlDoor = { port: 0 }): Promise<Served> {
  const development = await startDevelopment(t, { control });
  const reach = ["--data", development.config.dataFolder];
  return { development, control: async (...words) => typed(["control", ...words, ...reach]) };
}

for (const door of ["a port", "a socket"] as const) {
  test(`by ${door}: a message is put in, listed, shown, waited for and collected by its owner`, async (t) => {
    const { development, control } = await served(t, door === "a port" ? { port: 0 } : { socket: true });
    const put = await control("messages", "inject", recipient, "--text", "Łódź", "--workflow-id", workflow, "--json");
    assert.deepEqual([put.status, put.complained], [0, ""]);
    const { messageId } = JSON.parse(put.printed) as { messageId: string };
    const listed = await control("messages", "list", "--mailbox", recipient, "--containing", "Łó");
    assert.match(
      listed.printed,
      new RegExp(`^${messageId} +accepted +${recipient} +-> ${recipient} +${workflow}`, "m"),
    );
    const shown = await control("messages", "peek", "latest", "--mailbox", recipient);
    assert.match(shown.printed, new RegExp(`^mex-messageid +${messageId}$`, "m"));
    assert.match(shown.printed, /^Body\nŁódź$/m);
    assert.equal((await control("messages", "wait", "--mailbox", recipient, "--within", "1s")).status, 0);
    const inbox = await ask(development, recipient, "inbox");
    assert.deepEqual(((await inbox.json()) as { messages: string[] }).messages, [messageId]);
    const none = await control("messages", "expect-none", "--mailbox", sender, "--within", "50ms");
    assert.equal(none.status, 0, none.complained);
    const late = await control("messages", "wait", "--mailbox", recipient, "--count", "2", "--within", "50ms");
    assert.equal(late.status, 1);
    assert.match(late.complained, /^restante: 1 of 2/);
    const unknown = await control("messages", "wait", "--mailbox", "NOBODY", "--within", "1s");
    assert.equal(unknown.status, 1);
  });
}

test("the largest body is put in and shown byte by byte", async (t) => {
  const { control } = await served(t);
  const body = randomBytes(10_000_000);
  const file = join(await temporaryFolder(t), "body");
  await writeFile(file, body);
  const put = await control("messages", "inject", recipient, "--file", file, "--workflow-id", workflow);
  assert.deepEqual([put.status, put.complained], [0, ""]);
  const { printed } = await control("messages", "peek", "latest", "--json");
  const shown = JSON.parse(printed) as { body: string; bytes: number; isWhole: boolean };
  assert.deepEqual([shown.bytes, shown.isWhole], [body.length, true]);
  assert.ok(Buffer.from(shown.body, "base64").equals(body));
  assert.match((await control("messages", "peek", "latest", "--bytes", "3")).printed, /^The beginning of the body$/m);
});

test("five days are passed, the sender is told, and an operator puts the message back", async (t) => {
  const { control } = await served(t);
  const { xml } = consultationSummary(consultation({ senderMailbox: sender }));
  const file = join(await temporaryFolder(t), "message.xml");
  await writeFile(file, xml);
  const put = await control("messages", "inject", recipient, "--itk3", file, "--json");
  assert.deepEqual([put.status, put.complained], [0, ""]);
  const { messageId } = JSON.parse(put.printed) as { messageId: string };
  assert.equal((await control("snapshots", "save", "before")).status, 0);

  assert.match((await control("clock", "advance", "5d1h")).printed, /5d1h\S* ahead of the real time/);
  const told = await control("messages", "wait", "--type", "REPORT", "--code", "14", "--mailbox", sender);
  assert.equal(told.status, 0, told.complained);
  assert.match(told.printed, /report 14/);
  const back = await control("messages", "put-back", messageId);
  assert.match(back.printed, new RegExp(`^${messageId} is listed again, until `));
  const again = await control("messages", "put-back", messageId);
  assert.equal(again.status, 1);

  assert.match((await control("snapshots", "list")).printed, /^before .*1 message$/m);
  assert.equal((await control("snapshots", "restore", "before")).status, 0);
  assert.match((await control("messages", "list")).printed, new RegExp(`^${messageId} +accepted +${sender}`, "m"));
  assert.match((await control("clock", "read")).printed, /the real time/);
  assert.equal((await control("snapshots", "remove", "before")).status, 0);
  assert.equal((await control("snapshots", "restore", "before")).status, 1);
  assert.equal((await control("reset")).printed, "Empty: 1 message went\n");
  assert.equal((await control("messages", "list")).printed, "No message fits.\n");
});

test("the next list fails as it was told to, and a closed mailbox takes no message but reports", async (t) => {
  const { development, control } = await served(t);
  const fault = await control("faults", "next", "list", "status", "--status", "503", "--retry-after", "7");
  assert.equal(fault.status, 0, fault.complained);
  const failed = await ask(development, recipient, "inbox");
  assert.deepEqual([failed.status, failed.headers.get("retry-after")], [503, "7"]);
  assert.equal((await ask(development, recipient, "inbox")).status, 200);
  assert.equal((await control("faults", "list")).printed, "Nothing goes wrong.\n");
  await control("faults", "add", "any", "reset", "--mailbox", sender);
  assert.match((await control("faults", "list")).printed, new RegExp(`any +reset +${sender} +until it is cleared`));
  assert.equal((await control("faults", "clear")).printed, "1 fault is cleared\n");

  assert.match((await control("mailboxes", "close", recipient, "moved away")).printed, /closed since .*: moved away/);
  const refused = await control("messages", "inject", recipient, "--text", "a", "--workflow-id", workflow);
  assert.equal(refused.status, 1);
  assert.equal((await control("messages", "report", recipient, workflow, "14", "Not collected")).status, 0);
  assert.match((await control("mailboxes", "open", recipient)).printed, / open /);
  assert.match((await control("mailboxes", "list")).printed, new RegExp(`^${recipient} +X26 +1 waiting`, "m"));
  assert.equal((await control("demographics", "read")).printed, "No patient was moved.\n");
  assert.equal((await control("demographics", "move", "9990000018", "--ods-code", "X26")).status, 1);
});

test("what happens is told as it happens, in a process of its own", async (t) => {
  const { development, control } = await served(t);
  const reach = ["--data", development.config.dataFolder];
  const follow = runCommand(["control", "events", "--names", "message-accepted", ...reach]);
  atEnd(t, () => follow.end("SIGKILL"));
  // Until it listens nothing is told to it.
  const accept = async (): Promise<void> => {
    const put = await control("messages", "inject", recipient, "--text", "a", "--workflow-id", workflow);
    assert.equal(put.status, 0, put.complained);
  };
  while (!/message-accepted/.test(follow.output())) await accept();
  assert.match(follow.output(), /message-accepted {2}.*messageId=/);
  assert.equal(await follow.end("SIGINT"), 0);
});

test("who waits is told when the server ends", async (t) => {
  const development = await startDevelopment(t, { control: { port: 0 } });
  const reach = ["--data", development.config.dataFolder];
  const wait = runCommand(["control", "messages", "wait", "--type", "REPORT", "--within", "10m", ...reach]);
  atEnd(t, () => wait.end("SIGKILL"));
  const follow = runCommand(["control", "events", ...reach]);
  atEnd(t, () => follow.end("SIGKILL"));
  while (follow.output() === "") {
    await development.server.control.messages.inject({ mailbox: recipient, workflowId: "OTHER", text: "" });
    await development.server.control.reset();
  }
  await development.server.close();
  assert.equal(await wait.ended, 1);
  assert.equal(await follow.ended, 1);
});
