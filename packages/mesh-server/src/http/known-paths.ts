// Which methods a path has. A path of ours with another method is 405 and says which it has (RFC 9110, 15.5.6); OPTIONS
// asks for no more than that (9.3.7). Neither needs a token: both say what the API's own description does.

import type { FastifyInstance } from "fastify";

export interface KnownRoute {
  readonly url: string;
  readonly methods: readonly string[];
}

export interface KnownPaths {
  readonly routes: readonly KnownRoute[];
  /** The value of Allow, or undefined for a path that is none of ours. */
  allow(url: string): string | undefined;
}

/** Knows the routes that are added after this. */
export function knownPaths(app: FastifyInstance): KnownPaths {
  const routes: (KnownRoute & { segments: readonly string[] })[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    routes.push({ url, segments: segmentsOf(url), methods: [method].flat() });
  });
  return {
    routes,
    allow(url) {
      const segments = segmentsOf(url);
      const methods = routes.filter((route) => matches(route.segments, segments)).flatMap((route) => route.methods);
      return methods.length === 0 ? undefined : [...new Set([...methods, "OPTIONS"])].toSorted().join(", ");
    },
  };
}

/** A slash at the end is the same path, as it is to the router. */
function segmentsOf(url: string): readonly string[] {
  const [path = ""] = url.split(/[?#]/, 1);
  return path.replace(/\/$/, "").split("/");
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((word, index) => word.startsWith(":") || word === segments[index])
  );
}
