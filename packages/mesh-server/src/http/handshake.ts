// MESH API, Validate a mailbox (Handshake).

import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import { fieldMissing, Refusal } from "./refusal.ts";
import { withMailbox } from "./session.ts";
import { sendJson, sendNothing } from "./version.ts";

const required = ["mex-clientversion", "mex-osname", "mex-osversion"];

export function addHandshake(app: FastifyInstance, context: Context): void {
  app.route({
    // By GET as well, as clients do that send no body (the NHS's stand-in takes both).
    method: ["GET", "POST"],
    url: "/messageexchange/:mailboxId",
    handler: withMailbox(context, async (request, reply, { mailbox, version }) => {
      const missing = required.filter((name) => (request.headers[name] ?? "") === "");
      if (missing.length > 0) {
        throw new Refusal("request-invalid", { problems: missing.map((name) => fieldMissing("header", name)) });
      }
      return version === 1 ? sendJson(reply, 200, { mailboxId: mailbox.mailboxId }) : sendNothing(reply);
    }),
  });

  // Older clients report what they are made of with it; nothing is kept.
  app.post(
    "/messageexchange/:mailboxId/update",
    withMailbox(context, async (_request, reply) => sendNothing(reply)),
  );
}
