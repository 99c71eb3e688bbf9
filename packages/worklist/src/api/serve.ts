import { type Reply, route, type Routes, type SiteApi, type TokenAccess } from "@restante/web";
import { actorAt, type WorklistSite } from "../site.ts";
import { worklistOpenApi } from "./openapi.ts";
import { file, type Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { worklistProblems } from "./problems.ts";
import { readBody, readQuery } from "./read-input.ts";

const described = "/openapi.json";

/** The worklist for other systems, over HTTP in JSON: see docs/worklist-api.md. */
export function worklistApi(
  access: TokenAccess,
  siteOf: (site: Parameters<SiteApi["routes"]>[1]) => WorklistSite,
): SiteApi {
  return {
    access,
    problems: worklistProblems,
    methodsAt,
    routes(app, site) {
      for (const operation of operations) serve(app, operation, siteOf(site));
      let written: string | undefined;
      app.get(described, route({ needs: "see", opensTo: "either" }), (request, reply) => {
        readQuery(undefined, request.query as Record<string, unknown>);
        written ??= JSON.stringify(worklistOpenApi());
        return reply.type("application/json").send(written);
      });
    },
  };
}

function serve(app: Routes, operation: Operation, site: WorklistSite): void {
  const { method, path, access, query, body, answer, run } = operation;
  app.route({
    method: method === "get" ? "GET" : "POST",
    url: path.replaceAll(/\{(\w+)\}/g, ":$1"),
    ...route(access),
    handler: async (request, reply): Promise<Reply> => {
      const asked = {
        site,
        request,
        reply,
        actor: actorAt(site, request),
        params: request.params as Readonly<Record<string, string>>,
        query: readQuery(query, request.query as Record<string, unknown>),
        body: readBody(body, request.body),
      };
      const given = await run(asked as never);
      if (answer === file) return given as Reply;
      return reply.type("application/json").send(JSON.stringify(given));
    },
  });
}

const paths = [...operations, { method: "get", path: described } as const].map(({ method, path }) => ({
  methods: method === "get" ? ["GET", "HEAD"] : ["POST"],
  pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

function methodsAt(asked: string): readonly string[] {
  return paths.filter(({ pattern }) => pattern.test(asked)).flatMap(({ methods }) => methods);
}
