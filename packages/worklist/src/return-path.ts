import { reportsAddressIn } from "./reports-asked.ts";
import { tasksAddressIn } from "./tasks-asked.ts";

/** Where a person was before they opened something: a list, with its filter and page. Of tasks and reports there is more to ask for: tasks-asked.ts, reports-asked.ts. */
export interface ListAddress {
  path: "/matching" | "/unread" | "/unmatched";
  show?: string | undefined;
  /** From 1, the newest; absent: that. */
  page?: number | undefined;
}

const form = /^(\/matching|\/unread|\/unmatched)(?:\?show=([a-z-]{1,20}))?(?:[?&]page=(\d{1,4}))?$/;

/** As one text, for an address to carry. */
export function listPath({ path, show, page }: ListAddress): string {
  const query = [
    ...(show === undefined ? [] : [`show=${show}`]),
    ...(page === undefined || page === 1 ? [] : [`page=${page}`]),
  ];
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

/**
 * The list that a page or a form says a person came from; undefined where it says anything else. It is put together
 * anew from what is known, so that nothing leads to another site, or to a page that is no list.
 */
export function listIn(given: unknown): string | undefined {
  if (typeof given !== "string") return undefined;
  const known = tasksAddressIn(given) ?? reportsAddressIn(given);
  if (known !== undefined) return known;
  const [, path, show, page] = form.exec(given) ?? [];
  if (path === undefined) return undefined;
  return listPath({
    path: path as ListAddress["path"],
    show,
    page: page === undefined ? undefined : Number(page),
  });
}

const listNames: Readonly<Record<string, string>> = {
  "/": "the worklist",
  "/matching": "matching",
  "/unread": "the tasks not opened in time",
  "/reports": "sent reports",
  "/unmatched": "unmatched messages",
};

/** The link at the head of a page that leads back to where a person came from. */
export function backTo(list: string): { href: string; text: string } {
  const path = list.split("?")[0] ?? "";
  const name = path.startsWith("/found/")
    ? "the tasks found"
    : path.startsWith("/reports/found/")
      ? "the reports found"
      : (listNames[path] ?? "the list");
  return { href: list, text: `Back to ${name}` };
}

/** The list after something was done there: it says so, and leads to what it was done to. */
export function afterwards(list: string, done: string, item: string): string {
  return `${list}${list.includes("?") ? "&" : "?"}done=${done}&item=${encodeURIComponent(item)}`;
}

const item = /^\/(?:tasks\/\d{1,15}|unmatched\/\d{1,15}|reports\/[A-Za-z0-9.-]{1,64})$/;

/** What an address may say was just done. */
export const notices: Readonly<Record<string, string>> = {
  completed: "Task marked as done.",
  reopened: "The task is open again.",
  "dealt-with": "Marked as dealt with.",
  undone: "This needs attention again.",
  answered: "Your answer will be sent to the sender.",
  "sent-again": "It will be sent again.",
  "taken-back": "Taken back: it was not sent.",
  assigned: "The task has been given to whom you chose.",
  "handed-back": "The task is for anybody to take again.",
  prioritised: "Priority and due date are set.",
  commented: "Your comment was added.",
  "save-asked": "The document will be saved to the record system’s folder.",
  "save-asked-and-done": "Task marked as done. Its document will be saved to the record system’s folder.",
  "save-stopped": "The document will not be saved.",
  // Of what was chosen some may have nothing to save, or be saved already: that is left out.
  "several-save":
    "The documents that could be saved will be saved to the record system’s folder. Any other task that you chose is as it was.",
  "several-save-and-complete":
    "The tasks whose documents could be saved are marked as done. Their documents will be saved to the record system’s folder. Any other task that you chose is as it was, and not marked as done.",
  "several-complete": "The tasks that you chose are marked as done.",
  "several-assign": "The tasks that you chose have been given to whom you chose.",
  "notices-sent-again": "The notices will be sent again.",
  "notices-ended": "The notices are ended. Nobody will be sent them.",
  matched: "What you decided about the patient is stored. Nothing was sent.",
};

export interface Notice {
  text: string;
  /** Not what was done, but what a person must know. */
  important?: true;
  link?: { href: string; text: string };
}

export function noticeIn({ done, item: given }: Readonly<Record<string, unknown>>): Notice | undefined {
  const text = typeof done === "string" && Object.hasOwn(notices, done) ? notices[done] : undefined;
  if (text === undefined) return undefined;
  return typeof given === "string" && item.test(given)
    ? { text, link: { href: given, text: "Open it, to see it or undo this" } }
    : { text };
}
