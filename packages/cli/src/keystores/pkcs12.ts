// PKCS #12 (RFC 7292), as .p12 and .pfx files are: a signature of the password over everything (the MAC), and "safes" of
// certificates and keys, most of them encrypted. What belongs together is known by the keys themselves, as programs differ in
// what they write about it.

import { createHmac, createPrivateKey, timingSafeEqual } from "node:crypto";
import { type Ber, childOf, childrenOf, having, numberOf, octetsOf, oidOf, readBer, SEQUENCE } from "./ber.ts";
import { damaged, type Keystore, unsupported, wrongPassword } from "./keystore.ts";
import { decrypt, deriveKey, iterationsOf, type Password, passwordOf } from "./password-encryption.ts";
import { certificateOf, certificatePem, keyPem } from "./pem.ts";

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const NESTED_BAG = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
/** Oracle's: Java writes it of a certificate that it trusts. */
const TRUSTED_KEY_USAGE = "2.16.840.1.113894.746875.1.1";

const digests: Readonly<Record<string, { readonly hash: string; readonly bytes: number }>> = {
  "1.3.14.3.2.26": { hash: "sha1", bytes: 20 },
  "2.16.840.1.101.3.4.2.4": { hash: "sha224", bytes: 28 },
  "2.16.840.1.101.3.4.2.1": { hash: "sha256", bytes: 32 },
  "2.16.840.1.101.3.4.2.2": { hash: "sha384", bytes: 48 },
  "2.16.840.1.101.3.4.2.3": { hash: "sha512", bytes: 64 },
};

/** Whether bytes look like one: a SEQUENCE whose first value is the version, 3. */
export function looksLikePkcs12(bytes: Buffer): boolean {
  return bytes[0] === SEQUENCE && bytes.subarray(0, 16).includes(Buffer.from([0x02, 0x01, 0x03, 0x30]));
}

/** @throws KeystoreError */
export function readPkcs12(bytes: Buffer, text: string): Keystore {
  const password = passwordOf(text);
  const file = readBer(bytes);
  if (numberOf(childOf(file, 0)) !== 3) throw damaged();
  const safes = dataOf(childOf(file, 1, SEQUENCE));
  const mac = childrenOf(file)[2];
  if (mac !== undefined) checkMac(mac, safes, password);
  const bags = childrenOf(readBer(safes)).flatMap((safe) => bagsIn(readBer(contentOf(safe, password)), password, 0));
  return together(bags);
}

function dataOf(contentInfo: Ber): Buffer {
  if (oidOf(childOf(contentInfo, 0)) !== DATA) throw unsupported("is signed or encrypted with a certificate");
  return octetsOf(childOf(childOf(contentInfo, 1), 0));
}

/** A wrong password is known by it before anything is decrypted. One of a kind that is not known is passed over: the decryption tells. */
function checkMac(mac: Ber, safes: Buffer, password: Password): void {
  const info = childOf(mac, 0, SEQUENCE);
  const digest = digests[oidOf(childOf(childOf(info, 0), 0))];
  if (digest === undefined) return;
  const salt = octetsOf(childOf(mac, 1));
  const counted = childrenOf(mac)[2];
  const iterations = counted === undefined ? 1 : iterationsOf(counted, password);
  const key = deriveKey({ ...digest, password: password.text, salt, iterations, id: 3 });
  const made = createHmac(digest.hash, key).update(safes).digest();
  const written = octetsOf(childOf(info, 1));
  if (made.length !== written.length || !timingSafeEqual(made, written)) throw wrongPassword();
}

/** A safe: its bags, decrypted if need be. */
function contentOf(safe: Ber, password: Password): Buffer {
  if (oidOf(childOf(safe, 0)) !== ENCRYPTED_DATA) return dataOf(safe);
  // EncryptedData (RFC 5652, clause 8): version, and type, algorithm and [0] content.
  const content = childOf(childOf(childOf(safe, 1), 0), 1, SEQUENCE);
  return decrypt(childOf(content, 1, SEQUENCE), octetsOf(childOf(content, 2)), password);
}

type Bag =
  | { readonly kind: "key"; readonly alias: string | undefined; readonly der: Buffer }
  | {
      readonly kind: "certificate";
      readonly alias: string | undefined;
      readonly der: Buffer;
      readonly isTrusted: boolean;
    };

function bagsIn(bags: Ber, password: Password, depth: number): Bag[] {
  if (depth > 10) throw damaged();
  return childrenOf(bags).flatMap((bag): Bag[] => {
    const value = childOf(childOf(bag, 1), 0);
    const attributes = childrenOf(bag)[2];
    const alias = aliasIn(attributes);
    switch (oidOf(childOf(bag, 0))) {
      case KEY_BAG:
        return [{ kind: "key", alias, der: value.whole }];
      case SHROUDED_KEY_BAG: {
        const encrypted = octetsOf(childOf(value, 1));
        return [{ kind: "key", alias, der: decrypt(childOf(value, 0, SEQUENCE), encrypted, password) }];
      }
      case CERTIFICATE_BAG: {
        if (oidOf(childOf(value, 0)) !== X509_CERTIFICATE) return [];
        const der = octetsOf(childOf(childOf(value, 1), 0));
        const isTrusted = attributeIn(attributes, TRUSTED_KEY_USAGE) !== undefined;
        return [{ kind: "certificate", alias, der, isTrusted }];
      }
      case NESTED_BAG:
        return bagsIn(value, password, depth + 1);
      default:
        // Lists of revoked certificates, secrets of other programs.
        return [];
    }
  });
}

/** BMPString, big-endian. */
function aliasIn(attributes: Ber | undefined): string | undefined {
  const name = attributeIn(attributes, FRIENDLY_NAME);
  if (name === undefined) return undefined;
  const octets = Buffer.from(octetsOf(name));
  return octets.length % 2 === 0 ? octets.swap16().toString("utf16le") : undefined;
}

function attributeIn(attributes: Ber | undefined, oid: string): Ber | undefined {
  const found = attributes && childrenOf(attributes).find((attribute) => oidOf(childOf(attribute, 0)) === oid);
  return found && having(childrenOf(childOf(found, 1))[0]);
}

function together(bags: readonly Bag[]): Keystore {
  const certificates = bags
    .filter((bag) => bag.kind === "certificate")
    .map(({ alias, der, isTrusted }) => ({ alias, der, isTrusted, certificate: certificateOf(der) }));
  const inChains = new Set<(typeof certificates)[number]>();
  const keys = bags.flatMap((bag) => {
    if (bag.kind !== "key") return [];
    const key = keyPem(bag.der);
    const own = certificates.find(({ certificate }) => certificate.checkPrivateKey(createPrivateKey(key)));
    if (own === undefined) return [];
    const chain = [own];
    for (let last = own; !last.certificate.checkIssued(last.certificate); last = chain.at(-1)!) {
      const issuer = certificates.find((other) => last.certificate.checkIssued(other.certificate));
      if (issuer === undefined || chain.includes(issuer)) break;
      chain.push(issuer);
    }
    for (const each of certificates) if (chain.some(({ der }) => der.equals(each.der))) inChains.add(each);
    return [{ alias: bag.alias ?? own.alias, key, cert: chain.map(({ der }) => certificatePem(der)).join("") }];
  });
  const trusted = certificates.filter((each) => each.isTrusted || !inChains.has(each));
  return { keys, trusted: trusted.map(({ alias, der }) => ({ alias, cert: certificatePem(der) })) };
}
