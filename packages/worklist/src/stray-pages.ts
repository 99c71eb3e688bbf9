import type { StrayDetail } from "@restante/practice";
import { numberIn, refusal, type Routes } from "@restante/web";
import { sendOriginal } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { readMatterList } from "./matter-list.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import type { WorklistSite } from "./site.ts";

export function serveStrayPages(app: Routes, site: WorklistSite): void {
  const { worklist, token } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/unmatched", (request, reply) => {
    const { items, shown } = readMatterList(
      request.query,
      "/unmatched",
      (filter) => worklist.strays(filter),
      ({ strayId }) => strayId,
    );
    return site.show(reply, "unmatched", {
      ...shown,
      strays: items,
      token: (id: number) => token(`/unmatched/${id}/deal-with`),
    });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>("/unmatched/:id", (request, reply) => {
    const stray = findStray(request.params.id);
    const { strayId: id } = stray;
    noteSeen(site, request, { kind: "stray", id }, stray.matter);
    const from = listIn(request.query["from"]) ?? "/unmatched";
    return site.show(reply, "stray", {
      stray,
      from,
      back: backTo(from),
      notice: noticeIn(request.query),
      hasOriginal: stray.kind === "response",
      address: `/unmatched/${id}`,
      token: (action: string) => token(`/unmatched/${id}/${action}`),
    });
  });

  app.get<{ Params: { id: string } }>("/unmatched/:id/original", (request, reply) => {
    const { strayId } = findStray(request.params.id);
    const content = worklist.strayOriginal(strayId);
    if (content === undefined) throw refusal(404, "This message has no content.");
    return sendOriginal(reply, content, `unmatched-${strayId}-original`);
  });

  serveMatterForms(app, site, "/unmatched/:id", (id) => {
    const { strayId } = findStray(id);
    return { key: { kind: "stray", id: strayId }, address: `/unmatched/${strayId}` };
  });

  function findStray(id: string): StrayDetail {
    const strayId = numberIn({ id }, "id");
    const stray = strayId === undefined ? undefined : worklist.stray(strayId);
    if (stray === undefined) throw refusal(404, "There is no such unmatched message.");
    return stray;
  }
}
