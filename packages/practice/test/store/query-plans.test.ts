import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { waitFor } from "@restante/testbed";
import { type ActBy, thisComputer } from "../../src/actor.ts";
import { ask } from "../../../web/test/http.ts";
import { practiceDefaults } from "../../src/defaults.ts";
import { consultation } from "../support/consultations.ts";
import { carry, deliver, type DirectoryPractice, openPractice, temporaryFolder } from "../support/economy.ts";
import { documentInput, message, response, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { openPages } from "../../../worklist/test/open-pages.ts";

const notOurs = "7f0c2b1a-5d3e-4c6f-9a8b-001122334455";
const lists = [
  "/",
  "/?show=completed",
  "/?show=replaced",
  "/?show=attention",
  "/?show=all",
  "/?show=all&page=2",
  "/?show=all&for=action&sort=patient",
  "/reports?page=2",
  "/unmatched?page=2",
  "/reports",
  "/reports?show=attention",
  "/reports?show=dealt-with",
  "/unmatched",
  "/unmatched?show=attention",
  "/unmatched?show=dealt-with",
  "/matching",
  "/unread",
];

test("nothing that a pass or a page asks reads a large table from end to end", async (t) => {
  const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
  const from = await openPractice(t, sender);
  const to = await openPractice(t, receiver, {
    businessResponse: { kind: "onMatch", doubtful: "queue" },
    unread: practiceDefaults.unread,
    // Nobody listens there.
    notices: {
      email: { host: "127.0.0.1", port: 1, security: "none", from: "worklist@example.org", to: ["a@example.org"] },
      webhooks: [{ url: "http://127.0.0.1:1/", secret: "a secret of a test" }],
    },
    filing: { folder: temporaryFolder(t) },
  });
  const first = await from.practice.sendConsultation(consultation());
  await from.practice.sendConsultation({ ...consultation(), version: 2 });
  for (let pass = 0; pass < 3; pass += 1) {
    await from.practice.cycle();
    carry(from, to);
    await to.practice.cycle();
    carry(to, from);
  }
  for (const each of [from, to]) await meetTrouble(each);
  const patient = { ...documentInput().patient, nhsNumber: "9912609131" };
  deliver(to, message({ patient }).xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  to.clock.advance(25 * 60 * 60 * 1000);
  await to.practice.cycle();
  assert.equal((await person(to.practice.worklist).matches()).length, 1);
  for (const each of [from, to]) {
    const url = await readPages(t, each);
    for (const path of [...lists, "/tasks/1", "/tasks/1/match", "/unmatched/1", `/reports/${first.headerId}`])
      await ask(url + path);
    const { worklist } = each.practice;
    for (const sort of ["newest", "oldest"] as const) {
      for (const text of [undefined, "neill"]) {
        const query = text === undefined ? {} : { text };
        const at = person(worklist);
        await at.tasks(query, sort);
        for (const show of ["open", "completed", "replaced", "attention"] as const)
          await at.tasks({ ...query, show }, sort);
        for (const by of [sort, "patient", "consulted", "due"] as const)
          for (const filters of [
            {},
            { recipientType: ["FA"] },
            { flags: ["duplicate"], sender: "X", receivedFrom: new Date(0) },
            { assignee: "nobody", priority: "urgent" },
            { assignee: { kind: "person", id: "X" }, dueFrom: "2026-01-01", dueUntil: "2026-12-31" },
            { dueUntil: "2026-12-31" },
          ] as const)
            await at.tasks({ ...query, ...filters }, by);
        await at.reports(query, sort);
        await at.strays(query, sort);
        for (const show of ["attention", "dealt-with"] as const) {
          await at.reports({ ...query, show }, sort);
          await at.strays({ ...query, show }, sort);
        }
        for (const show of [undefined, "late", "accepted", "attention"] as const)
          for (const receiver of [undefined, "Y99002"])
            await at.reports({ ...query, ...(show && { show }), ...(receiver && { receiver }) }, sort);
        await worklist.receivers(thisComputer);
      }
    }
    for (const { task, answerTo } of await person(worklist).matches())
      await person(worklist).matchByHand(task.taskId, { verdict: "known", sends: answerTo !== undefined });
    if (await person(worklist).task(1)) {
      await person(worklist).complete(1);
      await person(worklist).reopen(1);
      if (each === to) await stopAndSave(each);
    }
    for (const { strayId } of await person(worklist).strays())
      await person(worklist).dealWith({ kind: "stray", id: strayId });
    for (const { strayId } of await person(worklist).strays({ show: "dealt-with" }))
      await person(worklist).undoDealtWith({ kind: "stray", id: strayId });
    await each.practice.cycle();
  }

  const asked = new Set(prepare.mock.calls.filter(isOfPractice).map((call) => call.arguments[0]));
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"), { readOnly: true });
  const plans = [...asked]
    .filter((sql) => /^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(sql))
    .map((sql) => ({ sql, details: planOf(database, sql) }));
  // The tally is as long as there are kinds to count, who is told elsewhere as the settings say, the schema as there are tables, and a partial index as what is due
  // in it. Of what is to be read again a few are taken, and they are gone then. A search is told by the index of its words. What
  // tasks are filtered by is a narrow table, read from end to end (decision 280), and of who sent them the first are taken. What
  // is read by a list of ids is read once for each of them.
  const scans = plans.flatMap(({ sql, details }) =>
    details
      .filter((detail) =>
        /^SCAN (?!listed VIRTUAL TABLE|tally\b|notice_receiver\b|task_facet\b|task_sender USING INDEX task_sender_most$|sqlite_schema\b|reread$|task USING INDEX task_match_due|\w+_words VIRTUAL TABLE INDEX \d+:M)/.test(
          detail,
        ),
      )
      .map((detail) => `${detail}: ${sql}`),
  );
  assert.ok(asked.size > 40);
  assert.deepEqual(scans, []);
  // No task is read to filter, sort or count them.
  const isFiltered = (sql: string): boolean => /\bFROM task_(?:facet|words)\b/.test(sql);
  assert.ok(plans.filter(({ sql }) => isFiltered(sql)).length >= 20);
  for (const { sql, details } of plans.filter(({ sql }) => isFiltered(sql))) {
    const told = details.filter(
      (detail) =>
        !/^(?:SCAN task_facet\b|SCAN task_words VIRTUAL|SEARCH task_facet USING (?:INTEGER PRIMARY KEY|COVERING INDEX task_facet_))/.test(
          detail,
        ),
    );
    // What has a word is sorted, if it is not asked for by arrival.
    assert.deepEqual(
      told.filter(
        (detail) =>
          !(/ MATCH \? .*ORDER BY (?:patient|consulted|due)/.test(sql) && detail === "USE TEMP B-TREE FOR ORDER BY"),
      ),
      [],
      sql,
    );
  }
  // A list is read in the order of an index, or all that there is would be sorted to show the first of it.
  const paged = plans.filter(
    ({ sql }) => !isFiltered(sql) && /(DESC|ASC)\s+LIMIT/.test(sql.replaceAll(/LIMIT 1\)|LIMIT 1\s*$/g, "")),
  );
  assert.ok(paged.length >= 9, String(paged.length));
  assert.deepEqual(
    paged.filter(({ details }) => details.some((detail) => detail.includes("TEMP B-TREE"))).map(({ sql }) => sql),
    [],
  );
  // What lies before a page is passed over in an index alone, however deep the page is: no task, report or stray is read.
  const deep = plans.filter(({ sql }) => !isFiltered(sql) && /OFFSET/.test(sql));
  assert.ok(deep.length >= 2 * 11, String(deep.length));
  assert.deepEqual(
    deep.filter(
      ({ sql, details }) =>
        // Who needs attention and goes to one receiver is looked up in a narrow table.
        details.length !== (sql.includes("AND EXISTS (SELECT 1 FROM report_standing") ? 3 : 1) ||
        !/^SEARCH .* USING COVERING INDEX/.test(details[0] ?? "") ||
        !/USING INTEGER PRIMARY KEY|COVERING INDEX/.test(details.at(-1) ?? ""),
    ),
    [],
  );
  assert.deepEqual(
    [...asked].filter((sql) => /\bcount\(/.test(sql) && !isFiltered(sql) && !sql.includes("receiver = :receiver")),
    [],
    "what is shown is counted when it is stored, unless it is filtered",
  );
});

test("a page runs as many statements, of as many rows, with hundreds of tasks, reports and strays as with a page of them", async (t) => {
  const from = await openPractice(t, sender);
  const { headerId } = await from.practice.sendConsultation(consultation());
  await from.practice.cycle();
  for (let count = 0; count < 2; count += 1) {
    deliver(from, response(notOurs, "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
    deliver(from, message().xml, { from: receiver.mailboxId, workflowId });
  }
  deliver(from, response(headerId, "20009").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  await from.practice.cycle();
  multiply(from, 120);
  const url = await readPages(t, from);
  for (const path of lists) await ask(url + path);

  const cost = async (): Promise<Record<string, number>> => {
    const prepare = t.mock.method(DatabaseSync.prototype, "prepare");
    const costs: Record<string, number> = {};
    for (const path of lists) {
      const before = prepare.mock.callCount();
      assert.equal((await ask(url + path)).status, 200);
      costs[path] = prepare.mock.callCount() - before;
    }
    prepare.mock.restore();
    return costs;
  };
  const few = await cost();
  multiply(from, 600);
  for (let pass = 0; pass < 3; pass += 1) await from.practice.cycle();
  assert.ok((await from.practice.worklist.counts()).attentionBy.stray > 500);
  assert.ok((await from.practice.worklist.counts()).openTasks > 600);
  assert.deepEqual(await cost(), few);
  assert.ok(Math.max(...Object.values(few)) < 300, JSON.stringify(few));
});

/** A document whose saving is stopped, and that is saved then. */
async function stopAndSave({ practice }: DirectoryPractice): Promise<void> {
  const { worklist } = practice;
  const by = async (): Promise<ActBy> => ({
    actor: thisComputer,
    version: (await worklist.task(1, thisComputer))?.version ?? 1,
  });
  await worklist.saveToFolder(1, await by());
  await worklist.stopSaving(1, await by());
  await worklist.saveToFolder(1, await by());
  await practice.cycle();
  await waitFor(async () => (await worklist.task(1, thisComputer))?.filing?.state === "saved");
}

/** Not of the audit of the pages, which is another database. */
function isOfPractice(call: { this: unknown }): boolean {
  const database = call.this as DatabaseSync;
  return !database.isOpen || database.location()?.endsWith("access.sqlite") !== true;
}

function planOf(database: DatabaseSync, sql: string): string[] {
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
}

async function readPages(t: TestContext, { practice: { worklist } }: DirectoryPractice): Promise<string> {
  const pages = await openPages(t, { worklist, organisation: receiver });
  return pages.url;
}

/** Something returned, something refused, something that belongs to nothing. */
async function meetTrouble(each: DirectoryPractice): Promise<void> {
  const status = { at: "20260302110000", event: "SEND", success: false, code: "EPL-153", description: "Not found" };
  const report = { from: "", workflowId, messageType: "Report", addressType: "DTS", status } as const;
  const { worklist } = each.practice;
  const ours =
    (await person(worklist).reports())[0]?.messageId ?? (await person(worklist).task(1))?.responses[0]?.messageId;
  deliver(each, "", { ...report, messageId: ours });
  deliver(each, "", report);
  const { xml } = message();
  for (let copy = 0; copy < 2; copy += 1) deliver(each, xml, { from: receiver.mailboxId, workflowId });
  deliver(each, response(notOurs, "20013").xml, { from: receiver.mailboxId, workflowId: `${workflowId}_ACK` });
  await each.practice.cycle();
}

/** As many more of each as asked for, as their rows would be. */
function multiply({ options }: DirectoryPractice, times: number): void {
  using database = new DatabaseSync(join(options.dataFolder, "practice.sqlite"));
  const copies = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${times})`;
  const unique = `'-' || i || '-${times}'`;
  database.exec(`
    INSERT INTO received ${copies} SELECT message_id || ${unique}, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind,
      header_id || ${unique}, document_id || ${unique}, reason, content FROM n, (SELECT * FROM received WHERE kind IN ('document', 'stray-response') AND message_id NOT LIKE '%-%');
    INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
      ${copies} SELECT message_id || ${unique}, kind, state, summary, findings, attachments, match_outcome, 0, 0
      FROM n, (SELECT * FROM task WHERE task_id = 1);
    INSERT INTO outgoing (header_id, kind, mailbox_id, to_address, workflow_id, subject, local_id, step, due_at, built_at)
      ${copies} SELECT header_id || ${unique}, kind, mailbox_id, to_address, workflow_id, subject, local_id, 'failed', due_at, built_at
      FROM n, (SELECT * FROM outgoing WHERE kind = 'report' ORDER BY sequence LIMIT 1);
    INSERT INTO report ${copies} SELECT header_id || ${unique}, document_id, document_identifier, composition_identifier,
      consultation_id || ${unique}, kind, version, attachments FROM n, (SELECT * FROM report ORDER BY rowid LIMIT 1);
  `);
}
