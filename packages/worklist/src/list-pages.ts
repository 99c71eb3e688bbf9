import { numberIn } from "@restante/web";

export const perPage = 50;
/** No list is turned further: see `ListPage`. */
const mostPages = 2000;

/** The page of a list that its address asks for, the newest where it asks for none that can be. */
export function pageIn(query: Readonly<Record<string, unknown>>): number {
  const page = numberIn(query, "page") ?? 1;
  return page >= 1 && page <= mostPages ? page : 1;
}

/** The pages beside it, as far as there are any. */
export function besides(page: number, total: number): { newer: number | undefined; older: number | undefined } {
  return {
    newer: page > 1 ? Math.min(page - 1, Math.max(1, Math.ceil(total / perPage))) : undefined,
    older: page * perPage < total && page < mostPages ? page + 1 : undefined,
  };
}
