import assert from "node:assert/strict";
import { createCipheriv, createHash, generateKeyPairSync, pbkdf2Sync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { KeystoreError } from "../../src/keystores/keystore.ts";
import { pemBlocks } from "../../src/keystores/pem-text.ts";
import { readKeystore } from "../../src/keystores/read-keystore.ts";
import { writeJks } from "./write-jks.ts";

const POUNDS = "pa££word";

function file(name: string): Buffer {
  return readFileSync(new URL(`files/${name}`, import.meta.url));
}

/** The code by which it is refused, and that its words keep the password; undefined if it is read. */
function refusal(bytes: Buffer, password = POUNDS): string | undefined {
  try {
    readKeystore(bytes, password);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof KeystoreError, String((error as Error).stack));
    assert.ok(!error.message.includes(password));
    return error.code;
  }
}

/** With the digest of the password over it anew, so that what was altered is read. */
function sealed(jks: Buffer): Buffer {
  const body = jks.subarray(0, -20);
  const secret = Buffer.from(POUNDS, "utf16le").swap16();
  return Buffer.concat([body, createHash("sha1").update(secret).update("Mighty Aphrodite").update(body).digest()]);
}

/** With a MAC of a kind that nobody knows, which is passed over. */
function withoutMac(p12: Buffer): Buffer {
  const altered = Buffer.from(p12);
  const sha256 = Buffer.from("0609608648016503040201", "hex");
  const sha1 = Buffer.from("06052b0e03021a", "hex");
  for (const digest of [sha256, sha1]) {
    const at = altered.lastIndexOf(digest);
    if (at > altered.length - 100) altered[at + digest.length - 1] = 99;
  }
  return altered;
}

const altered = (whole: Buffer): fc.Arbitrary<Buffer> =>
  fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((octets) => {
    const bytes = Buffer.from(whole);
    for (const [at, octet] of octets) bytes[at] = octet;
    return bytes;
  });

test("a keystore cut off at any octet is refused by a code", () => {
  for (const name of ["openssl3.p12", "own-key-password.jks"]) {
    const whole = file(name);
    for (let length = 0; length < whole.length; length += 1) {
      const code = refusal(whole.subarray(0, length));
      assert.ok(["damaged", "not-a-keystore"].includes(String(code)), `${name} of ${length}: ${code}`);
    }
  }
});

test("a keystore altered anywhere is read or refused by a code, also where no digest shows that it was altered", () => {
  for (const [name, unnoticed, runs] of [
    ["openssl3.p12", withoutMac, 300],
    ["windows-old.pfx", withoutMac, 50],
    ["java.jks", sealed, 1000],
  ] as const) {
    const property = fc.property(altered(file(name)), (bytes) => {
      refusal(bytes);
      refusal(unnoticed(bytes));
    });
    fc.assert(property, { seed: 203, numRuns: runs });
  }
});

test("bytes of any kind behind the first of a keystore are refused by a code", () => {
  const starts = ["feedfeed00000002", "3084000000ff02010330", "308002010330", "cececece"];
  const property = fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
    const code = refusal(Buffer.concat([Buffer.from(start, "hex"), rest]));
    assert.notEqual(code, undefined);
  });
  fc.assert(property, { seed: 203, numRuns: 3000 });
});

/** A value of ASN.1 with four octets of length. */
function value(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const head = Buffer.from([tag, 0x84, 0, 0, 0, 0]);
  head.writeUInt32BE(content.length, 2);
  return Buffer.concat([head, content]);
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const DATA = hex("06092a864886f70d010701");

function p12(octets: Buffer, ...mac: readonly Buffer[]): Buffer {
  return value(0x30, hex("020103"), value(0x30, DATA, value(0xa0, octets)), ...mac);
}

test("lengths that lie, values in each other thousands deep and files of any size are refused before they cost time or memory", () => {
  const deepest = 100_000;
  const deep = Buffer.alloc(6 * deepest + 2);
  for (let depth = 0; depth < deepest; depth += 1) {
    deep[6 * depth] = 0x24;
    deep[6 * depth + 1] = 0x84;
    deep.writeUInt32BE(deep.length - 6 * (depth + 1), 6 * depth + 2);
  }
  deep[6 * deepest] = 0x04;
  assert.equal(refusal(p12(deep)), "damaged");
  assert.equal(refusal(value(0x30, hex("0201033084ffffffff"))), "damaged");
  assert.equal(refusal(hex("feedfeed00000002ffffffff")), "damaged");
  // 8 million values of two octets each.
  const many = p12(value(0x04, value(0x30, Buffer.alloc(16_000_000, hex("0500")))));
  assert.equal(refusal(many), "not-a-keystore");
});

test("a keystore that asks for more iterations than any program writes, at once or in all, is refused before they are made", () => {
  const iterations = (count: string): Buffer => {
    const digest = value(0x30, value(0x30, hex("06052b0e03021a0500")), value(0x04, Buffer.alloc(20)));
    return value(0x30, digest, value(0x04, Buffer.alloc(8)), value(0x02, hex(count)));
  };
  const none = value(0x04, value(0x30));
  assert.equal(refusal(p12(none, iterations("01"))), "password-wrong");
  assert.equal(refusal(p12(none, iterations("4c4b41"))), "unsupported");
  assert.equal(refusal(p12(none, iterations("0080000000"))), "unsupported");
  assert.equal(refusal(p12(none, iterations("ffffffffffff"))), "unsupported");
  assert.equal(refusal(p12(none, iterations("00"))), "damaged");

  const aes = value(0x30, hex("060960864801650304012a"), value(0x04, Buffer.alloc(16)));
  const safe = (octets: Buffer, count: string): Buffer => {
    const pbkdf2 = value(0x30, hex("06092a864886f70d01050c"), value(0x30, value(0x04, Buffer.alloc(8)), hex(count)));
    const pbes2 = value(0x30, hex("06092a864886f70d01050d"), value(0x30, pbkdf2, aes));
    const content = value(0x30, hex("020100"), value(0x30, DATA, pbes2, value(0x80, octets)));
    return value(0x30, hex("06092a864886f70d010706"), value(0xa0, content));
  };
  // 700,000 are made; 4,500,000 more are not.
  const empty = safe(emptySafe(), "02030aae60");
  const costly = safe(Buffer.alloc(16), "020344aa20");
  assert.equal(refusal(p12(value(0x04, value(0x30, empty)))), undefined);
  assert.equal(refusal(p12(value(0x04, value(0x30, empty, costly)))), "unsupported");
});

/** An empty SEQUENCE, encrypted as the safes above are. */
function emptySafe(): Buffer {
  const key = pbkdf2Sync(POUNDS, Buffer.alloc(8), 700_000, 32, "sha1");
  const cipher = createCipheriv("aes-256-cbc", key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(hex("3000")), cipher.final()]);
}

test("a key of JKS without a certificate is none, and a certificate that is none makes the keystore damaged", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  assert.deepEqual(readKeystore(writeJks(POUNDS, { mesh: { key, cert: "" } }), POUNDS).keys, []);
  const cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  assert.equal(refusal(writeJks(POUNDS, { mesh: { key, cert } })), "damaged");
  assert.equal(refusal(writeJks(POUNDS, {}, { root: cert })), "damaged");
});

test("a large file that is no PEM is looked through, whatever is in it", () => {
  const size = 16_000_000;
  for (const text of [
    `-----BEGIN A-----${"-a".repeat(size / 2)}`,
    "-----BEGIN A-----".repeat(size / 16),
    `-----BEGIN ${"A".repeat(size)}`,
    "-".repeat(size),
  ]) {
    assert.deepEqual(pemBlocks(text), []);
  }
});
