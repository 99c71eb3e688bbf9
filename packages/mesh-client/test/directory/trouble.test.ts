import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import type { ControlFile } from "@restante/mesh";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import {
  clientCertificate,
  settableClock,
  startTestServer,
  strangeAuthority,
  temporaryFolder,
  testClient,
  testMailboxes,
  waitFor,
} from "@restante/testbed";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender } = testMailboxes;

function statusOf({ status }: ControlFile): string {
  return `${status?.event} ${status?.success === true ? "SUCCESS" : "ERROR"} ${status?.code}`;
}

async function reportsOf(folder: TestDirectory): Promise<string[]> {
  return (await folder.inbox()).map((report) => `${report.localId ?? "-"} ${statusOf(report)}`).sort();
}

test("with a wrong password pairs stay in OUT, are reported once each, and go when the password is right", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, sender, { password: "wrong" });
  const folder = await startDirectory(t, server, sender, { client });
  await folder.drop("A", { localId: "L1" });
  await folder.drop("B", { localId: "L2" });
  for (let count = 0; count < 3; count += 1) {
    const result = await folder.directory.pollOnce();
    assert.deepEqual({ waiting: result.waiting, code: result.error?.code }, { waiting: 2, code: "unauthorised" });
  }
  await folder.restart();
  await folder.directory.pollOnce();
  assert.deepEqual(await reportsOf(folder), ["L1 TRANSFER ERROR 04", "L2 TRANSFER ERROR 04"]);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat", "B.ctl", "B.dat"]);
  const failures = folder.events.of("poll-failed");
  assert.equal(failures.length, 2, "told once, and once more after the restart");
  assert.equal(failures[0]?.code, "unauthorised");
  assert.ok(!JSON.stringify(folder.events.all).includes("wrong"));

  await folder.restart({ client: await testClient(server, sender) });
  assert.equal((await folder.directory.pollOnce()).sent, 2);
  assert.deepEqual(await folder.names("out"), []);
});

test("a password that stops being right between two polls is noticed", async (t) => {
  const server = await startTestServer(t);
  const good = await testClient(server, sender);
  const bad = await testClient(server, sender, { password: "wrong" });
  let now = good;
  const client = {
    ...good,
    handshake: (...args: Parameters<typeof good.handshake>) => now.handshake(...args),
    listAll: (...args: Parameters<typeof good.listAll>) => now.listAll(...args),
    send: (...args: Parameters<typeof good.send>) => now.send(...args),
  };
  const folder = await startDirectory(t, server, sender, { client });
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  now = bad;
  await folder.drop("A", { localId: "L1" });
  assert.equal((await folder.directory.pollOnce()).error?.code, "unauthorised");
  assert.deepEqual(await reportsOf(folder), ["L1 TRANSFER ERROR 04"]);
});

test("a server that is not trusted gets nothing, and pairs stay in OUT with TRANSFER ERROR 03", async (t) => {
  const server = await startTestServer(t);
  const { cert, key } = await clientCertificate(server, sender);
  const stranger = await strangeAuthority();
  const client = await testClient(server, sender, { tls: { ca: stranger.caPem, cert, key } });
  const folder = await startDirectory(t, server, sender, { client, reports: { collect: false, poll: true } });
  await folder.drop("A", { localId: "L1" });
  const result = await folder.directory.pollOnce();
  assert.deepEqual({ waiting: result.waiting, code: result.error?.code }, { waiting: 1, code: "server-certificate" });
  assert.deepEqual(await reportsOf(folder), ["- RECEIVE ERROR 16", "L1 TRANSFER ERROR 03"]);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
  assert.equal(server.events.of("message-accepted").length, 0);
});

test("while the server is away pairs wait, and go when it is back", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, sender, { retries: { attempts: 1 } });
  const folder = await startDirectory(t, server, sender, { client, reports: { collect: false, delay: true } });
  await server.close();
  await folder.drop("A", { localId: "L1" });
  assert.equal((await folder.directory.pollOnce()).error?.code, "unreachable");
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  assert.deepEqual(await reportsOf(folder), ["L1 TRANSFER SUCCESS 05"]);
  await server.restart();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
});

test("reports of the poll are written for each poll, however seldom its trouble is told", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, sender, { password: "wrong" });
  const folder = await startDirectory(t, server, sender, { client, reports: { collect: false, poll: true } });
  for (let count = 0; count < 3; count += 1) await folder.directory.pollOnce();
  assert.deepEqual(
    await reportsOf(folder),
    Array.from({ length: 3 }, () => "- RECEIVE ERROR 17"),
  );
  assert.equal(folder.events.of("poll-failed").length, 1);
});

test("a started client polls until it is disposed of, and goes on after trouble", async (t) => {
  const server = await startTestServer(t);
  const client = await testClient(server, sender, { retries: { attempts: 1 } });
  const folder = await startDirectory(t, server, sender, { client, pollIntervalMs: 20 });
  folder.directory.start();
  folder.directory.start();
  await folder.drop("A");
  await folder.events.next("pair-sent");
  await server.close();
  await folder.events.next("poll-failed");
  await server.restart();
  await folder.drop("B");
  await waitFor(() => folder.events.of("pair-sent").length === 2);
  await folder.directory[Symbol.asyncDispose]();
  const count = folder.events.all.length;
  await assert.rejects(folder.directory.pollOnce(), { code: "closed" });
  assert.equal(folder.events.all.length, count);
});

test("a poll that is given up is neither a success nor a failure, and what it did not do is done by the next", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  await folder.drop("A");
  const result = await folder.directory.pollOnce(AbortSignal.abort());
  assert.deepEqual({ sent: result.sent, code: result.error?.code }, { sent: 0, code: "aborted" });
  assert.deepEqual(folder.events.all, []);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
});

test("two polls at once are one after the other, and send a pair once", async (t) => {
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server);
  await folder.drop("A");
  const results = await Promise.all([folder.directory.pollOnce(), folder.directory.pollOnce()]);
  assert.deepEqual(
    results.map(({ sent }) => sent),
    [1, 0],
  );
});

test("a second directory client on a folder is refused, in this process and in another, until the first is gone", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const folder = await temporaryFolder(t);
  const first = await createDirectoryClient({ client, folder });
  await assert.rejects(createDirectoryClient({ client, folder }), {
    code: "folder-in-use",
    message: `${folder}/.restante: it is in use by process ${process.pid}: stop that client first`,
  });
  await first[Symbol.asyncDispose]();

  const holder = spawn(
    process.execPath,
    [...process.execArgv, new URL("hold-folder.ts", import.meta.url).pathname, folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  await assert.rejects(createDirectoryClient({ client, folder }), {
    code: "folder-in-use",
    message: `${folder}/.restante: it is in use by process ${holder.pid}: stop that client first`,
  });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const next = await createDirectoryClient({ client, folder });
  await next[Symbol.asyncDispose]();
});

test("folders of another case are used as they are", async (t) => {
  const { mkdir, readdir } = await import("node:fs/promises");
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const folder = await temporaryFolder(t);
  await mkdir(`${folder}/out`);
  await mkdir(`${folder}/In`);
  await using _ = await createDirectoryClient({ client, folder });
  assert.deepEqual((await readdir(folder)).sort(), [".restante", "FAILED", "In", "SENT", "TEMP", "out"]);
});

test("a folder that cannot be made is told as such", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  await assert.rejects(createDirectoryClient({ client, folder: "/dev/null/x" }), { code: "folder-unusable" });
});

test("a clock that is set back does not put off the daily question whether the mailbox is known", async (t) => {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  let asked = 0;
  const handshake: typeof real.handshake = async (options) => {
    asked += 1;
    return real.handshake(options);
  };
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { client: { ...real, handshake }, clock });
  const year = 365 * 24 * 60 * 60 * 1000;
  for (const [advance, expected] of [
    [0, 1],
    [1000, 1],
    [-year, 2],
    [1000, 2],
  ] as const) {
    clock.advance(advance);
    await folder.directory.pollOnce();
    assert.equal(asked, expected);
  }
});
