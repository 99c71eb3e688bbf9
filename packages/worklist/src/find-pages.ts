import type { TaskSummary, Worklist } from "@restante/practice";
import { keptSearch, type Reply, type Request, route, type Routes } from "@restante/web";
import { type FindForm, type FindProblem, readFindForm } from "./find-form.ts";
import { linksOf, perPage } from "./list-pages.ts";
import { refusedWith } from "./refused.ts";
import { noticeIn } from "./return-path.ts";
import { actorAt, type TaskSearch, type WorklistSite } from "./site.ts";
import { taskSubject } from "./subjects.ts";
import { isFiltered, taskQueryOf, tasksAddress, type TasksAsked, tasksAsked } from "./tasks-asked.ts";
import { choicesShown, chosenShown, facetsShown, partOfDateIn, sortsShown, wrongNumberIn } from "./words/find.ts";
import { problems as words } from "./words/refusals.ts";

/** The lists of tasks: by state, filtered, and found by a text, which may name a patient and is in no address (decision 259). */
export function serveFindPages(app: Routes, site: WorklistSite): void {
  const { worklist, token, searches, clock } = site;

  app.get<{ Querystring: Record<string, unknown> }>("/", route({ needs: "see", act: "list" }), (request, reply) =>
    showTasks(reply, { path: "/", asked: tasksAsked(request.query) }),
  );

  app.post<{ Body: Record<string, unknown> | undefined }>(
    "/find",
    route({ needs: "see", act: "search" }),
    async (request, reply) => {
      const { form, asked, problems } = readFindForm(request.body ?? {});
      const found = [...(await problemsOfText(request, form)), ...problems];
      if (found.length > 0) return showTasks(reply.code(400), { path: "/", asked, form, problems: found });
      const path = form.text === "" ? "/" : `/found/${searches.keep(request, { text: form.text })}`;
      return reply.redirect(tasksAddress(path, asked), 303);
    },
  );

  app.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
    "/found/:id",
    route({ needs: "see", act: "search" }),
    (request, reply) => {
      const { id } = request.params;
      const search = keptSearch(searches, request, id);
      return showTasks(reply, { path: `/found/${id}`, asked: tasksAsked(request.query), search });
    },
  );

  async function problemsOfText(request: Request, { text }: FindForm): Promise<FindProblem[]> {
    try {
      await worklist.tasks({ actor: actorAt(site, request), query: { text }, page: { number: 1, size: 1 } });
      return [];
    } catch (error) {
      if (refusedWith(error, ["search-too-long"]) === undefined) throw error;
      return [{ field: "text", text: words["search-too-long"] }];
    }
  }

  interface Shown {
    readonly path: string;
    readonly asked: TasksAsked;
    readonly search?: TaskSearch;
    readonly form?: FindForm;
    readonly problems?: readonly FindProblem[];
  }

  async function showTasks(reply: Reply, { path, asked, search, form, problems = [] }: Shown): Promise<void> {
    const { request } = reply;
    const { page, sort = "newest" } = asked;
    const actor = actorAt(site, request);
    const by = { me: actor.id, now: clock.now(), text: search?.text };
    const query = taskQueryOf(asked, by);
    const mine: TasksAsked = { chosen: {}, assigned: "me", page: 1 };
    const assignees = site.assignees();
    const [{ items: tasks, total }, { total: ofMine }, senders] = await Promise.all([
      worklist.tasks({ actor, query, sort, page: { number: page, size: perPage } }),
      worklist.tasks({ actor, query: taskQueryOf(mine, { ...by, text: undefined }), page: { number: 1, size: 1 } }),
      worklist.senders(actor),
    ]);
    site.listed(
      request,
      tasks.map(({ taskId }) => taskSubject(taskId)),
    );
    const { show: _, ...anyState } = asked;
    const isMine = path === "/" && tasksAddress(path, { ...asked, page: 1 }) === tasksAddress(path, mine);
    return site.show(reply, "worklist", {
      tasks,
      undecided: await undecidedAmong(tasks),
      view: query.show ?? "all",
      page,
      sort,
      here: tasksAddress(path, asked),
      links: linksOf(page, total, (to) => tasksAddress(path, { ...asked, page: to })),
      notice: noticeIn(request.query as Record<string, unknown>),
      token: (id: number) => token(request, `/tasks/${id}/deal-with`),
      views: (["open", "completed", "attention", "replaced", "all"] as const).map((view) => {
        const isDefault = view === (search === undefined ? "open" : "all");
        return {
          view,
          href:
            isMine && isDefault ? "/" : tasksAddress(path, { ...anyState, page: 1, ...(!isDefault && { show: view }) }),
          current: view === (query.show ?? "all") && !isMine,
        };
      }),
      mine: { href: tasksAddress("/", mine), total: ofMine, current: isMine },
      find: {
        token: token(request, "/find"),
        form: form ?? { text: search?.text ?? "", since: writtenDay(asked.since), until: writtenDay(asked.until) },
        problems,
        problemAt: Object.fromEntries(problems.map(({ field, text }) => [field, text])),
        asked,
        search,
        facets: facetsShown(asked),
        senders: offered(senders, asked.sender),
        choices: choicesShown(asked, assignees, actor.id),
        isFiltered: isFiltered(asked),
        chosen: [
          ...(search === undefined
            ? []
            : [{ text: `Search: ${search.text}`, href: tasksAddress("/", { ...asked, page: 1 }) }]),
          ...chosenShown(asked, path, { senders, assignees, me: actor.id }),
        ],
        sorts: sortsShown(asked, path),
        unfiltered: tasksAddress(path, { chosen: {}, page: 1, ...(asked.show !== undefined && { show: asked.show }) }),
        everywhere: tasksAddress(path, { ...asked, show: "all", page: 1 }),
        wrongNumber: search && wrongNumberIn(search.text),
        partOfDate: search && partOfDateIn(search.text),
      },
      ...(problems.length > 0 && { refresh: "/" }),
    });
  }

  /** Those that are done, and whose sender waits for an answer that only a person gives. */
  async function undecidedAmong(tasks: readonly TaskSummary[]): Promise<number[]> {
    const done = tasks.filter(({ kind, state }) => kind === "document" && state === "completed");
    const open = await Promise.all(done.map(({ taskId }) => worklist.decisions(taskId)));
    return done.flatMap(({ taskId }, index) => (open[index]?.length ? [taskId] : []));
  }
}

/** Also one who is not among those that sent most. */
function offered(
  senders: Awaited<ReturnType<Worklist["senders"]>>,
  chosen: string | undefined,
): { value: string; text: string; selected: boolean }[] {
  const all =
    chosen === undefined || senders.some(({ key }) => key === chosen)
      ? senders
      : [...senders, { key: chosen, name: chosen }];
  return all.map(({ key, name }) => ({
    value: key,
    text: name === key ? key : `${name} (${key})`,
    selected: key === chosen,
  }));
}

/** As it is typed: `27/3/2026`. */
function writtenDay(day: string | undefined): string {
  const [year, month, date] = (day ?? "").split("-").map(Number);
  return day === undefined ? "" : `${date}/${month}/${year}`;
}
