import type { FastifyInstance } from "fastify";
import type { Site } from "./site.ts";

/** The most recent are enough: each is a riddle for a person to look into while it is fresh. */
const shown = 100;

export function serveStrayPages(app: FastifyInstance, site: Site): void {
  app.get("/unmatched", (_, reply) => site.show(reply, "unmatched", { strays: site.worklist.strays(shown), shown }));
}
