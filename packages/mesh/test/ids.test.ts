import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  isMessageId,
  isProductionMessageId,
  newMessageId,
  parseMailboxId,
  parseMessageId,
  parseOdsCode,
} from "@restante/mesh";

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

test("message ids made in the same millisecond are in the order in which they were made", () => {
  const now = new Date("9998-03-29T01:30:05.042Z");
  const made = Array.from({ length: 900 }, () => newMessageId(now));
  assert.deepEqual(made.toSorted(), made);
});

test("every moment gives a message id", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (now) =>
      isProductionMessageId(newMessageId(now)),
    ),
  );
});

test("whatever a server gives as an id is one, and comes back as it was", () => {
  for (const text of [
    "20250227141016642011_E1584E",
    "20250227141016642011_e1584e",
    "dtsapp05-201301201947406678",
    "0f8b2c4d6e8a4c1f9b3d5e7f60718293",
    "20250227141016642011_E1584E/..",
    "../../etc/passwd",
    "CON",
    " a b ",
    "\u{1F48C}".repeat(255),
  ]) {
    assert.equal(parseMessageId(text), text);
  }
});

test("what cannot be an id is refused and not quoted: empty, too long, control characters, half characters, dots", () => {
  const halves = ["\uD83D", "a\uDC8C"];
  const controls = ["a\nb", "a\u0000", "\u001B[2J", "\u007F", "\u009B2J", "a\u2028b"];
  for (const text of ["", ".", "..", "x".repeat(256), "\u{1F48C}".repeat(256), ...halves, ...controls]) {
    assert.equal(isMessageId(text), false);
    assert.throws(
      () => parseMessageId(text),
      (error: Error) =>
        "code" in error && error.code === "message-id-invalid" && (text.length < 3 || !error.message.includes(text)),
    );
  }
});

test("an id of another shape is not one of production", () => {
  for (const text of [
    "",
    "dtsapp05-201301201947406678",
    "20250227141016642011_e1584e",
    "20250227141016642011_E1584E/..",
    "20250227141016642011_E1584E\n",
  ]) {
    assert.equal(isProductionMessageId(text), false);
  }
});
