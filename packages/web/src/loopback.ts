import { CodedError } from "@restante/mesh";

/** Only these: whoever reaches the pages may do everything, so nobody else's machine may reach them. */
const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);

export type SiteErrorCode = "host-not-loopback";

/** Why a site cannot be served. */
export class SiteError extends CodedError {
  readonly code: SiteErrorCode;

  constructor(code: SiteErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws "host-not-loopback". */
export function requireLoopback(host: string): void {
  if (loopbackHosts.has(host)) return;
  throw new SiteError(
    "host-not-loopback",
    "These pages have no sign-in yet, so they are served to this computer only: the host must be 127.0.0.1, ::1 or localhost.",
  );
}
