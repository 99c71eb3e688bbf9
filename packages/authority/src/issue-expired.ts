import { systemClock } from "@restante/mesh";

import type { CertificateRequest, IssuedCertificate } from "./certificate.ts";
import { createLocalAuthority } from "./local-authority.ts";

/** Longer ago than any certificate is valid. */
const LONG_AGO_MS = 2 * 365 * 24 * 60 * 60 * 1000;

/**
 * A certificate of the authority in this folder whose time is over, to see what the other end does then. Its name must be its
 * own: one that is still good is kept under its name too.
 *
 * @throws as `createLocalAuthority` where none may be made, and `issue`
 */
export async function issueExpired(folder: string, request: CertificateRequest): Promise<IssuedCertificate> {
  const clock = { now: (): Date => new Date(systemClock.now().getTime() - LONG_AGO_MS) };
  const authority = await createLocalAuthority(folder, { clock, mayMake: false });
  return authority.issue(request);
}
