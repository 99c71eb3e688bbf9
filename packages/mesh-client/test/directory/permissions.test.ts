import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { startTestServer, temporaryFolder, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { onAnotherDisk } from "./disks.ts";
import { outControl, startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const skip = process.platform === "win32" ? "Windows has no such modes" : false;
const isRoot = process.getuid?.() === 0;
/** A user and a group that nobody on this machine has. */
const other = { uid: 54_321, gid: 54_322 };

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8).padStart(4, "0");
}

test("what is made is for its owner alone: folders 0700, files 0600, whatever the umask", { skip }, async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const root = join(await temporaryFolder(t), "mesh", sender);
  const folder = await startDirectory(t, server, sender, { folder: root, reports: { collect: true } });
  await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("x") });
  await folder.drop("A");
  await folder.drop("B", { to: "NOBODY" });
  assert.equal((await folder.directory.pollOnce()).error, undefined);
  for (const path of [dirname(root), root, join(root, ".restante")]) assert.equal(await modeOf(path), "0700", path);
  for (const name of ["in", "out", "sent", "failed", "temp"] as const) {
    assert.equal(await modeOf(folder.path(name)), "0700", name);
    // A .dat is its writer's, and is moved as it is.
    const ours = (await folder.names(name)).filter((file) => name === "in" || file.endsWith(".ctl"));
    for (const file of ours) assert.equal(await modeOf(folder.path(name, file)), "0600", file);
  }
  for (const file of ["journal.db", "client.pid"])
    assert.equal(await modeOf(join(root, ".restante", file)), "0600", file);
  assert.equal(folder.events.of("folder-open-to-others").length, 0);
});

test("folders found keep their mode, and those open to others are told once at a start", { skip }, async (t) => {
  const root = await temporaryFolder(t);
  await chmod(root, 0o755);
  await mkdir(join(root, "SENT"));
  await chmod(join(root, "SENT"), 0o750);
  await mkdir(join(root, "IN"), { mode: 0o700 });
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender, { folder: root });
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.equal(await modeOf(root), "0755");
  assert.equal(await modeOf(join(root, "SENT")), "0750");
  assert.deepEqual(
    folder.events.of("folder-open-to-others").map((event) => `${event.folder} ${"mode" in event ? event.mode : ""}`),
    ["SENT 0750", "mailbox 0755"],
  );
});

test("a folder below one that lets nobody pass is not told as open", { skip }, async (t) => {
  const root = join(await temporaryFolder(t), sender);
  await mkdir(join(root, "OUT"), { recursive: true });
  for (const path of [root, join(root, "OUT")]) await chmod(path, 0o755);
  const server = await startTestServer(t);
  const folder = await startDirectory(t, server, sender, { folder: root });
  assert.equal(folder.events.of("folder-open-to-others").length, 0);
});

test("a journal that others may open is refused, and says what to do", { skip }, async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const root = await temporaryFolder(t);
  const directory = await createDirectoryClient({ client, folder: root });
  await directory[Symbol.asyncDispose]();
  await chmod(join(root, ".restante"), 0o755);
  await chmod(join(root, ".restante", "journal.db"), 0o644);
  await assert.rejects(createDirectoryClient({ client, folder: root }), {
    code: "folder-unusable",
    message: /journal\.db: other users of this machine may open it \(mode 0644\): chmod 600/,
  });
});

/** What another user of the group may do: runs a line of shell. */
function asOther(line: string): { ok: boolean; output: string } {
  const { status, stdout } = spawnSync("sh", ["-c", line], { ...other, encoding: "utf8" });
  return { ok: status === 0, output: stdout };
}

async function withGroup(t: TestContext, onDisk: boolean): Promise<void> {
  if (!isRoot) {
    t.skip("only root may become another user");
    return;
  }
  const base = await temporaryFolder(t);
  await chmod(base, 0o755);
  const root = join(base, "mesh", sender);
  if (onDisk) {
    await mkdir(root, { recursive: true });
    for (const path of [root, dirname(root)]) await chmod(path, 0o755);
    const disk = await onAnotherDisk(t, root, ["in"]);
    if (disk === undefined) return;
    await chmod(disk, 0o755);
  }
  const server = await startTestServer(t);
  await using from = await testClient(server, practice);
  const folder = await startDirectory(t, server, sender, { folder: root, group: other.gid });
  const { messageId } = await from.send({ to: sender, workflowId: testWorkflow, body: Buffer.from("the letter") });
  await folder.drop("OURS");
  await folder.directory.pollOnce();

  assert.equal(asOther(`cat ${folder.path("in", `${messageId}.dat`)}`).output, "the letter");
  assert.ok(asOther(`cat ${folder.path("in", `${messageId}.ctl`)}`).ok);
  assert.equal(await modeOf(folder.path("in", `${messageId}.dat`)), "0640");
  assert.ok(asOther(`rm ${folder.path("in", `${messageId}.dat`)} ${folder.path("in", `${messageId}.ctl`)}`).ok);
  for (const name of ["sent", "failed", "temp"] as const) assert.ok(!asOther(`ls ${folder.path(name)}`).ok, name);
  assert.ok(!asOther(`ls ${join(root, ".restante")}`).ok);
  if (!onDisk) assert.ok(!asOther(`ls ${root}`).ok, "it may pass, and not look around");

  await writeFile(join(base, "control"), (await import("@restante/mesh")).writeControlFile(outControl(sender)));
  await chmod(join(base, "control"), 0o644);
  const out = folder.path("out");
  assert.ok(asOther(`umask 027; echo theirs > ${out}/THEIRS.dat && cat ${base}/control > ${out}/THEIRS.ctl`).ok);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal((await folder.read("sent", "THEIRS.dat")).toString(), "theirs\n");
  assert.deepEqual(await folder.names("in"), []);
  const open = folder.events.of("folder-open-to-others").map((event) => event.folder);
  assert.deepEqual(open, onDisk ? ["mailbox"] : [], "what the setting opens is not told as open");
}

test("with a group another user reads and empties IN and writes OUT, and opens nothing else", { skip }, async (t) => {
  await withGroup(t, false);
});

test("with a group and IN on a disk of its own another user reads what comes there", { skip }, async (t) => {
  await withGroup(t, true);
});

test("a group that is named and is not there is refused at the start", { skip }, async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  const folder = await temporaryFolder(t);
  await assert.rejects(createDirectoryClient({ client, folder, group: "no-such-group" }), { code: "request-invalid" });
  await using _ = await createDirectoryClient({ client, folder, group: process.getgid?.() ?? 0 });
});
