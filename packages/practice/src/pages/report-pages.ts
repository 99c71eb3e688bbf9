import type { FastifyInstance } from "fastify";
import { PracticeError } from "../errors.ts";
import type { SentReportDetail } from "../worklist.ts";
import { documentLinks, sendFile } from "./file-response.ts";
import { refusal } from "./guard.ts";
import { numberIn } from "./query.ts";
import { timelineOf } from "./timeline.ts";
import type { Site } from "./site.ts";

const perPage = 50;

export function serveReportPages(app: FastifyInstance, site: Site): void {
  const { worklist, tokens } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/reports", (request, reply) => {
    const attention = request.query["show"] === "attention";
    const before = numberIn(request.query, "before");
    const found = worklist.reports({
      limit: perPage + 1,
      ...(attention && { attention }),
      ...(before !== undefined && { before }),
    });
    const reports = found.slice(0, perPage);
    const older = found.length > perPage ? reports.at(-1)?.sequence : undefined;
    return site.show(reply, "reports", { reports, attention, before, older });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/reports/:id", (request, reply) => {
    const report = findReport(request.params.id);
    const base = `/reports/${report.headerId}`;
    const documents = documentLinks(base, report.attachments);
    return site.show(reply, "report", {
      report,
      documents,
      timeline: timelineOf(report),
      notice: request.query["done"] === "sent-again" ? "It will be sent again." : undefined,
      token: (action: string) => tokens.issue(`${base}/${action}`),
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
    if (!tokens.accepts(`/reports/${headerId}/send-again`, request.body?.["token"])) {
      throw refusal(
        403,
        "The page was open for too long, or the system has been started again since. Open it again and retry.",
      );
    }
    try {
      worklist.sendAgain(headerId);
    } catch (error) {
      if (!(error instanceof PracticeError)) throw error;
      throw refusal(409, "This report is not held any more. Open it again to see how it stands.");
    }
    return reply.redirect(`/reports/${headerId}?done=sent-again`, 303);
  });

  function findReport(id: string): SentReportDetail {
    const report = worklist.report(id);
    if (report === undefined) throw refusal(404, "There is no such report.");
    return report;
  }
}
