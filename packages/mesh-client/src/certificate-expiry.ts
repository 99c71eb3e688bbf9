import { X509Certificate } from "node:crypto";
import { invalid } from "./check-input.ts";
import type { ClientTls } from "./client-tls.ts";

/** The certificate without which the way to the server ends first, and when. */
export interface CertificateExpiry {
  /** Its common name; its whole subject where it has none. */
  readonly certificate: string;
  /** The client's own, one of those that are sent with it, or one of those that the server is trusted by. */
  readonly of: "client" | "issuer" | "trusted";
  readonly expiresAt: Date;
  /** Days, rounded up: 1 on the last day; 0 or less once it has expired. */
  readonly daysLeft: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Which certificate of a client ends first, of those that matter: its own, those in `cert` that have issued it, and those
 * in `ca`. A trusted one beside which a later one of the same name stands does not: a bundle has both while one replaces the
 * other. Whether the server uses each that is trusted is not known here: name those of MESH alone.
 *
 * @throws MeshClientError `request-invalid`: `cert` or `ca` is no PEM of certificates
 * @example
 * const { certificate, daysLeft } = certificateExpiry(tls, new Date());
 * if (daysLeft <= 30) warn(`${certificate} expires in ${daysLeft} days`);
 */
export function certificateExpiry({ cert, ca }: Pick<ClientTls, "cert" | "ca">, now: Date): CertificateExpiry {
  const [own, ...others] = certificatesIn("cert", cert);
  const matter = [
    { of: "client" as const, certificate: own },
    ...issuersOf(own, others).map((certificate) => ({ of: "issuer" as const, certificate })),
    ...latestOfEachName(certificatesIn("ca", ca)).map((certificate) => ({ of: "trusted" as const, certificate })),
  ];
  const { of, certificate } = matter.reduce((first, other) =>
    other.certificate.validToDate < first.certificate.validToDate ? other : first,
  );
  const expiresAt = certificate.validToDate;
  // Zero has no sign here.
  const daysLeft = Math.ceil((expiresAt.getTime() - now.getTime()) / DAY) + 0;
  return {
    certificate: nameOf(certificate),
    of,
    expiresAt,
    daysLeft,
  };
}

function certificatesIn(field: "cert" | "ca", pem: string): [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.match(/-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]+-----END \1-----/g) ?? [];
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block));
    if (first !== undefined) return [first, ...others];
  } catch {
    // It is told below.
  }
  throw invalid(`tls.${field}`, "PEM of certificates is needed");
}

function issuersOf(own: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const found: X509Certificate[] = [];
  const issuerOf = (issued: X509Certificate): X509Certificate | undefined =>
    others.find((other) => !found.includes(other) && issued.checkIssued(other));
  for (let issuer = issuerOf(own); issuer !== undefined; issuer = issuerOf(issuer)) found.push(issuer);
  return found;
}

function latestOfEachName(certificates: readonly X509Certificate[]): X509Certificate[] {
  const latest = new Map<string, X509Certificate>();
  for (const certificate of certificates) {
    const before = latest.get(certificate.subject);
    if (before === undefined || before.validToDate < certificate.validToDate)
      latest.set(certificate.subject, certificate);
  }
  return Array.from(latest.values());
}

function nameOf({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", ");
}
