import type { MatchToDecide } from "@restante/practice";
import { numberIn, pageLinks, refusal, type Reply, type Request, route, type Routes } from "@restante/web";
import { actIn, shownAgain } from "./changed-meanwhile.ts";
import { pageIn } from "./list-pages.ts";
import { refusedWith } from "./refused.ts";
import { listHere } from "./list-here.ts";
import { afterwards, backTo, listPath, noticeIn } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { aboutTask, taskSubject } from "./subjects.ts";
import { isVerdict } from "./words.ts";
import { refusals } from "./words/refusals.ts";

/** Fewer than on other lists: the register is asked for each. */
const size = 20;
/** No page further is asked for: see `pageIn`. */
const most = 2000;

/** Where a person says whether the patient of a message is one of this organisation's. */
export function serveMatchingPages(app: Routes, site: WorklistSite): void {
  const { worklist, token } = site;

  // It shows what the register has of each patient: a look at each, and not a list alone.
  app.get<{ Querystring: Record<string, unknown> }>(
    "/matching",
    route({ needs: "see", act: "view" }),
    async (request, reply) => {
      const page = pageIn(request.query);
      const { items, total } = await worklist.matches({
        actor: actorAt(site, request),
        sort: "oldest",
        page: { number: page, size },
      });
      site.listed(
        request,
        items.map(({ task }) => taskSubject(task.taskId)),
      );
      const address = (to: number): string => listPath({ path: "/matching", page: to });
      return site.show(reply, "matching", {
        matches: items,
        page,
        here: address(page),
        links: pageLinks({ page, size, total, most }, address),
        notice: noticeIn(request.query),
      });
    },
  );

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/tasks/:id/match",
    route({ needs: "act", act: "view", about: aboutTask }),
    async (request, reply) => showMatch(reply, await findMatch(request, request.params.id), {}, request.query),
  );

  // What sends nothing, and what answers the sender: for others.
  const forms = [
    { path: "/tasks/:id/match", needs: "act", sends: false },
    { path: "/tasks/:id/match/answer", needs: "answer", sends: true },
  ] as const;
  for (const { path, needs, sends } of forms) {
    app.post<{ Params: { id: string }; Body: Record<string, string> | undefined }>(
      path,
      route({ needs, act: "match", about: aboutTask }),
      async (request, reply) => {
        const { id } = request.params;
        const taskId = numberIn({ id }, "id");
        const { verdict } = request.body ?? {};
        const by = actIn(site, request);
        if (taskId === undefined || !isVerdict(verdict)) throw refusal(404, refusals["no-such-decision"]);
        try {
          const { outcome } = await worklist.matchByHand(taskId, { verdict, sends }, by);
          if (outcome === "changed-meanwhile") return await showChanged(reply, id, request.body);
        } catch (error) {
          const code = refusedWith(error, ["task-unknown", "match-not-allowed"]);
          if (code === undefined) throw error;
          if (code === "task-unknown") throw refusal(404, refusals["no-such-task"]);
          throw refusal(409, refusals["match-not-allowed"]);
        }
        const [done, address] = [sends ? "answered" : "matched", `/tasks/${taskId}`];
        const list = listHere(site, request, request.body?.["from"]);
        if (list?.startsWith("/matching") === true) return reply.redirect(afterwards(list, done, address), 303);
        const from = list === undefined ? "" : `&from=${encodeURIComponent(list)}`;
        return reply.redirect(`${address}?done=${done}${from}`, 303);
      },
    );
  }

  async function findMatch(request: Request, id: string): Promise<MatchToDecide> {
    const taskId = numberIn({ id }, "id");
    const match = taskId === undefined ? undefined : await worklist.match(taskId, actorAt(site, request));
    if (match === undefined) throw refusal(404, refusals["no-patient-to-match"]);
    return match;
  }

  async function showChanged(reply: Reply, id: string, form: Readonly<Record<string, string>> = {}): Promise<void> {
    const { notice } = shownAgain("match", `/tasks/${id}`, form);
    const match = await findMatch(reply.request, id);
    // What they would decide is to be chosen anew, by what there is to see now.
    return showMatch(reply.code(409), match, { notice }, { from: form["from"] });
  }

  async function showMatch(
    reply: Reply,
    match: MatchToDecide,
    extra: object,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const address = `/tasks/${match.task.taskId}`;
    const from = listHere(site, reply.request, asked["from"]) ?? "/";
    const chosen = match.verdicts.find(({ verdict }) => verdict === asked["verdict"]);
    const action = `${address}/match${match.answerTo === undefined ? "" : "/answer"}`;
    return site.show(reply, "match", {
      match,
      chosen,
      from,
      address,
      action,
      back: from.startsWith("/matching")
        ? backTo(from)
        : { href: from === "/" ? address : `${address}?from=${encodeURIComponent(from)}`, text: "Back to the task" },
      token: token(reply.request, action),
      ...extra,
    });
  }
}
