import type { FastifyInstance, FastifyRequest } from "fastify";
import { problem } from "../../api/problem.ts";
import { createRequestRate } from "../../api/request-rate.ts";
import type { Audit } from "../../audit/audit.ts";
import type { TellVisit } from "../door/visit-fault.ts";
import { rightsOfAll } from "../rights.ts";
import { accessOf } from "../route-access.ts";
import type { Attempts } from "../sessions/attempts.ts";
import { networkOf } from "../sessions/network-of.ts";
import { noteVisitor, visitorAt } from "../visitor.ts";
import type { Token, Tokens } from "./token.ts";

export interface TokenAccess {
  readonly tokens: Tokens;
  readonly attempts: Attempts;
  readonly audit: Audit;
}

/** So many tokens of an address that are wrong are written down one by one, as of an address from which people sign in. */
const free = 20;

/**
 * Says of every request to what is a program's who asks, by the token that it carries: with the rights that it has now. A body may
 * take half a minute to arrive, and is sent by what the token is then. Where there is none, who asks is whom the site has there
 * already, or nobody.
 *
 * A token cannot be guessed, so a right one is taken however many wrong ones came from where it comes from: nobody is kept out by
 * what somebody else sends. The wrong ones wait, so that they fill no disk.
 */
export function recogniseTokens(
  app: FastifyInstance,
  { tokens, attempts, audit }: TokenAccess,
  onFault: TellVisit,
  now: () => Date = () => new Date(),
): void {
  const rate = createRequestRate();

  function refuse(request: FastifyRequest, token: Token | undefined): Error {
    onFault("token-refused", request.ip);
    const who = `token-from:${networkOf(request.ip)}`;
    const attempt = attempts.begin([{ who, free, shared: true }]);
    if (attempt.allowed || attempt.first) {
      const subjects = token === undefined ? [] : [`token:${token.name}`];
      audit.record({ actor: "nobody", source: request.ip, act: "sign-in", outcome: "refused", subjects });
    }
    if (attempt.allowed) return problem("token-refused", {}, challenge);
    return waiting(Math.max(1, Math.ceil((attempt.until.getTime() - now().getTime()) / 1000)));
  }

  /** @throws Problem */
  function recognise(request: FastifyRequest): void {
    const given = request.raw.headersDistinct["authorization"] ?? [];
    if (given.length === 0) return;
    const [, secret = ""] = given.length === 1 ? (/^Bearer ([^\s]{1,200})$/i.exec(given[0] ?? "") ?? []) : [];
    const presented = tokens.check(secret);
    if (!presented.good) throw refuse(request, presented.token);
    const { id, name, roles } = presented.token;
    noteVisitor(request, {
      id: `token:${name}`,
      name,
      rights: rightsOfAll(roles),
      binding: `token:${id}`,
      session: id,
    });
  }

  app.addHook("onRequest", async (request) => {
    const opensTo = accessOf(request)?.opensTo;
    if (opensTo === undefined) return;
    recognise(request);
    const visitor = visitorAt(request);
    // Before its body is read.
    if (visitor === undefined) throw problem("token-missing", {}, challenge);
    const seconds = rate.take(visitor.id);
    if (seconds !== undefined) throw waiting(seconds);
  });
  app.addHook("preHandler", async (request) => {
    if (request.method === "POST" && accessOf(request)?.opensTo !== undefined) recognise(request);
  });
}

const challenge = { "www-authenticate": 'Bearer realm="restante"' };

function waiting(seconds: number): Error {
  return problem("too-many-requests", {}, { "retry-after": String(seconds) });
}
