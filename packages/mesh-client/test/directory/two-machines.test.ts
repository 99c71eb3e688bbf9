import assert from "node:assert/strict";
import { statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DurableError, type Lease, separateDatabase } from "@restante/durable";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes, type TestServer, testWorkflow } from "@restante/testbed";
import { leaseText } from "../../../durable/src/lease-file.ts";
import { takeLease } from "../../../durable/src/lease.ts";
import { currentTenant, type Tenant } from "../../../durable/src/machine.ts";
import { carryOut, carryOutAll, type Step } from "../../src/directory/filing.ts";
import { openFolders } from "../../src/directory/folders.ts";
import { mailboxFolder, type MailboxFolder, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const ward: Tenant = { ...currentTenant(), pid: 4711, host: "ward-7", boot: "its own", machine: "its own" };
const quick = { confirmMs: 10, settleMs: 1 };

/** Another machine takes the folders over, as its directory client would. */
async function takeOver(root: string): Promise<Lease> {
  const hidden = join(root, ".restante");
  const lease = await takeLease(hidden, "client", { tenant: ward, takeOver: true, times: quick });
  await separateDatabase(join(hidden, "journal.db"));
  return lease;
}

async function listed(client: MeshClient): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of client.listAll()) ids.push(id);
  return ids;
}

/** A directory client in the middle of whose call to the server another machine takes its folders over. */
async function startOvertaken(
  t: TestContext,
  server: TestServer,
  call: "send" | "download",
): Promise<Awaited<ReturnType<typeof startDirectory>> & { lost: Error[]; other: () => Lease }> {
  const folder = await mailboxFolder(t, sender);
  const real = await testClient(server, sender);
  let lease: Lease | undefined;
  const client: MeshClient = Object.create(real, {
    [call]: {
      value: async (...words: unknown[]) => {
        const answer: unknown = await Reflect.apply(real[call], real, words);
        lease ??= await takeOver(folder.root);
        return answer;
      },
    },
  });
  const lost: Error[] = [];
  const started = await startDirectory(t, server, sender, {
    folder: folder.root,
    client,
    onLost: (error) => lost.push(error),
  });
  return Object.assign(started, { lost, other: () => lease! });
}

async function start(t: TestContext, server: TestServer, folder: MailboxFolder): Promise<void> {
  const { directory } = await startDirectory(t, server, sender, { folder: folder.root });
  // What is in doubt is settled at the second.
  for (let times = 0; times < 2; times += 1) await directory.pollOnce();
}

test("of a pair whose folders another machine takes while it is sent nothing more is written, and the new client finds that it was sent", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const folder = await startOvertaken(t, server, "send");
  await folder.drop("A", { localId: "one" });
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
  assert.deepEqual(await folder.names("sent"), []);
  assert.equal(folder.lost.length, 1);
  const [told] = folder.events.of("folder-lost");
  assert.match(told?.reason ?? "", /in use by process 4711 on ward-7: this one has lost it, and stops$/);
  await assert.rejects(folder.directory.pollOnce(), { code: "closed" });
  await folder.directory[Symbol.asyncDispose]();
  await folder.other().check();

  folder.other()[Symbol.dispose]();
  await start(t, server, folder);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.equal((await listed(to)).length, 1);
});

test("a message whose folders another machine takes while it is downloaded comes into IN once, by the new client", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const folder = await startOvertaken(t, server, "download");
  const { messageId } = await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") });
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("in"), []);
  assert.equal(folder.lost.length, 1);
  await folder.directory[Symbol.asyncDispose]();
  folder.other()[Symbol.dispose]();
  await start(t, server, folder);
  assert.deepEqual(await folder.names("in"), [`${messageId}.ctl`, `${messageId}.dat`]);
});

test("a client whose folders were taken between two polls sends, receives, acknowledges and moves nothing more", async (t) => {
  const server = await startTestServer(t);
  await using to = await testClient(server, practice);
  const real = await testClient(server, sender);
  let isReached = false;
  const client: MeshClient = Object.create(real, {
    acknowledge: {
      value: async () => {
        isReached = true;
        throw new MeshClientError("unavailable", "Not now.");
      },
    },
  });
  const folder = await startDirectory(t, server, sender, { client });
  const post = async (): Promise<string> =>
    (await to.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") })).messageId;
  const inIn = await post();
  await folder.directory.pollOnce();
  assert.ok(isReached);
  isReached = false;
  const messages = [inIn, await post()];
  await folder.drop("A");
  await folder.drop("B", { allowChunking: true });
  await folder.drop("C", { workflowId: "" });

  // Not in a file of its own: so each step by itself must see it.
  using _lease = await takeLease(join(folder.root, ".restante"), "client", {
    tenant: ward,
    takeOver: true,
    times: quick,
  });
  const { sent, received, failed } = await folder.directory.pollOnce();
  assert.deepEqual({ sent, received, failed, isReached }, { sent: 0, received: 0, failed: 0, isReached: false });
  assert.equal(folder.events.of("folder-lost").length, 1);
  assert.equal((await folder.names("out")).length, 6);
  assert.deepEqual(await folder.names("in"), [`${inIn}.ctl`, `${inIn}.dat`]);
  assert.deepEqual(await listed(to), []);
  assert.deepEqual(await listed(real), messages);
});

test("what two clients stage of one message has names of its own for each, so that one that has lost the folders removes nothing of the other's", async (t) => {
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const { messageId } = await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") });
  const staged: string[] = [];
  for (let machines = 0; machines < 2; machines += 1) {
    const { directory, path, names } = await startDirectory(t, server, sender);
    // So it stays in TEMP, and is not acknowledged.
    await mkdir(path("in", `${messageId}.dat`));
    await directory.pollOnce();
    staged.push(...(await names("temp")));
    await directory[Symbol.asyncDispose]();
  }
  assert.equal(new Set(staged).size, 4, staged.join());
});

test("a message of which the data is removed from TEMP once it is decided comes into IN with its data or not at all", async (t) => {
  const folder = await mailboxFolder(t, sender);
  const folders = await openFolders(folder.root);
  await writeFile(folder.path("temp", "in-1.ctl"), "x");
  const steps = [".dat", ".ctl"].map((end): Step => ({
    from: { folder: "temp", name: `in-1${end}` },
    to: { folder: "in", name: `1${end}` },
  }));
  const failures = await carryOutAll([steps], { folders, isFirst: true });
  assert.match(String(failures.get(0)), /TEMP: files on their way to IN were removed from it/);
  assert.deepEqual(await folder.names("in"), []);
  // After a kill it is what was moved before.
  assert.equal((await carryOutAll([steps], { folders })).size, 0);
  assert.deepEqual(await folder.names("in"), ["1.ctl"]);
});

/** What one step does when it is asked for alone, by a client that has lost its folders. */
const lock = { check: async () => Promise.reject(new DurableError("held", "folder", "it is in use by another")) };

test("moves that were decided before the folders were taken are the new client's to make", async (t) => {
  const folder = await mailboxFolder(t, sender);
  const folders = await openFolders(folder.root);
  await folder.drop("A");
  const steps = [{ from: { folder: "out", name: "A.dat" }, to: { folder: "sent", name: "A.dat" } }] as const;
  await assert.rejects(carryOut(steps, { folders, lock }), { code: "held" });
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
});

test("folders that a client on another machine has are refused with its name and what helps, and taken when a person says so, or it is gone", async (t) => {
  const server = await startTestServer(t);
  const { root } = await mailboxFolder(t, sender);
  await using client = await testClient(server, sender);
  const options = { client, folder: root, lockTimes: quick };
  await (await createDirectoryClient(options))[Symbol.asyncDispose]();
  const lease = join(root, ".restante", "client.lease");
  const leave = (minutes: number): void => {
    writeFileSync(lease, leaseText(ward, 1));
    const at = new Date(statSync(lease).mtimeMs - minutes * 60_000);
    utimesSync(lease, at, at);
  };
  leave(4);
  const { code, message } = await createDirectoryClient(options).then(
    () => assert.fail("it started"),
    (error: unknown) => error as MeshClientError,
  );
  assert.equal(code, "folder-in-use");
  assert.match(
    message,
    /process 4711 on ward-7, which renewed its lease 2\d\d s ago .*: stop that client first; .*--take-over$/,
  );
  await (await createDirectoryClient({ ...options, takeOver: true }))[Symbol.asyncDispose]();
  leave(6);
  await (await createDirectoryClient(options))[Symbol.asyncDispose]();
});
