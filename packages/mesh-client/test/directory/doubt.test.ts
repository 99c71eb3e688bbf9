import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import { newMessageId, parseMessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError, type TrackedMessage } from "@restante/mesh-client";
import { type DirectoryClientOptions, pairName } from "@restante/mesh-client/directory";
import { settableClock, type SettableClock, startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { judge } from "../../src/directory/doubt.ts";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

test("tracking settles a doubt as the table of decision 031 says", () => {
  const startedAt = Date.parse("2026-03-01T12:00:00Z");
  const messageId = newMessageId(new Date(startedAt));
  const pair = { workflowId: "W", fileName: "A.dat", startedAt };
  const fits: TrackedMessage = {
    messageId,
    status: "accepted",
    workflowId: "W",
    fileName: "A.dat",
    uploadedAt: new Date(startedAt + 1000),
  };
  const alone = { isKnown: () => false, othersInDoubt: 0 };
  const verdict = (tracked: Parameters<typeof judge>[0]["tracked"], more = {}): string =>
    judge({ tracked, pair, ...alone, ...more }).verdict;

  assert.equal(verdict("none"), "not-sent");
  assert.equal(verdict("several"), "unknown");
  assert.deepEqual(judge({ tracked: fits, pair, ...alone }), { verdict: "sent", messageId });
  assert.equal(verdict({ messageId, status: "accepted" }), "sent", "what is not told cannot differ");
  assert.equal(verdict({ ...fits, workflowId: "V" }), "not-sent");
  assert.equal(verdict({ ...fits, fileName: "B.dat" }), "not-sent");
  assert.equal(verdict({ ...fits, uploadedAt: new Date(startedAt - 3 * 3_600_000) }), "not-sent");
  assert.equal(verdict({ ...fits, uploadedAt: new Date(startedAt - 3_600_000) }), "sent", "clocks differ");
  assert.equal(verdict(fits, { isKnown: () => true }), "not-sent");
  assert.equal(verdict(fits, { othersInDoubt: 1 }), "unknown");

  // Decision 206: names that are not sent are not compared, and a message without one may be anybody's.
  const nameless = { ...fits, fileName: `${messageId}.dat` };
  const unnamed = { pair: { ...pair, fileName: undefined } };
  assert.equal(verdict(nameless), "unknown");
  assert.equal(verdict({ ...nameless, workflowId: "V" }), "not-sent", "whatever else differs still does");
  assert.equal(verdict(nameless, { isKnown: () => true }), "not-sent");
  for (const fileName of [nameless.fileName, "B.dat", undefined]) {
    assert.equal(verdict({ ...fits, fileName }, unnamed), "sent");
  }
  assert.equal(verdict({ ...fits, workflowId: "V" }, unnamed), "not-sent");
  assert.equal(verdict(nameless, { ...unnamed, othersInDoubt: 1 }), "unknown");
});

type Fate = "passes" | "answer lost" | "never arrived";

/** A directory client whose sends meet the fates given, and then pass. */
async function start(
  t: TestContext,
  fates: Fate[],
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<TestDirectory & { readonly clock: SettableClock; readonly delivered: () => Promise<number> }> {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  const recipient = await testClient(server, practice);
  t.after(async () => recipient[Symbol.asyncDispose]());
  const send: MeshClient["send"] = async (message, options) => {
    const fate = fates.shift() ?? "passes";
    const result = fate === "never arrived" ? undefined : await real.send(message, options);
    if (fate === "passes" && result !== undefined) return result;
    throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
  };
  const clock = settableClock();
  const folder = await startDirectory(t, server, sender, { client: { ...real, send }, clock, ...overrides });
  const delivered = async (): Promise<number> => (await recipient.list()).messageIds.length;
  return Object.assign(folder, { clock, delivered });
}

test("a pair whose answer was lost is found by its LocalId, filed under its id, and not sent again", async (t) => {
  const folder = await start(t, ["answer lost"]);
  await folder.drop("A", { localId: "unique-1" });
  const first = await folder.directory.pollOnce();
  assert.deepEqual({ waiting: first.waiting, code: first.error?.code }, { waiting: 1, code: "answer-lost" });
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);

  await folder.restart();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  const { messageId } = await folder.control("sent", "A.ctl");
  assert.equal((await folder.client.track(parseMessageId(messageId ?? ""))).status, "accepted");
  assert.equal(await folder.delivered(), 1);
});

test("a pair that never arrived is sent again, but not before its request can no longer be on its way", async (t) => {
  const folder = await start(t, ["never arrived"], { answerWaitMs: 60_000 });
  await folder.drop("A", { localId: "unique-1" });
  await folder.directory.pollOnce();
  folder.clock.advance(59_000);
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  assert.equal(await folder.delivered(), 0);
  folder.clock.advance(2_000);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await folder.delivered(), 1);
});

test("a pair that never arrived waits no longer than that where the clock is set back by a day", async (t) => {
  const folder = await start(t, ["never arrived"], { answerWaitMs: 60_000 });
  await folder.drop("A", { localId: "unique-1" });
  await folder.directory.pollOnce();
  folder.clock.advance(-24 * 60 * 60_000);
  assert.equal((await folder.directory.pollOnce()).waiting, 1);
  folder.clock.advance(61_000);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await folder.delivered(), 1);
});

test("the recipient is told what the .dat was called, unless that is left out, and then a doubt is settled without it", async (t) => {
  const folder = await start(t, ["passes"]);
  const fileNameOf = async (name: string): Promise<string | undefined> => {
    const { messageId } = await folder.control("sent", name);
    return (await folder.client.track(parseMessageId(messageId ?? ""))).fileName;
  };
  await folder.drop("A", { localId: "unique-1" });
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await fileNameOf("A.ctl"), "A.dat");

  const nameless = await start(t, ["passes", "answer lost"], { sendFileName: false });
  for (const base of ["B", "C"]) {
    await nameless.drop(base, { localId: `unique of ${base}` });
    await nameless.directory.pollOnce();
  }
  await nameless.restart();
  assert.equal((await nameless.directory.pollOnce()).sent, 1);
  for (const base of ["B", "C"]) {
    const { messageId } = await nameless.control("sent", `${base}.ctl`);
    const { fileName } = await nameless.client.track(parseMessageId(messageId ?? ""));
    assert.equal(fileName, `${messageId}.dat`, "MESH gives it one of its own");
  }
  assert.equal(await nameless.delivered(), 2);
});

test("a pair sent without its name, in doubt when names are sent again, is held and not sent twice", async (t) => {
  const folder = await start(t, ["answer lost"], { sendFileName: false });
  await folder.drop("A", { localId: "unique-1" });
  await folder.directory.pollOnce();
  await folder.restart({ sendFileName: true });
  const { held, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ held: held.length, sent }, { held: 1, sent: 0 });
  assert.equal(await folder.delivered(), 1);
});

test("a pair in doubt without a LocalId is held and shown until a person releases it", async (t) => {
  const folder = await start(t, ["answer lost"]);
  await folder.drop("A");
  await folder.directory.pollOnce();
  for (let count = 0; count < 2; count += 1) {
    const { held, waiting, error } = await folder.directory.pollOnce();
    assert.deepEqual(
      { held, waiting, error },
      { held: [{ baseName: "A", pair: pairName("A") }], waiting: 0, error: undefined },
    );
  }
  assert.equal(folder.events.of("pair-ambiguous").length, 1);
  await folder.restart();
  assert.deepEqual(folder.directory.held(), []);
  await folder.directory.pollOnce();
  assert.equal(folder.directory.held().length, 1);
  assert.equal(folder.events.of("pair-ambiguous").length, 2, "it is shown again after a restart");
  assert.equal(await folder.delivered(), 1);
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);

  const [pair] = await folder.directory.describeHeld();
  const decision = { verdict: "release", pairs: [pair!.key], by: "a person" } as const;
  assert.deepEqual(await folder.directory.decide(decision), [{ is: "done" }]);
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await folder.delivered(), 2);
});

test("a held pair that is written again is a new one, and one that is taken away is given up", async (t) => {
  const folder = await start(t, ["answer lost", "passes", "answer lost"]);
  await folder.drop("A");
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.equal(folder.directory.held().length, 1);
  await folder.drop("A");
  assert.equal((await folder.directory.pollOnce()).sent, 1);

  await folder.drop("B");
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.equal(folder.directory.held().length, 1);
  for (const name of ["B.dat", "B.ctl"]) await rm(folder.path("out", name));
  await folder.directory.pollOnce();
  assert.deepEqual(folder.directory.held(), []);
});

test("a LocalId used twice cannot tell: the pair is held, or sent again if that is wanted", async (t) => {
  const localId = "Y90001";
  const held = await start(t, ["passes", "answer lost"]);
  await held.drop("A", { localId });
  await held.directory.pollOnce();
  await held.drop("B", { localId });
  await held.directory.pollOnce();
  assert.equal((await held.directory.pollOnce()).held.length, 1);
  assert.equal(await held.delivered(), 2);

  const again = await start(t, ["passes", "answer lost"], { onAmbiguous: "resend" });
  await again.drop("A", { localId });
  await again.directory.pollOnce();
  await again.drop("B", { localId });
  await again.directory.pollOnce();
  assert.equal((await again.directory.pollOnce()).sent, 1);
  assert.equal(again.events.of("pair-ambiguous").length, 1);
  assert.equal(await again.delivered(), 3);
});

test("a message of another send with the same LocalId is not taken for the one in doubt", async (t) => {
  const localId = "Y90001";
  const folder = await start(t, ["passes", "never arrived"]);
  await folder.drop("A", { localId });
  await folder.directory.pollOnce();
  await folder.drop("A", { localId });
  await folder.directory.pollOnce();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await folder.delivered(), 2);
});

test("of two pairs in doubt with one LocalId none is lost and none arrives twice", async (t) => {
  const localId = "Y90001";
  const folder = await start(t, ["answer lost", "never arrived"], { waitForEarlierMs: 0 });
  await folder.drop("A", { localId });
  await folder.drop("B", { localId });
  await folder.directory.pollOnce();
  await folder.directory.pollOnce();
  assert.deepEqual(await folder.names("sent"), ["B.ctl", "B.dat"], "the message that arrived has another file name");
  assert.equal((await folder.directory.pollOnce()).held.length, 1);
  assert.equal(await folder.delivered(), 2);
});

test("a pair written again is not taken for the one before it that was in doubt", async (t) => {
  const localId = "unique-1";
  const folder = await start(t, ["answer lost", "never arrived"]);
  await folder.drop("A", { localId }, "one");
  await folder.directory.pollOnce();
  await folder.drop("A", { localId }, "two!");
  await folder.directory.pollOnce();
  const { held, sent } = await folder.directory.pollOnce();
  assert.deepEqual({ held: held.length, sent }, { held: 1, sent: 0 });
});

test("a pair that no attempt gets through with fails with TRANSFER ERROR 06", async (t) => {
  const folder = await start(t, ["never arrived", "never arrived", "never arrived"], { attempts: 3 });
  await folder.drop("A", { localId: "unique-1" });
  for (let count = 0; count < 3; count += 1) assert.equal((await folder.directory.pollOnce()).waiting, 1);
  assert.equal((await folder.directory.pollOnce()).failed, 1);
  assert.deepEqual(await folder.names("failed"), ["A.ctl", "A.dat"]);
  const [report] = await folder.inbox();
  assert.equal(`${report?.status?.event} ${report?.status?.code}`, "TRANSFER 06");
});
