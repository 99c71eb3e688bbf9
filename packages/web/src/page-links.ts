export interface PageOfList {
  /** From 1. */
  page: number;
  /** Items on a page. */
  size: number;
  /** Items on all pages. */
  total: number;
  /** No list is turned further than to this page. */
  most: number;
}

/** What a list says of its pages: which of its items are shown, and where the others are. */
export interface PageLinks {
  /** From 1. */
  page: number;
  /** The first and the last item shown, counted from 1; behind the end of the list `first` is greater. */
  first: number;
  last: number;
  total: number;
  pages: number;
  previous?: string;
  next?: string;
  /** The first page, the last, this one and its neighbours; what is left out between them. */
  items: readonly ({ number: number; href: string; current: boolean } | { ellipsis: true })[];
}

/** @param address Of a page, by its number. */
export function pageLinks({ page, size, total, most }: PageOfList, address: (page: number) => string): PageLinks {
  const pages = Math.max(1, Math.min(Math.ceil(total / size), most));
  const items: PageLinks["items"][number][] = [];
  let before = 0;
  for (const number of new Set([1, page - 1, page, page + 1, pages].sort((a, b) => a - b))) {
    if (number <= before || number > pages) continue;
    // Of a gap of one page the page itself is as short.
    if (number === before + 2) items.push({ number: number - 1, href: address(number - 1), current: false });
    else if (number > before + 2) items.push({ ellipsis: true });
    items.push({ number, href: address(number), current: number === page });
    before = number;
  }
  return {
    page,
    first: (page - 1) * size + 1,
    last: Math.min(page * size, total),
    total,
    pages,
    items,
    ...(page > 1 && { previous: address(Math.min(page - 1, pages)) }),
    ...(page < pages && { next: address(page + 1) }),
  };
}
