import { readJsonText } from "@restante/mesh";
import type { FastifyInstance, FastifyReply } from "fastify";
import { pageHeaders } from "../guard.ts";
import type { PageTroubles } from "../page-troubles.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { type CommonProblem, commonProblems, isProblem, problem, type ProblemKinds } from "./problem.ts";

/** Where everything is that programs ask for. */
export const apiPrefix = "/api";

export interface ApiOptions {
  /** Beside those that any path may answer. */
  readonly problems: ProblemKinds;
  /** The methods of a path under the prefix, as it was asked for; none where there is nothing. */
  readonly methodsAt: (path: string) => readonly string[];
  readonly routes: (app: FastifyInstance) => void;
}

/** Bodies are JSON, whatever fails is a problem of RFC 9457, and an address that is asked in another way says in which. */
export function serveApi(
  app: FastifyInstance,
  { problems, methodsAt, routes }: ApiOptions,
  troubles: PageTroubles,
  explain: (error: unknown) => Refusal | undefined = () => undefined,
): void {
  const kinds: ProblemKinds = { ...commonProblems, ...problems };

  function send(
    reply: FastifyReply,
    { code, more = {}, headers = {} }: { code: string; more?: object; headers?: Readonly<Record<string, string>> },
  ): FastifyReply {
    const { status, title } = kinds[code] ?? commonProblems.failed;
    reply.headers(pageHeaders).headers(headers).removeHeader("content-disposition");
    return reply
      .code(status)
      .type("application/problem+json")
      .send(JSON.stringify({ type: `urn:restante:problem:${code}`, title, status, code, ...more }));
  }

  void app.register(
    async (api) => {
      api.removeAllContentTypeParsers();
      api.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) => {
        const read = readJsonText(body.toString());
        if ("fault" in read) return done(problem("request-invalid", { detail: "The body is no JSON." }));
        const problems = read.repeated.map((pointer) => ({ pointer, words: "is there twice" }));
        if (problems.length > 0) return done(problem("request-invalid", { problems }));
        done(null, read.value);
      });
      api.setErrorHandler((error, request, reply) => {
        if (isProblem(error)) return send(reply, { ...error.problem, headers: error.headers });
        const shown = isRefusal(error) ? error : explain(error);
        const status = shown?.statusCode ?? statusOf(error);
        const code = codes[status] ?? (status < 500 ? "request-invalid" : "failed");
        if (code === "failed") troubles.failed(request, error);
        const more = shown === undefined ? {} : { detail: shown.message };
        return send(reply, { code, more, headers: status === 503 ? { "retry-after": "60" } : {} });
      });
      api.setNotFoundHandler((request, reply) => {
        const methods = methodsAt((request.url.split("?")[0] ?? "").slice(apiPrefix.length));
        if (methods.length === 0) return send(reply, { code: "unknown" });
        return send(reply, { code: "method-unknown", headers: { allow: methods.join(", ") } });
      });
      routes(api);
    },
    { prefix: apiPrefix },
  );
}

/** What the guards and fastify itself refuse by, as the API calls it. */
const codes: Readonly<Record<number, CommonProblem>> = {
  400: "request-invalid",
  403: "not-allowed",
  404: "unknown",
  413: "body-too-large",
  415: "body-not-json",
  421: "not-here",
  503: "unavailable",
};

function statusOf(error: unknown): number {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === "number" && status >= 400 && status < 500 ? status : 500;
}
