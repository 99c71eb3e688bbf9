import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, mkdir, readdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import type { MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import { createDirectoryClient, type DirectoryClient } from "@restante/mesh-client/directory";
import {
  recordEvents,
  startTestServer,
  temporaryFolder,
  testClient,
  testMailboxes,
  testWorkflow,
  waitFor,
} from "@restante/testbed";
import { smallDisk } from "./disks.ts";

const { practice, sender } = testMailboxes;

/** The folder of a client that has been at work, and is closed. */
async function usedFolder(t: TestContext): Promise<{ client: MeshClient; folder: string; journal: string }> {
  const server = await startTestServer(t);
  const client = await testClient(server, sender);
  t.after(async () => client[Symbol.asyncDispose]());
  const folder = await temporaryFolder(t);
  const directory = await createDirectoryClient({ client, folder });
  await directory.pollOnce();
  await directory[Symbol.asyncDispose]();
  return { client, folder, journal: join(folder, ".restante", "journal.db") };
}

for (const [what, lose] of Object.entries({
  missing: async (journal: string) => rm(journal),
  empty: async (journal: string) => truncate(journal, 0),
})) {
  test(`a journal that is ${what} where there was one is refused, with file, reason and remedy, and not made anew`, async (t) => {
    const { client, folder, journal } = await usedFolder(t);
    await lose(journal);
    for (let count = 0; count < 2; count += 1) {
      await assert.rejects(createDirectoryClient({ client, folder }), (error: Error & { code?: string }) => {
        assert.equal(error.code, "folder-unusable");
        assert.ok(error.message.startsWith(`${journal}: the journal is ${what}, so nobody can tell`), error.message);
        assert.match(error.message, /put back a copy of '.*\.restante'/);
        assert.ok(!error.message.includes("\n"));
        return true;
      });
    }
    // What a person has decided on.
    await rm(join(folder, ".restante"), { recursive: true });
    await using _ = await createDirectoryClient({ client, folder });
  });
}

test("folders without .restante are new to us, whatever is in them", async (t) => {
  const { client, folder } = await usedFolder(t);
  await rm(join(folder, ".restante"), { recursive: true });
  await writeFile(join(folder, "SENT", "OLD.dat"), "");
  await using _ = await createDirectoryClient({ client, folder });
  assert.ok((await readdir(join(folder, ".restante"))).includes("journal.db"));
});

test("a start that is killed while it makes the folders does not keep the next from starting", async (t) => {
  const { client } = await usedFolder(t);
  const root = await temporaryFolder(t);
  for (let count = 0; count < 12; count += 1) {
    const folder = join(root, String(count));
    const child = spawn(
      process.execPath,
      [...process.execArgv, new URL("hold-folder.ts", import.meta.url).pathname, folder],
      { stdio: "ignore" },
    );
    await waitFor(
      async () =>
        readdir(folder).then(
          () => true,
          () => false,
        ),
      { intervalMs: 1 },
    );
    await delay(count * 2);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const directory = await createDirectoryClient({ client, folder });
    await directory[Symbol.asyncDispose]();
    assert.deepEqual((await readdir(folder)).sort(), [".restante", "FAILED", "IN", "OUT", "SENT", "TEMP"]);
  }
});

test("what a killed start left is removed", async (t) => {
  const { client, folder } = await usedFolder(t);
  await mkdir(join(folder, ".restante.0123abcd"));
  await writeFile(join(folder, ".restante.0123abcd", "journal.db"), "");
  await using _ = await createDirectoryClient({ client, folder });
  assert.ok(!(await readdir(folder)).includes(".restante.0123abcd"));
});

test("each thing that keeps a client from starting is told as what it is, in one line", async (t) => {
  const { client, folder } = await usedFolder(t);
  const copy = async (): Promise<string> => {
    const target = join(await temporaryFolder(t), "copy");
    await cp(folder, target, { recursive: true });
    return target;
  };
  const refuses = async (root: string, message: RegExp): Promise<void> => {
    await assert.rejects(createDirectoryClient({ client, folder: root }), (error: Error & { code?: string }) => {
      assert.match(error.message, message);
      assert.equal(error.code, "folder-unusable", error.message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  };
  const journalOf = (root: string): string => join(root, ".restante", "journal.db");

  const damaged = await copy();
  await writeFile(journalOf(damaged), "this is no database, but long enough to be taken for one".repeat(100));
  await refuses(damaged, /journal\.db: it is not a database, or a damaged one: put back a copy/);

  const foreign = await copy();
  await rm(journalOf(foreign));
  const database = new DatabaseSync(journalOf(foreign));
  database.exec("CREATE TABLE other (id)");
  database.close();
  await refuses(foreign, /journal\.db: it is a database, but not one of Restante's/);

  const later = await copy();
  const newer = new DatabaseSync(journalOf(later));
  newer.exec("PRAGMA user_version = 1000");
  newer.close();
  await refuses(later, /journal\.db: a later version of Restante wrote it/);

  const locked = await copy();
  await appendFile(join(locked, ".restante", "client.lock"), "not a lock".repeat(1000));
  await refuses(locked, /client\.lock: the lock file is damaged: remove it/);

  const file = join(await temporaryFolder(t), "file");
  await writeFile(file, "");
  await refuses(file, /file: it is no folder: move it away/);

  const inFile = await copy();
  await rm(join(inFile, "IN"), { recursive: true });
  await writeFile(join(inFile, "IN"), "");
  await refuses(inFile, /IN: it is no folder: move it away/);

  const hidden = await copy();
  await rename(join(hidden, ".restante"), join(hidden, "elsewhere"));
  await writeFile(join(hidden, ".restante"), "");
  await refuses(hidden, /\.restante/);
});

test("a full disk at the start is told as that and not as a folder in use", async (t) => {
  const { client } = await usedFolder(t);
  const disk = await smallDisk(t, 100_000);
  if (disk === undefined) return;
  await writeFile(join(disk.folder, "full"), Buffer.alloc(1_000_000)).catch(() => undefined);
  await assert.rejects(createDirectoryClient({ client, folder: disk.folder }), {
    code: "folder-unusable",
    message: /the disk is full: make room, then try again/,
  });
  assert.deepEqual(await readdir(disk.folder), ["FAILED", "IN", "OUT", "SENT", "TEMP", "full"]);
});

test("a disk that may only be read is told as that and not as a folder in use", async (t) => {
  const { client } = await usedFolder(t);
  const disk = await smallDisk(t, 4_000_000);
  if (disk === undefined) return;
  await (await createDirectoryClient({ client, folder: disk.folder }))[Symbol.asyncDispose]();
  disk.readOnly();
  await assert.rejects(createDirectoryClient({ client, folder: disk.folder }), {
    code: "folder-unusable",
    message: /client\.(lock|pid): (it cannot be written|it cannot be opened|the disk cannot be written to)/,
  });
});

test("a TEMP that may only be read is told by its name, and what it keeps from being done is done later", async (t) => {
  const { client, folder } = await usedFolder(t);
  const disk = await smallDisk(t, 4_000_000);
  if (disk === undefined) return;
  await rm(join(folder, "TEMP"), { recursive: true });
  await symlink(disk.folder, join(folder, "TEMP"));
  const events = recordEvents();
  await using directory = await createDirectoryClient({ client, folder, emit: events.emit, settleMs: 0 });
  await writeFile(join(folder, "OUT", "A.dat"), "the letter");
  await writeFile(join(folder, "OUT", "A.ctl"), "no control file");
  disk.readOnly();
  for (let count = 0; count < 2; count += 1) assert.equal((await directory.pollOnce()).failed, 0);
  assert.deepEqual(
    events.of("poll-failed").map(({ folder: place, reason }) => ({ place, reason })),
    [{ place: "TEMP", reason: "TEMP: the disk cannot be written to." }],
  );
  disk.resize(4_000_000);
  assert.equal((await directory.pollOnce()).failed, 1);
  assert.equal(events.of("poll-recovered")[0]?.folder, "TEMP");
});

test("a client whose lock is taken over by another stops, and says so", async (t) => {
  const { client, folder } = await usedFolder(t);
  const events = recordEvents();
  const directory = await createDirectoryClient({ client, folder, emit: events.emit, pollIntervalMs: 20 });
  t.after(async () => directory[Symbol.asyncDispose]());
  directory.start();
  // Another process took it at the very moment at which somebody removed the lock file.
  const lock = join(folder, ".restante", "client.lock");
  await rename(lock, `${lock}.gone`);
  const other = new DatabaseSync(lock);
  t.after(() => other.close());
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  const { code, reason } = await events.next("folder-lost");
  assert.equal(code, "held");
  assert.match(reason, /it is in use by /);
  await assert.rejects(directory.pollOnce(), { code: "closed" });
});

test("a link in the place of .restante that leads nowhere is not followed to make another journal", async (t) => {
  const { client, folder } = await usedFolder(t);
  await rm(join(folder, ".restante"), { recursive: true });
  await symlink(join(folder, "nowhere"), join(folder, ".restante"));
  await assert.rejects(createDirectoryClient({ client, folder }), { code: "folder-unusable" });
});

for (const [how, lose] of Object.entries({
  removed: async (journal: string) => rename(journal, `${journal}.away`),
  emptied: async (journal: string) => truncate(journal, 0),
  "replaced by an older copy": async (journal: string) => {
    await cp(journal, `${journal}.copy`);
    await rename(`${journal}.copy`, journal);
  },
  "moved away with its folder": async (journal: string) => rename(dirname(journal), `${dirname(journal)}.away`),
})) {
  test(`a journal that is ${how} while the client runs is told, once, and nothing is sent or received without it`, async (t) => {
    const server = await startTestServer(t);
    const client = await testClient(server, practice);
    t.after(async () => client[Symbol.asyncDispose]());
    await using from = await testClient(server, sender);
    const send = async (): Promise<MessageId> =>
      (await from.send({ to: practice, workflowId: testWorkflow, body: "x" })).messageId;
    const folder = await temporaryFolder(t);
    const events = recordEvents();
    await using directory = await createDirectoryClient({ client, folder, emit: events.emit, reports: { poll: true } });
    await send();
    assert.equal((await directory.pollOnce()).received, 1);
    const there = await readdir(join(folder, "IN"));
    await lose(join(folder, ".restante", "journal.db"));
    const waiting = await send();
    for (let count = 0; count < 3; count += 1) assert.equal((await directory.pollOnce()).received, 0);
    assert.deepEqual((await client.list()).messageIds, [waiting]);
    assert.deepEqual(await readdir(join(folder, "IN")), there);
    assert.deepEqual(
      events.of("poll-failed").map(({ folder: place, reason }) => ({ place, reason })),
      [
        {
          place: ".restante",
          reason:
            ".restante: journal.db: it was removed, emptied or replaced while the client ran: " +
            "put it back, then start the client again.",
        },
      ],
    );
  });
}

test("a journal whose -wal is removed while the client runs is told likewise, and has it all after an orderly end", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, practice);
  t.after(async () => client[Symbol.asyncDispose]());
  await using from = await testClient(server, sender);
  const folder = await temporaryFolder(t);
  const events = recordEvents();
  const received = async (directory: DirectoryClient): Promise<number> => {
    await from.send({ to: practice, workflowId: testWorkflow, body: "x" });
    return (await directory.pollOnce()).received;
  };
  {
    await using directory = await createDirectoryClient({ client, folder, emit: events.emit });
    assert.equal(await received(directory), 1);
    await rm(join(folder, ".restante", "journal.db-wal"));
    assert.equal(await received(directory), 0);
  }
  assert.match(
    events.of("poll-failed")[0]?.reason ?? "",
    /^\.restante: journal\.db-wal: it was removed.*: stop the client, and start it again\.$/,
  );
  await using again = await createDirectoryClient({ client, folder });
  assert.equal(await received(again), 2);
});

test("a journal whose -wal is removed after a kill is told at the next start, once, and one that is there is not", async (t) => {
  const { client, folder, journal } = await usedFolder(t);
  const startAndKill = async (): Promise<void> => {
    const child = spawn(
      process.execPath,
      [...process.execArgv, new URL("hold-folder.ts", import.meta.url).pathname, folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    t.after(() => child.kill("SIGKILL"));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const toldAtStart = async (): Promise<unknown[]> => {
    const events = recordEvents();
    const directory = await createDirectoryClient({ client, folder, emit: events.emit });
    await directory[Symbol.asyncDispose]();
    return events.of("journal-missing");
  };
  await startAndKill();
  assert.deepEqual(await toldAtStart(), []);
  await startAndKill();
  await rm(`${journal}-wal`);
  assert.deepEqual(await toldAtStart(), [{ event: "journal-missing", mailboxId: sender, file: `${journal}-wal` }]);
  assert.deepEqual(await toldAtStart(), []);
});
