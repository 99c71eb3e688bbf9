import type { ActBy, ActOutcome, Assignee, CompletionReason, MatchVerdict, MatterKey } from "@restante/practice";
import { object, oneOf, optional, type ObjectSchema, type PropertiesOf, type Needed } from "@restante/settings";
import { problem, type AuditAct, type Right, type RouteAccess } from "@restante/web";
import { aboutReport, aboutStray, aboutTask } from "../subjects.ts";
import { id, kind, words } from "./kinds.ts";
import { type Asked, type Operation, operation } from "./operation.ts";
import { type ApiProblem, telling } from "./problems.ts";
import { reportAt, strayAt, taskAt } from "./named.ts";
import { acted, given, version } from "./shapes/common.ts";

// What programs may do. Each is done on what was read, by its version, in the name of the program's token.

interface OnVersion {
  version: number;
}

/** A thing as it is now. */
interface Standing {
  readonly version: number;
  /** Absent of what is unmatched. */
  readonly state?: string;
}

interface Act<Body extends OnVersion> {
  readonly name: string;
  readonly path: string;
  readonly tag: Operation["tag"];
  readonly summary: string;
  readonly remark?: string;
  readonly needs: Right;
  readonly act: AuditAct;
  readonly about: NonNullable<RouteAccess["about"]>;
  readonly body: Needed<Body>;
  readonly example: Body;
  readonly problems: readonly ApiProblem[];
  /** What it is done to, as it is now. */
  readonly find: (asked: Asked<unknown, Body>) => Promise<Standing>;
  readonly run: (asked: Asked<unknown, Body>, by: ActBy) => Promise<ActOutcome>;
}

function act<Body extends OnVersion>({ needs, act: called, about, example, find, ...described }: Act<Body>): Operation {
  return operation({
    ...described,
    method: "post",
    access: { needs, opensTo: "token", act: called, about },
    bodyExample: example,
    answer: acted,
    answerExample: { version: example.version + 1 },
    problems: ["unknown", "changed-meanwhile", ...described.problems, "body-too-large", "body-not-json"],
    async run(asked: Asked<unknown, Body>) {
      await find(asked);
      const outcome = await telling(described.run(asked, { actor: asked.actor, version: asked.body.version }));
      if (outcome.outcome === "done") return { version: outcome.version };
      const { version: now, state } = await find(asked);
      throw problem("changed-meanwhile", { version: now, ...given("state", state) });
    },
  });
}

function bodyOf<Body extends OnVersion>(
  properties: PropertiesOf<Body>,
  description: string,
): ObjectSchema<Body> & Needed<Body> {
  return object<Body>(properties, { description });
}

const onVersion = bodyOf<OnVersion>({ version }, "On what it is done.");

const note = (description: string): Needed<string> => words(description, 500);

interface Completing extends OnVersion {
  reason?: CompletionReason;
  note?: string;
}

interface Assigning extends OnVersion {
  assignee: Pick<Assignee, "kind" | "id"> | null;
}

interface Prioritising extends OnVersion {
  priority?: "urgent";
  dueOn?: string;
}

interface Noting extends OnVersion {
  note?: string;
}

interface Deciding extends OnVersion {
  code: string;
}

interface Matching extends OnVersion {
  verdict: MatchVerdict;
}

const matching = bodyOf<Matching>(
  {
    version,
    verdict: oneOf(["known", "recently-deceased", "no-longer-here", "not-known"], {
      description: "One of the verdicts of /match.",
    }),
  },
  "What the patient is.",
);

const onTask = { tag: "Work", about: aboutTask, find: taskAt } as const;

function taskIdOf({ params }: Pick<Asked<unknown, unknown>, "params">): number {
  return Number(params["id"]);
}

/** @throws Problem `unknown` where the task has no such response */
async function responseAt(asked: Asked<unknown, unknown>): Promise<Standing> {
  const task = await taskAt(asked);
  if (!task.responses.some(({ headerId }) => headerId === asked.params["header"])) throw problem("unknown");
  return task;
}

/** What needs attention, of each kind that has it. */
function dealing(
  called: string,
  {
    path,
    tag,
    about,
    find,
    keyOf,
  }: {
    readonly path: string;
    readonly tag: Operation["tag"];
    readonly about: NonNullable<RouteAccess["about"]>;
    readonly find: (asked: Asked<unknown, unknown>) => Promise<Standing>;
    readonly keyOf: (asked: Asked<unknown, unknown>) => Promise<MatterKey>;
  },
): Operation[] {
  return [
    act<Noting>({
      name: `dealWith${called}`,
      path: `${path}/deal-with`,
      tag,
      summary: "Say that what needs attention about it has been dealt with",
      needs: "act",
      act: "deal-with",
      about,
      body: bodyOf<Noting>({ version, note: optional(note("In words, for the others.")) }, "How."),
      example: { version: 7, note: "Rang them; they have it." },
      problems: ["nothing-to-deal-with", "note-too-long"],
      find,
      run: async (asked, by) => asked.site.worklist.dealWith(await keyOf(asked), by, asked.body.note),
    }),
    act<OnVersion>({
      name: `undoDealtWith${called}`,
      path: `${path}/undo`,
      tag,
      summary: "Say that it needs attention after all",
      needs: "act",
      act: "undo",
      about,
      body: onVersion,
      example: { version: 7 },
      problems: ["not-dealt-with"],
      find,
      run: async (asked, by) => asked.site.worklist.undoDealtWith(await keyOf(asked), by),
    }),
  ];
}

export const acts: readonly Operation[] = [
  act<Completing>({
    ...onTask,
    name: "completeTask",
    path: "/tasks/{id}/complete",
    summary: "Mark a task as done, such as filed in the record",
    needs: "act",
    act: "complete",
    body: bodyOf<Completing>(
      {
        version,
        reason: optional(
          oneOf(["filed", "nothing-to-do", "passed-on", "not-for-us", "other"], {
            description: "Why it is done; filed: the document is in the patient's record. other needs a note.",
          }),
        ),
        note: optional(note("In words, for the others: such as where it was filed.")),
      },
      "Why it is done.",
    ),
    example: { version: 7, reason: "filed", note: "Filed as document 4711." },
    problems: ["note-missing", "note-too-long"],
    run: ({ site, params, body }, by) => {
      const completion = { ...given("reason", body.reason), ...given("note", body.note) };
      return site.worklist.complete(taskIdOf({ params }), by, completion);
    },
  }),
  act<OnVersion>({
    ...onTask,
    name: "reopenTask",
    path: "/tasks/{id}/reopen",
    summary: "Open a task again that was completed",
    needs: "act",
    act: "reopen",
    body: onVersion,
    example: { version: 8 },
    problems: [],
    run: ({ site, params }, by) => site.worklist.reopen(taskIdOf({ params }), by),
  }),
  act<Assigning>({
    ...onTask,
    name: "assignTask",
    path: "/tasks/{id}/assign",
    summary: "Give an open task to somebody, or take it from them",
    needs: "act",
    act: "assign",
    body: bodyOf<Assigning>(
      {
        version,
        assignee: kind({
          description: "One of /assignees; null: nobody.",
          anyOf: [
            { type: "null" },
            {
              type: "object",
              required: ["kind", "id"],
              additionalProperties: false,
              properties: {
                kind: { enum: ["person", "team"], description: "A person, or a team." },
                id: { type: "string", minLength: 1, maxLength: 200, description: "Its id." },
              },
            },
          ],
        }),
      },
      "Who is to deal with it.",
    ),
    example: { version: 7, assignee: { kind: "team", id: "Reception" } },
    problems: ["assignee-unknown", "task-not-open"],
    run({ site, params, body: { assignee } }, by) {
      const { people, teams } = site.assignees();
      const known = [...people, ...teams].find((one) => one.kind === assignee?.kind && one.id === assignee.id);
      if (assignee !== null && known === undefined) throw problem("assignee-unknown");
      return site.worklist.assign(taskIdOf({ params }), known, by);
    },
  }),
  act<Prioritising>({
    ...onTask,
    name: "prioritiseTask",
    path: "/tasks/{id}/prioritise",
    summary: "Say how soon an open task is to be dealt with",
    remark: "What is absent is so no more.",
    needs: "act",
    act: "prioritise",
    body: bodyOf<Prioritising>(
      {
        version,
        priority: optional(oneOf(["urgent"], { description: "Absent: it has its turn." })),
        dueOn: optional(id("An ISO date: the day by whose end it is to be dealt with.", 10)),
      },
      "How soon.",
    ),
    example: { version: 7, priority: "urgent", dueOn: "2026-12-04" },
    problems: ["due-day-invalid", "task-not-open"],
    run: ({ site, params, body }, by) => {
      const soon = { ...given("priority", body.priority), ...given("dueOn", body.dueOn) };
      return site.worklist.prioritise(taskIdOf({ params }), soon, by);
    },
  }),
  ...(["save", "save-and-complete"] as const).map((called) =>
    act<OnVersion>({
      ...onTask,
      name: called === "save" ? "saveTask" : "saveAndCompleteTask",
      path: `/tasks/{id}/${called}`,
      summary: `Have the document saved as a folder for a record system${called === "save" ? "" : ", and the task done"}`,
      remark:
        "Not at once: filing of the task says how it stands. The folder within which it is saved is the settings'.",
      needs: "act",
      act: called,
      body: onVersion,
      example: { version: 7 },
      problems: ["filing-off", "nothing-to-save"],
      run: ({ site, params }, by) =>
        site.worklist.saveToFolder(taskIdOf({ params }), by, { done: called === "save-and-complete" }),
    }),
  ),
  act<OnVersion>({
    ...onTask,
    name: "stopSavingTask",
    path: "/tasks/{id}/stop-saving",
    summary: "Stop what is not saved yet",
    needs: "act",
    act: "stop-saving",
    body: onVersion,
    example: { version: 7 },
    problems: ["not-being-saved", "saving-now"],
    run: ({ site, params }, by) => site.worklist.stopSaving(taskIdOf({ params }), by),
  }),
  act<OnVersion & { note: string }>({
    ...onTask,
    name: "commentTask",
    path: "/tasks/{id}/comment",
    summary: "Write something for the others",
    needs: "act",
    act: "comment",
    body: bodyOf<OnVersion & { note: string }>({ version, note: note("The comment.") }, "A comment."),
    example: { version: 7, note: "Waits for the paper copy." },
    problems: ["note-missing", "note-too-long"],
    run: ({ site, params, body }, by) => site.worklist.comment(taskIdOf({ params }), body.note, by),
  }),
  act<Deciding>({
    ...onTask,
    name: "decideTask",
    path: "/tasks/{id}/decide",
    summary: "Answer the sender at business level, once",
    remark: "With a code of the task's decisions. It leaves the practice; for undoSeconds it may be taken back.",
    needs: "answer",
    act: "answer",
    body: bodyOf<Deciding>({ version, code: id("A code of the task's decisions.", 10) }, "The answer."),
    example: { version: 7, code: "30016" },
    problems: ["already-decided", "decision-not-allowed"],
    run: ({ site, params, body }, by) => site.worklist.decide(taskIdOf({ params }), body.code, by),
  }),
  act<OnVersion>({
    ...onTask,
    name: "sendResponseAgain",
    path: "/tasks/{id}/responses/{header}/send-again",
    summary: "Send an answer again that is held, which somebody has made sure did not arrive",
    needs: "answer",
    act: "send-again",
    body: onVersion,
    example: { version: 7 },
    problems: ["not-held"],
    find: responseAt,
    run: ({ site, params }, by) => site.worklist.sendAgain(params["header"] ?? "", by),
  }),
  act<OnVersion>({
    ...onTask,
    name: "takeResponseBack",
    path: "/tasks/{id}/responses/{header}/take-back",
    summary: "Take back an answer that has not left yet",
    needs: "answer",
    act: "take-back",
    body: onVersion,
    example: { version: 7 },
    problems: ["left-already"],
    find: responseAt,
    run: ({ site, params }, by) => site.worklist.undo(params["header"] ?? "", by),
  }),
  act<Matching>({
    ...onTask,
    tag: "Matching",
    name: "matchTask",
    path: "/tasks/{id}/match",
    summary: "Say what the patient of a task is, which sends nothing",
    remark: "Where the match has an answerTo, it is said by /match/answer.",
    needs: "act",
    act: "match",
    body: matching,
    example: { version: 7, verdict: "known" },
    problems: ["match-not-allowed"],
    run: ({ site, params, body: { verdict } }, by) =>
      site.worklist.matchByHand(taskIdOf({ params }), { verdict, sends: false }, by),
  }),
  act<Matching>({
    ...onTask,
    tag: "Matching",
    name: "matchTaskAndAnswer",
    path: "/tasks/{id}/match/answer",
    summary: "Say what the patient of a task is, which answers the sender",
    remark: "Where the match has an answerTo.",
    needs: "answer",
    act: "match",
    body: matching,
    example: { version: 7, verdict: "not-known" },
    problems: ["match-not-allowed"],
    run: ({ site, params, body: { verdict } }, by) =>
      site.worklist.matchByHand(taskIdOf({ params }), { verdict, sends: true }, by),
  }),
  ...dealing("Task", {
    ...onTask,
    path: "/tasks/{id}",
    keyOf: async ({ params }) => ({ kind: "task", id: taskIdOf({ params }) }),
  }),
  act<OnVersion>({
    name: "sendReportAgain",
    path: "/reports/{id}/send-again",
    tag: "Sent reports",
    summary: "Send a report again that is held, which somebody has made sure did not arrive",
    needs: "answer",
    act: "send-again",
    about: aboutReport,
    body: onVersion,
    example: { version: 7 },
    problems: ["not-held"],
    find: reportAt,
    run: ({ site, params }, by) => site.worklist.sendAgain(params["id"] ?? "", by),
  }),
  act<OnVersion>({
    name: "takeReportBack",
    path: "/reports/{id}/take-back",
    tag: "Sent reports",
    summary: "Take back that a report is sent again, while it has not left",
    needs: "answer",
    act: "take-back",
    about: aboutReport,
    body: onVersion,
    example: { version: 7 },
    problems: ["left-already"],
    find: reportAt,
    run: ({ site, params }, by) => site.worklist.undo(params["id"] ?? "", by),
  }),
  ...dealing("Report", {
    path: "/reports/{id}",
    tag: "Sent reports",
    about: aboutReport,
    find: reportAt,
    keyOf: async (asked) => ({ kind: "report", id: (await reportAt(asked)).sequence }),
  }),
  ...dealing("Unmatched", {
    path: "/unmatched/{id}",
    tag: "Unmatched messages",
    about: aboutStray,
    find: strayAt,
    keyOf: async ({ params }) => ({ kind: "stray", id: Number(params["id"]) }),
  }),
];
