import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { parseMailboxId, parseMessageId } from "@restante/mesh";
import type { DownloadedMessage, MeshClient } from "@restante/mesh-client";
import type { PollResult } from "@restante/mesh-client/directory";
import { liveness } from "../../src/client/condition.ts";
import type { Mailbox, MailboxState } from "../../src/client/mailbox.ts";
import { createPulse } from "../../src/client/pulse.ts";
import { createTally } from "../../src/client/tally.ts";

const minute = 60_000;
const nothing: PollResult = { sent: 0, received: 0, failed: 0, waiting: 0, held: [], unfetched: 0 };

test("a loop is still once a poll has given no sign for 30 minutes, or the next is so long overdue; whatever it gives is a sign", () => {
  let now = 0;
  const pulse = createPulse(5 * minute, () => now);
  const { begins, ended } = pulse.observer;
  const after = (minutes: number): number | undefined => {
    now += minutes * minute;
    return pulse.stillFor();
  };
  begins();
  assert.equal(after(29), undefined);
  assert.equal(after(1), 30 * minute);
  pulse.sign();
  assert.equal(after(29), undefined);
  ended(nothing);
  assert.equal(after(34), undefined, "it waits for the next");
  assert.equal(after(1), 35 * minute, "which does not come");
  begins();
  assert.equal(after(0), undefined);
});

test("a call to the server that is under way is a sign, and each piece of a message that comes; one that does not come is none", async () => {
  let now = 0;
  const pulse = createPulse(minute, () => now);
  const sent = Promise.withResolvers<{ messageId: ReturnType<typeof parseMessageId> }>();
  const source = new Readable({ read: () => undefined });
  const message = { headers: {}, body: source, announcedBytes: 6 } as unknown as DownloadedMessage;
  const client = pulse.follow({
    mailboxId: parseMailboxId("Y99001OT001"),
    send: async () => sent.promise,
    download: async () => message,
  } as unknown as MeshClient);
  assert.equal(client.mailboxId, "Y99001OT001");
  pulse.observer.begins();
  const sending = client.send({ to: "Y99002OT001", workflowId: "W", body: Buffer.from("x") });
  now += 600 * minute;
  assert.equal(pulse.stillFor(), undefined);
  sent.resolve({ messageId: parseMessageId("20260101000000000001_000001") });
  await sending;
  now += 29 * minute;
  assert.equal(pulse.stillFor(), undefined, "from its answer on");

  const { body, announcedBytes } = await client.download(parseMessageId("20260101000000000001_000001"));
  assert.equal(announcedBytes, 6);
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (const piece of ["abc", "def"]) {
    now += 29 * minute;
    source.push(piece);
    assert.equal(String((await pieces.next()).value), piece);
    assert.equal(pulse.stillFor(), undefined);
  }
  now += 30 * minute;
  assert.ok(pulse.stillFor() !== undefined);
  source.push(null);
  assert.equal((await pieces.next()).done, true);
});

test("a message that is given up is given up at its source, and one that fails fails as it did", async () => {
  const pulse = createPulse(minute);
  for (const end of ["given up", "failed"] as const) {
    const source = new Readable({ read: () => undefined });
    const client = pulse.follow({ download: async () => ({ body: source }) } as unknown as MeshClient);
    const { body } = await client.download(parseMessageId("20260101000000000001_000001"));
    const closed = new Promise((resolve) => source.once("close", resolve));
    if (end === "given up") {
      body.destroy();
    } else {
      const read = body.toArray();
      source.destroy(new Error("cut off"));
      await assert.rejects(read, /cut off/);
    }
    await closed;
  }
});

/** A mailbox of which only this is known. */
function mailboxThat(name: string, kind: "carrying" | "starting", stillFor: number | undefined): Mailbox {
  const state: MailboxState = { kind };
  const tally = { ...createTally(), waiting: 0 };
  return {
    mailboxId: parseMailboxId(name),
    tally,
    tried: Promise.resolve(),
    state: () => state,
    tellStatus: () => undefined,
    stillFor: () => stillFor,
    end: async () => undefined,
  };
}

test("a process is alive while any of its loops turns: one disk that does not answer must not stop the other mailboxes", () => {
  const still = mailboxThat("Y99001OT001", "carrying", 31 * minute);
  const turning = mailboxThat("Y99002OT001", "carrying", undefined);
  const starting = mailboxThat("Y99003OT001", "starting", undefined);
  assert.deepEqual(liveness({ mailboxes: [turning, starting] }), { isWell: true, lines: ["alive"] });
  const words = "Y99001OT001: has not got on for 31 minutes: does a disk not answer?";
  assert.deepEqual(liveness({ mailboxes: [still, turning] }), { isWell: true, lines: [words] });
  assert.deepEqual(liveness({ mailboxes: [still, starting] }), { isWell: false, lines: [words] });
  assert.deepEqual(liveness({ mailboxes: [] }), { isWell: true, lines: ["alive"] });
});
