import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { SiteError } from "../../site-error.ts";

/** PEM texts. */
export interface OwnCertificate {
  /** The certificate, and behind it those that issued it, if there are any. */
  readonly cert: string;
  readonly key: string;
}

/** TLS 1.2 and 1.3, with keys of one connection alone (forward secrecy) and encryption that shows changes (AEAD). */
export function secure({ cert, key }: OwnCertificate): SecureContextOptions {
  return { cert, key, minVersion: "TLSv1.2", ciphers };
}

const ciphers = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE+AESGCM",
  "ECDHE+CHACHA20",
].join(":");

/**
 * What every browser would stumble over, told at the start. That a certificate has expired is not among it: its end is told
 * beforehand, and a system that does not start helps nobody.
 *
 * @param name what the certificate must be for
 * @throws SiteError `certificate-unusable`
 */
export function checkCertificate(own: OwnCertificate, name: string | undefined): void {
  let certificate: X509Certificate;
  let isItsKey: boolean;
  try {
    certificate = new X509Certificate(own.cert);
    isItsKey = certificate.checkPrivateKey(createPrivateKey(own.key));
    if (isItsKey) createSecureContext(secure(own));
  } catch {
    // The error's own words stay out, as they may hold a part of the key.
    throw unusable("its certificate or its key is damaged, or OpenSSL refuses it, as one too short is");
  }
  if (!isItsKey) throw unusable("the key is not the certificate's");
  if (name !== undefined && !isFor(certificate, name)) {
    throw unusable(`the certificate is for ${namesOf(certificate)}, not for ${name}, so browsers would refuse it`);
  }
}

/** As browsers see them: its subject is none of them. */
function namesOf({ subjectAltName }: X509Certificate): string {
  return subjectAltName?.replaceAll(/\b(?:DNS|IP Address):/g, "") ?? "no name (subjectAltName)";
}

function isFor(certificate: X509Certificate, name: string): boolean {
  const address = name.replace(/^\[(.*)\]$/, "$1");
  // Browsers look at the alternative names alone.
  if (isIP(address) === 0) return certificate.checkHost(address, { subject: "never" }) !== undefined;
  return certificate.checkIP(address) !== undefined;
}

function unusable(why: string): SiteError {
  return new SiteError("certificate-unusable", `The pages cannot be served: ${why}.`);
}
