import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditAct } from "../audit/entry.ts";
import { refusal } from "../refusal.ts";
import type { Right } from "./rights.ts";
import { type Visitor, visitorAt } from "./visitor.ts";

/** What a route says of itself. One that says nothing is not served: none can be forgotten. */
export interface RouteAccess {
  /** `anybody`: also who has not signed in; `signed-in`: whoever has. */
  readonly needs: Right | "signed-in" | "anybody";
  /** Also for who has to set up a second factor first: it is a part of that, or leaves. */
  readonly whileSettingUp?: true;
  /**
   * Whose it is: `token`: a program's alone, which no sign-in opens; `either`: a program's by its token, or a person's. Absent: a
   * person's alone, which no token opens.
   */
  readonly opensTo?: "token" | "either";
  /** Though asked for by POST it is only read: its row is written before the answer is sent, with what that shows. */
  readonly reads?: true;
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

/** What is asked for by programs: whatever an address of theirs that there is not, too. */
export function isOfPrograms(request: FastifyRequest): boolean {
  if (request.is404) return /^\/api(?:[/?]|$)/.test(request.url);
  return accessOf(request)?.opensTo !== undefined;
}

/** Whether it does something: it is written down before it is done, and not only before it is answered. */
export function isAct(request: FastifyRequest): boolean {
  return request.method === "POST" && accessOf(request)?.reads !== true;
}

/** What a site serves, and to whom. */
export interface ServedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
}

/** Whether whoever asks has to sign in, or to set up a second factor, before anything else is asked about them. */
export function isShutTo(visitor: Visitor | undefined, { needs, whileSettingUp }: RouteAccess): boolean {
  if (needs === "anybody") return false;
  return visitor === undefined || (visitor.setsUpFirst === true && whileSettingUp !== true);
}

/**
 * Puts before every route what it says that it needs. To whom it is shut is led by `leadToTheDoor` to where it is opened; who has
 * come in, and may not, is told so.
 *
 * @returns the routes, as they are added
 * @throws where a route says nothing
 */
export function requireRights(
  app: FastifyInstance,
  leadToTheDoor: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): readonly ServedRoute[] {
  const served: ServedRoute[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    const access = config?.access;
    if (access === undefined) throw new Error(`The route ${String(method)} ${url} does not say who may use it.`);
    served.push(...[method].flat().map((one) => ({ method: one, url, access })));
  });
  app.addHook("preHandler", async (request, reply) => {
    const access = accessOf(request) ?? { needs: "anybody" };
    const visitor = visitorAt(request);
    if (isShutTo(visitor, access)) return leadToTheDoor(request, reply);
    const { needs } = access;
    if (needs === "anybody" || needs === "signed-in") return;
    if (visitor?.rights.has(needs) !== true) throw refusal(403, notYours[needs]);
  });
  return served;
}

export const notYours: Readonly<Record<Right, string>> = {
  see: "You may not see patients' details. Ask whoever gives out the roles here, if you should.",
  act: "You may look, and not act. Ask whoever gives out the roles here, if you should.",
  answer: "Answers to a sender are given by clinicians. Leave this to one of them.",
  configure: "This is for those who give out the roles here.",
  audit: "The audit is read by auditors alone. Ask whoever gives out the roles here, if you should be one.",
};
