import type { CertificateUse, Event } from "@restante/mesh";
import { type Step, system } from "./event-words.ts";

type CertificateEvent = Extract<Event, { event: "certificate-expires" | "certificate-renewed" }>;

const uses: Readonly<Record<CertificateUse, string>> = {
  client: "its certificate",
  issuer: "the issuer of its certificate,",
  trusted: "the certificate by which it trusts the server,",
  pages: "the certificate of its pages,",
  server: "its certificate",
  clients: "the certificate by which it trusts its clients,",
};

/** How the end of a certificate, and that it was replaced, are told. */
export function narrateCertificate(event: CertificateEvent): Step {
  const who = whoseIs(event);
  const day = event.expiresAt.toISOString().slice(0, 10);
  if (event.event === "certificate-renewed") {
    return {
      who,
      what: `every certificate is good until ${day}, that of ${event.certificate} the shortest`,
      tone: "good",
    };
  }
  const { of, certificate, daysLeft } = event;
  const when =
    daysLeft <= 0 ? `has expired (${day})` : `expires in ${daysLeft} ${daysLeft === 1 ? "day" : "days"} (${day})`;
  return { who, what: `${uses[of]} ${certificate} ${when}: see docs/certificates.md`, tone: "bad" };
}

function whoseIs({ odsCode, mailboxId, of }: CertificateEvent): string {
  if (of === "server" || of === "clients") return "MESH server";
  if (odsCode !== undefined) return system(odsCode);
  return mailboxId === undefined ? "MESH clients" : `MESH client ${mailboxId}`;
}
