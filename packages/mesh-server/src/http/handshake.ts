// MESH API, Validate a mailbox (Handshake).

import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import { handshakeHeaders, requireValid } from "./parameters.ts";
import { withMailbox } from "./session.ts";
import { sendJson, sendNothing } from "./version.ts";

export function addHandshake(app: FastifyInstance, context: Context): void {
  app.route({
    // By GET as well, as clients do that send no body (the NHS's stand-in takes both).
    method: ["GET", "POST"],
    url: "/messageexchange/:mailboxId",
    handler: withMailbox(context, async (request, reply, { mailbox, version }) => {
      requireValid(handshakeHeaders, (name) => request.headers[name]?.toString());
      return version === 1 ? sendJson(reply, 200, { mailboxId: mailbox.mailboxId }) : sendNothing(reply);
    }),
  });

  // Older clients report what they are made of with it; nothing is kept.
  app.post(
    "/messageexchange/:mailboxId/update",
    withMailbox(context, async (_request, reply) => sendNothing(reply)),
  );
}
