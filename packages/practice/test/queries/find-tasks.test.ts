import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { idKey } from "@restante/itk3";
import { thisComputer } from "../../src/actor.ts";
import type { TaskList, TaskQuery } from "../../src/lists.ts";
import type { Worklist } from "../../src/worklist.ts";
import { migrations } from "../../src/store/schema.ts";
import { taskFacets } from "../../src/store/migrations/task-facets.ts";
import { openPractice, temporaryFolder } from "../support/economy.ts";
import { receiver } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { change, store, type Stored } from "../support/stored-tasks.ts";

const actor = thisComputer;

const finding =
  ({ worklist }: { worklist: Worklist }) =>
  async (query: TaskQuery, rest: Partial<TaskList> = {}): Promise<number[]> => {
    const { items, total } = await worklist.tasks({ actor, query, ...rest });
    assert.equal(total, items.length, "all of them");
    return items.map(({ taskId }) => taskId);
  };

const people: readonly Stored[] = [
  {
    subject: "Consultation report",
    summary: {
      title: "Physiotherapy letter",
      documentDate: "2026-11-20T09:00:00+00:00",
      recipientType: "FA",
      organisation: { name: "Exampleton GP Federation", odsCode: "y99001" },
      patient: {
        given: ["Łukasz", "Jan"],
        family: "Wiśniewski-O'Brien",
        nhsNumber: "9912609131",
        dateOfBirth: "1980-03-12",
      },
    },
  },
  {
    summary: {
      documentDate: "2026-11",
      recipientType: "FI",
      organisation: { name: "Harbour Pharmacy", odsCode: "FX123" },
      patient: { given: ["Zoë"], family: "Ågren", nhsNumber: "9912830164", dateOfBirth: "1980-12" },
    },
    match: "not-known",
  },
  { from: "X26OT777", kind: "set-aside", match: "not-checked", summary: {} },
  {
    summary: {
      confidential: true,
      documentDate: "2027-01-02T09:00:00+05:00",
      consultedAt: "2025-01-02T09:00:00+05:00",
      recipientType: "FA",
      organisation: { name: "Secret Clinic", odsCode: "S3CR3T" },
      patient: { given: ["Bob"], family: "Zander", dateOfBirth: "not a date" },
    },
    kind: "refused",
  },
];

test("a task is found by its patient, number, date of birth, sender, title and ids, as people write them", async (t) => {
  const to = await openPractice(t, receiver);
  change(to, (database) => store(database, people));
  const found = finding(to.practice);
  for (const text of [
    "9912609131",
    "991 260 9131",
    "991-260-9131",
    "99 12 60 91 31",
    " 991\u00a0260 9131",
    "lukasz wisniewski",
    "ŁUKASZ",
    "łuk wiś",
    "wisniewskiobrien",
    "wiśniewski-o’brien",
    "wisn brien",
    "12/03/1980",
    "12.3.1980",
    "12-03-1980",
    "12 March 1980",
    "12th Mar 1980",
    "12-mar-1980",
    "1980-03-12",
    "1980/3/12",
    "12031980",
    "March 1980",
    "lukasz 12 mar 1980 exampleton",
    "physio letter",
    "y99001 lukasz",
    "20261123074122123450_0",
    "20261123074122123450",
    "5f1d2c3b-0000-4000-8000-000000000000",
    "5F1D2C3B-0000-4000-8000-000000000000",
  ]) {
    assert.deepEqual(await found({ text }), [1], text);
  }
  assert.deepEqual(await found({ text: "zoe AGREN" }), [2]);
  assert.deepEqual(await found({ text: "December 1980" }), [2], "a date of birth that is known in part");
  for (const text of [
    "Secret",
    "S3CR3T",
    "31/31/1980",
    "03/12/1980",
    "12/03/1981",
    "991 260 9132",
    "00/03/1980",
    "Mary 1980",
    "12 Marcus 1980",
  ]) {
    assert.deepEqual(await found({ text }), [], text);
  }
  for (const text of ['" OR "a*', "d19800312 NOT x", "words:łukasz", "((((", "12/03/1980*", "'; DROP TABLE task; --"]) {
    await assert.doesNotReject(found({ text }), text);
  }
  await assert.rejects(found({ text: "1/1/1980 2/1/1980 a b c d e f g h i" }), { code: "search-too-long" });
});

test("filters combine: of one thing any that is asked for, of several things each, with a text and a state too", async (t) => {
  const to = await openPractice(t, receiver);
  change(to, (database) => {
    store(database, people);
    database.exec(`INSERT INTO received (message_id, received_at, mailbox_id, workflow_id, subject, kind)
      VALUES ('again', '2026-11-24', 'Y99002OT001', 'W', '', 'duplicate-message'); INSERT INTO copy VALUES ('again', 2);
      INSERT INTO replaces VALUES ('earlier', 1), ('other', 1);
      INSERT INTO task_likeness VALUES (4, 'same'), (1, 'other'), (3, 'same');`);
  });
  const found = finding(to.practice);
  const day = (date: number): Date => new Date(Date.UTC(2026, 10, date));
  const expected: readonly (readonly [TaskQuery, number[]])[] = [
    [{ recipientType: ["FA"] }, [4, 1]],
    [{ recipientType: ["FA", "FI"] }, [4, 2, 1]],
    [{ kind: ["set-aside", "refused"] }, [4, 3]],
    [{ match: ["not-known", "not-checked"] }, [3, 2]],
    [{ recipientType: ["FI"], match: ["known"] }, []],
    [{ flags: ["replacement"] }, [1]],
    [{ flags: ["duplicate"] }, [2]],
    [{ flags: ["potential-duplicate"] }, [4, 3]],
    [{ flags: ["duplicate", "potential-duplicate"], recipientType: ["FA"] }, [4]],
    [{ sender: "Y99001" }, [1]],
    [{ sender: "fx123" }, [2]],
    [{ sender: "X26OT777" }, [3]],
    [{ sender: "S3CR3T" }, []],
    [{ sender: "9912609131" }, []],
    [{ receivedFrom: day(21), receivedBefore: day(23) }, [3, 2]],
    [{ receivedBefore: day(21) }, [1]],
    [{ afterTask: 0 }, [4, 3, 2, 1]],
    [{ afterTask: 2 }, [4, 3]],
    [{ afterTask: 1, recipientType: ["FA"] }, [4]],
    [{ afterTask: 4 }, []],
    [{ show: "open", recipientType: ["FA"] }, [4, 1]],
    [{ show: "completed", recipientType: ["FA"] }, []],
    [{ text: "jan", recipientType: ["FA"] }, [1]],
    [{ text: "jan", recipientType: ["FI"] }, []],
    [{ text: "jan", afterTask: 0 }, [1]],
    [{ text: "jan", afterTask: 1 }, []],
    [{ recipientType: [], kind: [], match: [], flags: [] }, [4, 3, 2, 1]],
  ];
  for (const [query, tasks] of expected) assert.deepEqual(await found(query), tasks, JSON.stringify(query));

  await person(to.practice.worklist).complete(1);
  assert.deepEqual(await found({ show: "completed", recipientType: ["FA"] }), [1]);
  assert.deepEqual(await found({ show: "open", recipientType: ["FA"] }), [4]);
  change(to, (database) => {
    database.exec(`UPDATE task SET match_outcome = 'no-longer-here' WHERE task_id = 2; DELETE FROM replaces WHERE target = 'other';
      INSERT INTO matter (kind, id, state, reason, happenings, raised_at) VALUES ('task', 3, 'new', '', '[]', '2026'), ('stray', 4, 'new', '', '[]', '2026')`);
  });
  assert.deepEqual(await found({ match: ["no-longer-here"] }), [2]);
  assert.deepEqual(await found({ flags: ["replacement"] }), [1]);
  assert.deepEqual(await found({ show: "attention", kind: ["set-aside", "document"] }), [3]);
  change(to, (database) => database.exec("DELETE FROM replaces; UPDATE matter SET state = 'dealt-with'"));
  assert.deepEqual(await found({ flags: ["replacement"] }), []);
  assert.deepEqual(await found({ show: "attention", kind: ["set-aside", "document"] }), []);
});

test("a list is sorted here, by arrival, by the patient's name whatever its marks, or by the date of the consultation", async (t) => {
  const to = await openPractice(t, receiver);
  change(to, (database) => store(database, people));
  const found = finding(to.practice);
  assert.deepEqual(await found({}, { sort: "oldest" }), [1, 2, 3, 4]);
  assert.deepEqual(await found({}, { sort: "patient" }), [2, 1, 4, 3], "Ågren, Wiśniewski, Zander, none");
  assert.deepEqual(await found({}, { sort: "consulted" }), [1, 2, 4, 3], "20 November, November, seen in 2025, none");
  assert.deepEqual(await found({ recipientType: ["FA"] }, { sort: "patient" }), [1, 4]);
  assert.deepEqual(await found({ text: "2026" }, { sort: "oldest" }), [1, 2, 3, 4]);
  assert.deepEqual(await found({ text: "a letter" }, { sort: "patient" }), [2, 4, 3]);
  const { items, total } = await to.practice.worklist.tasks({ actor, sort: "patient", page: { number: 2, size: 3 } });
  assert.deepEqual([items.map(({ taskId }) => taskId), total], [[3], 4]);
});

test("whom a list can be filtered by is told by name, those that sent most, and nobody who sent what is confidential", async (t) => {
  const to = await openPractice(t, receiver);
  const { worklist } = to.practice;
  assert.deepEqual(await worklist.senders(actor), []);
  change(to, (database) => {
    store(database, people);
    store(
      database,
      Array.from({ length: 9 }, (_, index) => ({
        messageId: `more ${index}`,
        summary: { organisation: { odsCode: "Y99001", name: index === 8 ? "" : `Exampleton, ${index}` } },
      })),
    );
  });
  assert.deepEqual(await worklist.senders(actor), [
    { key: "Y99001", name: "Exampleton, 7" },
    { key: "FX123", name: "Harbour Pharmacy" },
    { key: "X26OT777", name: "X26OT777" },
  ]);
  change(to, (database) => database.exec("UPDATE task SET state = 'removed' WHERE task_id IN (2, 13)"));
  assert.deepEqual(
    (await worklist.senders(actor)).map(({ key }) => key),
    ["Y99001", "X26OT777"],
  );
  assert.deepEqual(await finding(to.practice)({ sender: "FX123" }), []);
});

test("what a database of the version before holds is found, filtered and sorted like what came since", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    const before = migrations.slice(0, migrations.indexOf(taskFacets));
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.function("id_key", { deterministic: true }, (id) => idKey(String(id)));
    for (const statements of before) database.exec(statements);
    database.exec(`PRAGMA user_version = ${before.length}`);
    store(database, people);
  }
  const { practice } = await openPractice(t, receiver, { dataFolder });
  const found = finding(practice);
  assert.deepEqual(await found({ text: "12 March 1980" }), [1]);
  assert.deepEqual(await found({ text: "wisniewski" }), [1]);
  assert.deepEqual(await found({ recipientType: ["FA"], kind: ["refused"] }), [4]);
  assert.deepEqual(await found({}, { sort: "patient" }), [2, 1, 4, 3]);
  assert.deepEqual(
    (await practice.worklist.senders(actor)).map(({ key }) => key),
    ["Y99001", "FX123", "X26OT777"],
  );
});
