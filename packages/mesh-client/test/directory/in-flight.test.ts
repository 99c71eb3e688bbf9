// Trouble with the disk or the clock that begins while several pairs, or several messages, are in flight at once.

import assert from "node:assert/strict";
import fs from "node:fs";
import { copyFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test, type TestContext } from "node:test";
import type { MeshClient } from "@restante/mesh-client";
import { createDirectoryClient, type DirectoryClient } from "@restante/mesh-client/directory";
import { settableClock, type SettableClock, temporaryFolder, testWorkflow, waitFor } from "@restante/testbed";
import { type Lane, startLanes } from "../../fuzz/lane.ts";
import { collect } from "../../fuzz/step-kills.ts";
import { smallDisk } from "./disks.ts";
import { type MailboxFolder, openMailboxFolder } from "./mailbox-folder.ts";

const atOnce = 4;

type Half = "sending" | "receiving";

interface InFlight extends MailboxFolder {
  readonly client: MeshClient;
  readonly directory: DirectoryClient;
  readonly clock: SettableClock;
  /** The pairs of which a send was begun. */
  readonly tried: string[];
}

/** A trouble, and its end. */
interface Trouble {
  readonly make: (root: string, clock: SettableClock) => Promise<void> | void;
  readonly mend: (root: string, clock: SettableClock) => Promise<void> | void;
  /** Where the five folders are to be; a temporary folder if absent. */
  readonly root?: string;
}

const closing = new AsyncDisposableStack();
let lanes: readonly Lane[] = [];
before(async () => (lanes = await startLanes({ after: (end) => closing.defer(end) }, atOnce)));
after(async () => closing.disposeAsync());

/** A client of which as many pairs or messages as are told of are in flight when `begins` is called, once. */
async function start(
  ending: AsyncDisposableStack,
  root: string,
  { half, begins }: { half: Half; begins: (clock: SettableClock) => Promise<void> | void },
): Promise<InFlight> {
  const { client, mailboxId } = lanes[0]!.from;
  const clock = settableClock();
  const tried: string[] = [];
  let met = 0;
  const all = Promise.withResolvers<void>();
  /** Nobody goes on before all have come so far, and the trouble has begun. */
  async function meet(): Promise<void> {
    met += 1;
    if (met === atOnce) await Promise.resolve(begins(clock)).then(all.resolve, all.reject);
    await all.promise;
  }
  const send: MeshClient["send"] = async (message, options) => {
    tried.push(message.fileName ?? "");
    const sent = await client.send(message, options);
    if (half === "sending") await meet();
    return sent;
  };
  let downloads = 0;
  const download: MeshClient["download"] = async (...words) => {
    const message = await client.download(...words);
    downloads += 1;
    // The first is fetched by itself: it shows whether the server answers.
    if (half === "receiving" && downloads > 1) await meet();
    return message;
  };
  const folder = openMailboxFolder(root, mailboxId);
  const options = { folder: root, settleMs: 0, answerWaitMs: 0, reports: { collect: false } };
  const directory = ending.use(
    await createDirectoryClient({ client: { ...client, send, download }, clock, ...options }),
  );
  return { ...folder, directory, client, clock, tried };
}

/** So much that it is compressed in TEMP. */
const bodyOf = (name: string): Buffer => Buffer.from(`${name} `.repeat(12_000));
const first = "FIRST";
const pairs = Array.from({ length: atOnce }, (_, lane) => `PAIR-${lane}`);

let tests = 0;

async function begin({ drop }: InFlight, half: Half): Promise<void> {
  const { to, from } = lanes[0]!;
  const names = half === "sending" ? pairs : [first, ...pairs];
  tests += 1;
  for (const [index, localId] of names.entries()) {
    const body = bodyOf(localId);
    if (half === "sending")
      await drop(localId, { to: lanes[index]!.to.mailboxId, localId: `${localId} ${tests}` }, body);
    else await to.client.send({ to: from.mailboxId, workflowId: testWorkflow, localId, body });
  }
}

async function settle(folder: InFlight): Promise<void> {
  await waitFor(
    async () => {
      const { waiting, received, error } = await folder.directory.pollOnce();
      return waiting === 0 && received === 0 && error === undefined;
    },
    { what: "the end of all" },
  );
}

/** All of them came to their end, once, whole. */
async function checkAll(folder: InFlight, half: Half): Promise<void> {
  assert.deepEqual(await folder.names("temp"), []);
  assert.deepEqual(await folder.names("failed"), []);
  assert.deepEqual(await folder.names("out"), []);
  if (half === "sending") {
    assert.deepEqual(
      folder.tried.toSorted(),
      pairs.map((name) => `${name}.dat`),
      "none is sent a second time",
    );
    assert.deepEqual(
      await folder.names("sent"),
      pairs.flatMap((name) => [`${name}.ctl`, `${name}.dat`]),
    );
    for (const [index, name] of pairs.entries()) {
      assert.deepEqual(await collect(lanes[index]!.to), [bodyOf(name)]);
      assert.deepEqual(await folder.read("sent", `${name}.dat`), bodyOf(name));
    }
    return;
  }
  const inbox = await folder.inbox();
  assert.deepEqual(
    inbox.map(({ localId }) => localId),
    [first, ...pairs],
    "in their order",
  );
  for (const { messageId = "", localId = "" } of inbox) {
    assert.deepEqual(await folder.read("in", `${messageId}.dat`), bodyOf(localId));
  }
  assert.equal((await folder.names("in")).length, 2 * inbox.length);
  assert.deepEqual((await folder.client.list()).messageIds, [], "all are acknowledged");
}

async function away(root: string, ...names: string[]): Promise<void> {
  for (const name of names) await rename(join(root, name), join(root, `${name}-away`));
}

async function back(root: string, ...names: string[]): Promise<void> {
  for (const name of names) await rename(join(root, `${name}-away`), join(root, name));
}

const size = 4_000_000;

/** All of it on a disk that another program fills, to its last byte. */
async function fullDisk(t: TestContext): Promise<Trouble | undefined> {
  const disk = await smallDisk(t, size);
  if (disk === undefined) return undefined;
  const filler = join(disk.folder, "filler");
  return {
    root: disk.folder,
    make: async () => writeFile(filler, Buffer.alloc(2 * size)).catch(() => undefined),
    mend: async () => rm(filler),
  };
}

/** SENT and IN on a disk of their own. */
async function readOnlyDisk(t: TestContext): Promise<Trouble | undefined> {
  const disk = await smallDisk(t, size);
  if (disk === undefined) return undefined;
  const root = await temporaryFolder(t);
  for (const name of ["SENT", "IN"]) {
    await mkdir(join(disk.folder, name), { mode: 0o700 });
    await symlink(join(disk.folder, name), join(root, name));
  }
  return { root, make: () => disk.readOnly(), mend: () => disk.resize(size) };
}

const gone = (...names: string[]): Trouble => ({
  make: async (root) => away(root, ...names),
  mend: async (root) => back(root, ...names),
});

const year = 365 * 24 * 60 * 60 * 1000;

const troubles: Readonly<Record<string, (t: TestContext) => Promise<Trouble | undefined>>> = {
  "the disk is full": fullDisk,
  "SENT and IN may only be read": readOnlyDisk,
  "SENT and IN are gone": async () => gone("SENT", "IN"),
  "OUT and TEMP are gone": async () => gone("OUT", "TEMP"),
  "the clock is put back by a year": async () => ({ make: (_, clock) => clock.advance(-year), mend: () => undefined }),
};

for (const half of ["sending", "receiving"] as const) {
  for (const [what, prepare] of Object.entries(troubles)) {
    test(`${what} while ${half} several at once: when it is over each is there once, and none is lost`, async (t) => {
      const trouble = await prepare(t);
      if (trouble === undefined) return;
      const { root = await temporaryFolder(t), make, mend } = trouble;
      let hasBegun = false;
      // Ended before its disk is.
      await using ending = new AsyncDisposableStack();
      const folder = await start(ending, root, {
        half,
        begins: async (clock) => {
          await make(root, clock);
          hasBegun = true;
        },
      });
      await begin(folder, half);
      await folder.directory.pollOnce();
      assert.ok(hasBegun, "all were in flight");
      for (let count = 0; count < 2; count += 1) await folder.directory.pollOnce();
      await mend(root, folder.clock);
      await settle(folder);
      await checkAll(folder, half);
    });
  }
}

test("a share that hangs while pairs are filed keeps nothing from being known: none is in doubt or sent again, whenever it goes on", async (t) => {
  const gate = Promise.withResolvers<void>();
  const root = await temporaryFolder(t);
  const real = fs.promises.rename;
  let hanging = 0;
  // Stands in for the share: whoever makes a name in SENT waits for it.
  t.mock.method(fs.promises, "rename", async (from: string, to: string) => {
    if (to.startsWith(join(root, "SENT"))) {
      hanging += 1;
      await gate.promise;
    }
    await real(from, to);
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  await using ending = new AsyncDisposableStack();
  const folder = await start(ending, root, { half: "sending", begins: () => undefined });
  ending.defer(() => gate.resolve());
  await begin(folder, "sending");
  const polled = folder.directory.pollOnce();
  await waitFor(() => hanging === atOnce, { what: "all to hang" });
  assert.deepEqual(
    await statesIn(t, root),
    pairs.map(() => "sent"),
    "killed now, none would be sent again",
  );
  gate.resolve();
  assert.equal((await polled).sent, atOnce);
  await settle(folder);
  await checkAll(folder, "sending");
});

/** What the journal has on disk of each pair, as whoever starts after a kill finds it. */
async function statesIn(t: TestContext, root: string): Promise<unknown[]> {
  const copy = await temporaryFolder(t);
  for (const file of ["journal.db", "journal.db-wal"]) {
    await copyFile(join(root, ".restante", file), join(copy, file));
  }
  const database = new DatabaseSync(join(copy, "journal.db"));
  try {
    return database
      .prepare("SELECT state FROM send")
      .all()
      .map(({ state }) => state);
  } finally {
    database.close();
  }
}
