import type { ReportReceiver, WorklistCounts } from "@restante/practice";
import { createKeptSearches, keptSearch, type Reply, type Request, route, type Routes } from "@restante/web";
import { linksOf, perPage } from "./list-pages.ts";
import { refusedWith } from "./refused.ts";
import { reportQueryOf, reportsAddress, type ReportsAsked, reportsAsked, standings } from "./reports-asked.ts";
import { noticeIn } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { reportSubject } from "./subjects.ts";
import { standingNames, waitingOf } from "./words/reports.ts";

/** As those of tasks: what is searched for may name a patient, and is in no address. */
interface Search {
  readonly text: string;
}

interface Shown {
  readonly path: string;
  readonly asked: ReportsAsked;
  readonly search?: Search;
  /** What was typed, where it is not searched for. */
  readonly typed?: string;
  readonly problem?: string;
}

/** The lists of reports that were sent: by how they stand, by who has them, and found by a text. */
export function serveReportLists(app: Routes, site: WorklistSite): void {
  const { worklist, token, clock } = site;
  const searches = createKeptSearches<Search>();

  app.get<{ Querystring: Record<string, unknown> }>(
    "/reports",
    route({ needs: "see", act: "list" }),
    (request, reply) => showReports(reply, { path: "/reports", asked: reportsAsked(request.query) }),
  );

  app.post<{ Body: Record<string, unknown> | undefined }>(
    "/reports/find",
    route({ needs: "see", act: "search" }),
    async (request, reply) => {
      const body = request.body ?? {};
      const text = typeof body["text"] === "string" ? body["text"].trim() : "";
      const asked = reportsAsked({ ...body, page: undefined });
      const problem = await problemOf(request, text);
      if (problem !== undefined) {
        return showReports(reply.code(400), { path: "/reports", asked, typed: text, problem });
      }
      const path = text === "" ? "/reports" : `/reports/found/${searches.keep(request, { text })}`;
      return reply.redirect(reportsAddress(path, asked), 303);
    },
  );

  app.get<{ Params: { search: string }; Querystring: Record<string, unknown> }>(
    "/reports/found/:search",
    route({ needs: "see", act: "search" }),
    (request, reply) => {
      const path = `/reports/found/${request.params.search}`;
      const search = keptSearch(searches, request, request.params.search);
      return showReports(reply, { path, asked: reportsAsked(request.query), search });
    },
  );

  async function problemOf(request: Request, text: string): Promise<string | undefined> {
    try {
      await worklist.reports({ actor: actorAt(site, request), query: { text }, page: { number: 1, size: 1 } });
      return undefined;
    } catch (error) {
      if (refusedWith(error, ["search-too-long"]) === undefined) throw error;
      return "Search for at most 10 words, of 200 characters in all";
    }
  }

  async function showReports(reply: Reply, { path, asked, search, typed, problem }: Shown): Promise<void> {
    const { request } = reply;
    const { page, show, sort = "newest" } = asked;
    const actor = actorAt(site, request);
    const query = reportQueryOf(asked, search?.text);
    const [{ items, total, cutOff }, receivers, counts] = await Promise.all([
      worklist.reports({ actor, query, sort, page: { number: page, size: perPage } }),
      worklist.receivers(actor),
      worklist.counts(),
    ]);
    site.listed(
      request,
      items.map(({ headerId }) => reportSubject(headerId)),
    );
    const now = clock.now();
    const here = reportsAddress(path, asked);
    return site.show(reply, "reports", {
      reports: items.map((report) => ({ report, waiting: waitingOf(report, now) })),
      view: show ?? "all",
      page,
      here,
      links: linksOf(page, total, (to) => reportsAddress(path, { ...asked, page: to })),
      cutOff,
      notice: noticeIn(request.query as Record<string, unknown>),
      token: (headerId: string) => token(request, `/reports/${headerId}/deal-with`),
      views: viewsShown(path, asked, isNarrowed(asked, search) ? undefined : counts),
      sorts: (["newest", "oldest"] as const).map((one) => {
        const { sort: _, ...unsorted } = asked;
        const to = { ...unsorted, page: 1, ...(one === "oldest" && { sort: one }) };
        return {
          text: one === "newest" ? "Newest first" : "Oldest first",
          href: reportsAddress(path, to),
          current: one === sort,
        };
      }),
      find: {
        token: token(request, "/reports/find"),
        text: typed ?? search?.text ?? "",
        problem,
        search,
        asked,
        receivers: receiversOffered(receivers, asked.to),
        isNarrowed: isNarrowed(asked, search),
        everywhere: reportsAddress(path, { page: 1 }),
      },
      ...(problem !== undefined && { refresh: "/reports" }),
    });
  }
}

function isNarrowed({ to }: ReportsAsked, search: Search | undefined): boolean {
  return to !== undefined || search !== undefined;
}

/** How many there are is known of all, not of those that are searched for. */
function viewsShown(
  path: string,
  asked: ReportsAsked,
  counts: WorklistCounts | undefined,
): { href: string; text: string; current: boolean; count?: number }[] {
  const { show: current, ...anyState } = asked;
  const one = (show: ReportsAsked["show"], text: string, count?: number) => ({
    href: reportsAddress(path, { ...anyState, page: 1, ...(show !== undefined && { show }) }),
    text,
    current: show === current,
    ...(count !== undefined && { count }),
  });
  return [
    one(undefined, "All", counts?.reports),
    one("attention", "Needing attention", counts?.attentionBy.report),
    ...standings.map((standing) => one(standing, standingNames[standing], counts?.reportsBy[standing])),
    one("dealt-with", "Dealt with"),
  ];
}

function receiversOffered(
  receivers: readonly ReportReceiver[],
  chosen: string | undefined,
): { value: string; text: string; selected: boolean }[] {
  const all: readonly ReportReceiver[] =
    chosen === undefined || receivers.some(({ key }) => key === chosen) ? receivers : [...receivers, { key: chosen }];
  return all
    .map(({ key, name }) => ({ value: key, text: receiverWords(key, name), selected: key === chosen }))
    .toSorted((a, b) => a.text.localeCompare(b.text, "en"));
}

function receiverWords(key: string, name: string | undefined): string {
  if (key === "REGISTERED") return "The patient’s registered practice, not known yet";
  return name === undefined ? key : `${name} (${key})`;
}
