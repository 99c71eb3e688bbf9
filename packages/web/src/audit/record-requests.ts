import type { FastifyInstance, FastifyRequest } from "fastify";
import { accessOf, isAct, isOfPrograms, isShutTo } from "../access/route-access.ts";
import { visitorAt } from "../access/visitor.ts";
import type { PageTroubles } from "../page-troubles.ts";
import { refusal } from "../refusal.ts";
import type { Audit } from "./audit.ts";
import type { AuditOutcome } from "./entry.ts";
import { createOpenPages } from "./open-pages.ts";

/** What the handler of a list says that it shows. */
const listed = new WeakMap<FastifyRequest, readonly string[]>();
/** Requests whose row is written, or could not be. */
const settled = new WeakSet<FastifyRequest>();

/** The subjects of a list, which its address does not name. */
export function noteListed(request: FastifyRequest, subjects: readonly string[]): void {
  listed.set(request, subjects);
}

/** What the answer to a request is about. */
export function subjectsOf(request: FastifyRequest): readonly string[] {
  const about = accessOf(request)?.about?.(request.params as Record<string, string>);
  return about === undefined ? (listed.get(request) ?? []) : [about];
}

/**
 * Writes a row for every request to a route that says what it is called: of what is read before the page is sent, of what is
 * done before it is done, and once more if it then was not. Where the row cannot be written, nothing is shown and nothing done.
 * A page that keeps itself up to date has a row again when what it shows is another, and each hour: see open-pages.ts.
 */
export function recordRequests(app: FastifyInstance, audit: Audit, troubles: PageTroubles): void {
  const openPages = createOpenPages();

  function record(request: FastifyRequest, outcome: AuditOutcome): void {
    const access = accessOf(request);
    if (access?.act === undefined) return;
    const visitor = visitorAt(request);
    // Sent to sign in, or to set up codes: nothing was shown. Told to sign in: nothing was done, and a stranger may ask a thousand
    // times; of who has to set up codes it is known who tried what.
    if (isShutTo(visitor, access) && (visitor === undefined || outcome === "done")) return;
    const subjects = subjectsOf(request);
    // From another machine it may be somebody else, who has the cookie.
    const page = `${visitor?.binding ?? ""} ${request.ip} ${request.url}`;
    // A program has no page open.
    const isUpdate = outcome === "done" && !isOfPrograms(request) && "x-restante-update" in request.headers;
    if (isUpdate && openPages.has(page, subjects)) return;
    try {
      audit.record({
        actor: visitor?.id ?? "nobody",
        ...(visitor?.session !== undefined && { session: visitor.session }),
        source: request.ip,
        act: access.act,
        outcome,
        subjects,
      });
      if (outcome === "done") openPages.note(page, subjects);
    } catch (error) {
      settled.add(request);
      troubles.failed(request, error);
      throw refusal(503, notRecorded);
    }
  }

  app.addHook("preHandler", async (request) => {
    if (isAct(request)) record(request, "asked");
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const { statusCode } = reply;
    if (settled.has(request) || (isAct(request) && statusCode < 400)) return payload;
    settled.add(request);
    record(request, outcomeOf(statusCode));
    return payload;
  });
}

const notRecorded =
  "Nothing was shown or done, because it cannot be written down who asked for it. Tell support: the disk may be full.";

function outcomeOf(statusCode: number): AuditOutcome {
  if (statusCode < 400) return "done";
  if (statusCode === 401 || statusCode === 403) return "refused";
  return statusCode < 500 ? "not-done" : "failed";
}
