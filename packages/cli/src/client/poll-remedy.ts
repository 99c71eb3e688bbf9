import { errorWords, type MeshClientErrorCode } from "@restante/mesh-client";

/** Of trouble with the server, what can be done about it. Trouble with a folder says so itself. */
const ofServer: readonly MeshClientErrorCode[] = [
  "unauthorised",
  "server-certificate",
  "client-certificate",
  "unreachable",
  "proxy",
];

/** Why a poll did not go well, and what a person can do about it. */
export function reasonWithRemedy({ code, reason }: { readonly code: string; readonly reason: string }): string {
  const known = ofServer.find((one) => one === code);
  return known === undefined ? reason : `${reason} ${errorWords[known].remedy}`;
}
