import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { allergySection, type DocumentInput } from "@restante/itk3";
import { waitFor } from "@restante/testbed";
import { type ActBy, thisComputer } from "../../src/actor.ts";
import { deliver, type DirectoryPractice, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

const sections: NonNullable<DocumentInput["sections"]> = (parts) => [
  allergySection(parts, [
    {
      clinicalStatus: "active",
      category: "medication",
      code: { code: "91936005", display: "Allergy to penicillin" },
      recorded: "2026-01-05",
    },
  ]),
];

test("what a document says is decided when it is taken in, a long one's too, and of one that an earlier version stored after it", async (t) => {
  const to = await openPractice(t, receiver);
  const { xml } = message({ sections });
  await receive(to, xml);
  // Read in the thread: it is longer than what is read on the loop.
  const long = Buffer.concat([Buffer.from("%PDF-1.7 "), Buffer.alloc(1_000_000, "x")]);
  await receive(to, message({ sections, report: { contentType: "application/pdf", bytes: long } }).xml);
  const say = async (taskId: number) => {
    const view = await to.practice.worklist.documentView(taskId, thisComputer);
    assert.equal(view?.files[0]?.fileType, "application/pdf");
    return view?.sections.flatMap(({ tables }) => tables.map(({ kind, entries }) => [kind, entries[0]?.term?.text]));
  };
  for (const taskId of [1, 2]) assert.deepEqual(await say(taskId), [["allergies", "Allergy to penicillin"]]);

  database(to).exec("DELETE FROM document_view; INSERT INTO reread (kind, owner) SELECT 'view', message_id FROM task");
  await assert.rejects(say(1), { code: "document-not-ready" });
  await to.practice.cycle();
  for (const taskId of [1, 2]) assert.deepEqual(await say(taskId), [["allergies", "Allergy to penicillin"]]);
});

test("of what is no document, or was refused for the strictness chosen here, nothing is shown", async (t) => {
  const to = await openPractice(t, receiver, { strictness: "refuse" });
  await receive(to, message({ sections }).xml.replace(/<text>[^]*?<\/text>/, ""));
  await receive(to, "not a message");
  assert.equal((await to.practice.worklist.task(1, thisComputer))?.refusedFor, "strictness");
  for (const taskId of [1, 2, 3])
    assert.equal(await to.practice.worklist.documentView(taskId, thisComputer), undefined);
});

test("all versions of a document are listed on each of them, in the order in which they came, also where one replaces two", async (t) => {
  const to = await openPractice(t, receiver);
  const versions = [message(), message()];
  const [first, other] = versions;
  const second = message({ version: 2, replaces: first?.documentIdentifier ?? "" });
  const third = message({ version: 3, replaces: second.documentIdentifier });
  const alone = message();
  for (const { xml } of [...versions, second, alone, third]) await receive(to, xml);
  // As a sender may write by hand: the last replaces another besides.
  database(to).exec("UPDATE task SET state = 'replaced', replaced_by = 5 WHERE task_id = 2");
  assert.ok(other);
  const { worklist } = to.practice;
  for (const taskId of [1, 2, 3, 5]) {
    const task = await worklist.task(taskId, thisComputer);
    assert.deepEqual(
      task?.versions.map((version) => [version.taskId, version.state, version.replacedBy]),
      [
        [1, "replaced", 3],
        [2, "replaced", 5],
        [3, "replaced", 5],
        [5, "open", undefined],
      ],
    );
    assert.ok(task?.versions.every(({ documentDate }) => documentDate?.startsWith("2026-03-02")));
  }
  assert.deepEqual((await worklist.task(4, thisComputer))?.versions, []);
});

test("of a document with more versions than are shown some are, and it is said that there are more", async (t) => {
  const to = await openPractice(t, receiver);
  for (let count = 0; count < 60; count += 1) deliver(to, message().xml, { from: sender.mailboxId, workflowId });
  // A pass takes in 50.
  for (let pass = 0; pass < 2; pass += 1) await to.practice.cycle();
  database(to).exec("UPDATE task SET state = 'replaced', replaced_by = task_id + 1 WHERE task_id < 60");
  for (const taskId of [1, 30, 60]) {
    const task = await to.practice.worklist.task(taskId, thisComputer);
    assert.deepEqual([task?.versions.length, task?.moreVersions], [50, true]);
    assert.ok(task?.versions.some((version) => version.taskId === taskId));
  }
});

function database(to: DirectoryPractice): DatabaseSync {
  return new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"));
}

async function receive(to: DirectoryPractice, xml: string): Promise<void> {
  deliver(to, xml, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
}

test("of each version it is told whether it was filed, when and by whom, whether it was saved or marked, and no more once it is opened again", async (t) => {
  const folder = join(temporaryFolder(t), "record system");
  mkdirSync(folder);
  const to = await openPractice(t, receiver, { filing: { folder } });
  const { worklist } = to.practice;
  const anna = { id: "anna", name: "Anna Field" };
  const now = async (taskId: number): Promise<ActBy> => ({
    actor: anna,
    version: (await worklist.task(taskId, anna))?.version ?? 0,
  });
  const first = message();
  await receive(to, first.xml);
  await worklist.saveToFolder(1, await now(1));
  const task = await waitFor(
    async () => {
      await to.practice.cycle();
      const found = await worklist.task(1, anna);
      return found?.filing?.state === "saved" ? found : undefined;
    },
    { what: "the saving" },
  );
  const second = message({ version: 2, replaces: first.documentIdentifier });
  await receive(to, second.xml);
  await worklist.complete(2, await now(2), { reason: "filed" });
  await receive(to, message({ version: 3, replaces: second.documentIdentifier }).xml);

  for (const taskId of [1, 2, 3]) {
    assert.deepEqual(
      (await worklist.task(taskId, anna))?.versions.map(({ filed }) => filed),
      [
        { at: task.filing?.savedAt, by: anna, folder: task.filing?.folder },
        { at: to.clock.now(), by: anna },
        undefined,
      ],
    );
  }
  await worklist.complete(3, await now(3), { reason: "filed" });
  assert.ok((await worklist.task(3, anna))?.versions.at(-1)?.filed);
  await worklist.reopen(3, await now(3));
  assert.equal((await worklist.task(3, anna))?.versions.at(-1)?.filed, undefined);
});
