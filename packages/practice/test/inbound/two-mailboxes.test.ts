import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseMailboxId } from "@restante/mesh";
import { consultation } from "../support/consultations.ts";
import { deliver, openPractice, pairsIn, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const second = parseMailboxId("Y99002OT002");

test("an answer leaves by the mailbox that its request came to", async (t) => {
  const home = temporaryFolder(t);
  const folders = [receiver.mailboxId, second].map((mailboxId) => ({ mailboxId, folder: join(home, mailboxId) }));
  for (const { folder } of folders) await mkdir(join(folder, "IN"), { recursive: true });
  const to = await openPractice(t, receiver, {
    transports: folders.map(({ mailboxId, folder }) => ({ kind: "directory", mailboxId, folder })),
  });
  deliver({ ...to, folder: join(home, second) }, message().xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();

  assert.deepEqual(readdirSync(join(home, receiver.mailboxId, "OUT")), []);
  const answers = pairsIn(join(home, second, "OUT"));
  assert.deepEqual(
    answers.map(({ control }) => [control.from, control.to]),
    [
      [second, sender.mailboxId],
      [second, sender.mailboxId],
    ],
  );
});

test("an organisation without a mailbox is refused at once", async (t) => {
  await assert.rejects(openPractice(t, sender, { transports: [] }), { code: "no-mailbox" });
});

test("a report for the registered practice leaves by the first directory", async (t) => {
  const home = temporaryFolder(t);
  const from = await openPractice(t, sender, {
    transports: [sender.mailboxId, second].map((mailboxId) => ({
      kind: "directory",
      mailboxId,
      folder: join(home, mailboxId),
    })),
  });
  await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  assert.equal(pairsIn(join(home, sender.mailboxId, "OUT")).length, 1);
  assert.deepEqual(readdirSync(join(home, second, "OUT")), []);
});
