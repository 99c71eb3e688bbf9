import { numberIn } from "@restante/web";
import { type ListAddress, listPath, noticeIn } from "./return-path.ts";

const perPage = 50;

const views = ["all", "attention", "dealt-with"] as const;

interface MatterFilter {
  limit: number;
  attention?: true;
  dealtWith?: true;
  before?: number;
}

/** What every list of things that may need attention shows besides them: which of them, and where the other pages are. */
interface ListShown {
  view: (typeof views)[number];
  before: number | undefined;
  here: string;
  newest: string;
  older: string | undefined;
  notice: ReturnType<typeof noticeIn>;
}

/** One page of such a list, as its address asks for it. `keyOf` gives what the next page begins before. */
export function readMatterList<Item>(
  query: Readonly<Record<string, unknown>>,
  path: ListAddress["path"],
  find: (filter: MatterFilter) => readonly Item[],
  keyOf: (item: Item) => number,
): { items: readonly Item[]; shown: ListShown } {
  const view = views.find((known) => known === query["show"]) ?? "all";
  const before = numberIn(query, "before");
  const found = find({
    limit: perPage + 1,
    ...(view === "attention" && { attention: true }),
    ...(view === "dealt-with" && { dealtWith: true }),
    ...(before !== undefined && { before }),
  });
  const items = found.slice(0, perPage);
  const last = found.length > perPage ? items.at(-1) : undefined;
  const show = view === "all" ? undefined : view;
  return {
    items,
    shown: {
      view,
      before,
      here: listPath({ path, show, before }),
      newest: listPath({ path, show }),
      older: last === undefined ? undefined : listPath({ path, show, before: keyOf(last) }),
      notice: noticeIn(query),
    },
  };
}
