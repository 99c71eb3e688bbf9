import { isLoopback } from "../../loopback.ts";
import { SiteError } from "../../site-error.ts";
import { type OwnCertificate, checkCertificate } from "./own-certificate.ts";
import { rangeOf } from "./trusted-proxies.ts";

/** How a site is reached that knows who is there: over HTTPS alone, which it speaks itself, or a proxy before it, or both. */
export interface Door {
  /**
   * Where people reach it, as their browsers name it: `https://worklist.example`, with a port where it is not 443. Nothing is
   * answered under another name. Absent: the names of this computer, at a host of this computer.
   */
  readonly address?: URL;
  /** What it speaks HTTPS by. Absent: a proxy does. */
  readonly tls?: OwnCertificate;
  /** Through which proxies everybody comes: addresses, or ranges such as `10.0.0.0/8`. Absent: none, they come themselves. */
  readonly trustedProxies?: readonly string[];
}

/**
 * What cannot be meant, before anything listens.
 *
 * @throws SiteError `door-unusable`, `certificate-unusable`
 */
export function checkDoor({ address, tls, trustedProxies }: Door, host: string): void {
  if (tls === undefined && trustedProxies === undefined) {
    throw unusable("the pages know who is there, so they are served over HTTPS alone: by a certificate, or by a proxy");
  }
  if (address === undefined && (trustedProxies !== undefined || !isLoopback(host))) {
    throw unusable("pages that are reached from elsewhere need the address at which they are");
  }
  if (address !== undefined && !isAddress(address)) {
    throw unusable("the address of the pages must be one of HTTPS without a path, such as https://worklist.example");
  }
  if (trustedProxies !== undefined && trustedProxies.length === 0) {
    throw unusable("with no proxy that is trusted, nobody reaches the pages");
  }
  if (trustedProxies?.some((range) => rangeOf(range) === undefined) === true) {
    throw unusable("a trusted proxy must be an address or a range of them, such as 10.0.0.0/8, and not everybody");
  }
  // What is between a proxy and its site may be named otherwise.
  if (tls !== undefined) checkCertificate(tls, trustedProxies === undefined ? address?.hostname : undefined);
}

function unusable(why: string): SiteError {
  return new SiteError("door-unusable", `The pages cannot be served: ${why}.`);
}

function isAddress({ protocol, href, origin }: URL): boolean {
  return protocol === "https:" && href === `${origin}/`;
}
