import { type ActBy, type ActOutcome, type Actor, thisComputer } from "../../src/actor.ts";
import type { ListSort, ReportQuery, StrayQuery, TaskQuery, TaskSort } from "../../src/lists.ts";
import type { MatchDecision } from "../../src/matching.ts";
import type { Assignee, TaskWork } from "../../src/task-work.ts";
import type {
  AttachmentContent,
  Decision,
  MatchToDecide,
  MatterKey,
  SentReport,
  SentReportDetail,
  Stray,
  StrayDetail,
  Task,
  TaskSummary,
  Worklist,
} from "../../src/worklist.ts";

/** Somebody at the worklist, who acts on what they have just seen. Lists have up to 1,000. */
export interface Person {
  tasks(query?: TaskQuery, sort?: TaskSort): Promise<TaskSummary[]>;
  task(taskId: number): Promise<Task | undefined>;
  /** Each of the tasks, opened; newest first. */
  openTasks(): Promise<Task[]>;
  attachment(taskId: number, index: number): Promise<AttachmentContent | undefined>;
  original(taskId: number): Promise<AttachmentContent | undefined>;
  complete(taskId: number): Promise<ActOutcome>;
  reopen(taskId: number): Promise<ActOutcome>;
  assign(taskId: number, assignee: Assignee | undefined): Promise<ActOutcome>;
  prioritise(taskId: number, soon: Pick<TaskWork, "priority" | "dueOn">): Promise<ActOutcome>;
  decide(taskId: number, code: string): Promise<ActOutcome>;
  decisions(taskId: number): Promise<Decision[]>;
  matches(): Promise<MatchToDecide[]>;
  match(taskId: number): Promise<MatchToDecide | undefined>;
  matchByHand(taskId: number, decision: MatchDecision): Promise<ActOutcome>;
  reports(query?: ReportQuery, sort?: ListSort): Promise<SentReport[]>;
  report(headerId: string): Promise<SentReportDetail | undefined>;
  reportAttachment(headerId: string, index: number): Promise<AttachmentContent | undefined>;
  sendAgain(headerId: string): Promise<ActOutcome>;
  strays(query?: StrayQuery, sort?: ListSort): Promise<Stray[]>;
  stray(strayId: number): Promise<StrayDetail | undefined>;
  strayOriginal(strayId: number): Promise<AttachmentContent | undefined>;
  see(matter: MatterKey): Promise<ActOutcome>;
  dealWith(matter: MatterKey, note?: string): Promise<ActOutcome>;
  undoDealtWith(matter: MatterKey): Promise<ActOutcome>;
}

export function person(worklist: Worklist, actor: Actor = thisComputer): Person {
  const page = { number: 1, size: 1000 };
  const onTask = async (taskId: number): Promise<ActBy> => seen(await worklist.task(taskId, actor));
  const on = async ({ kind, id }: MatterKey): Promise<ActBy> => {
    if (kind === "task") return onTask(id);
    if (kind === "stray") return seen(await worklist.stray(id, actor));
    const { items } = await worklist.reports({ actor, page });
    return seen(items.find(({ sequence }) => sequence === id));
  };
  async function openTasks(): Promise<Task[]> {
    const { items } = await worklist.tasks({ actor, page });
    const opened = await Promise.all(items.map(({ taskId }) => worklist.task(taskId, actor)));
    return opened.filter((task) => task !== undefined);
  }
  const seen = (thing: { version: number } | undefined): ActBy => ({ actor, version: thing?.version ?? 1 });
  return {
    tasks: async (query = {}, sort = "newest") => (await worklist.tasks({ actor, query, sort, page })).items,
    task: (taskId) => worklist.task(taskId, actor),
    openTasks,
    attachment: (taskId, index) => worklist.attachment(taskId, index, actor),
    original: (taskId) => worklist.original(taskId, actor),
    complete: async (taskId) => worklist.complete(taskId, await onTask(taskId)),
    reopen: async (taskId) => worklist.reopen(taskId, await onTask(taskId)),
    assign: async (taskId, assignee) => worklist.assign(taskId, assignee, await onTask(taskId)),
    prioritise: async (taskId, soon) => worklist.prioritise(taskId, soon, await onTask(taskId)),
    decide: async (taskId, code) => worklist.decide(taskId, code, await onTask(taskId)),
    decisions: (taskId) => worklist.decisions(taskId),
    matches: async () => (await worklist.matches({ actor, sort: "oldest", page })).items,
    match: (taskId) => worklist.match(taskId, actor),
    matchByHand: async (taskId, decision) => worklist.matchByHand(taskId, decision, await onTask(taskId)),
    reports: async (query = {}, sort = "newest") => (await worklist.reports({ actor, query, sort, page })).items,
    report: (headerId) => worklist.report(headerId, actor),
    reportAttachment: (headerId, index) => worklist.reportAttachment(headerId, index, actor),
    async sendAgain(headerId) {
      const report = await worklist.report(headerId, actor);
      if (report !== undefined) return worklist.sendAgain(headerId, seen(report));
      const tasks = await openTasks();
      const task = tasks.find(({ responses }) => responses.some((response) => response.headerId === headerId));
      return worklist.sendAgain(headerId, seen(task));
    },
    strays: async (query = {}, sort = "newest") => (await worklist.strays({ actor, query, sort, page })).items,
    stray: (strayId) => worklist.stray(strayId, actor),
    strayOriginal: (strayId) => worklist.strayOriginal(strayId, actor),
    see: async (matter) => worklist.see(matter, await on(matter)),
    dealWith: async (matter, note) => worklist.dealWith(matter, await on(matter), note),
    undoDealtWith: async (matter) => worklist.undoDealtWith(matter, await on(matter)),
  };
}
