import { createSecureContext } from "node:tls";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";

/** PEM texts: whom to trust, and who we are. */
export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Now, and not at the first request, where it would look like a server that cannot be reached. */
export function checkTls({ ca, cert, key }: ClientTls): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    // The cause's own words stay out, as they may hold a part of the key.
    const code = codeOf(cause) ?? "no code";
    throw new MeshClientError("request-invalid", `tls: the certificates or the key cannot be used (${code}).`, {
      field: "tls",
      cause: new Error(code),
    });
  }
}
