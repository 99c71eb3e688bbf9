import type { FastifyInstance, FastifyRequest } from "fastify";
import { accessOf, route } from "../access/route-access.ts";
import { noteListed, subjectsOf } from "./record-requests.ts";

const path = "/printed";

/** Lists show fewer. A search of the audit may be about more, all of them of one patient; addresses have an end. */
const mostSubjects = 100;

/**
 * What a page carries to say that a person prints it, about what it showed them. The token is good for this very address, so
 * nobody says so of what they were not shown. Undefined of what shows nothing that the audit has.
 */
export function printedForm(
  request: FastifyRequest,
  token: (request: FastifyRequest, action: string) => string,
): { action: string; token: string } | undefined {
  const { act, needs } = accessOf(request) ?? {};
  if (act === undefined || needs === "anybody" || needs === "signed-in") return undefined;
  const action = `${path}?about=${subjectsOf(request).slice(0, mostSubjects).join()}`;
  return { action, token: token(request, action) };
}

/**
 * Takes what pages say of being printed. Whoever was shown one may say so, also where they may not see it any more. It is to be
 * called after form tokens are looked at, and before rows are written: what it is about is not believed before, and stands in the row.
 */
export function servePrinted(app: FastifyInstance): void {
  app.addHook("preHandler", async (request) => {
    if (request.routeOptions.url !== path) return;
    const { about } = request.query as { about?: unknown };
    noteListed(request, String(about).split(",").filter(Boolean));
  });
  app.post(path, route({ needs: "signed-in", act: "print" }), (_, reply) => reply.code(204).send());
}
