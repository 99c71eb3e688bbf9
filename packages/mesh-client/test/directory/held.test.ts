import assert from "node:assert/strict";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { askToDecide, type DirectoryClientOptions, pairName, readStatus } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes, waitFor } from "@restante/testbed";
import { digestOfText } from "../../src/directory/digest-of-text.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;
const by = "anna@desk";

interface Held extends TestDirectory {
  readonly delivered: () => Promise<number>;
}

/** A directory client with these pairs held: their first answers were lost, and they have no LocalId. */
async function withHeld(
  t: TestContext,
  bases: readonly string[],
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<Held> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const recipient = await testClient(server, practice);
  t.after(async () => recipient[Symbol.asyncDispose]());
  let losing = bases.length;
  const send: MeshClient["send"] = async (message, options) => {
    const result = await real.send(message, options);
    losing -= 1;
    if (losing < 0) return result;
    throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
  };
  const folder = await startDirectory(t, server, sender, { client: { ...real, send }, ...overrides });
  for (const base of bases) await folder.drop(base);
  // To one addressee one is in flight: the next goes when the one before it is held.
  await waitFor(async () => (await folder.directory.pollOnce()).held.length === bases.length);
  return Object.assign(folder, { delivered: async () => (await recipient.list()).messageIds.length });
}

const pairs = (...bases: string[]): string[] => bases.map((base) => digestOfText(base));

test("a pair that a person releases is sent again at the next poll, and who said so is told", async (t) => {
  const folder = await withHeld(t, ["A", "B"]);
  const outcomes = await folder.directory.decide({ verdict: "release", pairs: pairs("A"), by });
  assert.deepEqual(outcomes, [{ is: "done" }]);
  assert.deepEqual(
    folder.events.of("pair-decided").map(({ pair, decision, by }) => ({ pair, decision, by })),
    [{ pair: pairName("A"), decision: "release", by }],
  );
  const { sent, held } = await folder.directory.pollOnce();
  assert.deepEqual({ sent, held: held.map(({ baseName }) => baseName) }, { sent: 1, held: ["B"] });
  assert.equal(await folder.delivered(), 3);
});

test("a pair in doubt about which MESH never answers can be ended by a person too", async (t) => {
  const folder = await withHeld(t, []);
  await folder.drop("A", { localId: "unique-1" });
  const tracking = new MeshClientError("server-failed", "MESH is troubled.", { retry: "safe" });
  const send: MeshClient["send"] = async () => {
    throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
  };
  const trackByLocalId: MeshClient["trackByLocalId"] = async () => {
    throw tracking;
  };
  await folder.restart({ client: { ...folder.client, send, trackByLocalId } });
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await folder.directory.pollOnce()).waiting, 1);
  }
  const [known] = await folder.directory.describeHeld();
  assert.deepEqual([known?.baseName, known?.state], ["A", "doubtful"]);
  const found = await readStatus(folder.root);
  assert.ok(found.is === "read");
  assert.deepEqual([found.status.held.length, found.status.doubtful.length], [0, 1]);
  assert.deepEqual(await folder.directory.decide({ verdict: "arrived", pairs: pairs("A"), by }), [{ is: "done" }]);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
});

test("a pair that did arrive goes to SENT, and one that is given up to FAILED, each with a record that a person decided", async (t) => {
  const folder = await withHeld(t, ["A", "B"]);
  assert.deepEqual(await folder.directory.decide({ verdict: "arrived", pairs: pairs("A"), by }), [{ is: "done" }]);
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  const sent = await folder.control("sent", "A.ctl");
  assert.equal(sent.status?.success, true);
  assert.match(sent.status?.description ?? "", /A person made sure that it arrived/);
  assert.deepEqual(await folder.inbox(), [], "its owner hears of no failure");

  assert.deepEqual(await folder.directory.decide({ verdict: "discard", pairs: pairs("B"), by }), [{ is: "done" }]);
  assert.deepEqual(await folder.names("failed"), ["B.ctl", "B.dat"]);
  const [report] = await folder.inbox();
  for (const { status } of [await folder.control("failed", "B.ctl"), report!]) {
    assert.deepEqual([status?.event, status?.success, status?.code], ["TRANSFER", false, "06"]);
    assert.match(status?.description ?? "", /A person decided that it is not sent again; MESH may have it/);
  }
  assert.deepEqual(await folder.names("out"), []);
  assert.deepEqual(await folder.names("temp"), []);
  await folder.directory.pollOnce();
  assert.equal(await folder.delivered(), 2, "neither was sent again");
});

test("where nothing is kept in SENT, nor is a pair that did arrive, and the reports about it are written", async (t) => {
  const folder = await withHeld(t, ["A", "B"]);
  await folder.restart({ keepSent: false, reports: { collect: false, transfer: true } });
  assert.deepEqual(await folder.directory.decide({ verdict: "arrived", pairs: pairs("A"), by }), [{ is: "done" }]);
  for (const place of ["sent", "failed", "temp"] as const) assert.deepEqual(await folder.names(place), [], place);
  assert.deepEqual(await folder.names("out"), ["B.ctl", "B.dat"]);
  const told = (await folder.inbox()).map(({ status }) => [status?.event, status?.success]);
  assert.deepEqual(told, [["TRANSFER", true]]);
  assert.deepEqual(await folder.directory.decide({ verdict: "discard", pairs: pairs("B"), by }), [{ is: "done" }]);
  assert.deepEqual(await folder.names("failed"), ["B.ctl", "B.dat"], "which is for a person to see");
});

test("a pair that a person ended still counts as in doubt for another with its LocalId", async (t) => {
  const localId = "same";
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  let calls = 0;
  // The first arrives and the second does not; neither is answered.
  const send: MeshClient["send"] = async (message, options) => {
    calls += 1;
    if (calls === 1) await real.send(message, options);
    throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
  };
  const track: MeshClient["trackByLocalId"] = async (id, options) => {
    if (calls === 1) throw new MeshClientError("local-id-not-unique", "There are several.");
    // As of one that was sent without a file name.
    return (await real.trackByLocalId(id, options)).map((tracked) => Object.assign(tracked, { fileName: undefined }));
  };
  const folder = await startDirectory(t, server, sender, { client: { ...real, send, trackByLocalId: track } });
  await folder.drop("A", { localId });
  await folder.directory.pollOnce();
  assert.equal((await folder.directory.pollOnce()).held.length, 1);
  await folder.directory.decide({ verdict: "discard", pairs: pairs("A"), by });
  await folder.drop("B", { localId });
  await folder.directory.pollOnce();
  const { held, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ held: held.length, sent }, { held: 1, sent: 0 }, "the message of A is not taken for B");
});

test("what is not held, was written again, or is nowhere is left as it is, and said", async (t) => {
  const folder = await withHeld(t, ["A", "B"]);
  await folder.drop("W", { to: practice, workflowId: undefined });
  await folder.drop("B", {}, "written again");
  const later = new Date(Date.now() + 5000);
  await utimes(folder.path("out", "B.ctl"), later, later);
  const outcomes = await folder.directory.decide({ verdict: "discard", pairs: pairs("W", "B", "NONE", "A"), by });
  assert.deepEqual(outcomes, [{ is: "not-held" }, { is: "not-held" }, { is: "gone" }, { is: "done" }]);
  assert.deepEqual(await folder.directory.decide({ verdict: "release", pairs: pairs("A"), by }), [{ is: "gone" }]);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
});

test("a running client does what is asked of it by a file, at once and once, and answers; what it cannot read it refuses", async (t) => {
  const folder = await withHeld(t, ["A", "B"], { pollIntervalMs: 3_600_000 });
  const decisions = join(folder.root, ".restante", "decisions");
  await mkdir(decisions);
  const strange = "00000000-0000-4000-8000-000000000000";
  await writeFile(join(decisions, `${strange}.json`), '{"formatVersion": 2}');
  await writeFile(join(decisions, "a stranger's.txt"), "x");
  folder.directory.start();
  const answer = await askToDecide(folder.root, { verdict: "discard", pairs: pairs("A", "C"), by });
  assert.deepEqual(answer, { is: "answered", outcomes: [{ is: "done" }, { is: "gone" }] });
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
  assert.deepEqual((await readdir(decisions)).toSorted(), [`${strange}.answer`, "a stranger's.txt"]);
  assert.deepEqual(await askToDecide(folder.root, { verdict: "release", pairs: pairs("B"), by }), {
    is: "answered",
    outcomes: [{ is: "done" }],
  });
  await waitFor(async () => (await folder.names("out")).length === 0, { what: "the released pair to be sent" });
  await folder.restart();
  assert.deepEqual(await readdir(decisions), [], "answers that nobody read are swept");
});

test("where nobody takes it in time nothing is decided, then or later", async (t) => {
  const folder = await withHeld(t, ["A"]);
  const asked = { verdict: "discard" as const, pairs: pairs("A"), by };
  assert.deepEqual(await askToDecide(folder.root, asked, { waitMs: 0 }), { is: "not-taken" });
  await folder.directory.pollOnce();
  assert.equal(folder.directory.held().length, 1);
  assert.deepEqual(await readdir(join(folder.root, ".restante", "decisions")), []);
});

test("what cannot be done because a folder is gone is said with the reason, and the pair is held as before", async (t) => {
  const folder = await withHeld(t, ["A"]);
  await rm(folder.path("failed"), { recursive: true });
  const [outcome] = await folder.directory.decide({ verdict: "discard", pairs: pairs("A"), by });
  assert.ok(outcome?.is === "trouble" || outcome?.is === "filing");
  await mkdir(folder.path("failed"));
  await folder.directory.pollOnce();
  const isHeld = folder.directory.held().length === 1;
  assert.equal(isHeld, outcome.is === "trouble");
  if (isHeld) await folder.directory.decide({ verdict: "discard", pairs: pairs("A"), by });
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
});

test("what is held is described with all that is known, also after a restart, and its status names no file", async (t) => {
  const folder = await withHeld(t, ["JONES-1970"]);
  await folder.restart();
  await folder.directory.pollOnce();
  const [known] = await folder.directory.describeHeld();
  assert.equal(known?.baseName, "JONES-1970");
  assert.equal(known.pair, pairName("JONES-1970"));
  assert.deepEqual([known.to, known.attempts, known.reason], [practice, 1, "it has no LocalId"]);
  assert.deepEqual(
    known.files.map((path) => path.slice(folder.root.length + 1)),
    [join("OUT", "JONES-1970.dat"), join("OUT", "JONES-1970.ctl")],
  );

  const found = await readStatus(folder.root);
  assert.ok(found.is === "read");
  const { held, mailboxId, lastPoll, lastGoodPollAt, passedOver } = found.status;
  assert.deepEqual([held.length, mailboxId, passedOver], [1, sender, 0]);
  assert.equal(lastPoll?.endedAt, lastGoodPollAt);
  assert.ok(!JSON.stringify(found.status).includes("JONES"));
});

test("a status that is missing or damaged is said to be", async (t) => {
  const folder = await withHeld(t, []);
  const path = join(folder.root, ".restante", "status.json");
  for (const text of ["", "{", "null", "[]", '{"formatVersion":2}', '{"formatVersion":1}']) {
    await writeFile(path, text);
    assert.deepEqual(await readStatus(folder.root), { is: "damaged" }, text);
  }
  await rm(path);
  assert.deepEqual(await readStatus(folder.root), { is: "missing" });
});
