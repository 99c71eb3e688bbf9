import type { FastifyRequest } from "fastify";

import type { EffectName, RequestPoint } from "../../faults/effects.ts";

const mailbox = "/messageexchange/:mailboxId";

/** By method and route. What is not here belongs to no mailbox's work: the API's description, and who watches the server. */
const points: Readonly<Record<string, RequestPoint>> = {
  [`GET ${mailbox}`]: "handshake",
  [`POST ${mailbox}`]: "handshake",
  [`POST ${mailbox}/update`]: "handshake",
  [`POST ${mailbox}/outbox`]: "send",
  [`POST ${mailbox}/outbox/:messageId/:chunk`]: "chunk",
  [`GET ${mailbox}/inbox`]: "list",
  [`GET ${mailbox}/inbox/rich`]: "list",
  [`GET ${mailbox}/count`]: "list",
  [`GET ${mailbox}/inbox/:messageId`]: "download",
  [`HEAD ${mailbox}/inbox/:messageId`]: "download",
  [`GET ${mailbox}/inbox/:messageId/:chunk`]: "download",
  [`PUT ${mailbox}/inbox/:messageId/status/acknowledged`]: "acknowledge",
  [`GET ${mailbox}/outbox/tracking`]: "track",
  [`GET ${mailbox}/outbox/tracking/:localId`]: "track",
  // What became of what was sent, of many at once.
  [`GET ${mailbox}/outbox/rich`]: "track",
  "GET /messageexchange/endpointlookup/:odsCode/:workflowId": "lookup",
  "GET /endpointlookup/mesh/:odsCode/:workflowId": "lookup",
  "GET /messageexchange/workflowsearch/:workflowId": "lookup",
};

/** Undefined where nothing can be asked to go wrong. */
export function pointOf({ method, routeOptions: { url = "" } }: FastifyRequest): RequestPoint | undefined {
  return points[`${method} ${url}`];
}

/** What cannot be done to a request, though it can at its point: a count has no ids that could be in it twice. */
export function neverAt({ routeOptions: { url } }: FastifyRequest): EffectName | undefined {
  return url === `${mailbox}/count` ? "deliver-twice" : undefined;
}
