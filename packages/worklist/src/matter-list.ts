import type { Listing, ListPage } from "@restante/practice";
import type { PageLinks } from "@restante/web";
import { linksOf, pageIn, perPage } from "./list-pages.ts";
import { type ListAddress, listPath, noticeIn } from "./return-path.ts";

const views = ["all", "attention", "dealt-with"] as const;

interface MatterPage {
  query: { show?: "attention" | "dealt-with" };
  page: ListPage;
}

/** What every list of things that may need attention shows besides them: which of them, and where the other pages are. */
interface ListShown {
  view: (typeof views)[number];
  page: number;
  here: string;
  links: PageLinks;
  notice: ReturnType<typeof noticeIn>;
}

/** One page of such a list, as its address asks for it. */
export async function readMatterList<Item>(
  query: Readonly<Record<string, unknown>>,
  path: ListAddress["path"],
  find: (asked: MatterPage) => Promise<Listing<Item>>,
): Promise<{ items: readonly Item[]; shown: ListShown }> {
  const view = views.find((known) => known === query["show"]) ?? "all";
  const show = view === "all" ? undefined : view;
  const page = pageIn(query);
  const { items, total } = await find({
    query: show === undefined ? {} : { show },
    page: { number: page, size: perPage },
  });
  return {
    items,
    shown: {
      view,
      page,
      here: listPath({ path, show, page }),
      links: linksOf(page, total, (to) => listPath({ path, show, page: to })),
      notice: noticeIn(query),
    },
  };
}
