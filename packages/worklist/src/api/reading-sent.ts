import type { ReportReceiver } from "@restante/practice";
import { list, object, oneOf, optional, text, type Needed, type Schema } from "@restante/settings";
import { problem } from "@restante/web";
import { sendOriginal } from "../file-response.ts";
import { aboutReport, aboutStray, reportSubject, straySubject } from "../subjects.ts";
import { words } from "./kinds.ts";
import { bytes, pageListed, reportAt, seeing, sendNumbered, strayAt } from "./named.ts";
import { type Asked, type Operation, operation } from "./operation.ts";
import { given, listOf, type ListShape } from "./shapes/common.ts";
import { pageOf, type PageAsked, pageProperties } from "./shapes/find.ts";
import { reportQueryOf, reportsSearched, reportsWanted } from "./shapes/find-reports.ts";
import { reportDetailOf, reportDetailSchema, reportOf, reportSchema, type ReportShape } from "./shapes/report.ts";
import { strayDetailOf, strayDetailSchema, strayOf, straySchema } from "./shapes/stray.ts";

// What programs may read of what was sent, and of what belongs to nothing.

interface MattersWanted extends PageAsked {
  state?: "attention" | "dealt-with" | "all";
}

const mattersWanted: Schema<MattersWanted> = object<MattersWanted>(
  {
    state: {
      ...oneOf(["attention", "dealt-with", "all"], {
        description: "Those that somebody must look at, that somebody has dealt with, or all.",
        default: "all",
      }),
      isOptional: true,
    },
    ...pageProperties,
  },
  { description: "Which are asked for." },
);

function matterListOf({ state = "all", ...page }: MattersWanted): {
  query: { show?: "attention" | "dealt-with" };
  page: ReturnType<typeof pageOf>;
} {
  return { query: state === "all" ? {} : { show: state }, page: pageOf(page) };
}

const reportList: Needed<ListShape<ReportShape>> = listOf(reportSchema, "Reports");

async function findReports(
  asking: Asked<unknown, unknown>,
  asked: Parameters<typeof reportQueryOf>[0],
): Promise<ListShape<ReportShape>> {
  const page = pageOf(asked);
  const { site, actor } = asking;
  const found = site.worklist.reports({ actor, query: reportQueryOf(asked), sort: asked.sort ?? "newest", page });
  return pageListed(asking, page, found, { subjectOf: ({ headerId }) => reportSubject(headerId), shapeOf: reportOf });
}

interface ReceiverShape {
  key: string;
  name?: string;
}

function receiverOf({ key, name }: ReportReceiver): ReceiverShape {
  return { key, ...given("name", name) };
}

export const readingSent: readonly Operation[] = [
  operation({
    name: "listReports",
    method: "get",
    path: "/reports",
    tag: "Sent reports",
    summary: "Sent reports, a page of them",
    remark: "All of them, the newest first, unless it says otherwise.",
    access: seeing("list"),
    query: reportsWanted,
    answer: reportList,
    problems: [],
    run: (asked) => findReports(asked, asked.query),
  }),
  operation({
    name: "searchReports",
    method: "post",
    path: "/reports/search",
    tag: "Sent reports",
    summary: "Reports found by a text",
    remark: "What may name a patient is in the body, and in no address.",
    access: { ...seeing("search"), reads: true },
    body: reportsSearched,
    bodyExample: { text: "Kowalski", state: "late", sort: "oldest" },
    answer: reportList,
    problems: ["search-too-long"],
    run: (asked) => findReports(asked, asked.body),
  }),
  operation({
    name: "listReceivers",
    method: "get",
    path: "/receivers",
    tag: "Sent reports",
    summary: "Whom reports can be asked for by: at most 200",
    access: seeing("list"),
    answer: object<{ items: ReceiverShape[] }>(
      {
        items: list(
          object<ReceiverShape>(
            {
              key: text({
                description:
                  "What the filter receiver takes. REGISTERED: the patient's registered practice, not known yet.",
              }),
              name: optional(words("Its name.")),
            },
            { description: "A receiver." },
          ),
          { description: "By their keys." },
        ),
      },
      { description: "Receivers." },
    ),
    problems: [],
    run: async ({ site, actor }) => ({
      items: (await site.worklist.receivers(actor)).map(receiverOf),
    }),
  }),
  operation({
    name: "getReport",
    method: "get",
    path: "/reports/{id}",
    tag: "Sent reports",
    summary: "A sent report",
    access: seeing("view", aboutReport),
    answer: reportDetailSchema,
    problems: ["unknown"],
    run: async (asked) => reportDetailOf(await reportAt(asked)),
  }),
  bytes({
    name: "getReportAttachment",
    path: "/reports/{id}/attachments/{index}",
    tag: "Sent reports",
    summary: "A file of a sent report",
    access: seeing("download", aboutReport),
    problems: ["unknown", "document-not-ready"],
    async run(asked) {
      const { headerId, sequence } = await reportAt(asked);
      return sendNumbered(asked.reply, asked.params["index"], `report-${sequence}`, (index) =>
        asked.site.worklist.reportAttachment(headerId, index, asked.actor),
      );
    },
  }),
  operation({
    name: "listUnmatched",
    method: "get",
    path: "/unmatched",
    tag: "Unmatched messages",
    summary: "Responses and MESH reports that belong to nothing that was sent, the newest first",
    access: seeing("list"),
    query: mattersWanted,
    answer: listOf(straySchema, "Unmatched messages"),
    problems: [],
    run: async (asking) => {
      const asked = matterListOf(asking.query);
      const found = asking.site.worklist.strays({ actor: asking.actor, ...asked });
      return pageListed(asking, asked.page, found, {
        subjectOf: ({ strayId }) => straySubject(strayId),
        shapeOf: strayOf,
      });
    },
  }),
  operation({
    name: "getUnmatched",
    method: "get",
    path: "/unmatched/{id}",
    tag: "Unmatched messages",
    summary: "An unmatched message",
    access: seeing("view", aboutStray),
    answer: strayDetailSchema,
    problems: ["unknown"],
    run: async (asked) => strayDetailOf(await strayAt(asked)),
  }),
  bytes({
    name: "getUnmatchedOriginal",
    path: "/unmatched/{id}/original",
    tag: "Unmatched messages",
    summary: "An unmatched message exactly as it was received",
    access: seeing("download", aboutStray),
    problems: ["unknown"],
    async run(asked) {
      const { strayId } = await strayAt(asked);
      const content = await asked.site.worklist.strayOriginal(strayId, asked.actor);
      if (content === undefined) throw problem("unknown");
      return sendOriginal(asked.reply, content, `unmatched-${strayId}-original`);
    },
  }),
];
