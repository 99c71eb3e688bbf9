import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import type { Listing, TaskList } from "../../src/lists.ts";
import type { TaskSummary, Worklist } from "../../src/worklist.ts";
import { consultation, patient } from "../support/consultations.ts";
import { deliver, type DirectoryPractice, openPractice } from "../support/economy.ts";
import { message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

const actor = thisComputer;
const from = sender.mailboxId;

test("a list has its pages from either end, and tells how many there are on all of them", async (t) => {
  const { worklist } = (await withTasks(t, 5)).practice;
  await person(worklist).complete(2);
  const listed = async (list: Omit<TaskList, "actor">): Promise<[number[], number]> => {
    const { items, total } = await worklist.tasks({ actor, ...list });
    return [items.map(({ taskId }) => taskId), total];
  };
  const page = { number: 1, size: 2 };
  assert.deepEqual(await listed({ page }), [[5, 4], 5]);
  assert.deepEqual(await listed({ page, sort: "oldest" }), [[1, 2], 5]);
  assert.deepEqual(await listed({ page: { number: 3, size: 2 } }), [[1], 5]);
  assert.deepEqual(await listed({ page: { number: 4, size: 2 } }), [[], 5]);
  assert.deepEqual(await listed({ query: { show: "open" }, page: { number: 2, size: 2 } }), [[3, 1], 4]);
  assert.deepEqual(await listed({ query: { show: "completed" } }), [[2], 1]);
  assert.deepEqual(await listed({ query: { show: "attention" } }), [[], 0]);
  assert.deepEqual(await listed({ query: { show: "replaced" } }), [[], 0]);
  for (const odd of [
    { number: 0, size: 10 },
    { number: 1.5, size: 10 },
    { number: 1, size: 0 },
    { number: 1, size: 1001 },
    { number: 101, size: 1000 },
    { number: Number.NaN, size: 10 },
  ]) {
    await assert.rejects(listed({ page: odd }), { code: "page-out-of-range" }, JSON.stringify(odd));
  }
});

test("a task is found by subject, sender, patient and NHS number, as a person would write them", async (t) => {
  const to = await withTasks(t, 1);
  deliver(to, "not XML", { from: "X26OT777", workflowId, subject: "Minutes of the meeting" });
  for (let pass = 0; pass < 5; pass += 1) await to.practice.cycle();
  const found = (text: string): Promise<number[]> => ids(to.practice.worklist.tasks({ actor, query: { text } }));
  const { nhsNumber } = patient;
  const spaced = `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
  for (const text of [
    nhsNumber,
    spaced,
    spaced.replaceAll(" ", "-"),
    ` ${nhsNumber.slice(0, 6)} `,
    "O'Neill",
    "o’neill SIOBHAN",
    "siobh",
    sender.name,
    sender.odsCode.toLowerCase(),
    sender.mailboxId,
  ]) {
    assert.deepEqual(await found(text), [1], text);
  }
  assert.deepEqual(await found("minutes meet"), [2]);
  assert.deepEqual(await found("X26OT777"), [2]);
  assert.deepEqual(await found("   "), [2, 1], "no text is no search");
  for (const text of [
    "Neil Siobhan Minutes",
    "eill",
    "\u0301",
    "\u{1e900}",
    "9912830165",
    "?!",
    `" OR "*`,
    "words:x",
    "-",
    "NEAR(a b)",
  ]) {
    assert.deepEqual(await found(text), [], text);
  }
  await assert.rejects(found("x".repeat(201)), { code: "search-too-long" });
  await assert.rejects(found("a b c d e f g h i j k"), { code: "search-too-long" });
  assert.deepEqual(await found("siobhan ".repeat(20)), [1], "a word is a word, however often");
});

test("a search keeps to what is shown, in the order and by the page asked for", async (t) => {
  const { worklist } = (await withTasks(t, 5)).practice;
  await person(worklist).complete(3);
  const list = async (query: TaskList["query"], rest: Partial<TaskList> = {}): Promise<Listing<number>> => {
    const { items, ...listing } = await worklist.tasks({ actor, query: { text: "siobhan", ...query }, ...rest });
    return { items: items.map(({ taskId }) => taskId), ...listing };
  };
  assert.deepEqual(await list({ show: "open" }), { items: [5, 4, 2, 1], total: 4 });
  assert.deepEqual(await list({ show: "completed" }), { items: [3], total: 1 });
  assert.deepEqual(await list({ show: "attention" }), { items: [], total: 0 });
  assert.deepEqual(await list({}, { sort: "oldest", page: { number: 2, size: 2 } }), { items: [3, 4], total: 5 });
});

test("who sent a confidential document is found by nobody, what is shown of it is", async (t) => {
  const to = await openPractice(t, receiver);
  deliver(to, message({ confidential: true }).xml, { from, workflowId });
  await to.practice.cycle();
  const found = (text: string): Promise<number[]> => ids(to.practice.worklist.tasks({ actor, query: { text } }));
  assert.equal((await person(to.practice.worklist).tasks())[0]?.confidential, true);
  for (const text of [sender.name, sender.mailboxId, sender.odsCode]) assert.deepEqual(await found(text), [], text);
  assert.deepEqual(await found(patient.nhsNumber), [1]);
});

test("a report is found by its subject and where it goes, an unmatched message by what it says and where it came from", async (t) => {
  const practice = await openPractice(t, sender);
  await practice.practice.sendConsultation(consultation());
  await practice.practice.cycle();
  deliver(practice, response("7f0c2b1a-5d3e-4c6f-9a8b-001122334455", "20013").xml, {
    from: "X26OT777",
    workflowId: `${workflowId}_ACK`,
    messageId: "20260302110000123456_ABCDEF",
  });
  await practice.practice.cycle();
  const { worklist } = practice.practice;
  const reports = async (text: string): Promise<number> => (await worklist.reports({ actor, query: { text } })).total;
  for (const text of ["oneill", "O'Neill", patient.nhsNumber, "consultation report"])
    assert.equal(await reports(text), text === "oneill" ? 0 : 1, text);
  assert.equal(await reports("pharmacy"), 0);
  change(practice, "UPDATE outgoing SET to_address = 'FX123OT001', to_name = 'Mill Lane Pharmacy'");
  assert.equal(await reports("pharmacy mill"), 1);
  assert.equal(await reports("FX123OT001"), 1);
  assert.equal(await reports("O'Neill"), 1, "and by what it was found by before");

  const strays = async (text: string): Promise<number> => (await worklist.strays({ actor, query: { text } })).total;
  for (const text of ["X26OT777", "20013", "20260302110000123456", `${workflowId}_ACK`])
    assert.equal(await strays(text), 1, text);
  assert.equal(await strays("O'Neill"), 0);
});

test("a word that thousands have is looked for among the first 2,000 of them, and that is said; of tasks among all", async (t) => {
  const to = await withTasks(t, 1);
  change(
    to,
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
     INSERT INTO received (message_id, received_at, mailbox_id, workflow_id, subject, kind)
       SELECT kinds.value || i, received_at, mailbox_id, workflow_id, 'A consultation', kinds.value
       FROM n, (SELECT received_at, mailbox_id, workflow_id FROM received), json_each('["document", "stray-response"]') AS kinds;
     INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
       SELECT received.message_id, 'document', 'open', summary, '[]', '[]', 'known', 0, 0
       FROM received, (SELECT summary FROM task WHERE task_id = 1) WHERE received.message_id LIKE 'document%';
     INSERT INTO matter (kind, id, state, reason, happenings, raised_at) SELECT 'stray', stray_id, 'new', '', '[]', '2026' FROM stray;
     DELETE FROM review`,
  );
  const { worklist } = to.practice;
  const query = { text: "consultation" };
  const newest = await worklist.strays({ actor, query });
  assert.deepEqual([newest.items[0]?.strayId, newest.total, newest.cutOff], [2500, 2000, true]);
  const oldest = await worklist.strays({ actor, query, sort: "oldest" });
  assert.deepEqual([oldest.items[0]?.strayId, oldest.total, oldest.cutOff], [1, 2000, true]);
  for (const asked of [{}, query, { recipientType: ["FA"] as const }]) {
    const all = await worklist.tasks({ actor, query: asked });
    assert.deepEqual([all.items.length, all.total, all.cutOff], [100, 2501, undefined]);
  }
});

async function withTasks(t: TestContext, count: number): Promise<DirectoryPractice> {
  const to = await openPractice(t, receiver);
  for (let made = 0; made < count; made += 1) deliver(to, message().xml, { from, workflowId });
  await to.practice.cycle();
  return to;
}

async function ids(listing: ReturnType<Worklist["tasks"]>): Promise<number[]> {
  return (await listing).items.map(({ taskId }: TaskSummary) => taskId);
}

function change({ options }: DirectoryPractice, sql: string): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  database.exec(sql);
}
