import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { idKey } from "@restante/itk3";
import { thisComputer } from "../../src/actor.ts";
import type { TaskList, TaskQuery } from "../../src/lists.ts";
import { workFacets } from "../../src/store/migrations/work-facets.ts";
import { migrations } from "../../src/store/schema.ts";
import type { Worklist } from "../../src/worklist.ts";
import { openPractice, temporaryFolder } from "../support/economy.ts";
import { receiver } from "../support/organisations.ts";
import { person } from "../support/person.ts";
import { change, store } from "../support/stored-tasks.ts";

const ann = { kind: "person", id: "u-ann", name: "Ann" } as const;
const desk = { kind: "team", id: "u-ann", name: "Desk" } as const;

async function found(worklist: Worklist, query: TaskQuery, rest: Partial<TaskList> = {}): Promise<number[]> {
  const { items, total } = await worklist.tasks({ actor: thisComputer, query, ...rest });
  assert.equal(total, items.length, "all of them");
  return items.map(({ taskId }) => taskId);
}

test("what people set about a task is filtered and sorted by as of now: who has it, priority, due date, a match by hand", async (t) => {
  const to = await openPractice(t, receiver);
  const { worklist } = to.practice;
  change(to, (database) => store(database, [{}, {}, {}, { match: "not-known" }]));
  const by = person(worklist);
  const expecting = async (expected: readonly (readonly [TaskQuery, number[]])[]): Promise<void> => {
    for (const [query, tasks] of expected) assert.deepEqual(await found(worklist, query), tasks, JSON.stringify(query));
  };
  await expecting([
    [{ assignee: "nobody" }, [4, 3, 2, 1]],
    [{ assignee: ann }, []],
    [{ priority: "urgent" }, []],
    [{ dueUntil: "9999-12-31" }, []],
    [{ flags: ["matched-by-hand"] }, []],
  ]);
  await by.assign(1, ann);
  await by.assign(2, desk);
  await by.assign(3, ann);
  await by.prioritise(2, { dueOn: "2026-11-30" });
  await by.prioritise(3, { priority: "urgent", dueOn: "2026-12-01" });
  await by.prioritise(4, { priority: "urgent" });
  await by.matchByHand(4, { verdict: "known", sends: false });
  await expecting([
    [{ assignee: "nobody" }, [4]],
    [{ assignee: ann }, [3, 1]],
    [{ assignee: desk }, [2]],
    [{ assignee: ann, priority: "urgent" }, [3]],
    [{ assignee: ann, text: "letter" }, [3, 1]],
    [{ priority: "urgent" }, [4, 3]],
    [{ dueUntil: "2026-11-30" }, [2]],
    [{ dueFrom: "2026-12-01", dueUntil: "2026-12-01" }, [3]],
    [{ dueFrom: "2026-01-01" }, [3, 2]],
    [{ dueFrom: "no day" }, [3, 2]],
    [{ flags: ["matched-by-hand"] }, [4]],
    [{ flags: ["matched-by-hand"], match: ["not-known"] }, []],
  ]);
  assert.deepEqual((await by.task(4))?.flags, ["matched-by-hand"]);
  assert.deepEqual(await found(worklist, {}, { sort: "due" }), [2, 3, 1, 4]);
  assert.deepEqual(await found(worklist, { assignee: ann }, { sort: "due" }), [3, 1]);
  assert.deepEqual(await found(worklist, { text: "letter", assignee: ann }, { sort: "due" }), [3, 1]);

  // What is done is due no more, and what is open again is.
  await by.complete(2);
  await expecting([
    [{ dueUntil: "2026-11-30" }, []],
    [{ assignee: desk, show: "completed" }, [2]],
  ]);
  await by.reopen(2);
  await by.assign(1, undefined);
  await by.prioritise(3, {});
  await expecting([
    [{ dueUntil: "2026-11-30" }, [2]],
    [{ assignee: "nobody" }, [4, 1]],
    [{ priority: "urgent" }, [4]],
    [{ dueFrom: "2026-12-01" }, []],
  ]);
});

test("what people had set in a database of the version before is filtered by like what they set since", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  mkdirSync(dataFolder, { mode: 0o700 });
  {
    const before = migrations.slice(0, migrations.indexOf(workFacets));
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    database.function("id_key", { deterministic: true }, (id) => idKey(String(id)));
    for (const statements of before) database.exec(statements);
    database.exec(`PRAGMA user_version = ${before.length}`);
    store(database, [{}, {}, {}]);
    database.exec(`INSERT INTO task_work (task_id, assignee_kind, assignee_id, assignee_name, priority, due_on) VALUES
        (1, 'person', 'u-ann', 'Ann', 'urgent', '2026-11-30'), (2, NULL, NULL, NULL, NULL, NULL);
      INSERT INTO match_decision (task_id, since, waiting, decided_at, decided_by, decided_by_id) VALUES (3, '', 0, '2026', 'Ann', 'u-ann');`);
  }
  const { practice } = await openPractice(t, receiver, { dataFolder });
  for (const [query, tasks] of [
    [{ assignee: ann }, [1]],
    [{ assignee: "nobody" }, [3, 2]],
    [{ priority: "urgent" }, [1]],
    [{ dueUntil: "2026-11-30" }, [1]],
    [{ flags: ["matched-by-hand"] }, [3]],
  ] as const)
    assert.deepEqual(await found(practice.worklist, query), tasks, JSON.stringify(query));
});
