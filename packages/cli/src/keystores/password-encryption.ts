// What is encrypted with a password, as PKCS #12 files have it: PBES2 (RFC 8018, 6.2), and before it the schemes of RFC 7292,
// appendix C, with keys made of the password as its appendix B says.

import { createDecipheriv, hash as digest, pbkdf2Sync } from "node:crypto";
import { type Ber, childOf, childrenOf, numberOf, octetsOf, oidOf, SEQUENCE } from "./ber.ts";
import { damaged, unsupported, wrongPassword } from "./keystore.ts";
import { decryptRc2 } from "./rc2.ts";

/** In a whole file; Java reads no more in one value. More would keep us, and all mailboxes at a reload, waiting for minutes. */
const MOST_ITERATIONS = 5_000_000;

/** A keystore's password, and how many iterations may still be spent on it. */
export interface Password {
  readonly text: string;
  iterationsLeft: number;
}

export function passwordOf(text: string): Password {
  return { text, iterationsLeft: MOST_ITERATIONS };
}

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";

/** RFC 7292, appendix C: what each makes of a password with SHA-1. */
const oldSchemes: Readonly<Record<string, { readonly keyBytes: number; readonly decrypt: Decrypt }>> = {
  "1.2.840.113549.1.12.1.3": { keyBytes: 24, decrypt: byCipher("des-ede3-cbc") },
  // Two keys of DES, the first of them again in the place of the third.
  "1.2.840.113549.1.12.1.4": {
    keyBytes: 16,
    decrypt: (key, iv, data) => byCipher("des-ede3-cbc")(Buffer.concat([key, key.subarray(0, 8)]), iv, data),
  },
  "1.2.840.113549.1.12.1.5": { keyBytes: 16, decrypt: (key, iv, data) => decryptRc2(key, 128, iv, data) },
  "1.2.840.113549.1.12.1.6": { keyBytes: 5, decrypt: (key, iv, data) => decryptRc2(key, 40, iv, data) },
};

const ciphers: Readonly<Record<string, { readonly cipher: string; readonly keyBytes: number }>> = {
  "1.2.840.113549.3.7": { cipher: "des-ede3-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.2": { cipher: "aes-128-cbc", keyBytes: 16 },
  "2.16.840.1.101.3.4.1.22": { cipher: "aes-192-cbc", keyBytes: 24 },
  "2.16.840.1.101.3.4.1.42": { cipher: "aes-256-cbc", keyBytes: 32 },
};

const HMAC_SHA1 = "1.2.840.113549.2.7";
const pseudorandom: Readonly<Record<string, string>> = {
  [HMAC_SHA1]: "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

/** Undefined where the padding shows that the key is another. */
type Decrypt = (key: Buffer, iv: Buffer, data: Buffer) => Buffer | undefined;

/** @param algorithm AlgorithmIdentifier @throws KeystoreError `password-wrong` or `unsupported` */
export function decrypt(algorithm: Ber, data: Buffer, password: Password): Buffer {
  const plain =
    oidOf(childOf(algorithm, 0)) === PBES2 ? byPbes2(algorithm, data, password) : byOld(algorithm, data, password);
  if (plain === undefined) throw wrongPassword();
  return plain;
}

function byOld(algorithm: Ber, data: Buffer, password: Password): Buffer | undefined {
  const scheme = oldSchemes[oidOf(childOf(algorithm, 0))];
  if (scheme === undefined) throw unsupported("is encrypted with an algorithm that nobody should use any more");
  const parameters = childOf(algorithm, 1, SEQUENCE);
  const salt = octetsOf(childOf(parameters, 0));
  const iterations = iterationsOf(childOf(parameters, 1), password);
  const made = (id: number, bytes: number): Buffer =>
    deriveKey({ hash: "sha1", password: password.text, salt, iterations, id, bytes });
  return scheme.decrypt(made(1, scheme.keyBytes), made(2, 8), data);
}

function byPbes2(algorithm: Ber, data: Buffer, password: Password): Buffer | undefined {
  const parameters = childOf(algorithm, 1, SEQUENCE);
  const [derivation, encryption] = [childOf(parameters, 0), childOf(parameters, 1)];
  if (oidOf(childOf(derivation, 0)) !== PBKDF2) throw unsupported("is encrypted with a key that is not made by PBKDF2");
  const scheme = ciphers[oidOf(childOf(encryption, 0))];
  if (scheme === undefined) throw unsupported("is encrypted with another cipher than AES or triple DES");
  const [salt, iterations, ...others] = childrenOf(childOf(derivation, 1, SEQUENCE));
  if (salt === undefined || iterations === undefined) throw damaged();
  // The length of the key may stand between; it is the cipher's.
  const named = others.find(({ tag }) => tag === SEQUENCE);
  const hash = pseudorandom[named === undefined ? HMAC_SHA1 : oidOf(childOf(named, 0))];
  if (hash === undefined)
    throw unsupported("is encrypted with a key of another pseudorandom function than HMAC of SHA");
  const key = pbkdf2Sync(
    Buffer.from(password.text, "utf8"),
    octetsOf(salt),
    iterationsOf(iterations, password),
    scheme.keyBytes,
    hash,
  );
  return byCipher(scheme.cipher)(key, octetsOf(childOf(encryption, 1)), data);
}

function byCipher(cipher: string): Decrypt {
  return (key, iv, data) => {
    try {
      const decipher = createDecipheriv(cipher, key, iv);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    } catch {
      return undefined;
    }
  };
}

export function iterationsOf(value: Ber, password: Password): number {
  const iterations = numberOf(value);
  if (iterations < 1) throw damaged();
  if (iterations > password.iterationsLeft) throw unsupported(`asks for more than ${MOST_ITERATIONS} iterations`);
  password.iterationsLeft -= iterations;
  return iterations;
}

const blockBytes: Readonly<Record<string, number>> = { sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 };

/** RFC 7292, appendix B.2. `id`: 1 for a key, 2 for an initial vector, 3 for a MAC. */
export function deriveKey({
  hash,
  password,
  salt,
  iterations,
  id,
  bytes,
}: {
  readonly hash: string;
  readonly password: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly id: number;
  readonly bytes: number;
}): Buffer {
  const block = blockBytes[hash]!;
  // B.1: in UTF-16, with two zero octets at its end.
  const secret = Buffer.from(`${password}\0`, "utf16le").swap16();
  const diversifier = Buffer.alloc(block, id);
  const input = Buffer.concat([filled(salt, block), filled(secret, block)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < bytes;) {
    let part = digest(hash, Buffer.concat([diversifier, input]), "buffer");
    for (let times = 1; times < iterations; times += 1) part = digest(hash, part, "buffer");
    parts.push(part);
    made += part.length;
    // Each block of the input is added to the part, filled up to a block, and 1.
    const addend = filled(part, block);
    for (let start = 0; start < input.length; start += block) {
      let carry = 1;
      for (let at = block - 1; at >= 0; at -= 1) {
        const sum = input[start + at]! + addend[at]! + carry;
        input[start + at] = sum % 256;
        carry = Math.floor(sum / 256);
      }
    }
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

/** As often as fills whole blocks; nothing of nothing. */
function filled(part: Buffer, block: number): Buffer {
  return Buffer.alloc(part.length === 0 ? 0 : Math.ceil(part.length / block) * block, part);
}
