import { SiteError } from "./site-error.ts";

/** Only these: whoever reaches pages without a sign-in may do everything, so nobody else's machine may reach them. */
const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host);
}

/** Throws "host-not-loopback". */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new SiteError(
    "host-not-loopback",
    "Pages without a sign-in are served to this computer only: the host must be 127.0.0.1, ::1 or localhost.",
  );
}
