import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { migrations } from "../../src/store/schema.ts";
import { openDatabase } from "../../src/store/database.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { person } from "../support/person.ts";

// The last version of the database in which ids had no keys.
const before = 5;
const from = sender.mailboxId;

/** A database of that version, in the folder of a practice that has not begun; `fill` stores what was taken in. */
function databaseOfBefore(dataFolder: string, fill: (stored: Stored) => void): void {
  mkdirSync(dataFolder, { mode: 0o700 });
  using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
  database.exec(`${migrations.slice(0, before).join(";")}; PRAGMA user_version = ${before}`);
  const received = database.prepare(
    `INSERT INTO received (message_id, received_at, mailbox_id, from_mailbox, workflow_id, subject, kind, header_id, document_id, content)
     VALUES (?, '2026-03-01', ?, ?, 'W', ?, ?, ?, ?, ?)`,
  );
  const task = database.prepare(
    `INSERT INTO task (message_id, kind, state, summary, match_outcome, match_due, business_asked)
     VALUES (?, 'document', 'open', '{}', 'known', 0, 0) RETURNING task_id`,
  );
  const receive: Stored["receive"] = (kind, messageId, { headerId, documentId, content = "" }) => {
    const bytes = Buffer.from(content);
    received.run(messageId, receiver.mailboxId, from, messageId, kind, headerId, documentId, bytes);
  };
  fill({
    receive,
    takeIn(messageId, ids) {
      receive("document", messageId, ids);
      const { task_id: taskId } = task.get(messageId) as { task_id: number };
      const put = (table: string, keys: readonly string[] = []): void => {
        for (const key of keys) database.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(key, taskId);
      };
      put("document_id", ids.named);
      put("replaces", ids.replaces);
    },
  });
}

interface Ids {
  headerId: string;
  documentId: string;
  content?: string;
  named?: readonly string[];
  replaces?: readonly string[];
}

interface Stored {
  receive: (kind: string, messageId: string, ids: Ids) => void;
  takeIn: (messageId: string, ids: Ids) => void;
}

const header = "5b1f0d52-9d6b-4f1e-8c47-0a1b2c3d4e5f";
const documents = ["aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"] as const;

function collided({ receive, takeIn }: Stored): void {
  const [one, other] = documents;
  takeIn("first", { headerId: header.toUpperCase(), documentId: one.toUpperCase() });
  takeIn("second", { headerId: header, documentId: other });
  receive("duplicate-message", "copy-of-second", { headerId: header, documentId: other });
  receive("duplicate-document", "copy-of-first", { headerId: "x", documentId: one.toUpperCase() });
  receive("refused", "refused", { headerId: header, documentId: other });
}

test("two messages whose ids came to be the same by the upgrade stay two tasks, each with its copies", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  databaseOfBefore(dataFolder, collided);
  const to = await openPractice(t, receiver, { dataFolder });
  const at = person(to.practice.worklist);
  const copiesOf = async (taskId: number): Promise<unknown> =>
    (await at.task(taskId))?.duplicates.map(({ messageId, code }) => [messageId, code]);
  assert.equal((await at.tasks()).length, 2);
  assert.deepEqual(
    [await copiesOf(1), await copiesOf(2)],
    [[["copy-of-first", "20008"]], [["copy-of-second", "20007"]]],
  );

  // From now on each is a copy: of the one of its letters, and of the older one where it has those of neither.
  const mixed = header.slice(0, 18) + header.slice(18).toUpperCase();
  const sent = [header, header.toUpperCase(), mixed].map((id) => {
    const { xml, headerId } = message();
    return deliver(to, xml.replaceAll(headerId, id), { from, workflowId });
  });
  await to.practice.cycle();
  assert.equal((await at.tasks()).length, 2);
  const [small, capital, neither] = sent;
  assert.deepEqual(
    new Set((await copiesOf(2)) as unknown[]),
    new Set([
      ["copy-of-second", "20007"],
      [small, "20007"],
    ]),
  );
  assert.deepEqual(
    new Set((await copiesOf(1)) as unknown[]),
    new Set([
      ["copy-of-first", "20008"],
      [capital, "20007"],
      [neither, "20007"],
    ]),
  );
});

test("what was stored in capitals before the upgrade is known again in small letters", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  const { xml, headerId } = message();
  databaseOfBefore(dataFolder, ({ takeIn }) => {
    takeIn("first", { headerId: headerId.toUpperCase(), documentId: documents[0] });
  });
  const to = await openPractice(t, receiver, { dataFolder });
  const copy = deliver(to, xml, { from, workflowId });
  await to.practice.cycle();
  assert.deepEqual(
    (await person(to.practice.worklist).task(1))?.duplicates.map(({ messageId }) => messageId),
    [copy],
  );
});

test("what replaces what by ids that are no UUIDs is read again after the upgrade, from the messages", async (t) => {
  const first = message();
  const { documentIdentifier, compositionIdentifier } = first;
  const second = message({ version: 2, replaces: documentIdentifier, compositionIdentifier });
  const named = (xml: string, id: string): string => xml.replaceAll(documentIdentifier, id);
  const dataFolder = join(temporaryFolder(t), "practice");
  databaseOfBefore(dataFolder, ({ takeIn }) => {
    const ids = { headerId: first.headerId, documentId: documents[0] };
    takeIn("kept", { ...ids, content: named(first.xml, "Letter-1"), named: ["letter-1"] });
    takeIn("unreadable", { ...ids, headerId: "two", content: "not to be read", named: ["letter-2"] });
    takeIn("spaces", { ...ids, headerId: "three", content: named(second.xml, " Letter-1 "), replaces: [" letter-1 "] });
  });
  const to = await openPractice(t, receiver, { dataFolder });
  for (let pass = 0; pass < 3; pass += 1) await to.practice.cycle();
  const at = person(to.practice.worklist);
  assert.equal((await at.task(1))?.state, "replaced");
  assert.equal((await at.task(1))?.replacedBy, 3);
  deliver(to, named(message({ version: 2, replaces: documentIdentifier, compositionIdentifier }).xml, "letter-2"), {
    from,
    workflowId,
  });
  await to.practice.cycle();
  assert.equal((await at.task(2))?.state, "replaced", "what cannot be read again keeps the keys that it had");
  using database = await openDatabase(dataFolder);
  assert.deepEqual(database.prepare("SELECT * FROM reread").all(), []);
});

test("an upgrade that is killed half way leaves the version of before, and the next start does all of it", async (t) => {
  const dataFolder = join(temporaryFolder(t), "practice");
  databaseOfBefore(dataFolder, collided);
  const killed = spawnSync(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--input-type=module",
      "-e",
      `import { openDatabase } from "@restante/durable";
       import { migrations } from ${JSON.stringify(new URL("../../src/store/schema.ts", import.meta.url).href)};
       let keys = 0;
       const id_key = (id) => (++keys === 4 ? process.kill(process.pid, "SIGKILL") : id);
       openDatabase(${JSON.stringify(join(dataFolder, "practice.sqlite"))}, { migrations, functions: { id_key } });`,
    ],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  assert.equal(killed.signal, "SIGKILL", killed.stderr);
  {
    using database = new DatabaseSync(join(dataFolder, "practice.sqlite"));
    assert.equal(database.prepare("PRAGMA user_version").get()?.["user_version"], before);
    assert.equal(database.prepare("SELECT count(*) AS n FROM task").get()?.["n"], 2);
  }
  using database = await openDatabase(dataFolder);
  assert.deepEqual(
    database
      .prepare("SELECT message_id, header_key, document_key FROM accepted")
      .all()
      .map((row) => Object.values(row)),
    [
      ["first", header, documents[0]],
      ["second", header, documents[1]],
    ],
  );
  assert.equal(database.prepare("SELECT count(*) AS n FROM copy").get()?.["n"], 2);
});
