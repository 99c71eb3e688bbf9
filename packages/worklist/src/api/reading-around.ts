import type { ReportStanding, SystemTrouble, TaskSummary, UnreadTask } from "@restante/practice";
import { list, object, oneOf, optional, text, type Needed } from "@restante/settings";
import { taskSubject } from "../subjects.ts";
import { count, instant, trueIfSo, words } from "./kinds.ts";
import { pageListed, seeing } from "./named.ts";
import { type Operation, operation } from "./operation.ts";
import { given, listOf } from "./shapes/common.ts";
import { pageOf, type PageAsked, pageProperties } from "./shapes/find.ts";
import { taskOf, taskSchema, type TaskShape } from "./shapes/task.ts";

// What programs may read of all of it: what waits too long, what the system cannot do, and how many there are.

interface UnreadShape {
  task: TaskShape;
  openBy?: string;
  overdue?: true;
}

const unread: Needed<UnreadShape> = object<UnreadShape>(
  {
    task: taskSchema,
    openBy: optional(instant("For action, and nobody has opened it: when somebody should have.")),
    overdue: trueIfSo("It is open after the day on which it was due."),
  },
  { description: "A task that waits too long." },
);

function unreadOf({ task, openBy, overdue }: UnreadTask<TaskSummary>): UnreadShape {
  return { task: taskOf(task), ...given("openBy", openBy?.toISOString()), ...(overdue && { overdue }) };
}

interface TroubleShape {
  part: SystemTrouble["part"];
  mailboxId?: string;
  since: string;
  code: string;
  reason: string;
  some?: true;
}

const trouble: Needed<TroubleShape> = object<TroubleShape>(
  {
    part: oneOf(["collecting", "handing-over", "matching", "storing", "filing", "stuck"], {
      description:
        "What is not done: fetching messages, handing over to MESH, looking patients up, storing, saving documents; or anything.",
    }),
    mailboxId: optional(text({ description: "The mailbox of ours that it concerns alone." })),
    since: instant("When it last worked, or first failed."),
    code: text({ description: "What it is." }),
    reason: words("In words."),
    some: trueIfSo("Only some of it is not done."),
  },
  { description: "What the system itself cannot do now." },
);

function troubleOf({ part, mailboxId, since, code, reason, some }: SystemTrouble): TroubleShape {
  return {
    part,
    ...given<"mailboxId", string | undefined>("mailboxId", mailboxId),
    since: since.toISOString(),
    code,
    reason,
    ...(some && { some }),
  };
}

interface CountsShape {
  openTasks: number;
  completedTasks: number;
  reports: number;
  reportsBy: Record<ReportStanding, number>;
  unmatched: number;
  matches: number;
  attention: { tasks: number; reports: number; unmatched: number };
}

const counts: Needed<CountsShape> = object<CountsShape>(
  {
    openTasks: count("Tasks to be dealt with."),
    completedTasks: count("Tasks dealt with."),
    reports: count("Reports sent."),
    reportsBy: object<CountsShape["reportsBy"]>(
      {
        awaited: count("On their way, or their answer is still to come."),
        late: count("That should have come."),
        accepted: count("Accepted."),
        refused: count("Refused."),
        undelivered: count("Failed or returned."),
        held: count("Held."),
      },
      { description: "The same by how they stand." },
    ),
    unmatched: count("Unmatched messages."),
    matches: count("Patients that wait for a person to say whether they are ours."),
    attention: object<CountsShape["attention"]>(
      {
        tasks: count("Tasks."),
        reports: count("Reports."),
        unmatched: count("Unmatched messages."),
      },
      { description: "How many there are that somebody must look at." },
    ),
  },
  { description: "How many there are." },
);

const unreadWanted = object<PageAsked>(pageProperties, { description: "Which are asked for." });

export const readingAround: readonly Operation[] = [
  operation({
    name: "listUnread",
    method: "get",
    path: "/unread",
    tag: "Tasks",
    summary: "Tasks that nobody has opened in time, and those past their due date, the oldest first",
    remark: "None where the settings have no unread. What a program reads is not opened by that.",
    access: seeing("list"),
    query: unreadWanted,
    answer: listOf(unread, "Tasks"),
    problems: [],
    run: async (asking) => {
      const page = pageOf(asking.query);
      const found = asking.site.worklist.unread({ actor: asking.actor, sort: "oldest", page });
      return pageListed(asking, page, found, {
        subjectOf: ({ task }) => taskSubject(task.taskId),
        shapeOf: unreadOf,
      });
    },
  }),
  operation({
    name: "listTroubles",
    method: "get",
    path: "/troubles",
    tag: "Around",
    summary: "What the system itself cannot do now and holds letters up, the longest first",
    access: { needs: "see", opensTo: "token" },
    answer: object<{ items: TroubleShape[] }>(
      { items: list(trouble, { description: "None: all works." }) },
      { description: "What the head of each page says." },
    ),
    problems: [],
    run: async ({ site }) => ({ items: (await site.worklist.troubles()).map(troubleOf) }),
  }),
  operation({
    name: "getCounts",
    method: "get",
    path: "/counts",
    tag: "Around",
    summary: "How many there are of each, and how many need attention",
    access: { needs: "see", opensTo: "token" },
    answer: counts,
    answerExample: {
      openTasks: 4,
      completedTasks: 12,
      reports: 3,
      reportsBy: { awaited: 1, late: 0, accepted: 1, refused: 0, undelivered: 1, held: 0 },
      unmatched: 0,
      matches: 1,
      attention: { tasks: 0, reports: 1, unmatched: 0 },
    },
    problems: [],
    async run({ site }) {
      const all = await site.worklist.counts();
      const { openTasks, completedTasks, reports, reportsBy, strays, matches = 0, attentionBy } = all;
      const { task, report, stray } = attentionBy;
      return {
        openTasks,
        completedTasks,
        reports,
        reportsBy: { ...reportsBy },
        unmatched: strays,
        matches,
        attention: { tasks: task, reports: report, unmatched: stray },
      };
    },
  }),
];
