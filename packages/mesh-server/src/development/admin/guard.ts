import type { FastifyRequest } from "fastify";

import { Refusal } from "../../http/refusal.ts";
import { bearsToken, isHostAllowed } from "../../control/access.ts";

export interface Guard {
  readonly allowHosts: readonly string[];
  /** Asked for where it is given: at a door that others than this machine reach. */
  readonly token?: string;
}

/** @throws {Refusal} for who may not call what wipes and puts (see access.ts) */
export function admit({ headers }: FastifyRequest, { allowHosts, token }: Guard): void {
  if (!isHostAllowed(headers.host, allowHosts)) throw new Refusal("host-not-allowed");
  if (headers.origin !== undefined) throw new Refusal("origin-not-allowed");
  if (token !== undefined && !bearsToken(headers.authorization, token)) {
    throw new Refusal("token-missing", { headers: { "www-authenticate": "Bearer" } });
  }
}
