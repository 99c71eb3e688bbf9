import assert from "node:assert/strict";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { consultation } from "./support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "./support/economy.ts";
import { message, workflowId } from "./support/messages.ts";
import { receiver, sender } from "./support/organisations.ts";
import { person } from "./support/person.ts";

const away = ({ folder }: DirectoryPractice, name: string): void =>
  renameSync(join(folder, name), join(folder, `${name}.away`));
const back = ({ folder }: DirectoryPractice, name: string): void =>
  renameSync(join(folder, `${name}.away`), join(folder, name));
const told = ({ events }: DirectoryPractice, name: Event["event"]): Event[] =>
  events.filter(({ event }) => event === name);

test("IN and OUT are made at the first pass where they are absent", async (t) => {
  const to = await openPractice(t, receiver);
  for (const name of readdirSync(to.folder)) rmSync(join(to.folder, name), { recursive: true });
  await to.practice.cycle();
  assert.deepEqual(readdirSync(to.folder).sort(), ["IN", "OUT"]);
});

test("IN that is gone is no empty mailbox: it is told, not made anew, and what waits in it is taken in when it is there again", async (t) => {
  const to = await openPractice(t, receiver);
  const { practice, clock, folder } = to;
  await practice.cycle();
  deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  away(to, "IN");
  const since = clock.now();
  for (let pass = 0; pass < 6; pass += 1) {
    await assert.rejects(practice.cycle(), { code: "folder-missing" });
    assert.equal(existsSync(join(folder, "IN")), false);
  }
  const about = { odsCode: receiver.odsCode, work: "collecting", mailboxId: receiver.mailboxId };
  const reason = "The folder IN of the mailbox is not there.";
  const problem = { code: "folder-missing", reason, times: 1, since };
  assert.deepEqual(told(to, "work-held-up"), [{ event: "work-held-up", ...about, ...problem }]);
  assert.deepEqual(
    (await practice.worklist.troubles()).map(({ part, mailboxId, reason }) => ({ part, mailboxId, reason })),
    [{ part: "collecting", mailboxId: receiver.mailboxId, reason }],
  );
  back(to, "IN");
  await practice.cycle();
  assert.deepEqual(told(to, "work-resumed"), [{ event: "work-resumed", ...about, times: 6, since }]);
  assert.deepEqual(await practice.worklist.troubles(), []);
  assert.equal((await person(practice.worklist).tasks())[0]?.kind, "document");
});

test("IN that goes away while it is gone through sets no message aside, and counts as no try", async (t) => {
  const to = await openPractice(t, receiver, { tuning: { importAttempts: 1 } });
  for (let count = 0; count < 3; count += 1) deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  const { emit } = to.options;
  let gone = false;
  to.options.emit = (event) => {
    emit?.(event);
    if (event.event !== "message-imported" || gone) return;
    gone = true;
    away(to, "IN");
  };
  const practice = await to.reopen();
  await assert.rejects(practice.cycle(), { code: "folder-missing" });
  assert.equal(existsSync(join(to.folder, "IN")), false);
  back(to, "IN");
  await practice.cycle();
  assert.deepEqual(
    (await person(practice.worklist).tasks()).map(({ kind }) => kind),
    ["document", "document", "document"],
  );
  assert.deepEqual(told(to, "message-set-aside"), []);
  assert.deepEqual(readdirSync(join(to.folder, "IN")), []);
});

test("OUT that is gone holds what is to be sent, which is told, and it leaves when OUT is there again", async (t) => {
  const of = await openPractice(t, sender);
  const { practice, clock, folder } = of;
  await practice.cycle();
  away(of, "OUT");
  const { headerId } = await practice.sendConsultation(consultation());
  const since = clock.now();
  await assert.rejects(practice.cycle(), { code: "folder-missing" });
  assert.equal(existsSync(join(folder, "OUT")), false);
  assert.equal((await person(practice.worklist).report(headerId))?.state, "built");
  const about = { odsCode: sender.odsCode, work: "handing-over", mailboxId: sender.mailboxId };
  const problem = { code: "folder-missing", reason: "The folder OUT of the mailbox is not there." };
  assert.deepEqual(told(of, "work-held-up"), [{ event: "work-held-up", ...about, ...problem, times: 1, since }]);
  back(of, "OUT");
  await practice.cycle();
  assert.equal((await person(practice.worklist).report(headerId))?.state, "handed-over");
  assert.deepEqual(
    pairsIn(join(folder, "OUT")).map(({ name }) => name),
    [headerId],
  );
});

test("a pair that was about to be handed over is not said to have been because OUT is gone, also after a restart", async (t) => {
  const of = await openPractice(t, sender);
  const { headerId } = await of.practice.sendConsultation(consultation());
  // As a kill leaves it between the two: both files there, the control file without its name.
  const out = join(of.folder, "OUT");
  await of.practice.cycle();
  {
    using database = new DatabaseSync(join(of.options.dataFolder, "practice.sqlite"));
    database.exec("UPDATE outgoing SET step = 'staged'");
  }
  renameSync(join(out, `${headerId}.ctl`), join(out, `${headerId}.ctl.tmp`));
  away(of, "OUT");
  for (const restarted of [false, true]) {
    if (restarted) await of.reopen();
    await assert.rejects(of.practice.cycle(), { code: "folder-missing" });
    assert.equal(existsSync(out), false);
    assert.equal((await person(of.practice.worklist).report(headerId))?.state, "built");
  }
  back(of, "OUT");
  await of.practice.cycle();
  assert.equal((await person(of.practice.worklist).report(headerId))?.state, "handed-over");
  assert.deepEqual(
    pairsIn(out).map(({ name }) => name),
    [headerId],
  );
});
