/** What a certificate is to say, and what it may be used for. */
export interface CertificateRequest {
  /** 1 to 64 letters, digits, `.`, `_` and `-`, the first a letter or a digit: it also names the files. */
  commonName: string;
  /** Names and IP addresses that a server answers to (subject alternative names). */
  hosts?: readonly string[];
  /** `server` proves who is called, `client` who calls: neither is taken for the other (extended key usage). */
  kind: "server" | "client";
}

/** A certificate and its private key (PKCS #8), both PEM: as `tls.connect`, fastify and undici take them. */
export interface IssuedCertificate {
  cert: string;
  key: string;
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
