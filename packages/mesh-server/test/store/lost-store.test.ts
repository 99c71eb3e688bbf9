import assert from "node:assert/strict";
import { cp, mkdir, readdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import type { MessageId } from "@restante/mesh";
import { MeshServerError } from "@restante/mesh-server";
import {
  settableClock,
  startServerProcess,
  startTestServer,
  type TestServer,
  testClient,
  testMailboxes,
  testRequest,
  testWorkflow,
  waitFor,
} from "@restante/testbed";

const { sender, pharmacy } = testMailboxes;
const day = 24 * 60 * 60 * 1000;

async function send(server: TestServer, bytes: number): Promise<MessageId> {
  await using client = await testClient(server, sender);
  const body = Buffer.alloc(bytes, "x");
  return (await client.send({ to: pharmacy, workflowId: testWorkflow, body })).messageId;
}

async function read(server: TestServer, messageId: MessageId): Promise<number> {
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  return (await testRequest(server, pharmacy, { path })).body.length;
}

/** A store of one message is lost in each of these ways; `put` puts it back. */
const losses: [name: string, lose: (file: string) => Promise<void>][] = [
  ["missing", (file) => rm(file)],
  ["empty", (file) => truncate(file)],
  [
    "empty",
    async (file) => {
      await rm(file);
      const blank = new DatabaseSync(file);
      blank.exec("PRAGMA journal_mode = WAL; CREATE TABLE x (y); DROP TABLE x");
      blank.close();
    },
  ],
];

for (const [index, [found, lose]] of losses.entries()) {
  for (const [size, trace] of [
    [200_000, "bodies, store.reserve"],
    [10, "store.reserve"],
  ] as const) {
    test(`a start on a store.sqlite that is ${found} (${index}) is refused and deletes nothing, with a body of ${size}`, async (t) => {
      const server = await startTestServer(t);
      const messageId = await send(server, size);
      await server.close();
      const { dataFolder } = server.config;
      const file = join(dataFolder, "store.sqlite");
      await cp(file, `${file}.kept`);
      const before = await readdir(join(dataFolder, "bodies"));
      await lose(file);

      for (let again = 0; again < 2; again += 1) {
        await assert.rejects(
          server.restart(),
          (error) =>
            error instanceof MeshServerError &&
            error.code === "store-lost" &&
            error.message ===
              `${file}: it is ${found}, but what belongs to it is there (${trace}): ` +
                "put it back, or, if its messages may be lost, move those away to start anew",
        );
      }

      assert.deepEqual(await readdir(join(dataFolder, "bodies")), before);
      for (const beside of [file, `${file}-wal`, `${file}-shm`]) await rm(beside, { force: true });
      await rename(`${file}.kept`, file);
      await server.restart();
      assert.equal(await read(server, messageId), size);
    });
  }
}

test("with what is left moved away, as the refusal says, a server starts anew", async (t) => {
  const server = await startTestServer(t);
  await send(server, 200_000);
  await server.close();
  const { dataFolder } = server.config;
  await rm(join(dataFolder, "store.sqlite"));
  await mkdir(join(dataFolder, "old"));
  for (const name of ["bodies", "store.reserve"]) await rename(join(dataFolder, name), join(dataFolder, "old", name));

  await server.restart();

  assert.equal(await read(server, await send(server, 200_000)), 200_000);
});

test("a folder of bodies that is lost is refused at the start, and bodies that are missing from it are told at each", async (t) => {
  const server = await startTestServer(t);
  await send(server, 200_000);
  const second = await send(server, 200_000);
  await server.close();
  const bodies = join(server.config.dataFolder, "bodies");
  await rename(bodies, `${bodies}.away`);

  await assert.rejects(server.restart(), {
    code: "bodies-lost",
    message: `${bodies}: it is missing, but 2 bodies belong into it: put it back, or make an empty folder there to start without them`,
  });
  await mkdir(bodies);
  await server.restart();
  assert.deepEqual(server.events.of("bodies-missing"), [{ event: "bodies-missing", folder: bodies, bodies: 2 }]);
  const name = (await readdir(`${bodies}.away`)).find((file) => file.startsWith(second)) ?? "none";
  await rename(join(`${bodies}.away`, name), join(bodies, name));
  assert.equal(await read(server, second), 200_000);
  await server.restart();
  assert.equal(server.events.of("bodies-missing").at(-1)?.bodies, 1);
});

test("a journal of a store that is gone is not thrown away", async (t) => {
  const server = await startServerProcess(t);
  await using client = await testClient(server, sender);
  await client.send({ to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") });
  await server.kill();
  const { dataFolder } = server.config;
  const journal = join(dataFolder, "store.sqlite-wal");
  const { size } = await stat(journal);
  assert.ok(size > 0);
  for (const name of ["store.sqlite", "store.reserve"]) await rm(join(dataFolder, name));

  await assert.rejects(startTestServer(t, { config: { dataFolder } }), { code: "store-lost" });

  assert.equal((await stat(journal)).size, size);
});

test("a first start that was killed before its tables were made goes on, also on a disk of its own for bodies", async (t) => {
  const server = await startTestServer(t);
  await server.close();
  const { dataFolder } = server.config;
  for (const name of await readdir(dataFolder)) await rm(join(dataFolder, name), { recursive: true });
  const begun = new DatabaseSync(join(dataFolder, "store.sqlite"));
  begun.exec("PRAGMA journal_mode = WAL");
  begun.close();
  await mkdir(join(dataFolder, "bodies", "lost+found"), { recursive: true });

  await server.restart();

  assert.equal(await read(server, await send(server, 200_000)), 200_000);
  const told = server.events.of("strange-files");
  assert.deepEqual(told, [{ event: "strange-files", folder: join(dataFolder, "bodies"), files: 1 }]);
});

test("bodies of no row go into quarantine, told at each start, served when put back, deleted and told after 30 days", async (t) => {
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  const messageId = await send(server, 200_000);
  await server.close();
  const { dataFolder } = server.config;
  const bodies = join(dataFolder, "bodies");
  const quarantine = join(bodies, "quarantine");
  const [name = ""] = await readdir(bodies);
  // What a crash leaves between the file and its row, in the past of the message's own.
  await cp(join(bodies, name), join(bodies, name.replace("-1.", "-7.")));
  await writeFile(join(bodies, `.${name}`), "half of one");

  await server.restart();
  await server.restart();

  assert.deepEqual(server.events.of("bodies-quarantined"), [
    { event: "bodies-quarantined", folder: quarantine, bodies: 1, added: 1 },
    { event: "bodies-quarantined", folder: quarantine, bodies: 1, added: 0 },
  ]);
  const today = clock.now().toISOString().slice(0, 10);
  assert.deepEqual(await readdir(join(quarantine, today)), [name.replace("-1.", "-7.")]);

  // One that has a row after all: put back it is served.
  await rename(join(bodies, name), join(quarantine, today, name));
  const path = `/messageexchange/${pharmacy}/inbox/${messageId}`;
  assert.equal((await testRequest(server, pharmacy, { path })).status, 500);
  await rename(join(quarantine, today, name), join(bodies, name));
  assert.equal(await read(server, messageId), 200_000);

  clock.advance(29 * day);
  await server.events.next("report-placed");
  assert.deepEqual(server.events.of("quarantine-emptied"), []);
  clock.advance(2 * day);
  assert.deepEqual(await server.events.next("quarantine-emptied"), {
    event: "quarantine-emptied",
    folder: quarantine,
    bodies: 1,
  });
  await waitFor(async () => (await readdir(quarantine)).length === 0);
});
