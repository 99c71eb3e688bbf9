// Java's own keystore, "JKS", as keytool wrote it up to Java 8:
//
//   FEEDFEED, version (1 or 2), number of entries, entries, SHA-1 of the password, "Mighty Aphrodite" and all before it.
//   A key's entry (1): alias, time, the key encrypted, its certificates, its own first. A trusted one (2): alias, time, certificate.
//
// Numbers are big-endian, texts have their length in two octets before them. A key is encrypted with a stream of SHA-1s of
// password and salt, and ends in a SHA-1 by which a wrong password is known.

import { createHash } from "node:crypto";
import { childOf, oidOf, octetsOf, readBer } from "./ber.ts";
import { damaged, type Keystore, KeystoreError, unsupported, wrongPassword } from "./keystore.ts";
import { certificatePem, keyPem } from "./pem.ts";

export const JKS_MAGIC = 0xfe_ed_fe_ed;
const KEY_ENTRY = 1;
const TRUSTED_ENTRY = 2;
const DIGEST_BYTES = 20;
const WHITENER = Buffer.from("Mighty Aphrodite");
const JAVA_KEY_PROTECTION = "1.3.6.1.4.1.42.2.17.1.1";

/** @throws KeystoreError */
export function readJks(bytes: Buffer, password: string): Keystore {
  const secret = Buffer.from(password, "utf16le").swap16();
  const isWhole = sha1(secret, WHITENER, bytes.subarray(0, -DIGEST_BYTES)).equals(bytes.subarray(-DIGEST_BYTES));
  // Which of the two it is, nothing tells, but that a file that was cut off has no entry to be read whole.
  const entries = readEntries(bytes.subarray(0, -DIGEST_BYTES));
  if (!isWhole) throw wrongPassword();
  return {
    keys: entries.flatMap(({ alias, protectedKey, chain }) =>
      // Without a certificate it is no key that a connection could be made with.
      protectedKey === undefined || chain.length === 0
        ? []
        : [{ alias, key: keyPem(openKey(protectedKey, secret)), cert: chain.map(certificatePem).join("") }],
    ),
    trusted: entries.flatMap(({ alias, protectedKey, chain }) =>
      protectedKey === undefined ? chain.map((der) => ({ alias, cert: certificatePem(der) })) : [],
    ),
  };
}

interface Entry {
  readonly alias: string;
  readonly protectedKey?: Buffer;
  readonly chain: readonly Buffer[];
}

function readEntries(bytes: Buffer): Entry[] {
  let at = 4;
  const number = (): number => bytes.readUInt32BE((at += 4) - 4);
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw damaged();
    return bytes.subarray(at, (at += length));
  };
  const text = (): string => take(bytes.readUInt16BE((at += 2) - 2)).toString("utf8");
  try {
    const version = number();
    if (version !== 1 && version !== 2) throw damaged();
    const certificate = (): Buffer => {
      if (version === 2 && text() !== "X.509") throw unsupported("has a certificate that is not X.509");
      return take(number());
    };
    const entries: Entry[] = [];
    for (let left = number(); left > 0; left -= 1) {
      const kind = number();
      const alias = text();
      // When it was put in.
      take(8);
      if (kind === TRUSTED_ENTRY) {
        entries.push({ alias, chain: [certificate()] });
      } else if (kind === KEY_ENTRY) {
        const protectedKey = take(number());
        const chain: Buffer[] = [];
        for (let certificates = number(); certificates > 0; certificates -= 1) chain.push(certificate());
        entries.push({ alias, protectedKey, chain });
      } else {
        throw damaged();
      }
    }
    if (at !== bytes.length) throw damaged();
    return entries;
  } catch (error) {
    throw error instanceof KeystoreError ? error : damaged(error);
  }
}

/** From EncryptedPrivateKeyInfo (RFC 5958, clause 3). */
function openKey(protectedKey: Buffer, secret: Buffer): Buffer {
  const info = readBer(protectedKey);
  if (oidOf(childOf(childOf(info, 0), 0)) !== JAVA_KEY_PROTECTION)
    throw unsupported("has a key that is encrypted in another way than JKS has it");
  const data = octetsOf(childOf(info, 1));
  const salt = data.subarray(0, DIGEST_BYTES);
  const hidden = data.subarray(DIGEST_BYTES, -DIGEST_BYTES);
  const plain = Buffer.alloc(hidden.length);
  let stream = salt;
  for (let at = 0; at < hidden.length; at += 1) {
    if (at % DIGEST_BYTES === 0) stream = sha1(secret, stream);
    plain[at] = hidden[at]! ^ stream[at % DIGEST_BYTES]!;
  }
  if (sha1(secret, plain).equals(data.subarray(-DIGEST_BYTES))) return plain;
  throw new KeystoreError(
    "key-password-wrong",
    "has a key with a password of its own: give it that of the keystore, with keytool -keypasswd -alias ALIAS -keystore FILE",
  );
}

function sha1(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
