import type { FastifyInstance, FastifyRequest } from "fastify";
import { faultStatus, faultWords, type TellVisit } from "./access/door/visit-fault.ts";
import type { WayIn } from "./access/door/way-in.ts";
import { accessOf, isOfPrograms } from "./access/route-access.ts";
import { problem } from "./api/problem.ts";
import { refusal } from "./refusal.ts";
import { refusalWords } from "./refusal-words.ts";

/**
 * What every answer of a site says about itself. No inline script or style, nothing from elsewhere, no frames. Pages
 * are never stored: what they show is for whoever asked alone.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

/**
 * Puts the guards before every route: the headers; the way in, where the Host check keeps a site that points its own name at
 * this one (DNS rebinding) from reading the pages; and the checks that what other sites have a browser ask for is a page that
 * is opened, and what is sent a form of these pages.
 */
export function guard(app: FastifyInstance, way: WayIn, onFault: TellVisit): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(pageHeaders).headers(way.headers);
    const fault = way.faultIn(request);
    if (fault !== undefined) {
      onFault(fault, request.socket.remoteAddress);
      return done(refusal(faultStatus[fault], faultWords(fault, way.address)));
    }
    if (request.headers.upgrade?.toLowerCase() === "websocket")
      return done(refusal(400, refusalWords["no-web-socket"]));
    if (isOfPrograms(request)) return done(browserFault(request, onFault));
    if (!isOpenedOrOwn(request)) return done(refusal(403, refusalWords["other-site"]));
    if (request.method === "POST" && !isFromOwnPage(request, way)) {
      const elsewhere = "form-from-elsewhere";
      onFault(elsewhere, request.ip);
      return done(refusal(faultStatus[elsewhere], faultWords(elsewhere)));
    }
    done();
  });
}

/**
 * A program says none of what a browser says of the page that has it ask. What a person opens in a browser is no page's.
 */
function browserFault(request: FastifyRequest, onFault: TellVisit): Error | undefined {
  const { origin, "sec-fetch-site": site } = request.headers;
  const isOpened = site === undefined || site === "none" || (site === "same-origin" && opensToPeople(request));
  if (origin === undefined && isOpened) return undefined;
  const fault = "asked-by-a-browser";
  onFault(fault, request.ip);
  return problem(fault);
}

function opensToPeople(request: FastifyRequest): boolean {
  return accessOf(request)?.opensTo === "either";
}

/**
 * A picture or a frame on another site that names a page of this one shows nothing, but would be written down as seen by
 * whoever looks at that other site.
 */
function isOpenedOrOwn({ method, headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  const isElsewhere = site === "cross-site" || site === "same-site";
  return method === "POST" || !isElsewhere || headers["sec-fetch-dest"] === "document";
}

/**
 * Sec-Fetch-Site is the browser's own word. Where a browser does not send it, Origin must be ours; it is `null` under the
 * referrer policy of these pages in the browsers that send both, so it counts only then.
 */
function isFromOwnPage(request: FastifyRequest, way: WayIn): boolean {
  const { "sec-fetch-site": site, origin } = request.headers;
  if (site !== undefined) return site === "same-origin";
  return origin !== undefined && origin === way.originOf(request);
}
