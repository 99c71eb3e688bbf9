import type { SentReportDetail } from "@restante/practice";
import { numberIn, refusal, type Reply, type Routes } from "@restante/web";
import { actIn, shownAgain } from "./changed-meanwhile.ts";
import { documentsShown } from "./documents.ts";
import { sendFile } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { readMatterList } from "./matter-list.ts";
import { refusedWith } from "./refused.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import { timelineOf } from "./timeline.ts";
import type { WorklistSite } from "./site.ts";

export function serveReportPages(app: Routes, site: WorklistSite): void {
  const { worklist, actor, token, requireToken } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/reports", async (request, reply) => {
    const { items, shown } = await readMatterList(request.query, "/reports", (asked) =>
      worklist.reports({ actor, ...asked }),
    );
    return site.show(reply, "reports", {
      ...shown,
      reports: items,
      token: (headerId: string) => token(`/reports/${headerId}/deal-with`),
    });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/reports/:id", async (request, reply) => {
    const report = await findReport(request.params.id);
    await noteSeen(site, request, { kind: "report", id: report.sequence }, report);
    return showReport(reply, report, { notice: noticeIn(request.query) }, request.query);
  });

  app.get<{ Params: { id: string; index: string }; Querystring: Record<string, unknown> }>(
    "/reports/:id/attachments/:index",
    async (request, reply) => {
      const { headerId, sequence } = await findReport(request.params.id);
      const index = numberIn(request.params, "index");
      const content = index === undefined ? undefined : await worklist.reportAttachment(headerId, index, actor);
      if (content === undefined) throw refusal(404, "This report has no such attachment.");
      return sendFile(reply, content, `report-${sequence}-document-${Number(index) + 1}`, "download" in request.query);
    },
  );

  app.post<{ Params: { id: string }; Body: Record<string, string> }>(
    "/reports/:id/send-again",
    async (request, reply) => {
      const { headerId } = await findReport(request.params.id);
      requireToken(`/reports/${headerId}/send-again`, request.body);
      const by = actIn(request.body, actor);
      try {
        const { outcome } = await worklist.sendAgain(headerId, by);
        if (outcome === "changed-meanwhile") {
          const extra = shownAgain("send-again", `/reports/${headerId}`, request.body);
          return await showReport(reply.code(409), await findReport(headerId), extra, request.body);
        }
      } catch (error) {
        if (refusedWith(error, ["not-held"]) === undefined) throw error;
        throw refusal(409, "This report is not held any more. Open it again to see how it stands.");
      }
      const list = listIn(request.body["from"]);
      const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
      return reply.redirect(`/reports/${headerId}?done=sent-again${from}`, 303);
    },
  );

  serveMatterForms(
    app,
    site,
    "/reports/:id",
    async (id) => {
      const { headerId, sequence } = await findReport(id);
      return { key: { kind: "report", id: sequence }, address: `/reports/${headerId}` };
    },
    async (reply, id, extra, asked) => showReport(reply, await findReport(id), extra, asked),
  );

  async function showReport(
    reply: Reply,
    report: SentReportDetail,
    extra: object,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const address = `/reports/${report.headerId}`;
    const from = listIn(asked["from"]) ?? "/reports";
    return site.show(reply, "report", {
      report,
      from,
      address,
      back: backTo(from),
      documents: documentsShown(address, report.attachments, numberIn(asked, "documents")),
      timeline: timelineOf(report),
      token: (action: string) => token(`${address}/${action}`),
      ...extra,
    });
  }

  async function findReport(id: string): Promise<SentReportDetail> {
    const report = await worklist.report(id, actor);
    if (report === undefined) throw refusal(404, "There is no such report.");
    return report;
  }
}
