import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { Worklist } from "../../src/worklist.ts";
import { ask, readable, submit, formOf } from "../../../web/test/http.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { openPages } from "../../../worklist/test/open-pages.ts";

/** A task whose message came again as often as told. */
async function withCopies(t: TestContext, copies: number): Promise<DirectoryPractice> {
  const to = await openPractice(t, receiver);
  const { xml } = message();
  for (let count = 0; count <= copies; count += 1) {
    deliver(to, xml, { from: sender.mailboxId, workflowId });
    to.clock.advance(1000);
    await to.practice.cycle();
  }
  assert.equal((await person(to.practice.worklist).tasks()).length, 1);
  return to;
}

/** What the system that hands over would have come to. */
function move({ options }: DirectoryPractice, where: string, step: "held" | "failed" | "sent"): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(`UPDATE outgoing SET step = '${step}', problem = 'As a test says.', due_at = '2026'
    WHERE header_id IN (SELECT header_id FROM given_response WHERE ${where})`);
}

const answered = async (worklist: Worklist): Promise<unknown[] | undefined> =>
  (await person(worklist).task(1))?.responses.map(({ code, state, copy }) => [code, state, copy !== undefined]);

const own = [
  ["20013", "handed-over", false],
  ["30001", "handed-over", false],
];

test("an answer to a copy that is held needs attention on the task of what it repeats, and is sent again there", async (t) => {
  const to = await withCopies(t, 2);
  const { worklist } = to.practice;
  assert.deepEqual(await answered(worklist), own);
  move(to, `code = '20007' AND header_id = (SELECT max(header_id) FROM given_response WHERE code = '20007')`, "held");
  const [task] = await person(worklist).tasks({ show: "attention" });
  assert.match(
    task?.attention ?? "",
    /^The infrastructure response 20007 to a copy that came later did not get through/,
  );
  assert.deepEqual(await answered(worklist), [...own, ["20007", "held", true]]);
  const held = (await person(worklist).task(1))?.responses[2];
  assert.ok((await person(worklist).task(1))?.duplicates.some(({ messageId }) => messageId === held?.copy));

  const organisation = { name: "Harbour Light Surgery", odsCode: receiver.odsCode };
  const pages = await openPages(t, { worklist, organisation });
  const page = (await ask(`${pages.url}/tasks/1`)).text;
  assert.match(readable(page), /Had it come before\? Yes\. Held/);
  const action = `/tasks/1/responses/${held?.headerId}/send-again`;
  assert.equal((await submit(pages.url + action, formOf(page, action))).status, 303);
  assert.deepEqual(await answered(worklist), [...own, ["20007", "built", true]]);
  assert.equal((await worklist.counts()).attention, 0);
  assert.equal((await person(worklist).task(1))?.acts[0]?.act, "sent-again");
});

test("an answer to a copy that failed needs attention until a person has dealt with it, whatever becomes of the others", async (t) => {
  const to = await withCopies(t, 2);
  const { worklist } = to.practice;
  move(to, "code = '20007'", "failed");
  assert.equal((await worklist.counts()).attentionBy.task, 1);
  // The answers to the message itself are looked at again, and are well.
  move(to, "code <> '20007'", "sent");
  assert.equal((await worklist.counts()).attentionBy.task, 1);
  await person(worklist).dealWith({ kind: "task", id: 1 });
  assert.equal((await worklist.counts()).attention, 0);
  await person(worklist).undoDealtWith({ kind: "task", id: 1 });
  assert.equal((await worklist.counts()).attentionBy.task, 1);
  await person(worklist).dealWith({ kind: "task", id: 1 });
  move(to, "code = '20013'", "held");
  assert.match((await person(worklist).task(1))?.attention ?? "", /20013 did not get through/);
});

test("of copies without number whose answers fail the task shows 50, and the next when one of them is over", async (t) => {
  const to = await withCopies(t, 51);
  const { worklist } = to.practice;
  move(to, "code = '20007'", "held");
  const copies = async (): Promise<number> =>
    (await person(worklist).task(1))?.responses.filter(({ state }) => state === "held").length ?? 0;
  assert.equal(await copies(), 50);
  for (let count = 0; count < 2; count += 1) {
    const held = (await person(worklist).task(1))?.responses.find(({ state }) => state === "held");
    await person(worklist).sendAgain(held?.headerId ?? "");
  }
  assert.equal(await copies(), 49);
  assert.equal((await worklist.counts()).attentionBy.task, 1);
});
