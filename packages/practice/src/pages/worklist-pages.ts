import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "@restante/mesh";
import fastify, { type FastifyInstance } from "fastify";
import { thisComputer } from "../actor.ts";
import { PracticeError } from "../errors.ts";
import type { PracticeOrganisation } from "../options.ts";
import type { Worklist } from "../worklist.ts";
import { serveAssets } from "./assets.ts";
import { createFormTokens } from "./form-tokens.ts";
import { guard, isShown, refusal, requireLoopback } from "./guard.ts";
import { serveReportPages } from "./report-pages.ts";
import type { Site } from "./site.ts";
import { serveStrayPages } from "./stray-pages.ts";
import { serveTaskPages } from "./task-pages.ts";
import { createTemplates, type Render } from "./templates.ts";
import { troubleWords } from "./words.ts";

export interface WorklistPagesOptions {
  worklist: Worklist;
  organisation: Pick<PracticeOrganisation, "name" | "odsCode">;
  /** 127.0.0.1, ::1 or localhost. */
  host: string;
  /** 0: any free port. */
  port: number;
  clock?: Clock;
}

export interface WorklistPages extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8431`. */
  readonly url: string;
}

/**
 * Serves the worklist of one organisation to people, over HTTP on this computer alone: there is no sign-in yet, so
 * whoever reaches the pages may do everything on them.
 *
 * @throws PracticeError `host-not-loopback`; whatever listening throws, such as EADDRINUSE.
 * @example
 * await using pages = await createWorklistPages({ worklist: practice.worklist, organisation, host: "127.0.0.1", port: 0 });
 */
export async function createWorklistPages(options: WorklistPagesOptions): Promise<WorklistPages> {
  const { worklist, organisation, host, clock = systemClock } = options;
  requireLoopback(host);
  const app = fastify({
    bodyLimit: 16_384,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
    // Browsers keep connections open, and closing must not wait for them.
    forceCloseConnections: true,
  });
  const port = (): number => (app.server.address() as AddressInfo).port;
  const render = createTemplates({ organisation });
  const tokens = createFormTokens(clock);
  const site: Site = {
    worklist,
    actor: thisComputer,
    tokens,
    requireToken(action, body) {
      if (tokens.accepts(action, body?.["token"])) return;
      throw refusal(
        403,
        "The page was open for too long, or the system has been started again since. Open it again and retry.",
      );
    },
    async show(reply, view, context) {
      const counts = await worklist.counts();
      const troubles = (await worklist.troubles()).map((trouble) => troubleWords(trouble, clock.now()));
      return reply.type("text/html; charset=utf-8").send(render(view, { counts, troubles, ...context }));
    },
  };

  guard(app, port);
  readForms(app);
  serveAssets(app);
  serveTaskPages(app, site);
  serveReportPages(app, site);
  serveStrayPages(app, site);
  showProblems(app, render);

  await app.listen({ host, port: options.port });
  const shownHost = host === "::1" ? "[::1]" : host;
  return {
    url: `http://${shownHost}:${port()}`,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** The only body that these pages take. */
function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())));
  });
}

/** Every failure is a page that says what to do next; what went wrong inside is not shown. */
function showProblems(app: FastifyInstance, render: Render): void {
  app.setNotFoundHandler(() => {
    throw refusal(
      404,
      "There is no page at this address. It may be an old link: look for the message in the worklist.",
    );
  });
  app.setErrorHandler((error, _, reply) => {
    const status = isShown(error) ? error.statusCode : statusOf(error);
    const message =
      isShown(error) || isNotReady(error)
        ? error.message
        : "Something went wrong here. Try again; if it keeps happening, tell support.";
    // No counts in the head of this page: reading them may be what failed.
    return reply.code(status).type("text/html; charset=utf-8").send(render("problem", { status, message }));
  });
}

/** fastify's own refusals (a body too large, an unknown content type) carry a status of 4xx. */
function statusOf(error: unknown): number {
  if (isNotReady(error)) return 503;
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}

/** A document that an earlier version stored, and that has not been read again yet. */
function isNotReady(error: unknown): error is PracticeError {
  return error instanceof PracticeError && error.code === "document-not-ready";
}
