// What is sent to somebody else's authority, such as the NHS's, to be made a certificate of.

// @peculiar/x509 resolves its parts by metadata that this import makes possible: it must come first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

import { KeyObject } from "node:crypto";

import * as x509 from "@peculiar/x509";

import { LocalAuthorityError } from "./errors.ts";

/** RSA of 2048 bits, as the NHS's guidance makes them; an authority may refuse other kinds. */
const REQUEST_ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};

/** A key (PKCS #8), and the request for a certificate to it (PKCS #10), both PEM. */
export interface MadeRequest {
  readonly key: string;
  readonly request: string;
}

/**
 * A new key, and the request for a certificate of this name. Nothing else is in the request: the NHS refuses one with an
 * organisation, a country or an e-mail address.
 *
 * @throws {LocalAuthorityError} `common-name-invalid`
 * @example
 * const { key, request } = await createCertificateRequest(clientCommonName("X26HC005", "X26"));
 */
export async function createCertificateRequest(commonName: string): Promise<MadeRequest> {
  // RFC 5280, appendix A.1: ub-common-name.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(commonName)) {
    throw new LocalAuthorityError("common-name-invalid", "A common name holds 1 to 64 letters, digits, '.', '_', '-'.");
  }
  const keys = await crypto.subtle.generateKey(REQUEST_ALGORITHM, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    { name: `CN=${commonName}`, keys, signingAlgorithm: REQUEST_ALGORITHM },
    crypto,
  );
  const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { key, request: `${request.toString("pem")}\n` };
}
