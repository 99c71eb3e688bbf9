import type { FastifyInstance, FastifyRequest } from "fastify";
import { rightsOfAll } from "../rights.ts";
import { cookieOf } from "../sessions/cookies.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { forgetVisitor, noteVisitor } from "../visitor.ts";
import { noteBrowser } from "./browser-binding.ts";

/**
 * Says of every request who is there, by the cookie that it carries: with the rights that they have now. A form may take half a
 * minute to arrive, and is sent by who they are then.
 */
export function recogniseVisitors(app: FastifyInstance, sessions: Sessions): void {
  const recognise = async (request: FastifyRequest): Promise<void> => {
    noteBrowser(request);
    const cookie = cookieOf(request, "session");
    // A page that keeps itself up to date is not somebody who is still there.
    const byPerson = request.headers["x-restante-update"] === undefined;
    const signedIn = cookie === undefined ? undefined : sessions.at(cookie, byPerson);
    if (signedIn === undefined) return forgetVisitor(request);
    const { user, session, binding } = signedIn;
    noteVisitor(request, { id: user.id, name: user.name, rights: rightsOfAll(user.roles), binding, session });
  };
  app.addHook("onRequest", recognise);
  app.addHook("preHandler", async (request) => {
    if (request.method === "POST") await recognise(request);
  });
}
