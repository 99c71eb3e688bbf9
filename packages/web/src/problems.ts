import type { FastifyInstance, FastifyRequest } from "fastify";
import { pageHeaders } from "./guard.ts";
import type { PageTroubles } from "./page-troubles.ts";
import { isRefusal, type Refusal, refusal } from "./refusal.ts";
import { refusalWords } from "./refusal-words.ts";

interface ProblemOptions {
  explain?: (error: unknown) => Refusal | undefined;
  notFound?: string;
}

const wentWrong = refusalWords["went-wrong"];

/** Every failure is a page that says what to do next; what went wrong inside is not shown, and told to who runs the site. */
export function showProblems(
  app: FastifyInstance,
  render: (request: FastifyRequest, context: { status: number; message: string }) => string,
  troubles: PageTroubles,
  { explain, notFound }: ProblemOptions,
): void {
  app.setNotFoundHandler(() => {
    throw refusal(404, notFound ?? refusalWords["no-such-page"]);
  });
  app.setErrorHandler((error, request, reply) => {
    const shown = isRefusal(error) ? error : explain?.(error);
    const status = shown?.statusCode ?? statusOf(error);
    if (shown === undefined && status === 500) troubles.failed(request, error);
    // Where a file was to be sent, it would still be told how to take it.
    reply.headers(pageHeaders).removeHeader("content-disposition");
    // Nothing that stands on every page: reading it may be what failed.
    try {
      const page = render(request, { status, message: shown?.message ?? wentWrong });
      return reply.code(status).type("text/html; charset=utf-8").send(page);
    } catch (failure) {
      // What a page is made of cannot be read: fastify would answer with the reason.
      troubles.failed(request, failure);
      return reply.code(500).type("text/plain; charset=utf-8").send(wentWrong);
    }
  });
}

/** fastify's own refusals (a body too large, an unknown content type) carry a status of 4xx. */
function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
