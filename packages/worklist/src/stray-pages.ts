import type { StrayDetail } from "@restante/practice";
import { numberIn, refusal, type Reply, type Routes } from "@restante/web";
import { sendOriginal } from "./file-response.ts";
import { noteSeen, serveMatterForms } from "./matter-forms.ts";
import { readMatterList } from "./matter-list.ts";
import { backTo, listIn, noticeIn } from "./return-path.ts";
import type { WorklistSite } from "./site.ts";

export function serveStrayPages(app: Routes, site: WorklistSite): void {
  const { worklist, actor, token } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/unmatched", async (request, reply) => {
    const { items, shown } = await readMatterList(request.query, "/unmatched", (asked) =>
      worklist.strays({ actor, ...asked }),
    );
    return site.show(reply, "unmatched", {
      ...shown,
      strays: items,
      token: (id: number) => token(`/unmatched/${id}/deal-with`),
    });
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/unmatched/:id",
    async (request, reply) => {
      const stray = await findStray(request.params.id);
      await noteSeen(site, request, { kind: "stray", id: stray.strayId }, stray);
      return showStray(reply, stray, { notice: noticeIn(request.query) }, request.query);
    },
  );

  app.get<{ Params: { id: string } }>("/unmatched/:id/original", async (request, reply) => {
    const { strayId } = await findStray(request.params.id);
    const content = await worklist.strayOriginal(strayId, actor);
    if (content === undefined) throw refusal(404, "This message has no content.");
    return sendOriginal(reply, content, `unmatched-${strayId}-original`);
  });

  serveMatterForms(
    app,
    site,
    "/unmatched/:id",
    async (id) => {
      const { strayId } = await findStray(id);
      return { key: { kind: "stray", id: strayId }, address: `/unmatched/${strayId}` };
    },
    async (reply, id, extra, asked) => showStray(reply, await findStray(id), extra, asked),
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
      address,
      token: (action: string) => token(`${address}/${action}`),
      ...extra,
    });
  }

  async function findStray(id: string): Promise<StrayDetail> {
    const strayId = numberIn({ id }, "id");
    const stray = strayId === undefined ? undefined : await worklist.stray(strayId, actor);
    if (stray === undefined) throw refusal(404, "There is no such unmatched message.");
    return stray;
  }
}
