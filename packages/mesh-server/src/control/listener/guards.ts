// Who may ask. Any site that a developer has open can send requests to this machine, so it is not enough to listen at
// loopback: a Host must be one that only its owner would name (an attacker's own name may resolve to 127.0.0.1), an Origin
// that of its own page, and the token is in a file that nobody else reads. No browser reaches a socket: there the file's
// mode and the token decide.

import type { FastifyInstance, FastifyRequest } from "fastify";

import { bearsToken, isHostAllowed } from "../access.ts";
import { NotServed } from "./answers.ts";

/** More than may wait at once, so that a server full of waits can still be asked. */
const MOST_REQUESTS = 1200;

export interface GuardOptions {
  readonly token: string;
  readonly allowHosts: readonly string[];
  readonly isSocket: boolean;
  /** The page's own files: whoever may load them has no token yet. */
  readonly isOpen: (request: FastifyRequest) => boolean;
}

export function addGuards(app: FastifyInstance, { token, allowHosts, isSocket, isOpen }: GuardOptions): void {
  let requests = 0;
  app.addHook("onRequest", async (request, reply) => {
    requests += 1;
    reply.raw.once("close", () => {
      requests -= 1;
    });
    if (requests > MOST_REQUESTS) {
      throw new NotServed(503, "not-possible", `${MOST_REQUESTS} requests are under way.`, { "retry-after": "1" });
    }
    if (!isSocket) refuseStrangers(request, allowHosts);
    if (isOpen(request) || bearsToken(request.headers.authorization, token)) return;
    throw new NotServed(
      401,
      "not-allowed",
      "The token is missing, or is another: it is in the file that control.json in the data folder names.",
      { "www-authenticate": "Bearer" },
    );
  });
}

function refuseStrangers({ headers: { host, origin } }: FastifyRequest, allowHosts: readonly string[]): void {
  if (!isHostAllowed(host, allowHosts)) {
    throw new NotServed(
      403,
      "not-allowed",
      "This Host is neither loopback nor one that the server was told to allow (--allow-host).",
    );
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host?.toLowerCase() ?? ""}`) {
    throw new NotServed(403, "not-allowed", "Pages of another origin may not ask here.");
  }
}
