import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { newMessageId } from "@restante/mesh";
import { settableClock, temporaryFolder } from "@restante/testbed";
import { openJournal } from "../../src/directory/journal.ts";

const attempt = { localId: "LOCAL-ID", compressed: true };
const steps = [{ from: { folder: "out", name: "SMITH.dat" }, to: { folder: "sent", name: "SMITH.dat" } }] as const;

test("a send that was under way when the process ended is in doubt when the journal is opened again", async (t) => {
  const folder = await temporaryFolder(t);
  const clock = settableClock();
  using first = openJournal(folder, clock);
  first.begin("pair", "1", attempt);
  assert.equal(first.openSend("pair", "1")?.state, "sending");
  first[Symbol.dispose]();

  clock.advance(1000);
  using second = openJournal(folder, clock);
  const row = second.openSend("pair", "1");
  assert.deepEqual(
    { state: row?.state, attempts: row?.attempts, since: row?.since, startedAt: row?.startedAt },
    { state: "doubtful", attempts: 1, since: clock.now().getTime(), startedAt: clock.now().getTime() - 1000 },
  );
  assert.ok(row !== undefined);
  assert.equal(second.othersInDoubt(row, "LOCAL-ID"), 0);
  second.begin("other", "1", attempt);
  second.begin("other", "2", { ...attempt, localId: "ANOTHER" });
  assert.equal(second.othersInDoubt(row, "LOCAL-ID"), 1, "also if its pair was written again since");
});

test("a pair with another fingerprint is another pair", async (t) => {
  using journal = openJournal(await temporaryFolder(t), settableClock());
  journal.begin("pair", "1", attempt);
  assert.equal(journal.openSend("pair", "2"), undefined);
  journal.begin("pair", "2", attempt);
  assert.equal(journal.openSend("pair", "1"), undefined);
  assert.equal(journal.openSend("pair", "2")?.state, "sending");
});

test("only a pair in doubt can be released, and then has all its attempts again, and is waited for again", async (t) => {
  using journal = openJournal(await temporaryFolder(t), settableClock());
  journal.begin("pair", "1", attempt);
  const nothing = { steps: [] };
  assert.equal(journal.released("pair", nothing).length, 0);
  journal.doubt("pair");
  journal.hold("pair");
  assert.equal(journal.released("pair", nothing).length, 1);
  const row = journal.openSend("pair", "1");
  assert.deepEqual(
    { state: row?.state, attempts: row?.attempts, triedAt: row?.triedAt },
    { state: "waiting", attempts: 0, triedAt: null },
  );
});

test("what was decided is still to be filed after a restart, until it is filed", async (t) => {
  const folder = await temporaryFolder(t);
  const clock = settableClock();
  const messageId = newMessageId(clock.now());
  using first = openJournal(folder, clock);
  first.begin("pair", "1", attempt);
  first.accepted("pair", messageId);
  assert.equal(first.openSend("pair", "1")?.messageId, messageId);
  first.sent("pair", { steps });
  first.receive(messageId, { steps });
  first[Symbol.dispose]();

  using second = openJournal(folder, clock);
  assert.equal(second.openSend("pair", "1"), undefined);
  assert.ok(second.knows(messageId));
  assert.ok(second.received(messageId));
  const filings = second.filings();
  assert.deepEqual(
    filings.map(({ subject, steps }) => ({ subject, steps })),
    [
      { subject: "pair", steps },
      { subject: messageId, steps },
    ],
  );
  for (const filing of filings) second.filed(filing);
  assert.deepEqual(second.filings(), []);
});

test("what nothing happened to for 35 days is forgotten, but never a doubt", async (t) => {
  const clock = settableClock();
  const messageId = newMessageId(clock.now());
  using journal = openJournal(await temporaryFolder(t), clock);
  journal.wait("pair", "1");
  journal.begin("doubted", "1", attempt);
  journal.doubt("doubted");
  journal.hold("doubted");
  journal.receive(messageId, { steps: [] });
  clock.advance(34 * 24 * 3_600_000);
  journal.prune();
  assert.ok(journal.received(messageId));
  clock.advance(2 * 24 * 3_600_000);
  journal.prune();
  assert.equal(journal.received(messageId), false);
  assert.equal(journal.openSend("pair", "1"), undefined);
  assert.equal(journal.openSend("doubted", "1")?.state, "held");
});

/** A journal as the first version made it. */
const versionOne = `
  CREATE TABLE send (
    id INTEGER PRIMARY KEY, pair TEXT NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
      'waiting', 'sending', 'uploading', 'doubtful', 'held', 'accepted', 'sent', 'failed', 'withdrawn'
    )),
    since INTEGER NOT NULL, startedAt INTEGER, attempts INTEGER NOT NULL DEFAULT 0, noticed TEXT,
    compressed INTEGER NOT NULL DEFAULT 0, chunkBytes INTEGER, sentChunks INTEGER NOT NULL DEFAULT 0, localId TEXT,
    messageId TEXT
  ) STRICT;
  CREATE UNIQUE INDEX oneOpen ON send (pair) WHERE state NOT IN ('sent', 'failed', 'withdrawn');
  CREATE INDEX byLocalId ON send (localId);
  CREATE INDEX byMessageId ON send (messageId);
  CREATE TABLE receipt (messageId TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE filing (id INTEGER PRIMARY KEY, subject TEXT, steps TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;
`;

test("a journal of the first version is kept: what it knows of pairs, messages and moves is as it was", async (t) => {
  const folder = await temporaryFolder(t);
  const clock = settableClock();
  const [sent, received] = [newMessageId(clock.now()), newMessageId(clock.now())];
  const old = new DatabaseSync(join(folder, "journal.db"));
  old.exec(versionOne);
  const states = ["waiting", "uploading", "doubtful", "held", "accepted"];
  for (const state of states) {
    old
      .prepare(
        "INSERT INTO send (pair, fingerprint, state, since, attempts, chunkBytes, sentChunks, messageId) VALUES (?, '1', ?, 7, 2, 1000, 3, ?)",
      )
      .run(state, state, sent);
  }
  old.prepare("INSERT INTO receipt VALUES (?, 7)").run(received);
  old.prepare("INSERT INTO filing (subject, steps) VALUES ('pair', ?)").run(JSON.stringify(steps));
  old.close();

  for (let opening = 0; opening < 2; opening += 1) {
    using journal = openJournal(folder, clock);
    for (const state of states) {
      const row = journal.openSend(state, "1");
      assert.deepEqual(
        {
          state: row?.state,
          attempts: row?.attempts,
          sentChunks: row?.sentChunks,
          id: row?.messageId,
          unnamed: row?.unnamed,
        },
        { state, attempts: 2, sentChunks: 3, id: sent, unnamed: 0 },
      );
      assert.equal(journal.sentContent(state).size, 0);
    }
    assert.ok(journal.received(received));
    assert.ok(journal.knows(sent));
    assert.deepEqual(
      journal.filings().map(({ steps, tells, stuck }) => ({ steps, tells, stuck })),
      [{ steps, tells: [], stuck: false }],
    );
  }
});

test("a journal of a later version is left alone", async (t) => {
  const folder = await temporaryFolder(t);
  openJournal(folder, settableClock())[Symbol.dispose]();
  const later = new DatabaseSync(join(folder, "journal.db"));
  later.exec("PRAGMA user_version = 99");
  later.close();
  assert.throws(() => openJournal(folder, settableClock()), { code: "too-new" });
});

test("the content of an upload's chunks is noted until it ends, and anew with each upload", async (t) => {
  using journal = openJournal(await temporaryFolder(t), settableClock());
  journal.begin("pair", "1", { ...attempt, chunkBytes: 1000 });
  journal.sendingChunk("pair", 1, "one");
  journal.sendingChunk("pair", 2, "two");
  journal.sendingChunk("pair", 2, "two again");
  assert.deepEqual(
    [...journal.sentContent("pair")],
    [
      [1, "one"],
      [2, "two again"],
    ],
  );
  journal.begin("pair", "1", { ...attempt, chunkBytes: 1000 });
  assert.equal(journal.sentContent("pair").size, 0);
});

test("names and local ids are not left in the journal's files", async (t) => {
  const folder = await temporaryFolder(t);
  using journal = openJournal(folder, settableClock());
  journal.begin("pair", "1", attempt);
  for (const filing of journal.sent("pair", { steps })) journal.filed(filing);
  journal[Symbol.dispose]();
  const bytes = (await readFile(join(folder, "journal.db"))).toString("latin1");
  assert.ok(!bytes.includes("SMITH"));
  assert.ok(!bytes.includes("LOCAL-ID"));
});
