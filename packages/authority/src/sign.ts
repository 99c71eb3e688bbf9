// Keys and certificates are made here, and nowhere kept.

// @peculiar/x509 resolves its parts by metadata that this import makes possible: it must come first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

import { createPrivateKey, KeyObject, randomBytes, type webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

import * as x509 from "@peculiar/x509";

import type { CertificateRequest, IssuedCertificate } from "./certificate.ts";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
/** Some platforms refuse a server certificate that is valid for longer than this. */
const ISSUED_DAYS = 397;

/** The authority's certificate, and the key that signs in its name. */
export interface Signer {
  cert: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

/** A new authority: a key of its own, and a certificate that it has signed itself. */
export async function makeAuthority(now: Date): Promise<IssuedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  // Browsers and Node.js find an issuer by its name: two authorities of one name would be taken for each other.
  const name = `CN=Restante local authority ${randomBytes(4).toString("hex")}`;
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys,
      serialNumber: serialNumber(),
      ...validity(now, AUTHORITY_DAYS),
      signingAlgorithm: KEY_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { cert: cert.toString("pem"), key: keyPem(keys.privateKey) };
}

/** @throws what tells that these are not a certificate and the key to it */
export async function signerOf({ cert, key }: IssuedCertificate): Promise<Signer> {
  const imported = await crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(key), KEY_ALGORITHM, false, [
    "sign",
  ]);
  const fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  if (!fits) throw new Error("the key is another's");
  return { cert: new x509.X509Certificate(cert), key: imported };
}

/** A certificate with a key of its own. */
export async function sign(signer: Signer, request: CertificateRequest, now: Date): Promise<IssuedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const use = request.kind === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([use]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
    await x509.AuthorityKeyIdentifierExtension.create(signer.cert, false, crypto),
  ];
  const hosts = request.hosts ?? [];
  if (hosts.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName)));
  const cert = await x509.X509CertificateGenerator.create(
    {
      subject: `CN=${request.commonName}`,
      issuer: signer.cert.subject,
      publicKey: keys.publicKey,
      signingKey: signer.key,
      serialNumber: serialNumber(),
      ...validity(now, ISSUED_DAYS),
      signingAlgorithm: KEY_ALGORITHM,
      extensions,
    },
    crypto,
  );
  return { cert: cert.toString("pem"), key: keyPem(keys.privateKey) };
}

function alternativeName(host: string): x509.JsonGeneralName {
  return { type: isIP(host) === 0 ? "dns" : "ip", value: host };
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  // An hour of grace, for another machine whose clock is behind.
  return { notBefore: new Date(now.getTime() - 60 * 60 * 1000), notAfter: new Date(now.getTime() + days * DAY) };
}

/** RFC 5280, 4.1.2.2: a positive integer of at most 20 octets. */
function serialNumber(): string {
  return `4${randomBytes(16).toString("hex").slice(1)}`;
}

function keyPem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}
