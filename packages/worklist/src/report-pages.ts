import type { SentReportDetail } from "@restante/practice";
import { numberIn, refusal, type Routes } from "@restante/web";
import { documentsShown } from "./documents.ts";
import { sendFile } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { readMatterList } from "./matter-list.ts";
import { refusedWith } from "./refused.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import { timelineOf } from "./timeline.ts";
import type { WorklistSite } from "./site.ts";

export function serveReportPages(app: Routes, site: WorklistSite): void {
  const { worklist, token, requireToken } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/reports", (request, reply) => {
    const { items, shown } = readMatterList(
      request.query,
      "/reports",
      (filter) => worklist.reports(filter),
      ({ sequence }) => sequence,
    );
    return site.show(reply, "reports", {
      ...shown,
      reports: items,
      token: (headerId: string) => token(`/reports/${headerId}/deal-with`),
    });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/reports/:id", (request, reply) => {
    const report = findReport(request.params.id);
    noteSeen(site, request, { kind: "report", id: report.sequence }, report.matter);
    const address = `/reports/${report.headerId}`;
    const from = listIn(request.query["from"]) ?? "/reports";
    return site.show(reply, "report", {
      report,
      from,
      address,
      back: backTo(from),
      documents: documentsShown(address, report.attachments, numberIn(request.query, "documents")),
      timeline: timelineOf(report),
      notice: noticeIn(request.query),
      token: (action: string) => token(`${address}/${action}`),
    });
  });

  app.get<{ Params: { id: string; index: string }; Querystring: Record<string, unknown> }>(
    "/reports/:id/attachments/:index",
    (request, reply) => {
      const { headerId, sequence } = findReport(request.params.id);
      const index = numberIn(request.params, "index");
      const content = index === undefined ? undefined : worklist.reportAttachment(headerId, index);
      if (content === undefined) throw refusal(404, "This report has no such attachment.");
      return sendFile(reply, content, `report-${sequence}-document-${Number(index) + 1}`, "download" in request.query);
    },
  );

  app.post<{ Params: { id: string }; Body: Record<string, string> }>("/reports/:id/send-again", (request, reply) => {
    const { headerId } = findReport(request.params.id);
    requireToken(`/reports/${headerId}/send-again`, request.body);
    try {
      worklist.sendAgain(headerId);
    } catch (error) {
      if (refusedWith(error, ["not-held"]) === undefined) throw error;
      throw refusal(409, "This report is not held any more. Open it again to see how it stands.");
    }
    const list = listIn(request.body["from"]);
    const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
    return reply.redirect(`/reports/${headerId}?done=sent-again${from}`, 303);
  });

  serveMatterForms(app, site, "/reports/:id", (id) => {
    const { headerId, sequence } = findReport(id);
    return { key: { kind: "report", id: sequence }, address: `/reports/${headerId}` };
  });

  function findReport(id: string): SentReportDetail {
    const report = worklist.report(id);
    if (report === undefined) throw refusal(404, "There is no such report.");
    return report;
  }
}
