import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

import type { CertificateRequest, IssuedCertificate } from "./certificate.ts";

/** Issued anew when it has no more than this left. */
const RENEW_MS = 30 * 24 * 60 * 60 * 1000;

/** Whether a certificate that was issued before says what is asked for, and will for a while. */
export function stillGood(kept: IssuedCertificate, request: CertificateRequest, caPem: string, now: Date): boolean {
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
  return whole && names && cert.verify(ca.publicKey) && cert.validToDate.getTime() - now.getTime() > RENEW_MS;
}
