// MESH API, Validate a mailbox (Handshake).

import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import { fieldMissing, Refusal } from "./refusal.ts";
import { withMailbox } from "./session.ts";
import { sendJson, sendNothing } from "./version.ts";

const required = ["mex-clientversion", "mex-osname", "mex-osversion"];

export function addHandshake(app: FastifyInstance, context: Context): void {
  app.post(
    "/messageexchange/:mailboxId",
    withMailbox(context, async (request, reply, { mailbox, version }) => {
      const missing = required.filter((name) => (request.headers[name] ?? "") === "");
      if (missing.length > 0) {
        throw new Refusal("request-invalid", { problems: missing.map((name) => fieldMissing("header", name)) });
      }
      return version === 1 ? sendJson(reply, 200, { mailboxId: mailbox.mailboxId }) : sendNothing(reply);
    }),
  );
}
