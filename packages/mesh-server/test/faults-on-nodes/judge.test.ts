import assert from "node:assert/strict";
import { test } from "node:test";

import {
  type Acknowledged,
  type Ending,
  type Entry,
  type Found,
  historyOf,
  type Listed,
  type Sent,
  type Tracked,
} from "./history.ts";
import { judge } from "./judge.ts";

const rules = { closed: ["CLOSED"], mostWaiting: 3 };

function sent(at: number, turn: number, over: Partial<Sent> = {}): Sent {
  return {
    what: "sent",
    from: at,
    until: at + 1,
    node: 0,
    localId: `L${turn}`,
    sender: "ONE",
    turn,
    to: "INBOX",
    isDirect: true,
    token: `t${turn}`,
    outcome: "done",
    messageId: `M${turn}`,
    ...over,
  };
}

function listed(at: number, messageIds: string[], over: Partial<Listed> = {}): Listed {
  const asked = { from: at, until: at + 1, node: 1 };
  return { what: "listed", ...asked, mailbox: "INBOX", messageIds, isWhole: true, ...over };
}

function acknowledged(at: number, messageId: string, over: Partial<Acknowledged> = {}): Acknowledged {
  const asked = { from: at, until: at + 1, node: 2, token: `a${at}` };
  return { what: "acknowledged", ...asked, mailbox: "INBOX", messageId, outcome: "done", ...over };
}

function found(turn: number, over: Partial<Found> = {}): Found {
  return { messageId: `M${turn}`, localId: `L${turn}`, isIntact: true, ...over };
}

/** Two letters, of which one is acknowledged; one in doubt that was accepted, one that was not; one that comes back; one that was refused. */
const kept: Entry[] = [
  sent(0, 1),
  sent(10, 2),
  listed(20, ["M1", "M2"]),
  { what: "read", from: 22, until: 23, node: 3, mailbox: "INBOX", ...found(1) },
  acknowledged(24, "M1"),
  listed(30, ["M2"]),
  sent(40, 3, { outcome: "unknown", messageId: undefined } as unknown as Partial<Sent>),
  sent(50, 4, { outcome: "unknown", messageId: undefined } as unknown as Partial<Sent>),
  sent(60, 5, { to: undefined, isDirect: false } as unknown as Partial<Sent>),
  sent(70, 6, { to: "CLOSED", outcome: "refused", messageId: undefined } as unknown as Partial<Sent>),
  { what: "struck", from: 35, until: 45, fault: "kill-node 1" },
];
const report: Found = { messageId: "R5", linkedMessageId: "M5", isIntact: true };
const inboxes = { INBOX: [found(2), found(3)], ONE: [report], CLOSED: [] as Found[] };
const tracked = {
  L3: { messageId: "M3", status: "accepted" },
  L4: "nothing",
  L5: { messageId: "M5", status: "error" },
} as const;

function verdict(
  entries: readonly Entry[],
  boxes: Record<string, Found[]> = {},
  tracking: Record<string, Tracked> = {},
): string[] {
  const ending: Ending = {
    inboxes: new Map(Object.entries({ ...inboxes, ...boxes })),
    tracked: new Map(Object.entries({ ...tracked, ...tracking })),
  };
  return judge(entries, ending, rules).map(({ what }) => what);
}

test("a run in which all was kept has no problem", () => {
  assert.deepEqual(verdict(kept), []);
  // Whom the answer to an acknowledgement did not reach: it may have happened, or not.
  const doubted = kept.map((entry) =>
    entry.what === "acknowledged" ? { ...entry, outcome: "unknown" as const } : entry,
  );
  assert.deepEqual(verdict(doubted, {}, { L1: { messageId: "M1", status: "acknowledged" } }), []);
  // Whose acknowledgement changed nothing: its token may be good at another node for a moment.
  const second = [acknowledged(25, "M1", { token: "b" }), acknowledged(27, "M1", { token: "b" })];
  assert.deepEqual(verdict([...kept, ...second]), []);
  const still = doubted.map((entry) => (entry === kept[5] ? listed(30, ["M1", "M2"]) : entry));
  assert.deepEqual(verdict(still, { INBOX: [found(1), ...inboxes.INBOX] }), []);
});

const broken: readonly [string, string[], ...Parameters<typeof verdict>][] = [
  ["lost", ["L2 is in no place (not tracked)"], kept, { INBOX: [found(3)] }],
  [
    "lost, and forgotten",
    ["L2 is not known any more", "L2 is in no place (not tracked)"],
    kept,
    { INBOX: [found(3)] },
    { L2: "nothing" },
  ],
  ["in doubt, there by tracking, and in no inbox", ["L3 is in no place (accepted)"], kept, { INBOX: [found(2)] }],
  ["there twice", ["L2 waits 2 times"], kept, { INBOX: [found(2), found(2), found(3)] }],
  [
    "there as two",
    ["L2 is 2 messages", "L2 was accepted as M2 and is M9"],
    kept,
    { INBOX: [found(2, { messageId: "M9" }), found(2), found(3)] },
  ],
  ["tracked as two", ["L3 is several messages by tracking"], kept, {}, { L3: "several" }],
  [
    "tracked as another",
    ["L2 was accepted as M2 and is tracked as M9"],
    kept,
    {},
    { L2: { messageId: "M9", status: "accepted" } },
  ],
  ["of nobody", ["nobody sent L9"], kept, { INBOX: [...inboxes.INBOX, found(9)] }],
  ["refused, and there", ["L6 was refused and is there"], kept, { CLOSED: [found(6)] }],
  [
    "accepted for a closed mailbox",
    ["L7 was accepted for a closed mailbox"],
    [...kept, sent(80, 7, { to: "CLOSED" })],
    { CLOSED: [found(7)] },
  ],
  ["in another inbox", ["L2 came to ONE"], kept, { INBOX: [found(3)], ONE: [report, found(2)] }],
  ["changed", ["L2 is not as it was sent"], kept, { INBOX: [found(2, { isIntact: false }), found(3)] }],
  [
    "waiting though it was acknowledged",
    ["L1 was acknowledged and waits"],
    kept,
    { INBOX: [found(1), ...inboxes.INBOX] },
  ],
  [
    "gone, and nobody acknowledged it",
    ["L2 left, and nobody acknowledged it"],
    kept,
    { INBOX: [found(3)] },
    { L2: { messageId: "M2", status: "acknowledged" } },
  ],
  [
    "waiting and acknowledged by tracking",
    ["L3 is acknowledged by tracking and waits", "L3 left, and nobody acknowledged it"],
    kept,
    {},
    { L3: { messageId: "M3", status: "acknowledged" } },
  ],
  [
    "out of order at the end",
    ["INBOX lists L1 behind L2", "L1 was acknowledged and waits"].toReversed(),
    kept,
    { INBOX: [found(2), found(1), found(3)] },
  ],
  ["out of order once", ["INBOX lists L1 behind L2"], [...kept, listed(21, ["M2", "M1"])]],
  ["listed after it was acknowledged", ["listed after it was acknowledged"], [...kept, listed(31, ["M1", "M2"])]],
  ["not listed for a while", ["L2 was accepted, and then not listed"], [...kept, listed(32, [])]],
  ["too many", ["4 wait in INBOX"], [...kept, listed(21, ["M1", "M2", "X1", "X2"])]],
  ["a token good twice for a send", ["a token was good 2 times: t2"], [...kept, sent(12, 2)]],
  [
    "a token good twice for an acknowledgement",
    ["a token was good 2 times: a24"],
    [...kept, acknowledged(26, "M1", { token: "a24" })],
  ],
  ["not reported", ["L5 came back 0 times"], kept, { ONE: [] }],
  ["reported twice", ["L5 came back 2 times"], kept, { ONE: [report, { ...report, messageId: "R6" }] }],
  ["reported to another", ["a report of L5 came to INBOX"], kept, { ONE: [], INBOX: [...inboxes.INBOX, report] }],
  [
    "reported, and the report lost",
    ["a report of L5 is in no place"],
    [...kept, { what: "read", from: 65, until: 66, node: 0, mailbox: "ONE", ...report }],
    { ONE: [] },
  ],
  [
    "reported, and the report acknowledged and waiting",
    ["a report of L5 is in two places"],
    [...kept, acknowledged(70, "R5", { mailbox: "ONE" })],
  ],
  [
    "reported, though it did not fail",
    ["a report of M2, which did not fail"],
    kept,
    { ONE: [report, { ...report, messageId: "R2", linkedMessageId: "M2" }] },
  ],
];

for (const [what, expected, ...run] of broken) {
  test(`the judge finds a message ${what}`, () => {
    assert.deepEqual(verdict(...run), expected);
  });
}

test("the history of a message has what was sent, listed, read and acknowledged of it, and what was struck meanwhile", () => {
  assert.deepEqual(
    historyOf(kept, ["L1"]).map((line) => line.split(" ").slice(0, 2).join(" ")),
    ["0-1 sent", "20-21 listed", "22-23 read", "24-25 acknowledged"],
  );
  assert.deepEqual(
    historyOf([...kept, listed(44, ["M2"])], ["M2"]).map((line) => line.split(" ")[1]),
    ["sent", "listed", "struck", "listed"],
  );
});
