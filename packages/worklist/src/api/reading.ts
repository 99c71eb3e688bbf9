import { list, object, text, type Needed, type Schema } from "@restante/settings";
import { problem } from "@restante/web";
import { sendOriginal } from "../file-response.ts";
import { aboutTask, taskSubject } from "../subjects.ts";
import { words } from "./kinds.ts";
import { bytes, pageListed, seeing, sendNumbered, taskAt } from "./named.ts";
import { type Asked, type Operation, operation } from "./operation.ts";
import { telling } from "./problems.ts";
import { listOf, type ListShape } from "./shapes/common.ts";
import { documentSchema } from "./shapes/document.ts";
import { tasksExample, taskExample } from "./shapes/example.ts";
import { pageOf, type PageAsked, pageProperties, taskQueryOf, tasksSearched, tasksWanted } from "./shapes/find.ts";
import { matchOf, matchSchema } from "./shapes/match.ts";
import { assignee, type AssigneeShape, taskOf, taskSchema, type TaskShape } from "./shapes/task.ts";
import { taskDetailOf, taskDetailSchema } from "./shapes/task-detail.ts";

// What programs may read of tasks.

const taskList: Needed<ListShape<TaskShape>> = listOf(taskSchema, "Tasks");

async function findTasks(
  asking: Asked<unknown, unknown>,
  asked: Parameters<typeof taskQueryOf>[0],
): Promise<ListShape<TaskShape>> {
  const page = pageOf(asked);
  const { site, actor } = asking;
  const found = site.worklist.tasks({ actor, query: taskQueryOf(asked), sort: asked.sort ?? "newest", page });
  return pageListed(asking, page, found, { subjectOf: ({ taskId }) => taskSubject(taskId), shapeOf: taskOf });
}

const matchesWanted: Schema<PageAsked> = object<PageAsked>(
  {
    ...pageProperties,
    size: {
      ...pageProperties.size,
      json: { ...pageProperties.size.json, maximum: 20, default: 20 },
    },
  },
  { description: "Which are asked for." },
);

/** Fewer than on other lists: the register is asked for each. */
const mostMatches = 20;

interface SenderKeyShape {
  key: string;
  name: string;
}

export const reading: readonly Operation[] = [
  operation({
    name: "listTasks",
    method: "get",
    path: "/tasks",
    tag: "Tasks",
    summary: "Tasks, a page of them",
    remark:
      "Those to be dealt with, the newest first, unless it says otherwise. To take new tasks ask for sort=oldest.",
    access: seeing("list"),
    query: tasksWanted,
    answer: taskList,
    answerExample: tasksExample,
    problems: [],
    run: (asked) => findTasks(asked, asked.query),
  }),
  operation({
    name: "searchTasks",
    method: "post",
    path: "/tasks/search",
    tag: "Tasks",
    summary: "Tasks found by a text",
    remark: "What may name a patient is in the body, and in no address.",
    access: { ...seeing("search"), reads: true },
    body: tasksSearched,
    bodyExample: { text: "9992370820", state: "all", kind: ["document"] },
    answer: taskList,
    answerExample: tasksExample,
    problems: ["search-too-long"],
    run: (asked) => findTasks(asked, asked.body),
  }),
  operation({
    name: "getTask",
    method: "get",
    path: "/tasks/{id}",
    tag: "Tasks",
    summary: "A task",
    access: seeing("view", aboutTask),
    answer: taskDetailSchema,
    answerExample: taskExample,
    problems: ["unknown"],
    async run(asked) {
      const task = await taskAt(asked);
      const isOver = task.state === "replaced" || task.state === "removed";
      return taskDetailOf(task, isOver ? [] : await asked.site.worklist.decisions(task.taskId));
    },
  }),
  operation({
    name: "listTasksOfPatient",
    method: "get",
    path: "/tasks/{id}/patient",
    tag: "Tasks",
    summary:
      "The tasks whose messages have the NHS number of this one's, itself among them, the newest first: at most 200",
    access: seeing("list"),
    answer: taskList,
    problems: ["unknown"],
    async run(asked) {
      const { taskId } = await taskAt(asked);
      const found = await asked.site.worklist.ofPatient(taskId, asked.actor);
      if (found === undefined) throw problem("unknown");
      const { items, total, cutOff } = found;
      const listed = new Set([taskId, ...items.map((item) => item.taskId)]);
      asked.site.listed(asked.request, [...listed].map(taskSubject));
      return { total, page: 1, size: 200, ...(cutOff && { cutOff }), items: items.map(taskOf) };
    },
  }),
  operation({
    name: "getDocument",
    method: "get",
    path: "/tasks/{id}/document",
    tag: "Tasks",
    summary: "What the document of a task says, in its sections and entries",
    access: seeing("view", aboutTask),
    answer: documentSchema,
    problems: ["unknown", "document-not-ready"],
    async run(asked) {
      const { taskId } = await taskAt(asked);
      const view = await telling(asked.site.worklist.documentView(taskId, asked.actor));
      if (view === undefined) throw problem("unknown");
      return view;
    },
  }),
  bytes({
    name: "getAttachment",
    path: "/tasks/{id}/attachments/{index}",
    tag: "Tasks",
    summary: "A file of a task, as it came",
    remark: "Its type is what it is by its first bytes; of anything that is not known, application/octet-stream.",
    access: seeing("download", aboutTask),
    problems: ["unknown", "document-not-ready"],
    async run(asked) {
      const { taskId } = await taskAt(asked);
      return sendNumbered(asked.reply, asked.params["index"], `task-${taskId}`, (index) =>
        asked.site.worklist.attachment(taskId, index, asked.actor),
      );
    },
  }),
  bytes({
    name: "getOriginal",
    path: "/tasks/{id}/original",
    tag: "Tasks",
    summary: "The message of a task exactly as it was received",
    access: seeing("download", aboutTask),
    problems: ["unknown"],
    async run(asked) {
      const { taskId } = await taskAt(asked);
      const content = await asked.site.worklist.original(taskId, asked.actor);
      if (content === undefined) throw problem("unknown");
      return sendOriginal(asked.reply, content, `task-${taskId}-original`);
    },
  }),
  operation({
    name: "listSenders",
    method: "get",
    path: "/senders",
    tag: "Tasks",
    summary: "Whom tasks can be asked for by: the 200 that sent most of them",
    access: seeing("list"),
    answer: object<{ items: SenderKeyShape[] }>(
      {
        items: list(
          object<SenderKeyShape>(
            { key: text({ description: "What the filter sender takes." }), name: words("Its name.") },
            { description: "A sender." },
          ),
          { description: "By name." },
        ),
      },
      { description: "Senders." },
    ),
    problems: [],
    run: async ({ site, actor }) => ({
      items: (await site.worklist.senders(actor)).map(({ key, name }) => ({ key, name })),
    }),
  }),
  operation({
    name: "listAssignees",
    method: "get",
    path: "/assignees",
    tag: "Work",
    summary: "To whom tasks may be given",
    access: { needs: "see", opensTo: "token" },
    answer: object<{ items: AssigneeShape[] }>(
      { items: list(assignee, { description: "People by name, then teams." }) },
      { description: "People and teams." },
    ),
    problems: [],
    async run({ site }) {
      const { people, teams } = site.assignees();
      return { items: [...people, ...teams].map(({ kind, id, name }) => ({ kind, id, name })) };
    },
  }),
  operation({
    name: "listMatches",
    method: "get",
    path: "/matches",
    tag: "Matching",
    summary: "Patients that wait for a person to say whether they are ours, the longest first",
    access: seeing("view"),
    query: matchesWanted,
    answer: listOf(matchSchema, "Matches"),
    problems: [],
    run: async (asking) => {
      const page = pageOf({ size: mostMatches, ...asking.query });
      const found = asking.site.worklist.matches({ actor: asking.actor, sort: "oldest", page });
      return pageListed(asking, page, found, {
        subjectOf: ({ task }) => taskSubject(task.taskId),
        shapeOf: matchOf,
      });
    },
  }),
  operation({
    name: "getMatch",
    method: "get",
    path: "/tasks/{id}/match",
    tag: "Matching",
    summary: "What the patient of a task is, and what a decision on it is made by",
    access: { needs: "act", opensTo: "token", act: "view", about: aboutTask },
    answer: matchSchema,
    problems: ["unknown"],
    async run(asked) {
      const { taskId } = await taskAt(asked);
      const match = await asked.site.worklist.match(taskId, asked.actor);
      if (match === undefined) throw problem("unknown", { detail: "Its patient has not been looked up." });
      return matchOf(match);
    },
  }),
];
