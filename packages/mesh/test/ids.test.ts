import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { isMessageId, newMessageId, parseMailboxId, parseMessageId, parseOdsCode } from "@restante/mesh";

test("a mailbox id is trimmed and upper-cased", () => {
  assert.equal(parseMailboxId(" x26hc_0-5 "), "X26HC_0-5");
});

test("what is not a mailbox id is refused and not quoted", () => {
  for (const text of ["", "A B", "GPPROVIDER_9000000009_01011980_O'Neill", "A".repeat(101), "É1"]) {
    assert.throws(
      () => parseMailboxId(text),
      (error: Error) =>
        "code" in error && error.code === "mailbox-id-invalid" && (text === "" || !error.message.includes(text)),
    );
  }
});

test("an ODS code is trimmed and upper-cased, and is 3 to 12 letters and digits", () => {
  assert.equal(parseOdsCode(" a20047"), "A20047");
  for (const text of ["", "A1", "A-20047", "A".repeat(13)]) {
    assert.throws(() => parseOdsCode(text), { code: "ods-code-invalid" });
  }
});

test("a new message id starts with the time in UTC and can be read back", () => {
  const now = new Date("2026-03-29T01:30:05.042+01:00");
  const id = newMessageId(now);
  assert.match(id, /^20260329003005042\d{3}_[0-9A-F]{6}$/);
  assert.equal(parseMessageId(id), id);
});

test("message ids made in the same millisecond differ", () => {
  const now = new Date(0);
  assert.equal(new Set(Array.from({ length: 1000 }, () => newMessageId(now))).size, 1000);
});

test("every moment gives a message id", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (now) =>
      isMessageId(newMessageId(now)),
    ),
  );
});

test("an id of another shape is not a message id", () => {
  for (const text of [
    "",
    "dtsapp05-201301201947406678",
    "20250227141016642011_e1584e",
    "20250227141016642011_E1584E/..",
  ]) {
    assert.equal(isMessageId(text), false);
    assert.throws(() => parseMessageId(text), { code: "message-id-invalid" });
  }
});
