import { numberIn, type PageLinks, pageLinks } from "@restante/web";

export const perPage = 50;
/** No list is turned further: see `ListPage`. */
export const mostPages = 2000;

/** The page of a list that its address asks for, the newest where it asks for none that can be. */
export function pageIn(query: Readonly<Record<string, unknown>>): number {
  const page = numberIn(query, "page") ?? 1;
  return page >= 1 && page <= mostPages ? page : 1;
}

/** Where the other pages of a list are. */
export function linksOf(page: number, total: number, address: (page: number) => string): PageLinks {
  return pageLinks({ page, size: perPage, total, most: mostPages }, address);
}
