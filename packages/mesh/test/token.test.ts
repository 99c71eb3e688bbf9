import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { createToken, isCurrent, isGenuine, parseToken, type TokenInput, tokenSource } from "@restante/mesh";

const input: TokenInput = {
  mailboxId: "Y99001OT001",
  password: "a password: with a colon",
  sharedKey: "the environment's",
  nonce: "bd0e2bd5-218e-41d0-83a9-73fdec414803",
  nonceCount: 7,
  now: new Date("2026-11-23T08:05:59Z"),
};

function parsed(header: string): NonNullable<ReturnType<typeof parseToken>> {
  const token = parseToken(header);
  assert.ok(token !== undefined);
  return token;
}

const inputs: fc.Arbitrary<TokenInput> = fc.record({
  mailboxId: fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/),
  password: fc.string(),
  sharedKey: fc.string({ minLength: 1 }),
  nonce: fc.uuid(),
  nonceCount: fc.nat(),
  now: fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
});

test("a token is the scheme, mailbox, nonce, count, UTC minute and the HMAC of these with the password", () => {
  const hash = createHmac("sha256", input.sharedKey)
    .update(`Y99001OT001:${input.nonce}:7:${input.password}:202611230805`)
    .digest("hex");
  assert.equal(createToken(input), `NHSMESH Y99001OT001:${input.nonce}:7:202611230805:${hash}`);
});

test("any token that was made is read, genuine and current", () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const token = parsed(createToken(input));
      assert.equal(token.mailboxId, input.mailboxId);
      assert.equal(token.nonce, input.nonce);
      assert.equal(token.nonceCount, input.nonceCount);
      assert.ok(isGenuine(token, input));
      assert.ok(isCurrent(token, input.now));
    }),
  );
});

test("a token with any one part changed is not genuine", () => {
  const token = parsed(createToken(input));
  const changes = [
    { mailboxId: "Y99001OT002" },
    { mailboxId: token.mailboxId.toLowerCase() },
    { nonce: "bd0e2bd5-218e-41d0-83a9-73fdec414804" },
    { nonceCountText: "8", nonceCount: 8 },
    { timestamp: "202611230806" },
    { hash: token.hash.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) },
    { hash: "00" },
    { hash: token.hash.replace(/.$/, "z") },
  ];
  for (const change of changes) assert.equal(isGenuine({ ...token, ...change }, input), false);
});

test("a token made with another password or another shared key is not genuine", () => {
  fc.assert(
    fc.property(inputs, fc.string(), fc.string({ minLength: 1 }), (input, password, sharedKey) => {
      const token = parsed(createToken(input));
      // HMAC pads its key with zero bytes, so keys that differ only in those are one key.
      fc.pre(password !== input.password && sharedKey.replace(/\0+$/, "") !== input.sharedKey.replace(/\0+$/, ""));
      assert.equal(isGenuine(token, { password, sharedKey: input.sharedKey }), false);
      assert.equal(isGenuine(token, { password: input.password, sharedKey }), false);
    }),
  );
});

test("a count written with leading zeros and a hash in upper case are still genuine", () => {
  const hash = createHmac("sha256", input.sharedKey)
    .update(`Y99001OT001:${input.nonce}:007:${input.password}:202611230805`)
    .digest("hex");
  const token = parsed(`NHSMESH Y99001OT001:${input.nonce}:007:202611230805:${hash.toUpperCase()}`);
  assert.equal(token.nonceCount, 7);
  assert.ok(isGenuine(token, input));
});

test("a token is current for 2 hours either way and not a minute longer", () => {
  const token = parsed(createToken(input));
  const cases: [string, boolean][] = [
    ["2026-11-23T10:05:00Z", true],
    ["2026-11-23T10:06:00Z", false],
    ["2026-11-23T06:05:00Z", true],
    ["2026-11-23T06:04:59Z", false],
  ];
  for (const [now, current] of cases) assert.equal(isCurrent(token, new Date(now)), current, now);
});

test("a token whose time does not exist is never current", () => {
  const token = parsed(createToken(input));
  assert.equal(isCurrent({ ...token, timestamp: "202613230805" }, input.now), false);
  assert.equal(isCurrent({ ...token, timestamp: "soon" }, input.now), false);
});

test("what is not a token is undefined", () => {
  const token = createToken(input);
  for (const header of [
    "",
    "Bearer x",
    token.replace("NHSMESH", "NHSMESSH"),
    token.slice(0, -1),
    `${token}:x`,
    token.replace(":7:", ":seven:"),
  ]) {
    assert.equal(parseToken(header), undefined);
  }
});

test("a token source keeps its nonce and counts up from 0, so that no two are alike", () => {
  const next = tokenSource({ ...input, clock: { now: () => input.now } });
  const tokens = [next(), next(), next()].map(parsed);
  assert.deepEqual(
    tokens.map(({ nonceCount }) => nonceCount),
    [0, 1, 2],
  );
  assert.equal(new Set(tokens.map(({ nonce }) => nonce)).size, 1);
  assert.notEqual(parsed(tokenSource({ ...input, clock: { now: () => input.now } })()).nonce, tokens[0]?.nonce);
});
