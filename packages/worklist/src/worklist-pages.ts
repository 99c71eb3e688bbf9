import { type Clock, type Emit, formatNhsNumber, isNhsNumber, systemClock } from "@restante/mesh";
import type { PracticeOrganisation, Worklist, WorklistCounts } from "@restante/practice";
import {
  type Audit,
  createKeptSearches,
  createSite,
  type Door,
  refusal,
  type SignInOptions,
  type Site,
  type SiteServer,
  tellEnds,
  tellHeads,
  type TokenAccess,
} from "@restante/web";
import { worklistApi } from "./api/serve.ts";
import { assigneesOf } from "./assignees.ts";
import { assets } from "./assets.ts";
import { auditPagesOf } from "./audit-pages-of.ts";
import { serveEntryPages } from "./entry-pages.ts";
import { serveFindPages } from "./find-pages.ts";
import { serveKeptPage } from "./kept-pages.ts";
import { serveMatchingPages } from "./matching-pages.ts";
import { removeOldAuditRows } from "./old-audit-rows.ts";
import { refusedWith } from "./refused.ts";
import { serveReportPages } from "./report-pages.ts";
import type { TaskSearch } from "./site.ts";
import { serveSeveralPages } from "./several-pages.ts";
import { serveStrayPages } from "./stray-pages.ts";
import { serveTaskPages } from "./task-pages.ts";
import type { WorklistSite } from "./site.ts";
import { serveUnreadPages, unreadRight, type UnreadRole } from "./unread-pages.ts";
import * as entryWords from "./words/entries.ts";
import * as findingWords from "./words/findings.ts";
import * as reportWords from "./words/reports.ts";
import * as words from "./words.ts";
import { messages } from "./words/messages.ts";
import * as unreadWords from "./words/unread.ts";
import * as workWords from "./words/work.ts";
import { refusals } from "./words/refusals.ts";

export interface WorklistPagesOptions {
  worklist: Worklist;
  organisation: Pick<PracticeOrganisation, "name" | "odsCode">;
  /** Where it is written down who saw and did what. */
  audit: Audit;
  /** Without a door 127.0.0.1, ::1 or localhost. */
  host: string;
  /** By what programs may ask for the same. Absent: there is no API. */
  programs?: TokenAccess;
  /** 0: any free port. */
  port: number;
  /** Absent: HTTP, on this computer alone, where whoever uses it may do everything. */
  door?: Door;
  /** With a door, and only then. */
  signIn?: SignInOptions;
  /** To which tasks may be given besides people. */
  teams?: readonly string[];
  /** Whether the NHS logo stands in the head of the pages: for those alone who may use it. No, if absent. */
  nhsLogo?: boolean;
  /** Who is told of tasks that nobody has opened in time, and of notices that could not be sent. Absent: nobody is told of
   * tasks, and administrators of notices. */
  unreadRole?: UnreadRole;
  clock?: Clock;
  /** Is told of pages that fail inside, of who is turned away at the door, and where the audit stands. */
  emit?: Emit;
}

export type WorklistPages = SiteServer;

/**
 * Serves the worklist of one organisation to people: by a door to those who have signed in, what they may see and do; without
 * one, over HTTP on this computer alone, to whoever uses it, everything.
 *
 * @throws SiteError; whatever listening throws, such as EADDRINUSE.
 * @example
 * await using pages = await createWorklistPages({
 *   worklist: practice.worklist, organisation, audit, host: "127.0.0.1", port: 0,
 * });
 */
export async function createWorklistPages(options: WorklistPagesOptions): Promise<WorklistPages> {
  const { worklist, organisation, audit, host, port, clock = systemClock, emit = () => undefined } = options;
  const { door, signIn, programs, teams = [], nhsLogo = false, unreadRole } = options;
  const searches = createKeptSearches<TaskSearch>();
  const siteOf = (site: Site): WorklistSite => ({
    ...site,
    worklist,
    assignees: assigneesOf(signIn?.access.users, teams),
    searches,
    clock,
  });
  const site = await createSite({
    host,
    port,
    ...(door !== undefined && { door }),
    onRefusedVisit: (refused) => emit({ event: "visit-refused", odsCode: organisation.odsCode, ...refused }),
    clock,
    audit,
    ...(signIn !== undefined && { signIn }),
    auditPages: auditPagesOf(worklist),
    ...(programs !== undefined && { api: worklistApi(programs, siteOf) }),
    name: organisation.name,
    heading: `${organisation.name} (${organisation.odsCode})`,
    nhsLogo,
    home: "the worklist",
    navigation: [
      { section: "worklist", href: "/", text: "Worklist" },
      { section: "matching", href: "/matching", text: "Matching", ifNumbered: true },
      {
        section: "unread",
        href: "/unread",
        text: "Not opened in time",
        needs: unreadRight(unreadRole),
        ifNumbered: true,
      },
      { section: "reports", href: "/reports", text: "Sent reports" },
      { section: "unmatched", href: "/unmatched", text: "Unmatched messages" },
      { section: "kept", href: "/kept", text: "What is kept", needs: "configure" },
    ],
    views: new URL("views/", import.meta.url),
    assets,
    styles: ["/assets/own/worklist.css"],
    globals: { organisation, words, reportWords, entryWords, findingWords, unreadWords, workWords },
    filters: {
      nhsNumber: (number: string) => (isNhsNumber(number) ? formatNhsNumber(number) : number),
      lower_first: (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`,
      first_of: (list: readonly unknown[], count: number) => list.slice(0, count),
    },
    async surroundings() {
      const counts = await worklist.counts();
      const troubles = (await worklist.troubles()).map((trouble) => words.troubleWords(trouble, clock.now()));
      return { counts, numbers: numbersOf(counts), troubles };
    },
    explain: (error) =>
      // A document that an earlier version stored, and that has not been read again yet.
      refusedWith(error, ["document-not-ready"]) && refusal(503, (error as Error).message),
    onTrouble(trouble) {
      const { route, times, since } = trouble;
      const about = { odsCode: organisation.odsCode, route, times, since };
      if (trouble.state === "over") emit({ event: "page-works-again", ...about });
      else emit({ event: "page-failed", code: trouble.code, ...about });
    },
    notFound: refusals["no-such-page"],
    messages: messages(),
    routes(app, site) {
      const here = siteOf(site);
      serveFindPages(app, here);
      serveTaskPages(app, here);
      serveSeveralPages(app, here);
      serveEntryPages(app, here);
      serveMatchingPages(app, here);
      serveUnreadPages(app, here, unreadRole);
      serveReportPages(app, here);
      serveStrayPages(app, here);
      serveKeptPage(app, { ...here, audit });
    },
  });
  const { odsCode } = organisation;
  const heads = tellHeads(audit, (head) => {
    emit("code" in head ? { event: "audit-unreadable", odsCode, ...head } : { event: "audit-head", odsCode, ...head });
  });
  const ends =
    programs &&
    tellEnds(programs.tokens, ({ name, endsAt }) => emit({ event: "token-ends", odsCode, name, endsAt }), signIn?.now);
  const old = removeOldAuditRows({ worklist, audit, odsCode, clock, emit });
  return {
    ...site,
    async [Symbol.asyncDispose]() {
      old[Symbol.dispose]();
      ends?.[Symbol.dispose]();
      await site[Symbol.asyncDispose]();
      heads[Symbol.dispose]();
    },
  };
}

function numbersOf({
  openTasks,
  attentionBy,
  matches,
  unread,
}: WorklistCounts): Record<string, { count: number; of: string }> {
  return {
    worklist: { count: openTasks, of: "to do" },
    ...(matches !== undefined && { matching: { count: matches, of: "to decide on" } }),
    ...(unread !== undefined && { unread: { count: unread, of: "to look at" } }),
    reports: { count: attentionBy.report, of: "needing attention" },
    unmatched: { count: attentionBy.stray, of: "needing attention" },
  };
}
