// A certificate authority for one machine, so that the two ends of a connection know each other as in MESH proper.
//
// The folder (0700) holds `ca.crt` and `ca.key`, and `<common name>.crt` and `.key` for each certificate issued; keys
// are 0600. Everything is made once and read again afterwards. A key is on disk before its certificate is; a pair that a
// crash left half made, or whose halves do not fit, is made anew.

// @peculiar/x509 resolves its parts by metadata that this import makes possible: it must come first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

import { createPrivateKey, KeyObject, randomBytes, type webcrypto, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";

import { asDurableError, ensurePrivate, makeFolder, writeWhole } from "@restante/durable";
import { type Clock, CodedError, systemClock } from "@restante/mesh";
import * as x509 from "@peculiar/x509";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
/** Some platforms refuse a server certificate that is valid for longer than this. */
const LEAF_DAYS = 397;
const RENEW_DAYS = 30;

export type LocalAuthorityErrorCode = "common-name-invalid" | "authority-unreadable" | "authority-lost";

export class LocalAuthorityError extends CodedError {
  readonly code: LocalAuthorityErrorCode;

  constructor(code: LocalAuthorityErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a certificate is to say, and what it may be used for. */
export interface CertificateRequest {
  /** Letters, digits, `.`, `_` and `-` only: it also names the files. */
  commonName: string;
  /** Names and IP addresses that a server answers to. */
  hosts?: readonly string[];
  kind: "server" | "client";
}

/** A certificate and its private key, both PEM. */
export interface IssuedCertificate {
  cert: string;
  key: string;
}

export interface LocalAuthority {
  /** The certificate that the other end must trust, PEM. */
  readonly caPem: string;
  /**
   * The certificate of this name: the one on disk where it still says the same and has 30 days left, else a new one.
   * @throws {LocalAuthorityError} `common-name-invalid`
   */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

interface Signer {
  cert: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

/** What every server of this machine answers to. */
export const localHosts: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/**
 * The common name of a MESH client's certificate (MESH API, Get a TLS certificate: `local_id.ods_code.api.mesh-client.nhs.uk`).
 * @example clientCommonName("X26HC005", "X26") // "X26HC005.X26.api.mesh-client.nhs.uk"
 */
export function clientCommonName(localId: string, odsCode: string): string {
  return `${localId}.${odsCode}.api.mesh-client.nhs.uk`;
}

/**
 * Opens the authority in this folder, and makes it there the first time.
 * @param options.mayMake false: it must be there, for whoever trusts it would not trust another
 * @throws {LocalAuthorityError} `authority-unreadable`: its files are not a certificate and the key to it;
 *   `authority-lost`: one of them is missing, and none may be made
 * @throws {DurableError} `not-private`: others could read a key
 */
export async function createLocalAuthority(
  folder: string,
  { clock = systemClock, mayMake = true }: { clock?: Clock; mayMake?: boolean } = {},
): Promise<LocalAuthority> {
  await makeFolder(folder);
  const found = await readPair(folder, "ca");
  if (found === undefined && !mayMake) {
    throw new LocalAuthorityError(
      "authority-lost",
      `${join(folder, "ca.key")} or ca.crt beside it is missing: put both back from a backup, or make a new authority, which clients of your own must then trust, with --new-authority`,
    );
  }
  const stored = found ?? (await makeAuthority(folder, clock));
  const signer = await readSigner(stored, folder);
  const caPem = stored.cert;
  const issuing = new Map<string, Promise<IssuedCertificate>>();

  async function issue(request: CertificateRequest): Promise<IssuedCertificate> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(request.commonName)) {
      throw new LocalAuthorityError(
        "common-name-invalid",
        "A common name holds 1 to 64 letters, digits, '.', '_', '-'.",
      );
    }
    // One at a time for a name: two at once would mix their keys and certificates on disk.
    const fileName = `${request.kind}-${request.commonName}`;
    const before = issuing.get(fileName)?.catch(() => undefined);
    const issued = Promise.resolve(before).then(() => issueNext(fileName, request));
    issuing.set(fileName, issued);
    return issued;
  }

  async function issueNext(fileName: string, request: CertificateRequest): Promise<IssuedCertificate> {
    const kept = await readPair(folder, fileName);
    if (kept !== undefined && stillGood(kept, request, caPem, clock.now())) return kept;
    return writePair(folder, fileName, await sign(signer, request, clock.now()));
  }

  return { caPem, issue };
}

async function makeAuthority(folder: string, clock: Clock): Promise<IssuedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  // Browsers and Node.js find an issuer by its name: two authorities of one name would be taken for each other.
  const name = `CN=Restante local authority ${randomBytes(4).toString("hex")}`;
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys,
      serialNumber: serialNumber(),
      ...validity(clock.now(), CA_DAYS),
      signingAlgorithm: KEY_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return writePair(folder, "ca", { cert: cert.toString("pem"), key: keyPem(keys.privateKey) });
}

async function sign(signer: Signer, request: CertificateRequest, now: Date): Promise<IssuedCertificate> {
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
      ...validity(now, LEAF_DAYS),
      signingAlgorithm: KEY_ALGORITHM,
      extensions,
    },
    crypto,
  );
  return { cert: cert.toString("pem"), key: keyPem(keys.privateKey) };
}

function stillGood(kept: IssuedCertificate, request: CertificateRequest, caPem: string, now: Date): boolean {
  try {
    return isGood(kept, request, caPem, now);
  } catch {
    // Not a certificate and a key at all.
    return false;
  }
}

function isGood(kept: IssuedCertificate, request: CertificateRequest, caPem: string, now: Date): boolean {
  const cert = new X509Certificate(kept.cert);
  const ca = new X509Certificate(caPem);
  const names = (request.hosts ?? []).every((host) =>
    isIP(host) === 0 ? cert.checkHost(host) !== undefined : cert.checkIP(host) !== undefined,
  );
  // A crash while a certificate was renewed leaves the new key beside the old certificate.
  const whole = cert.checkPrivateKey(createPrivateKey(kept.key));
  return whole && names && cert.verify(ca.publicKey) && cert.validToDate.getTime() - now.getTime() > RENEW_DAYS * DAY;
}

async function readSigner(stored: IssuedCertificate, folder: string): Promise<Signer> {
  try {
    const key = await crypto.subtle.importKey(
      "pkcs8",
      x509.PemConverter.decodeFirst(stored.key),
      KEY_ALGORITHM,
      false,
      ["sign"],
    );
    const fits = new X509Certificate(stored.cert).checkPrivateKey(createPrivateKey(stored.key));
    if (!fits) throw new Error("the key is another's");
    return { cert: new x509.X509Certificate(stored.cert), key };
  } catch (cause) {
    throw new LocalAuthorityError(
      "authority-unreadable",
      `${join(folder, "ca.crt")} and ca.key are not a certificate and its key: put both back from a backup`,
      { cause },
    );
  }
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

async function readPair(folder: string, name: string): Promise<IssuedCertificate | undefined> {
  const keyFile = join(folder, `${name}.key`);
  try {
    ensurePrivate(keyFile);
    const [cert, key] = await Promise.all([readFile(join(folder, `${name}.crt`), "utf8"), readFile(keyFile, "utf8")]);
    return { cert, key };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw asDurableError(cause, keyFile);
  }
}

async function writePair(folder: string, name: string, pair: IssuedCertificate): Promise<IssuedCertificate> {
  await writeWhole(folder, `${name}.key`, pair.key);
  await writeWhole(folder, `${name}.crt`, pair.cert, 0o644);
  return pair;
}
