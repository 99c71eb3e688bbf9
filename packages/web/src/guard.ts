import type { FastifyInstance, FastifyRequest } from "fastify";
import { refusal } from "./refusal.ts";

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
 * Puts the guards before every route: the headers; the Host check, without which a site that points its own name at
 * 127.0.0.1 (DNS rebinding) could read the pages; and for forms the check that they come from these pages.
 */
export function guard(app: FastifyInstance, port: () => number): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(pageHeaders);
    if (!isOwnHost(request.headers.host, port())) return done(refusal(421, "This address is not served here."));
    if (request.method === "POST" && !isFromOwnPage(request)) {
      return done(
        refusal(403, "The form was not sent from one of these pages. Go back, load the page again and retry."),
      );
    }
    done();
  });
}

function isOwnHost(host: string | undefined, port: number): boolean {
  const names = ["127.0.0.1", "[::1]", "localhost"].map((name) => (port === 80 ? name : `${name}:${port}`));
  return host !== undefined && names.includes(host.toLowerCase());
}

/**
 * Sec-Fetch-Site is the browser's own word. Where a browser does not send it, Origin must be ours; it is `null` under the
 * referrer policy of these pages in the browsers that send both, so it counts only then.
 */
function isFromOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return headers.origin !== undefined && headers.origin === `http://${headers.host}`;
}
