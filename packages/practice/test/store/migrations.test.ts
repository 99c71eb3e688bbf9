import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { thisComputer } from "../../src/actor.ts";
import { migrations } from "../../src/store/schema.ts";
import { openPractice, pairsIn, temporaryFolder } from "../support/economy.ts";
import { sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

test("what waits in a database of the first version is handed over by this one", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`${migrations[0]}; PRAGMA user_version = 1`);
    database
      .prepare(
        `INSERT INTO outgoing (header_id, kind, mailbox_id, to_address, workflow_id, subject, local_id, content, step, due_at, built_at)
         VALUES ('one', 'report', ?, 'X', 'W', '', '', ?, 'due', '2020', '2020')`,
      )
      .run(sender.mailboxId, Buffer.from("the message"));
  }
  const { practice, folder } = await openPractice(t, sender, { dataFolder });
  await practice.cycle();
  const handedOver = pairsIn(join(folder, "OUT")).map(({ name, data }) => [name, data.toString()]);
  assert.deepEqual(handedOver, [["one", "the message"]]);
});

test("what a database of the version before has in trouble needs attention after the upgrade, and all of it is counted", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`
      ${migrations.slice(0, 2).join(";")};
      PRAGMA user_version = 2;
      INSERT INTO outgoing (header_id, kind, mailbox_id, to_address, workflow_id, subject, local_id, step, due_at, built_at, handed_over_at, sent_at, message_id)
        VALUES ('returned', 'report', 'X', 'Y', 'W', '', '', 'sent', '2020', '2020-01-01', '2020-01-02', '2020-01-02', 'M1'),
               ('accepted', 'report', 'X', 'Y', 'W', '', '', 'sent', '2020', '2020-01-01', '2020-01-02', '2020-01-03', 'M2'),
               ('answer', 'response', 'X', 'Y', 'W', '', '', 'failed', '2020', '2020-01-01', NULL, NULL, NULL);
      INSERT INTO outgoing_content SELECT header_id, x'' FROM outgoing;
      INSERT INTO report (header_id, document_id, document_identifier, composition_identifier, consultation_id, kind, version, attachments)
        SELECT header_id, '', '', '', header_id, 'consultation-summary', 1, '[]' FROM outgoing WHERE kind = 'report';
      INSERT INTO received (message_id, received_at, mailbox_id, workflow_id, subject, kind, content)
        VALUES ('letter', '2020', 'X', 'W', 'A letter', 'document', x''), ('stray', '2020', 'X', 'W_ACK', '', 'stray-response', x''),
               ('yes', '2020', 'X', 'W_ACK', '', 'response', x''), ('M1', '2020', 'X', 'W', '', 'mesh-report', NULL),
               ('unknown', '2020', 'X', 'W', '', 'mesh-report', NULL);
      INSERT INTO mesh_report (message_id, linked_message_id, event, success, code, text)
        VALUES ('M1', 'M1', 'SEND', 0, '14', 'Not collected'), ('unknown', 'M9', 'SEND', 0, '14', 'Not collected');
      INSERT INTO received_response (header_id, level, message_id, code, text, positive)
        VALUES ('accepted', 'business', 'yes', '30001', '', 1);
      INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
        VALUES ('letter', 'document', 'open', '{}', '[{"id":"F"}]', '[{"title":"A"},{"title":"B"}]', 'known', 0, 0);
      INSERT INTO given_response (header_id, request_message_id, level, code, text, positive)
        VALUES ('answer', 'letter', 'infrastructure', '20013', '', 1);
    `);
  }
  const { practice } = await openPractice(t, sender, { dataFolder });
  const { worklist } = practice;
  assert.deepEqual(await worklist.counts(), {
    openTasks: 1,
    completedTasks: 0,
    reports: 2,
    reportsBy: { awaited: 0, late: 0, accepted: 1, refused: 0, undelivered: 1, held: 0 },
    attention: 4,
    attentionBy: { task: 1, report: 1, stray: 2 },
    strays: 2,
  });
  assert.equal((await person(worklist).report("returned"))?.attention, "MESH could not deliver it: 14 Not collected");
  assert.deepEqual(
    (await person(worklist).reports()).map(({ headerId, via }) => [headerId, via]),
    [
      ["accepted", "directory"],
      ["returned", "api"],
    ],
  );
  const task = await person(worklist).task(1);
  assert.match(task?.attention ?? "", /20013 did not get through/);
  assert.deepEqual([task?.findingCount, task?.attachmentCount], [1, 2]);
  assert.deepEqual(
    task?.attachments.map(({ title }) => title),
    ["A", "B"],
  );
});

test("what persons did before there were actors was done by this computer, and what came before is found by its words", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.exec(`
      ${migrations.slice(0, 4).join(";")};
      PRAGMA user_version = 4;
      INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, content)
        VALUES ('letter', '2020', 'X', 'Y99OT001', 'W', 'A letter', 'document', x'');
      INSERT INTO task (message_id, kind, state, summary, findings, attachments, match_outcome, match_due, business_asked)
        VALUES ('letter', 'document', 'open', '{"patient":{"nhsNumber":"9912830164","family":"O''Neill","given":["Siobhán","Mary"]}}',
          '[]', '[]', 'known', 0, 0);
      INSERT INTO matter (kind, id, state, reason, happenings, raised_at, dealt_at, dealt_by, note)
        VALUES ('task', 1, 'dealt-with', 'It failed.', '["x"]', '2020-01-01', '2020-01-02', 'this computer', 'Rang them');
      INSERT INTO act (kind, id, at, person, act, about, note)
        VALUES ('task', 1, '2020-01-02', 'this computer', 'dealt-with', 'It failed.', 'Rang them');
      INSERT INTO outgoing (header_id, kind, mailbox_id, to_ods, workflow_id, subject, local_id, step, due_at, built_at)
        VALUES ('one', 'report', 'X', 'Y99002', 'W', 'Report for NG, Noah', '', 'failed', '2020', '2020-01-01');
      INSERT INTO report VALUES ('one', '', '', '', 'one', 'consultation-summary', 1, '[]');
      INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, content)
        VALUES ('stray', '2020', 'X', 'X26OT777', 'W_ACK', '', 'stray-response', x'');
    `);
  }
  const { practice } = await openPractice(t, sender, { dataFolder });
  const { worklist } = practice;
  const task = await worklist.task(1, thisComputer);
  assert.deepEqual(task?.matter?.dealtWith?.by, thisComputer);
  assert.deepEqual(task.acts[0]?.by, thisComputer);
  assert.equal(task.version, 1);
  const undone = await worklist.undoDealtWith({ kind: "task", id: 1 }, { actor: thisComputer, version: 1 });
  assert.equal(undone.outcome, "done");
  for (const text of ["letter", "o'neill", "9912830164", "siobhan mary", "Y99OT001"])
    assert.equal((await person(worklist).tasks({ text })).length, 1, text);
  assert.equal((await person(worklist).reports({ text: "noah y99002" })).length, 1);
  assert.equal((await person(worklist).strays({ text: "X26OT777" })).length, 1);
});
