// Whether the server is there, for who watches it: a load balancer, a container's probe, a client of the NHS's stand-in.
// None needs a token or a certificate, and none shows more than which part fails.
//   /livez    200 as long as it answers at all: starting it anew would help with nothing that is wrong with it
//   /readyz   503 while it can take no messages, or is about to close: send clients elsewhere, or wait. Where large bodies alone fail it
//             is 200 and says so: they are every node's, and small messages go on
//   /health, /messageexchange/_ping   200 in the words of that stand-in

import type { FastifyInstance } from "fastify";

import type { Context } from "../context.ts";
import { sendJson } from "./version.ts";

export const healthAnswer: object = { env: "restante", build_label: "restante", status: "running", outcome: "Yes" };

/** They are answered while the server closes, too. */
export const healthPaths: ReadonlySet<string> = new Set(["/health", "/messageexchange/_ping", "/livez", "/readyz"]);

export function addHealth(app: FastifyInstance, context: Context, isLeaving: () => boolean): void {
  const method = ["GET", "HEAD"];
  for (const url of ["/health", "/messageexchange/_ping"]) {
    app.route({ method, url, handler: async (_request, reply) => sendJson(reply, 200, healthAnswer) });
  }
  app.route({ method, url: "/livez", handler: async (_request, reply) => sendJson(reply, 200, { status: "live" }) });
  app.route({
    method,
    url: "/readyz",
    handler: async (_request, reply) => {
      const parts = [...(isLeaving() ? ["closing"] : []), ...(await context.keeping.failing())];
      const isReady = parts.every((part) => part === "bodies");
      return sendJson(reply, isReady ? 200 : 503, {
        status: isReady ? "ready" : "not ready",
        ...(parts.length > 0 && { failing: parts }),
      });
    },
  });
}
