import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KeystoreError } from "../../src/keystores/keystore.ts";
import { isKeystore, readKeystore } from "../../src/keystores/read-keystore.ts";

const POUNDS = "pa££word";
const ASCII = "pass-word-1";

function file(name: string): Buffer {
  return readFileSync(new URL(`files/${name}`, import.meta.url));
}

const names = (pems: string): (string | undefined)[] =>
  (pems.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => /CN=([^\n.]*)/.exec(new X509Certificate(pem).subject)?.[1],
  );

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof KeystoreError, String(error));
    return error.code;
  }
  return assert.fail("it was read");
}

test("keystores of Java, Windows and OpenSSL, old and new, give their keys with the chain, and whom they trust", () => {
  for (const [name, password, keys, trusted] of [
    ["windows-old.pfx", POUNDS, { mesh: "X26HC005" }, []],
    ["openssl3.p12", POUNDS, { mesh: "X26HC006" }, []],
    ["java8.p12", ASCII, { mesh: "X26HC005" }, ["root"]],
    ["java17.p12", ASCII, { mesh: "X26HC006" }, ["root"]],
    ["java.jks", POUNDS, { mesh: "X26HC005", other: "X26HC006" }, ["root"]],
    ["trust.jks", POUNDS, {}, ["root"]],
    ["trust.p12", ASCII, {}, ["root"]],
  ] as const) {
    assert.ok(isKeystore(file(name)), name);
    const keystore = readKeystore(file(name), password);
    for (const { key, cert } of keystore.keys) {
      assert.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)), name);
      assert.equal(names(cert)[1], "Synthetic Root", name);
      assert.equal(names(cert).length, 2, name);
    }
    assert.deepEqual(Object.fromEntries(keystore.keys.map(({ alias, cert }) => [alias, names(cert)[0]])), keys, name);
    assert.deepEqual(
      keystore.trusted.map(({ alias }) => alias),
      trusted,
      name,
    );
    for (const { cert } of keystore.trusted) assert.deepEqual(names(cert), ["Synthetic Root"], name);
  }
});

test("PKCS #12 with values of indefinite length, and strings in pieces, as older programs write it, is read the same", () => {
  const whole = file("openssl3.p12");
  // SEQUENCE { INTEGER 3, SEQUENCE { OBJECT data, [0] { OCTET STRING } }, SEQUENCE of the MAC }, each with two octets of length.
  const [oid, safes] = [whole.subarray(11, 22), whole.subarray(30, 30 + whole.readUInt16BE(28))];
  const mac = whole.subarray(30 + safes.length);
  assert.deepEqual([whole[7], oid[0], whole[22], whole[26], mac[0]], [0x30, 0x06, 0xa0, 0x04, 0x30]);
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const piece = (bytes: Buffer): Buffer[] => [hex(`0482${bytes.length.toString(16).padStart(4, "0")}`), bytes];
  const pieces = [...piece(safes.subarray(0, 300)), ...piece(safes.subarray(300))];
  const parts = [hex("30800201033080"), oid, hex("a0802480"), ...pieces, hex("000000000000"), mac, hex("0000")];
  assert.deepEqual(readKeystore(Buffer.concat(parts), POUNDS), readKeystore(whole, POUNDS));
});

test("a wrong password is told as that, and a key's own as what it is", () => {
  // What Java wrote with many iterations is read in the test above.
  for (const name of ["windows-old.pfx", "openssl3.p12", "java17.p12", "java.jks", "trust.jks", "trust.p12"]) {
    for (const password of ["wrong", ""]) {
      assert.equal(
        codeOf(() => readKeystore(file(name), password)),
        "password-wrong",
        name,
      );
    }
  }
  assert.equal(
    codeOf(() => readKeystore(file("own-key-password.jks"), ASCII)),
    "key-password-wrong",
  );
  assert.equal(
    codeOf(() => readKeystore(file("java.jceks"), ASCII)),
    "unsupported",
  );
  assert.equal(
    codeOf(() => readKeystore(Buffer.from("-----BEGIN CERTIFICATE-----"), ASCII)),
    "not-a-keystore",
  );
  assert.equal(
    codeOf(() => readKeystore(Buffer.alloc(0), ASCII)),
    "not-a-keystore",
  );
});

test("a keystore that was cut off or altered anywhere is refused by a code, and by nothing else", () => {
  for (const name of ["openssl3.p12", "trust.jks"]) {
    const whole = file(name);
    for (let length = 0; length < whole.length; length += 13) {
      codeOf(() => readKeystore(whole.subarray(0, length), POUNDS));
    }
    // What an octet was altered to may be read the same, as that of the name of a key outside of what is signed.
    for (let at = 0; at < whole.length; at += 29) {
      const altered = Buffer.from(whole);
      altered[at] = 255 - altered[at]!;
      try {
        readKeystore(altered, POUNDS);
      } catch (error) {
        assert.ok(error instanceof KeystoreError, `${name} altered at ${at}: ${String(error)}`);
      }
    }
  }
});
