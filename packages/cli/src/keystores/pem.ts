import { createPrivateKey } from "node:crypto";
import { damaged } from "./keystore.ts";

/** PEM (RFC 7468) of a certificate in DER. */
export function certificatePem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
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
