import { numberIn, refusal, type Request, type Right, route, type Routes } from "@restante/web";
import { linksOf, pageIn, perPage } from "./list-pages.ts";
import { listPath, noticeIn } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutReceiver, taskSubject } from "./subjects.ts";
import { refusals } from "./words/refusals.ts";

/** Who is told of tasks that nobody has opened in time. */
export type UnreadRole = "administrator" | "clinician";

/** What of that role alone no other may do: whoever works here without it is not told. */
const rights: Readonly<Record<UnreadRole, Right>> = { administrator: "configure", clinician: "answer" };

/** @param role absent: nobody is told by the settings, and notices that could not be sent are for administrators */
export function unreadRight(role: UnreadRole | undefined): Right {
  return rights[role ?? "administrator"];
}

/** The tasks that nobody has opened in time, those past their due date, and the notices that could not be sent. */
export function serveUnreadPages(app: Routes, site: WorklistSite, role: UnreadRole | undefined): void {
  const { worklist, token } = site;
  const needs = unreadRight(role);

  app.get<{ Querystring: Record<string, unknown> }>(
    "/unread",
    route({ needs, act: "list" }),
    async (request, reply) => {
      const page = pageIn(request.query);
      const { items, total } = await worklist.unread({
        actor: actorAt(site, request),
        sort: "oldest",
        page: { number: page, size: perPage },
      });
      site.listed(
        request,
        items.map(({ task }) => taskSubject(task.taskId)),
      );
      const address = (to: number): string => listPath({ path: "/unread", page: to });
      return site.show(reply, "unread", {
        isTold: role !== undefined,
        late: items,
        held: await worklist.heldNotices(),
        page,
        here: address(page),
        links: linksOf(page, total, address),
        notice: noticeIn(request.query),
        token: (receiver: number, action: string) => token(request, `/unread/notices/${receiver}/${action}`),
      });
    },
  );

  const forms = [
    { path: "send-again", act: "send-notices", done: "notices-sent-again" },
    { path: "end", act: "end-notices", done: "notices-ended" },
  ] as const;
  for (const { path, act, done } of forms) {
    app.post<{ Params: { id: string }; Body: Record<string, string> | undefined }>(
      `/unread/notices/:id/${path}`,
      route({ needs, act, about: aboutReceiver }),
      async (request, reply) => {
        const receiver = numberIn(request.params, "id");
        // What came after the page was shown waits for somebody who has seen it.
        const upTo = Number(request.body?.["upTo"]);
        if (receiver === undefined || !Number.isSafeInteger(upTo)) throw refusal(404, refusals["no-such-notices"]);
        const actor = actorAt(site, request);
        if (path === "end") await worklist.endNotices(receiver, upTo, actor);
        else await worklist.sendNoticesAgain(receiver, upTo, actor);
        return reply.redirect(`/unread?done=${done}`, 303);
      },
    );
  }
}

/** A person who may act has opened a task, or a document of it: see docs/decisions/291-nothing-unread.md. */
export async function noteOpened(site: WorklistSite, request: Request, taskId: number): Promise<void> {
  if (isOpenedBySomebody(site, request)) await site.worklist.opened(taskId, actorAt(site, request));
}

/**
 * Only what a browser says it shows as a page counts: not the page keeping itself up to date in a corner, nor another site
 * asking for it as a picture, nor a browser that fetches ahead what a person may open. Who could do nothing about it has not
 * seen it for those who can.
 */
export function isOpenedBySomebody(site: WorklistSite, request: Request): boolean {
  const { "sec-fetch-dest": shownAs, "sec-fetch-site": askedBy, "sec-purpose": ahead } = request.headers;
  if (!site.visitor(request).rights.has("act")) return false;
  return shownAs === "document" && ahead === undefined && (askedBy === "same-origin" || askedBy === "none");
}
