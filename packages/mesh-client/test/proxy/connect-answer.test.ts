import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { maxProxyHeadBytes, readConnectAnswer } from "../../src/proxy/connect-answer.ts";

const heads = [
  "HTTP/1.1 200 OK\r\nVia: 1.1 x\r\n\r\n",
  "HTTP/1.0 299\r\n\r\n",
  "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n",
];

test("a proxy's answer is read once its head is whole, in whatever pieces it comes", () => {
  for (const head of heads) {
    for (let length = 0; length < head.length; length += 1) {
      assert.equal(readConnectAnswer(Buffer.from(head.slice(0, length)), { signedIn: false }), "incomplete");
    }
    assert.notEqual(readConnectAnswer(Buffer.from(head), { signedIn: false }), "incomplete");
  }
});

test("whatever bytes a proxy answers, no more than 16 KB are waited for, and only a 2xx and nothing else opens the way", () => {
  const line = fc.tuple(
    fc.constantFrom("HTTP/1.1 ", "HTTP/1.0 ", "http/1.1 ", "HTTP/2 ", ""),
    fc.integer({ min: 0, max: 1099 }),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given)),
    fc
      .tuple(line, fc.string(), fc.string())
      .map(([[version, status], words, behind]) => Buffer.from(`${version}${status} ${words}\r\n\r\n${behind}`)),
  );
  fc.assert(
    fc.property(bytes, fc.boolean(), (given, signedIn) => {
      const answer = readConnectAnswer(given, { signedIn });
      if (answer === "open") assert.match(given.toString("latin1"), /^HTTP\/1\.[01] 2\d\d(?: [^]*)?\r\n\r\n$/);
      else if (answer !== "incomplete") assert.match(answer.refused, /^[a-z]/);
    }),
  );
  const endless = Buffer.alloc(maxProxyHeadBytes + 1, "x");
  assert.notEqual(readConnectAnswer(endless, { signedIn: false }), "incomplete");
});
