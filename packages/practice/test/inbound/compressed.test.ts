import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { testMailboxes } from "@restante/testbed";
import { deliver, openPractice } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender as testSender } from "../support/organisations.ts";
import { openParty, type Party, startEconomy } from "../support/real.ts";
import { person } from "../support/person.ts";

const otherWorkflow = "SOME_SPREADSHEET";
const xml = Buffer.from(message().xml);
const packed = gzipSync(xml);
const middle = Math.floor(packed.length / 2);

/** Sends a body that says it is gzip, in so many chunks, as it is. */
async function send({ client }: Party, to: string, workflowId: string, chunks: readonly Uint8Array[]): Promise<void> {
  const [body = new Uint8Array(), ...others] = chunks;
  const total = chunks.length;
  const { messageId } = await client.send({
    to,
    workflowId,
    contentEncoding: "gzip",
    body,
    ...(total > 1 && { totalChunks: total }),
  });
  for (const [index, chunk] of others.entries()) {
    await client.sendChunk(messageId, { number: index + 2, total, contentEncoding: "gzip", body: chunk });
  }
}

const damaged: Readonly<Record<string, Uint8Array>> = {
  "is a message, but no gzip": xml,
  "is neither": Buffer.from("plain text"),
  "is cut off": packed.subarray(0, -9),
};

for (const kind of ["directory", "api"] as const) {
  for (const [what, body] of Object.entries(damaged)) {
    test(`by ${kind}, a body that says it is gzip and ${what} is refused with 10009, stored once as it came, and let go of`, async (t) => {
      const server = await startEconomy(t);
      const sender = await openParty(t, server, "sender", "api");
      const to = await openParty(t, server, "practice", kind);
      await send(sender, testMailboxes.practice, workflowId, [body]);
      await to.turn();

      const { worklist } = to.practice;
      const [task, ...others] = await person(worklist).tasks();
      assert.deepEqual([task?.kind, others.length], ["refused", 0]);
      const { taskId } = task!;
      assert.match(
        (await person(worklist).task(taskId))?.reason ?? "",
        /compressed with gzip, and cannot be decompressed/,
      );
      assert.deepEqual(
        (await person(worklist).task(taskId))?.responses.map(({ code }) => code),
        ["10009"],
      );
      assert.deepEqual(Buffer.from((await person(worklist).original(taskId))?.bytes ?? []), Buffer.from(body));
      assert.deepEqual((await to.client.list()).messageIds, []);
      const left = kind === "directory" ? readdirSync(join(to.folder, "IN")) : [];
      assert.ok(left.every((name) => !name.startsWith(task!.messageId)));
      assert.equal(to.events.of("message-damaged").length, 1);
      await to.turn();
      assert.equal((await person(worklist).tasks()).length, 1);
    });
  }

  test(`by ${kind}, such a body on a workflow that carries no ITK3 is set aside for a person, and not answered`, async (t) => {
    const server = await startEconomy(t);
    const sender = await openParty(t, server, "sender", "api");
    const to = await openParty(t, server, "practice", kind);
    await send(sender, testMailboxes.practice, otherWorkflow, [Buffer.from("a,b\n1,2\n")]);
    await to.turn();
    const [task] = await person(to.practice.worklist).tasks();
    assert.equal(task?.kind, "set-aside");
    const { reason, responses } = (await person(to.practice.worklist).task(task.taskId))!;
    assert.match(reason ?? "", /cannot be decompressed/);
    assert.deepEqual(responses, []);
    assert.equal(
      Buffer.from((await person(to.practice.worklist).original(task.taskId))?.bytes ?? []).toString(),
      "a,b\n1,2\n",
    );
    assert.deepEqual((await to.client.list()).messageIds, []);
    assert.equal(to.events.of("message-set-aside").length, 1);
  });

  for (const [how, chunks] of [
    ["one gzip stream over two chunks", [packed.subarray(0, middle), packed.subarray(middle)]],
    ["two chunks compressed one by one", [gzipSync(xml.subarray(0, 900)), gzipSync(xml.subarray(900))]],
  ] as const) {
    test(`by ${kind}, ${how} are one message, and read like any other`, async (t) => {
      const server = await startEconomy(t);
      const sender = await openParty(t, server, "sender", "api");
      const to = await openParty(t, server, "practice", kind);
      await send(sender, testMailboxes.practice, workflowId, chunks);
      await to.turn();
      assert.deepEqual(
        (await person(to.practice.worklist).tasks()).map((task) => task.kind),
        ["document"],
      );
      assert.deepEqual((await to.client.list()).messageIds, []);
    });
  }

  test(`by ${kind}, what becomes too long when decompressed is kept whole as it came, set aside, and let go of`, async (t) => {
    const server = await startEconomy(t);
    const sender = await openParty(t, server, "sender", "api");
    const to = await openParty(t, server, "practice", kind, { tuning: { maxMessageBytes: 100_000 } });
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    await send(sender, testMailboxes.practice, workflowId, [bomb]);
    await to.turn();
    const [task] = await person(to.practice.worklist).tasks();
    assert.equal(task?.kind, "set-aside");
    assert.match((await person(to.practice.worklist).task(task.taskId))?.reason ?? "", /longer than is read/);
    if (kind === "api") {
      assert.deepEqual(Buffer.from((await person(to.practice.worklist).original(task.taskId))?.bytes ?? []), bomb);
    }
    assert.deepEqual((await to.client.list()).messageIds, []);
    assert.ok(readdirSync(join(to.options.dataFolder, "kept")).every((name) => !name.startsWith(".")));
  });
}

test("fifty bodies that are no gzip at the head of a mailbox do not keep back what lies behind them", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "api");
  const to = await openParty(t, server, "practice", "api", { tuning: { batchSize: 10 } });
  for (let count = 0; count < 50; count += 1) {
    await send(sender, testMailboxes.practice, otherWorkflow, [Buffer.from("no gzip")]);
  }
  await sender.client.send({ to: testMailboxes.practice, workflowId, body: xml });
  for (let pass = 0; pass < 6; pass += 1) await to.turn();
  assert.deepEqual((await to.client.list()).messageIds, []);
  assert.equal((await person(to.practice.worklist).tasks())[0]?.kind, "document");
});

test("a pair in IN that is still compressed, and says so, is decompressed and read", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, packed, { from: testSender.mailboxId, workflowId, isCompressed: true });
  await to.practice.cycle();
  const [task] = await person(to.practice.worklist).tasks();
  assert.equal(task?.kind, "document");
  assert.equal(
    Buffer.from((await person(to.practice.worklist).attachment(task.taskId, 0))?.bytes ?? []).toString(),
    "%PDF-1.7 report",
  );
});

test("a pair in IN whose data has more behind the end of what is compressed is refused, not read without it", async (t) => {
  const to = await openPractice(t, receiver);
  const more = Buffer.concat([packed, Buffer.alloc(4), Buffer.from("more")]);
  deliver(to, more, { from: testSender.mailboxId, workflowId, isCompressed: true });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).tasks()).map(({ kind }) => kind),
    ["refused"],
  );
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
});
