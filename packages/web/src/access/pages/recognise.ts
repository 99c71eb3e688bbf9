import type { FastifyInstance, FastifyRequest } from "fastify";
import { accessOf } from "../route-access.ts";
import { rightsOfAll } from "../rights.ts";
import { cookieOf } from "../sessions/cookies.ts";
import type { Sessions, SignedIn } from "../sessions/sessions.ts";
import { forgetVisitor, noteVisitor } from "../visitor.ts";
import { noteBrowser } from "./browser-binding.ts";
import type { SecondFactorDemand } from "./sign-in-options.ts";

/**
 * Says of every request who is there, by the cookie that it carries: with the rights that they have now. A form may take half a
 * minute to arrive, and is sent by who they are then.
 *
 * @param secondFactor `required`: who came in by a password alone has no rights before they have one
 */
export function recogniseVisitors(
  app: FastifyInstance,
  sessions: Sessions,
  secondFactor: SecondFactorDemand = "optional",
): void {
  const recognise = async (request: FastifyRequest): Promise<void> => {
    if (accessOf(request)?.opensTo === "token") return forgetVisitor(request);
    noteBrowser(request);
    const cookie = cookieOf(request, "session");
    // A page that keeps itself up to date is not somebody who is still there.
    const byPerson = request.headers["x-restante-update"] === undefined;
    const signedIn = cookie === undefined ? undefined : sessions.at(cookie, byPerson);
    if (signedIn === undefined) return forgetVisitor(request);
    const { user, session, binding } = signedIn;
    const known = { id: user.id, name: user.name, binding, session };
    if (secondFactor === "required" && lacksFactor(signedIn)) {
      return noteVisitor(request, { ...known, rights: new Set(), setsUpFirst: true });
    }
    noteVisitor(request, { ...known, rights: rightsOfAll(user.roles) });
  };
  app.addHook("onRequest", recognise);
  app.addHook("preHandler", async (request) => {
    if (request.method === "POST") await recognise(request);
  });
}

/** Of whom an issuer says who they are, it asks as much as it is told to. */
function lacksFactor({ user, byIssuer }: SignedIn): boolean {
  return !byIssuer && !user.hasSecondFactor;
}
