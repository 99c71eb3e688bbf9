import type { ReportQuery, ReportStanding } from "@restante/practice";
import { numberIn } from "@restante/web";
import { mostPages } from "./list-pages.ts";

/** In the order of the links above the list. */
export const standings: readonly ReportStanding[] = ["awaited", "late", "accepted", "refused", "undelivered", "held"];

export type ReportView = "attention" | "dealt-with" | ReportStanding;
const views: readonly ReportView[] = ["attention", ...standings, "dealt-with"];

/** Which reports an address asks for. Nothing of it names a patient: a text that is searched for is kept apart (decision 259). */
export interface ReportsAsked {
  /** Absent: all. */
  readonly show?: ReportView;
  /** See `ReportQuery.receiver`. */
  readonly to?: string;
  /** Absent: newest first. */
  readonly sort?: "oldest";
  /** From 1. */
  readonly page: number;
}

/** Letters among figures: no number of a patient. */
const receiverForm = /^(?=[A-Z0-9]*[A-Z])[A-Z0-9]{1,40}$/;

/** What is not understood is not asked for. */
export function reportsAsked(query: Readonly<Record<string, unknown>>): ReportsAsked {
  const show = views.find((view) => view === query["show"]);
  const to = typeof query["to"] === "string" && receiverForm.test(query["to"]) ? query["to"] : undefined;
  const page = numberIn(query, "page") ?? 1;
  return {
    ...(show !== undefined && { show }),
    ...(to !== undefined && { to }),
    ...(query["sort"] === "oldest" && { sort: "oldest" as const }),
    page: page >= 1 && page <= mostPages ? page : 1,
  };
}

/** Where they are: `path` is `/reports`, or the page of a search. */
export function reportsAddress(path: string, { show, to, sort, page }: ReportsAsked): string {
  const query = [
    ["show", show],
    ["to", to],
    ["sort", sort],
    ["page", page === 1 ? undefined : page],
  ].filter(([, value]) => value !== undefined);
  return query.length === 0 ? path : `${path}?${query.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** The list of reports that a text names, where it is written as these pages write it. */
export function reportsAddressIn(given: string): string | undefined {
  const [, path, query = ""] = /^(\/reports|\/reports\/found\/[\w-]{22})(?:\?(.{1,200}))?$/.exec(given) ?? [];
  if (path === undefined) return undefined;
  const address = reportsAddress(path, reportsAsked(Object.fromEntries(new URLSearchParams(query))));
  return address === given ? address : undefined;
}

/** What the practice is asked for. */
export function reportQueryOf({ show, to }: ReportsAsked, text: string | undefined): ReportQuery {
  return {
    ...(text !== undefined && { text }),
    ...(show !== undefined && { show }),
    ...(to !== undefined && { receiver: to }),
  };
}
