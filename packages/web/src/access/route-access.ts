import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AuditAct } from "../audit/entry.ts";
import { refusal } from "../refusal.ts";
import type { Right } from "./rights.ts";
import { visitorAt } from "./visitor.ts";

/** What a route says of itself. One that says nothing is not served: none can be forgotten. */
export interface RouteAccess {
  /** `anybody`: also who has not signed in. */
  readonly needs: Right | "anybody";
  /** What the audit calls it. Absent: it shows nothing of a patient and changes nothing, so the audit has none of it. */
  readonly act?: AuditAct;
  /** By the parameters of its address, what it is about: such as `task:12`. */
  readonly about?: (params: Readonly<Record<string, string>>) => string | undefined;
}

declare module "fastify" {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

/** What a route takes beside its address: `app.get("/tasks/:id", route({ needs: "see", act: "view" }), ...)`. */
export function route(access: RouteAccess): { config: { access: RouteAccess } } {
  return { config: { access } };
}

export function accessOf(request: FastifyRequest): RouteAccess | undefined {
  return request.routeOptions.config.access;
}

/**
 * Puts before every route what it says that it needs. Whoever has not signed in is sent to do so by `askToSignIn`; whoever has,
 * and may not, is told so.
 *
 * @throws where a route says nothing
 */
export function requireRights(app: FastifyInstance, askToSignIn: (request: FastifyRequest) => never): void {
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined)
      throw new Error(`The route ${String(method)} ${url} does not say who may use it.`);
  });
  app.addHook("preHandler", async (request) => {
    const access = accessOf(request);
    if (access === undefined || access.needs === "anybody") return;
    const visitor = visitorAt(request) ?? askToSignIn(request);
    if (!visitor.rights.has(access.needs)) throw refusal(403, notYours[access.needs]);
  });
}

const notYours: Readonly<Record<Right, string>> = {
  see: "You may not see patients' details. Ask whoever gives out the roles here, if you should.",
  act: "You may look, and not act. Ask whoever gives out the roles here, if you should.",
  answer: "Answers to a sender are given by clinicians. Leave this to one of them.",
  configure: "This is for those who give out the roles here.",
  audit: "The audit is read by auditors alone.",
};
