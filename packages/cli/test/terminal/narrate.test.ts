import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailboxId, parseMessageId, parseOdsCode } from "@restante/mesh";
import { narrate } from "../../src/terminal/narrate.ts";

test("an answer to a message that could not be read is told without an id that is not there", () => {
  const step = narrate({
    event: "response-handed-over",
    odsCode: parseOdsCode("Y99001"),
    requestHeaderId: "",
    level: "infrastructure",
    code: "10009",
    to: parseMailboxId("X26"),
  });
  assert.equal(
    step?.what,
    "infrastructure acknowledgement 10009 for a message that could not be read handed over to X26",
  );
});

test("of a task that a refused message raised it is told that it was refused, and whether by what is chosen here", () => {
  const messageId = parseMessageId("20260302110000123456_ABCDEF");
  const raised = { event: "task-raised", odsCode: parseOdsCode("Y99001"), messageId, taskId: 3, findings: 1 } as const;
  const told = (step: ReturnType<typeof narrate>): unknown[] => [step?.what, step?.tone];
  assert.deepEqual(told(narrate(raised)), ["task 3 raised, 1 finding", "good"]);
  assert.deepEqual(told(narrate({ ...raised, refusedFor: "not-acceptable" })), [
    "task 3 raised of a message that was refused, 1 finding",
    "bad",
  ]);
  assert.deepEqual(told(narrate({ ...raised, refusedFor: "strictness" })), [
    "task 3 raised of a message that was refused by the strictness chosen here, 1 finding",
    "bad",
  ]);
  assert.deepEqual(told(narrate({ ...raised, refusedFor: "not-taken" })), [
    "task 3 raised of a message that was refused because its kind is not taken here, 1 finding",
    "bad",
  ]);
});

test("of a report that is held nobody is told that it was not sent: it may have arrived", () => {
  const refused = { event: "report-refused", odsCode: parseOdsCode("Y99001"), headerId: "0d8c3c9e-1111" } as const;
  const reason = "MESH never answered, and cannot tell whether it has the message.";
  assert.equal(
    narrate({ ...refused, code: "answer-lost", reason })?.what,
    `message 0d8c3c9e may or may not have arrived, and is held for a person: ${reason}`,
  );
  assert.equal(
    narrate({ ...refused, code: "no-mailbox", reason: "There is none." })?.what,
    "message 0d8c3c9e was not sent: no-mailbox There is none.",
  );
});

test("what outsiders cause again and again is told with how often, since when and from where", () => {
  const since = new Date("2026-03-02T10:20:30Z");
  const refused = { event: "request-refused", status: 403, code: "client-certificate", reason: "none shown" } as const;
  assert.equal(narrate(refused)?.what, "refused a request: 403 client-certificate none shown");
  assert.equal(
    narrate({ ...refused, times: 40, since })?.what,
    "refused a request: 403 client-certificate none shown, 40 times since 10:20:30Z",
  );
  assert.equal(
    narrate({ event: "connections-dropped", reason: "too many", address: "192.0.2.1", times: 40, since })?.what,
    "cut connections from 192.0.2.1: too many, 40 times since 10:20:30Z",
  );
  assert.equal(
    narrate({ event: "connections-dropped", reason: "too many" })?.what,
    "cut connections from anywhere: too many",
  );
});

test("a report of the MESH client about what never came to MESH is told as such, with its code in words", () => {
  const report = { event: "report-returned", odsCode: parseOdsCode("Y99001") } as const;
  const told = (rest: { step?: "COLLECT" | "TRANSFER" | "SEND" | "RECEIVE"; code: string }): string | undefined =>
    narrate({ ...report, ...rest })?.what;
  const where = "; what the report says is under Unmatched messages";
  assert.equal(
    told({ step: "TRANSFER", code: "06" }),
    `the MESH client did not send a pair: 06 (Transfer failure)${where}`,
  );
  assert.equal(
    told({ step: "COLLECT", code: "02" }),
    `the MESH client did not send a pair: 02 (Data file is missing or inaccessible)${where}`,
  );
  assert.equal(
    told({ step: "SEND", code: "12" }),
    `the MESH client did not send a pair: 12 (Unregistered to address)${where}`,
  );
  assert.equal(told({ step: "RECEIVE", code: "15" }), `the MESH client cannot receive: 15 (Poll failure)${where}`);
  assert.equal(
    told({ step: "SEND", code: "14" }),
    `MESH returned a message that it does not name: 14 (Message not collected by recipient after 5 days)${where}`,
  );
  assert.equal(told({ code: "" }), `MESH returned a message that it does not name: no code${where}`);
  const linkedMessageId = parseMessageId("20260302110000123456_ABCDEF");
  assert.equal(
    narrate({ ...report, step: "SEND", linkedMessageId, code: "14" })?.what,
    "MESH returned 20260302110000123456_ABCDEF: 14",
  );
});

test("of a poll that failed it is told what can be done; a pair that was sent is not said to be in SENT, where it may not be kept", () => {
  const mailboxId = parseMailboxId("X26ABC1");
  const failed = { event: "poll-failed", mailboxId, times: 1, since: new Date("2026-03-02T10:20:30Z") } as const;
  assert.equal(
    narrate({ ...failed, code: "unauthorised", reason: "The server answered 403.", remedy: "Check it." })?.what,
    "cannot poll: The server answered 403. Check it.",
  );
  assert.equal(
    narrate({ ...failed, code: "folder-unusable", folder: "IN", reason: "IN is full: make room" })?.what,
    "cannot poll: IN is full: make room",
  );
  const sent = {
    event: "pair-sent",
    mailboxId,
    pair: "594e519a",
    messageId: parseMessageId("20260302110000123456_ABCDEF"),
  } as const;
  assert.equal(narrate(sent)?.what, "pair 594e519a sent as 20260302110000123456_ABCDEF");
  const waiting = { event: "pair-waiting", mailboxId, pair: "594e519a", reason: "The server answered 503." } as const;
  assert.equal(
    narrate({ ...waiting, code: "unavailable" })?.what,
    "pair 594e519a waits (unavailable): The server answered 503.",
  );
  const strays = {
    event: "files-passed-over",
    mailboxId,
    folder: "OUT",
    files: 1,
    times: 1,
    since: failed.since,
  } as const;
  assert.equal(narrate(strays)?.what, "1 file in OUT: no part of a pair, and sent by nobody");
});

test("trouble that lasts is told in a sentence with how often it was met; what is over is told as good", () => {
  const mailboxId = parseMailboxId("X26HC001");
  const since = new Date("2026-01-02T03:04:05Z");
  const failed = {
    event: "poll-failed",
    mailboxId,
    code: "timed-out",
    reason: "The server cannot be reached.",
  } as const;
  assert.equal(narrate({ ...failed, times: 1, since })?.what, "cannot poll: The server cannot be reached.");
  assert.equal(
    narrate({ ...failed, times: 2, since })?.what,
    "cannot poll: The server cannot be reached, 2 times since 03:04:05Z",
  );
  const strays = { event: "files-passed-over", mailboxId, folder: "OUT", times: 1, since } as const;
  assert.equal(narrate({ ...strays, files: 1 })?.what, "1 file in OUT: no part of a pair, and sent by nobody");
  assert.deepEqual(narrate({ ...strays, files: 0 })?.tone, "good");
  const paused = narrate({ event: "retention-paused", mailboxId, reason: "the clock jumped", times: 1, since });
  assert.deepEqual([paused?.what, paused?.tone], ["removes nothing from SENT and FAILED: the clock jumped", "bad"]);
});

test("a mailbox's own folder that others may open is told as that, and not as one of that name", () => {
  const mailboxId = parseMailboxId("X26HC005");
  const told = (folder: string): string | undefined =>
    narrate({ event: "folder-open-to-others", mailboxId, folder, mode: "0755" })?.what;
  assert.match(told("mailbox") ?? "", /may open its folder: chmod 700/);
  assert.match(told("IN") ?? "", /may open IN: chmod 700/);
});

test("what one of many nodes does for all is told in a person's words", () => {
  const works = ["routing", "expiry", "tokens", "bodies"] as const;
  assert.deepEqual(
    works.map((work) => narrate({ event: "work-taken", work })?.what),
    [
      "routes to patients' practices, for all nodes",
      "expires and deletes messages, for all nodes",
      "forgets used tokens, for all nodes",
      "tidies away what belongs to nobody, for all nodes",
    ],
  );
  assert.equal(
    narrate({ event: "work-left", work: "expiry", reason: "cannot-now" })?.what,
    "leaves expiring and deleting messages to one whose clock is not doubted",
  );
  const differ = (...nodes: string[]): ReturnType<typeof narrate> =>
    narrate({ event: "nodes-differ", setting: "match", nodes, times: 1, since: new Date() });
  assert.deepEqual(
    [differ("two")?.what, differ("two")?.tone],
    ["match: node two has another: give every node the same", "bad"],
  );
  assert.equal(differ("one", "two")?.what, "match: nodes one, two have another: give every node the same");
});

test("of a damaged body it is said whether it is not sent, or may be cut off before its end", () => {
  const messageId = parseMessageId("20260302110000123456_ABCDEF");
  const told = (damage: "missing" | "altered"): string | undefined =>
    narrate({ event: "body-damaged", messageId, chunk: 1, damage, times: 1, since: new Date() })?.what;
  assert.match(told("missing") ?? "", /^2026\w+, chunk 1: the stored body is missing; it is not sent, \w/);
  assert.match(
    told("altered") ?? "",
    /the stored body is altered; it is not sent, or, of more than 256 KiB, cut off before its end, \w/,
  );
});
