import type { SentReportDetail } from "@restante/practice";
import {
  type AuditAct,
  numberIn,
  refusal,
  type Reply,
  type Request,
  type Right,
  route,
  type Routes,
} from "@restante/web";
import { actIn, shownAgain } from "./changed-meanwhile.ts";
import { documentsShown } from "./documents.ts";
import { sendAttachment } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { showToPrint } from "./print-page.ts";
import { refusedWith } from "./refused.ts";
import { takingBack } from "./taking-back.ts";
import { serveReportLists } from "./report-list-pages.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import { timelineOf } from "./timeline.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutReport } from "./subjects.ts";
import { refusals } from "./words/refusals.ts";
import { guidanceFor, waitsWords } from "./words/reports.ts";

export function serveReportPages(app: Routes, site: WorklistSite): void {
  const { worklist, token } = site;

  serveReportLists(app, site);

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/reports/:id",
    of("see", "view"),
    async (request, reply) => {
      const report = await findReport(request, request.params.id);
      await noteSeen(site, request, { kind: "report", id: report.sequence }, report);
      return showReport(reply, report, { notice: noticeIn(request.query) }, request.query);
    },
  );

  const attachment = "/reports/:id/attachments/:index";
  app.get<{ Params: { id: string } }>(attachment, of("see", "download"), async (request, reply) => {
    const { headerId, sequence } = await findReport(request, request.params.id);
    const read = (index: number): ReturnType<typeof worklist.reportAttachment> =>
      worklist.reportAttachment(headerId, index, actorAt(site, request));
    return sendAttachment(request, reply, { of: "report", name: `report-${sequence}`, read });
  });

  app.get<{ Params: { id: string } }>(`${attachment}/print`, of("see", "print"), async (request, reply) => {
    const { headerId, sequence, attachments } = await findReport(request, request.params.id);
    return showToPrint(site, reply, attachments, { of: "report", number: sequence, address: `/reports/${headerId}` });
  });

  app.post<{ Params: { id: string }; Body: Record<string, string> }>(
    "/reports/:id/send-again",
    of("answer", "send-again"),
    async (request, reply) => {
      const { headerId } = await findReport(request, request.params.id);
      const by = actIn(site, request);
      try {
        const { outcome } = await worklist.sendAgain(headerId, by);
        if (outcome === "changed-meanwhile") {
          const extra = shownAgain("send-again", `/reports/${headerId}`, request.body);
          return await showReport(reply.code(409), await findReport(request, headerId), extra, request.body);
        }
      } catch (error) {
        if (refusedWith(error, ["not-held"]) === undefined) throw error;
        throw refusal(409, refusals["report-not-held"]);
      }
      const list = listIn(request.body["from"]);
      const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
      return reply.redirect(`/reports/${headerId}?done=sent-again${from}`, 303);
    },
  );

  app.post<{ Params: { id: string }; Body: Record<string, string> }>(
    "/reports/:id/take-back",
    of("answer", "take-back"),
    async (request, reply) => {
      const { headerId } = await findReport(request, request.params.id);
      const { outcome } = await takingBack(worklist.undo(headerId, actIn(site, request)));
      if (outcome === "changed-meanwhile") {
        const extra = shownAgain("take-back", `/reports/${headerId}`, request.body);
        return showReport(reply.code(409), await findReport(request, headerId), extra, request.body);
      }
      const list = listIn(request.body["from"]);
      const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
      return reply.redirect(`/reports/${headerId}?done=taken-back${from}`, 303);
    },
  );

  serveMatterForms(
    app,
    site,
    "/reports/:id",
    aboutReport,
    async (request, id) => {
      const { headerId, sequence } = await findReport(request, id);
      return { key: { kind: "report", id: sequence }, address: `/reports/${headerId}` };
    },
    async (reply, id, extra, asked) => showReport(reply, await findReport(reply.request, id), extra, asked),
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
      guide: guidanceFor(report),
      waits: waitsWords(report, site.clock.now()),
      token: (action: string) => token(reply.request, `${address}/${action}`),
      ...extra,
    });
  }

  async function findReport(request: Request, id: string): Promise<SentReportDetail> {
    const report = await worklist.report(id, actorAt(site, request));
    if (report === undefined) throw refusal(404, refusals["no-such-report"]);
    return report;
  }
}

function of(needs: Right, act: AuditAct): ReturnType<typeof route> {
  return route({ needs, act, about: aboutReport });
}
