import assert from "node:assert/strict";
import { test } from "node:test";

import type { MailboxId, MessageId } from "@restante/mesh";

import { MeshServerError } from "../src/errors.ts";
import {
  abandon,
  acknowledge,
  type Change,
  dueAfter,
  expire,
  failRouting,
  finishUpload,
  giveUp,
  mayMove,
  type Message,
  type MessageState,
  place,
  redeliver,
} from "../src/message.ts";

const at = new Date("2026-03-02T00:00:00Z");
const createdAt = new Date("2026-03-01T00:00:00Z");
const day = 24 * 60 * 60 * 1000;
const periods = { upload: day, collect: 5 * day, keep: 30 * day };
const reportId = "20260302000000000000_ABCDEF" as MessageId;
const states: MessageState[] = [
  "uploading",
  "routing",
  "accepted",
  "acknowledged",
  "undelivered",
  "failed",
  "damaged",
  "abandoned",
];

function message(state: MessageState, overrides: Partial<Message> = {}): Message {
  return {
    messageId: "20260301000000000000_ABCDEF" as MessageId,
    mailboxId: "SENDER" as MailboxId,
    type: "DATA",
    state,
    recipientId: "RECIPIENT" as MailboxId,
    to: "RECIPIENT" as MailboxId,
    workflowId: "W",
    details: { subject: "a subject", localId: "a local id", fileName: "a name" },
    totalChunks: 1,
    bytes: 1,
    createdAt,
    changedAt: createdAt,
    ...overrides,
  };
}

const verbs: Record<string, { from: MessageState; to: MessageState; make: (from: Message) => Change }> = {
  acknowledge: { from: "accepted", to: "acknowledged", make: (it) => acknowledge(it, at, periods) },
  finishUpload: { from: "uploading", to: "accepted", make: (it) => finishUpload(it, at, periods) },
  abandon: { from: "uploading", to: "abandoned", make: (it) => abandon(it, at, periods) },
  place: { from: "routing", to: "accepted", make: (it) => place(it, "RECIPIENT" as MailboxId, at, periods) },
  failRouting: { from: "routing", to: "failed", make: (it) => failRouting(it, "EPL-151", reportId, at, periods) },
  expire: { from: "accepted", to: "undelivered", make: (it) => expire(it, reportId, at, periods) },
  giveUp: { from: "accepted", to: "damaged", make: (it) => giveUp(it, reportId, at, periods) },
  redeliver: { from: "undelivered", to: "accepted", make: (it) => redeliver(it, at, periods) },
};

test("every verb leads from its one state, and from every other is refused", () => {
  for (const [name, { from, to, make }] of Object.entries(verbs)) {
    for (const state of states) {
      // Two verbs lead to accepted, from different states; nothing else is shared.
      if (mayMove(state, to)) {
        assert.partialDeepStrictEqual(make(message(state)), { from: state, to }, name);
      } else {
        assert.notEqual(state, from);
        assert.throws(
          () => make(message(state)),
          (error) => error instanceof MeshServerError && error.code === "transition-not-allowed",
          `${name} from ${state}`,
        );
      }
    }
  }
});

test("every message that was accepted leaves by one way, and nothing leaves twice", () => {
  const ends = states.filter((state) => !states.some((to) => mayMove(state, to)));
  assert.deepEqual(ends, ["acknowledged", "failed", "damaged", "abandoned"]);
  // Undelivered ends too, unless an operator puts it back.
  assert.deepEqual(
    states.filter((to) => mayMove("undelivered", to)),
    ["accepted"],
  );
});

test("a failure of a DATA message carries one report to its sender, a failure of a REPORT none", () => {
  const failed = failRouting(message("routing", { to: "GPPROVIDER" }), "EPL-154", reportId, at, periods);
  assert.deepEqual(failed.report, {
    messageId: reportId,
    mailboxId: "SENDER",
    type: "REPORT",
    state: "accepted",
    recipientId: "SENDER",
    to: "GPPROVIDER",
    workflowId: "W",
    details: { subject: "a subject", localId: "a local id" },
    totalChunks: 0,
    bytes: 0,
    createdAt: at,
    acceptedAt: at,
    changedAt: at,
    dueAt: new Date(at.getTime() + 5 * day),
    status: {
      event: "SEND",
      code: "EPL-154",
      description: "NHS Number supplied does not match the demographics",
    },
    linkedMessageId: "20260301000000000000_ABCDEF",
  });
  const report = message("accepted", { type: "REPORT" });
  assert.equal(expire(report, reportId, at, periods).report, undefined);
});

test("a body that is given up is reported with code 02, once, and a report has none to give up", () => {
  const given = giveUp(message("accepted"), reportId, at, periods);
  assert.equal(given.to, "damaged");
  assert.deepEqual(given.report?.status, {
    event: "SEND",
    code: "02",
    description: "Data file is missing or inaccessible",
  });
  assert.deepEqual(given.report.details, { subject: "a subject", localId: "a local id" });
  assert.throws(
    () => giveUp(message("accepted", { type: "REPORT" }), reportId, at, periods),
    (error) => error instanceof MeshServerError && error.code === "transition-not-allowed",
  );
});

test("a message that is put back has its whole time again, and is reported again if that passes", () => {
  const back = redeliver(message("undelivered"), at, periods);
  assert.deepEqual(back.dueAt, new Date(at.getTime() + 5 * day));
  assert.equal(back.report, undefined);
  const again = "20260307000000000000_ABCDEF" as MessageId;
  assert.equal(expire(message("accepted"), again, at, periods).report?.messageId, again);

  const late = new Date(createdAt.getTime() + 29 * day);
  for (const ended of [
    acknowledge(message("accepted"), late, periods),
    expire(message("accepted"), again, late, periods),
  ]) {
    assert.deepEqual(ended.dueAt, new Date(late.getTime() + 25 * day), "and can still be read and tracked after");
  }
});

test("report 14 is worded as the MESH API has it or, where that is set, as the sandbox has it; others never", () => {
  const details = (change: Change): Message["details"] | undefined => change.report?.details;
  const of = (subject: string | undefined): Message =>
    message("accepted", {
      details: { localId: "a local id", fileName: "a name", ...(subject !== undefined && { subject }) },
    });

  assert.deepEqual(details(expire(of("a subject"), reportId, at, periods)), {
    subject: "a subject",
    localId: "a local id",
  });
  assert.deepEqual(details(expire(of("a subject"), reportId, at, periods, "sandbox")), {
    subject: "NDR: a subject",
    localId: "a local id",
    fileName: `${reportId}.dat`,
  });
  assert.equal(details(expire(of(undefined), reportId, at, periods, "sandbox"))?.subject, "NDR");
  const longest = details(expire(of("\u{1F4EC}".repeat(500)), reportId, at, periods, "sandbox"))?.subject;
  assert.equal(longest, `NDR: ${"\u{1F4EC}".repeat(495)}`);
  const routed = message("routing", { to: "GPPROVIDER" });
  assert.equal(details(failRouting(routed, "14", reportId, at, periods, "sandbox"))?.subject, "NDR: a subject");
  assert.equal(details(failRouting(routed, "EPL-151", reportId, at, periods, "sandbox"))?.subject, "a subject");
});

test("an upload for a patient is routed when it is complete", () => {
  const { recipientId: _, ...routed } = message("uploading", { to: "GPPROVIDER" });

  assert.partialDeepStrictEqual(finishUpload(routed, at, periods), { from: "uploading", to: "routing" });
});

test("time alone moves a message on after the period of its state", () => {
  const due = (state: MessageState): number | undefined => {
    const date = dueAfter(state, { at, createdAt }, periods);
    return date === undefined ? undefined : (date.getTime() - createdAt.getTime()) / day;
  };

  assert.deepEqual(Object.fromEntries(states.map((state) => [state, due(state)])), {
    uploading: 2,
    routing: undefined,
    accepted: 6,
    acknowledged: 30,
    undelivered: 30,
    failed: 30,
    damaged: 30,
    abandoned: 30,
  });
});
