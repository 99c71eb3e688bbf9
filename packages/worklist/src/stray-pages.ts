import type { StrayDetail } from "@restante/practice";
import { numberIn, refusal, type Reply, type Request, route, type Routes } from "@restante/web";
import { sendOriginal } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { readMatterList } from "./matter-list.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { strayTimeline } from "./stray-timeline.ts";
import { aboutStray, straySubject } from "./subjects.ts";
import { refusals } from "./words/refusals.ts";
import { strayEnds, strayGuidance } from "./words/strays.ts";

export function serveStrayPages(app: Routes, site: WorklistSite): void {
  const { worklist, token } = site;

  app.get<{ Querystring: Record<string, unknown> }>(
    "/unmatched",
    route({ needs: "see", act: "list" }),
    async (request, reply) => {
      const { items, shown } = await readMatterList(request.query, "/unmatched", (asked) =>
        worklist.strays({ actor: actorAt(site, request), ...asked }),
      );
      site.listed(
        request,
        items.map(({ strayId }) => straySubject(strayId)),
      );
      return site.show(reply, "unmatched", {
        ...shown,
        strays: items,
        token: (id: number) => token(request, `/unmatched/${id}/deal-with`),
      });
    },
  );

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/unmatched/:id",
    route({ needs: "see", act: "view", about: aboutStray }),
    async (request, reply) => {
      const stray = await findStray(request, request.params.id);
      await noteSeen(site, request, { kind: "stray", id: stray.strayId }, stray);
      return showStray(reply, stray, { notice: noticeIn(request.query) }, request.query);
    },
  );

  const download = route({ needs: "see", act: "download", about: aboutStray });
  app.get<{ Params: { id: string } }>("/unmatched/:id/original", download, async (request, reply) => {
    const { strayId } = await findStray(request, request.params.id);
    const content = await worklist.strayOriginal(strayId, actorAt(site, request));
    if (content === undefined) throw refusal(404, refusals["message-without-content"]);
    return sendOriginal(reply, content, `unmatched-${strayId}-original`);
  });

  serveMatterForms(
    app,
    site,
    "/unmatched/:id",
    aboutStray,
    async (request, id) => {
      const { strayId } = await findStray(request, id);
      return { key: { kind: "stray", id: strayId }, address: `/unmatched/${strayId}` };
    },
    async (reply, id, extra, asked) => showStray(reply, await findStray(reply.request, id), extra, asked),
  );

  async function showStray(
    reply: Reply,
    stray: StrayDetail,
    extra: object,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const address = `/unmatched/${stray.strayId}`;
    const from = listIn(asked["from"]) ?? "/unmatched";
    return site.show(reply, "stray", {
      stray,
      from,
      back: backTo(from),
      hasOriginal: stray.kind === "response",
      guidance: strayGuidance[stray.why],
      ends: strayEnds(stray),
      timeline: strayTimeline(stray),
      address,
      token: (action: string) => token(reply.request, `${address}/${action}`),
      ...extra,
    });
  }

  async function findStray(request: Request, id: string): Promise<StrayDetail> {
    const strayId = numberIn({ id }, "id");
    const stray = strayId === undefined ? undefined : await worklist.stray(strayId, actorAt(site, request));
    if (stray === undefined) throw refusal(404, refusals["no-such-stray"]);
    return stray;
  }
}
