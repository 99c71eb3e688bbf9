import { type Clock, lastingTroubles } from "@restante/mesh";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { codeOf } from "./code-of.ts";

/**
 * Pages of one kind fail inside, or work again. `route` is its pattern, such as `GET /parcels/:id`, never the address that
 * was asked for: ids and what was searched for are in that.
 */
export type PageTrouble = ({ state: "failing"; route: string; code: string } | { state: "over"; route: string }) & {
  times: number;
  since: Date;
};

export interface PageTroubles {
  /** A person was shown that something went wrong here: whoever runs the site is to know it, and what. */
  failed(request: FastifyRequest, error: unknown): void;
}

/**
 * Of several things on one route, one may fail each time while the others are shown: trouble is over when the route has
 * worked again and nothing has failed there for so long. An open page asks again each minute.
 */
const quietMs = 15 * 60 * 1000;

export function watchPages(
  app: FastifyInstance,
  clock: Clock,
  tell: (trouble: PageTrouble, error?: unknown) => void,
): PageTroubles {
  const troubles = lastingTroubles(clock);
  /** When each route that is in trouble failed last; as many as a site has routes. */
  const failedAt = new Map<string, number>();

  app.addHook("onResponse", async (request, { statusCode }) => {
    const route = routeOf(request);
    const last = failedAt.get(route);
    if (last === undefined || statusCode >= 400) return;
    // A clock that was put back must not keep trouble for ever.
    if (Math.abs(clock.now().getTime() - last) < quietMs) return;
    failedAt.delete(route);
    const over = troubles.over(route);
    if (over !== undefined) tell({ state: "over", route, ...over });
  });

  return {
    failed(request, error) {
      const route = routeOf(request);
      const code = codeOf(error);
      failedAt.set(route, clock.now().getTime());
      const trouble = troubles.met(route, code);
      if (trouble !== undefined) tell({ state: "failing", route, code, ...trouble }, error);
    },
  };
}

function routeOf({ method, routeOptions: { url } }: FastifyRequest): string {
  return url === undefined ? "no route" : `${method} ${url}`;
}
