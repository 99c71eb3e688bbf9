import type { FastifyReply, FastifyRequest } from "fastify";
import { formatMoment } from "../../format.ts";
import type { Access } from "../open-access.ts";
import type { OpenIdWay } from "../pages/sign-in-options.ts";
import { route } from "../route-access.ts";
import { networkOf } from "../sessions/network-of.ts";
import type { OpenIdIdentity } from "../users/user.ts";
import { admit, referenceOf } from "./admit.ts";
import { createBegunSignIns } from "./begun-sign-ins.ts";
import { createIssuer, type Identified } from "./issuer.ts";
import { IssuerError, rootOf } from "./issuer-error.ts";
import { createLeaving } from "./leaving.ts";
import { issuerName } from "./issuer-name.ts";
import type { OpenIdOptions } from "./open-id-options.ts";
import type { Claims } from "./roles-of-claims.ts";
import { type WhyNot, words } from "./words.ts";
import { tooManyAttempts } from "../../refusal-words.ts";

const start = "/sign-in/open-id";
const back = `${start}/answer`;
const signedOut = `${start}/signed-out`;
/** Sign-ins that come to nothing, from one address, cost no time: a whole practice may come from it. */
const free = 20;
const usualHelp = "Ask whoever gives out the accounts of this system.";

interface Query {
  Querystring: Readonly<Record<string, unknown>>;
}

/**
 * Signing in by an issuer of OpenID Connect. It is asked nothing before somebody signs in by it; while it cannot be reached,
 * accounts of this system go on working. Who is turned away is told why, and is in the audit: also who they are to the issuer, where
 * it has said so.
 */
export function createOpenId(
  options: OpenIdOptions,
  { users, attempts, audit }: Pick<Access, "users" | "attempts" | "audit">,
  now: () => Date = () => new Date(),
): OpenIdWay {
  const issuer = createIssuer(options, now);
  const begunSignIns = createBegunSignIns(now);
  const leaving = createLeaving();
  const { buttonText = "Sign in with your organisation's account", helpText = usualHelp, acrValues } = options;
  // What was asked for of how they prove who they are is a wish (OpenID Connect Core 1.0, clause 5.5.1.1).
  const required = { ...options.require, ...(acrValues !== undefined && { acr: acrValues }) };

  function recordRefused(request: FastifyRequest, identity?: OpenIdIdentity): void {
    const known = identity && users.findByOpenId(identity.issuer, identity.subject);
    audit.record({
      actor: known?.id ?? "nobody",
      source: request.ip,
      act: "sign-in",
      outcome: "refused",
      subjects: identity === undefined ? [] : [`open-id:${referenceOf(identity)}`],
    });
  }

  return {
    text: buttonText,
    href: start,
    serve(app, doorway) {
      const refuse = (reply: FastifyReply, why: WhyNot, identity?: OpenIdIdentity): FastifyReply => {
        const { status, ...said } = words[why];
        const of = identity && { subject: identity.subject, reference: referenceOf(identity) };
        return doorway.show(reply.code(status), "web/open-id-refused", { ...said, ...of, help: helpText });
      };
      /** Whether it was the issuer, or what it says of somebody, that whoever runs the system is told of. */
      const refuseFor = (request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply => {
        if (!(error instanceof IssuerError)) throw error;
        if (error.code === "sign-in-refused") return refuse(reply, error.code);
        doorway.failed(request, rootOf(error));
        return refuse(reply, error.code === "issuer-not-trusted" ? error.code : "issuer-unreachable");
      };
      const redirectUri = (): string => `${doorway.url()}${back}`;

      app.get<Query>(start, route({ needs: "anybody" }), async (request, reply) => {
        const begun = begunSignIns.begin(doorway.before(request, reply), doorway.toIn(request.query["to"]));
        try {
          return reply.redirect((await issuer.begin(begun, redirectUri())).href, 303);
        } catch (error) {
          return refuseFor(request, reply, error);
        }
      });

      app.get<Query>(back, route({ needs: "anybody" }), async (request, reply) => {
        const begun = begunSignIns.take(request.query["state"], doorway.before(request, reply));
        if (begun === undefined) return refuse(reply, "not-begun");
        const attempt = attempts.begin([{ who: `open-id:${networkOf(request.ip)}`, free, shared: true }]);
        if (!attempt.allowed) {
          if (attempt.first) recordRefused(request);
          const text = tooManyAttempts["by-issuer"](formatMoment(attempt.until));
          return doorway.show(reply.code(429), "web/open-id-refused", { heading: "Wait a little", text });
        }
        let identified: Identified;
        try {
          const answer = new URL(redirectUri());
          answer.search = request.url.slice(request.url.indexOf("?"));
          identified = await issuer.identify(begun, answer);
        } catch (error) {
          const { code, ofBrowser = false } = error instanceof IssuerError ? error : {};
          if (code === "sign-in-refused" || code === "issuer-not-trusted") recordRefused(request);
          // What the issuer does wrong, or cannot do, is nobody's failure.
          if (code !== "sign-in-refused" && !ofBrowser) attempt.takeBack();
          return refuseFor(request, reply, error);
        }
        const { subject, claims, idToken } = identified;
        const identity = { issuer: issuerName(options.issuer), subject };
        const admitted = has(claims, required)
          ? await admit(users, identity, claims, options.roles, request.ip)
          : "not-as-required";
        if (typeof admitted === "string") {
          recordRefused(request, identity);
          return refuse(reply, admitted, identity);
        }
        attempt.succeeded();
        leaving.note(admitted.id, idToken);
        return doorway.finish(request, reply, admitted, begun.to);
      });

      app.get<{ Params: { key: string } }>(`${signedOut}/:key`, route({ needs: "anybody" }), async (request, reply) => {
        const idToken = leaving.take(request.params.key);
        try {
          const url = await issuer.endSession(idToken, `${doorway.url()}/sign-in`);
          return doorway.show(reply, "web/open-id-signed-out", { href: url?.href });
        } catch (error) {
          if (!(error instanceof IssuerError)) throw error;
          doorway.failed(request, rootOf(error));
          return doorway.show(reply, "web/open-id-signed-out", {});
        }
      });
    },
    signedOut: ({ id, openId }) =>
      openId?.issuer === issuerName(options.issuer) ? `${signedOut}/${leaving.keyFor(id)}` : undefined,
  };
}

/** A claim may say several things. */
function has(claims: Claims, required: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(required).every(([name, values]) => [claims[name]].flat().some((said) => isIn(values, said)));
}

function isIn(values: readonly string[], said: unknown): boolean {
  return (typeof said === "string" || typeof said === "number") && values.includes(String(said));
}
