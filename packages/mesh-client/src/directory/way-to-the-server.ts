import type { MeshClientError } from "../mesh-client-error.ts";

/** The next request would meet the same. */
const codes: ReadonlySet<string> = new Set([
  "unreachable",
  "proxy",
  "server-certificate",
  "client-certificate",
  "unauthorised",
  "closed",
  "aborted",
]);

/** Whether trouble is with the way to the server, and not with one message or pair. */
export function isOfTheWay({ code }: MeshClientError): boolean {
  return codes.has(code);
}

/** What can be done about trouble with the way to the server, for whoever is told of it; any other says so itself, or is nobody's. */
export function whatHelps(trouble: MeshClientError): { readonly remedy?: string } {
  return isOfTheWay(trouble) ? { remedy: trouble.remedy } : {};
}
