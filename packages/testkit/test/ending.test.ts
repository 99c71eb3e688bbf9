import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { temporaryFolder, waitFor } from "@restante/testbed";
import { startServer } from "@restante/testkit";
import { kinds, started, workflowId } from "./kinds.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "restante-certificates-"));
after(() => rmSync(cacheFolder, { recursive: true }));

interface Program {
  readonly child: ChildProcess;
  /** The first line that it prints. */
  readonly printed: Promise<string>;
  readonly ended: Promise<unknown[]>;
}

/** A test's process, with a temporary folder of its own. */
function run(t: TestContext, temporary: string, lines: string): Program {
  const words = ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning", "-e"];
  const program = `import { startServer } from "@restante/testkit";\n${lines}`;
  const child = spawn(process.execPath, [...words, program], {
    cwd: import.meta.dirname,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const printed = once(child.stdout.setEncoding("utf8"), "data").then(([text]) => String(text).trim());
  printed.catch(() => undefined);
  return { child, printed, ended: once(child, "exit") };
}

const foldersIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("restante-"));

for (const [kind, options] of kinds) {
  const words = JSON.stringify({ ...options, cacheFolder });

  test(`after close nothing keeps the test's process alive, and no folder stays, ${kind}`, async (t) => {
    const temporary = await temporaryFolder(t);
    const { ended } = run(
      t,
      temporary,
      `const server = await startServer(${words});
       const client = server.client("X26ABC1");
       await client.send({ to: "X26ABC2", workflowId: "TEST_WORKFLOW", body: "x" });
       server.waitForMessage({ mailbox: "X26ABC3" }).catch(() => undefined);
       await server.close();
       await server.close();`,
    );
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(foldersIn(temporary), []);
  });

  test(`a test's process that fails leaves no folder, ${kind}`, async (t) => {
    const temporary = await temporaryFolder(t);
    const { ended } = run(t, temporary, `await startServer(${words});\nprocess.exit(7);`);
    assert.deepEqual(await ended, [7, null]);
    await waitFor(() => foldersIn(temporary).length === 0, { what: "the folder to go" });
  });
}

test("a server of a process of its own ends with the test's process, kill -9 included, and takes its folder along", async (t) => {
  const temporary = await temporaryFolder(t);
  const { child, printed, ended } = run(
    t,
    temporary,
    `const server = await startServer({ process: true });\nconsole.log(server.pid);\nsetInterval(() => undefined, 1000);`,
  );
  const pid = Number(await printed);
  assert.equal(foldersIn(temporary).length, 1);
  child.kill("SIGKILL");
  await ended;
  await waitFor(() => !isRunning(pid), { what: "the server to end" });
  assert.deepEqual(foldersIn(temporary), []);
});

test("what a test's process that was killed has left is removed by the next start, and nothing else", async (t) => {
  const temporary = await temporaryFolder(t);
  const killed = run(t, temporary, `await startServer();\nconsole.log("started");`);
  await killed.printed;
  killed.child.kill("SIGKILL");
  await killed.ended;
  const [left = ""] = foldersIn(temporary);
  assert.match(left, new RegExp(`^restante-testkit-${killed.child.pid}-`));
  const long = new Date(Date.now() - 3_600_000);
  utimesSync(join(temporary, left), long, long);
  const others = ["restante-testkit-notes", `restante-testkit-${process.pid}-abcdef`];
  for (const name of others) {
    mkdirSync(join(temporary, name));
    utimesSync(join(temporary, name), long, long);
  }
  const next = run(t, temporary, `const server = await startServer();\nawait server.close();`);
  assert.deepEqual(await next.ended, [0, null]);
  assert.deepEqual(foldersIn(temporary).toSorted(), others.toSorted());
});

for (const [kind, options] of kinds.filter(([, { process }]) => process === true)) {
  test(`what was accepted is there after kill -9 and another start, on the same port, ${kind}`, async (t) => {
    const server = await startServer({ ...options, process: true });
    t.after(() => server.close());
    const { pid, url } = server;
    const sender = server.client("X26ABC1");
    const { messageId } = await sender.send({ to: "X26ABC2", workflowId, body: "kept" });
    await server.kill();
    assert.ok(!isRunning(pid));
    await assert.rejects(server.client("X26ABC1", { retries: { attempts: 1 } }).handshake(), { code: "unreachable" });
    assert.throws(() => server.messages, { code: "server-ended", message: /start\(\)/ });
    await server.start();
    assert.notEqual(server.pid, pid);
    assert.equal(server.url, url);
    await sender.handshake();
    assert.equal((await server.waitForMessage({ mailbox: "X26ABC2" })).messageId, messageId);
    const again = server.pid;
    await server.start();
    assert.equal(server.pid, again, "one that runs is not started again");
  });
}

test("each server has a folder and mailboxes of its own", async (t) => {
  const [one, other] = await Promise.all([started(t), started(t)]);
  await one.client("X26ABC1").send({ to: "X26ABC2", workflowId, body: "x" });
  await one.waitForMessage();
  assert.deepEqual((await other.messages.list()).messages, []);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
