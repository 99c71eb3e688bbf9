import type { FastifyInstance } from "fastify";
import { isRefusal, type Refusal, refusal } from "./refusal.ts";
import type { Render } from "./templates.ts";

interface ProblemOptions {
  explain?: (error: unknown) => Refusal | undefined;
  notFound?: string;
}

/** Every failure is a page that says what to do next; what went wrong inside is not shown. */
export function showProblems(app: FastifyInstance, render: Render, { explain, notFound }: ProblemOptions): void {
  app.setNotFoundHandler(() => {
    throw refusal(404, notFound ?? "There is no page at this address. It may be an old link.");
  });
  app.setErrorHandler((error, _, reply) => {
    const shown = isRefusal(error) ? error : explain?.(error);
    const status = shown?.statusCode ?? statusOf(error);
    const message = shown?.message ?? "Something went wrong here. Try again; if it keeps happening, tell support.";
    // Nothing that stands on every page: reading it may be what failed.
    return reply.code(status).type("text/html; charset=utf-8").send(render("web/problem", { status, message }));
  });
}

/** fastify's own refusals (a body too large, an unknown content type) carry a status of 4xx. */
function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
