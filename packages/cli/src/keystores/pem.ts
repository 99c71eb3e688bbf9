import { createPrivateKey, X509Certificate } from "node:crypto";
import { damaged, KeystoreError } from "./keystore.ts";

/** PEM (RFC 7468) of a certificate in DER. */
export function certificatePem(der: Buffer): string {
  certificateOf(der);
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

export function certificateOf(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new KeystoreError("damaged", "has a certificate in it that is none", { cause });
  }
}

/** PEM of a private key in DER, PKCS #8 and not encrypted. */
export function keyPem(der: Buffer): string {
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
      .export({ type: "pkcs8", format: "pem" })
      .toString();
  } catch {
    // The cause's own words stay out, as they may hold a part of the key.
    throw damaged();
  }
}
