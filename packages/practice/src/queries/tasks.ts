import type { DatabaseSync } from "node:sqlite";
import type { RefusedFor } from "@restante/itk3";
import type { MailboxId, MessageId } from "@restante/mesh";
import type { MessageSummary } from "../store/tasks.ts";
import type { Listing, TaskList, TaskQuery, TaskState } from "../lists.ts";
import type { MatchDoubt } from "../matching.ts";
import type { GivenResponse, PatientMatch, Task, TaskAttachment, TaskFinding, TaskSummary } from "../worklist.ts";
import type { TaskKind } from "../task-facts.ts";
import { noticesOf } from "../inbound/notices.ts";
import { isDuplicate } from "../hand-over/states.ts";
import { troubledCopies } from "../store/copies.ts";
import type { Happened } from "../store/matters.ts";
import type { Deadlines } from "./reports.ts";
import { filingColumn, filingIn, filingsOf } from "../store/filings.ts";
import { alikeTo } from "../store/likeness.ts";
import { troubleOfFiling } from "./filing.ts";
import { flagColumns, flagsIn } from "./flags.ts";
import { findTaskIds, isPlain } from "./find-tasks.ts";
import { type ListPlan, listIds, readListed } from "./listing.ts";
import { actsOf, matterColumns, matterIn, mattersOf } from "./matters.ts";
import { givenResponses, happeningsOf } from "./responses.ts";
import { versionsOf } from "./task-versions.ts";
import { json, number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";
import { workColumns, workIn, workTables } from "./task-work.ts";
import { troubleOfMatch } from "./waiting-matches.ts";

/** Without the long ones: a list may name messages with thousands of documents. */
const columns = `task_id, task.kind AS kind, task.state AS state, completed_at, summary, finding_count, attachment_count, match_outcome,
  replaced_by, message_id, received_at, from_mailbox, workflow_id, subject, header_id, document_id, received.reason AS reason, received.kind AS received_kind,
  coalesce(thing_version.version, 1) AS version, doubt, decided_at, decided_by, decided_by_id,
  CASE task.kind WHEN 'refused' THEN (SELECT code FROM given_response WHERE request_message_id = message_id AND level = 'infrastructure') END AS refused_with,
  ${workColumns}, ${matterColumns}, ${flagColumns}, ${filingColumn}`;

const joins = `task CROSS JOIN received USING (message_id) LEFT JOIN matter ON matter.kind = 'task' AND matter.id = task_id
  LEFT JOIN thing_version ON thing_version.kind = 'task' AND thing_version.id = task_id
  LEFT JOIN match_decision USING (task_id)
  LEFT JOIN ${workTables}`;

const inState = (state: Exclude<TaskState, "removed">): ListPlan => ({
  id: "task_id",
  from: `task INDEXED BY task_open WHERE state = '${state}'`,
  tally: [`task ${state}`],
});

const lists: Readonly<Record<NonNullable<TaskQuery["show"]> | "all", ListPlan>> = {
  all: {
    id: "task_id",
    from: "task INDEXED BY task_all WHERE task_id > 0 AND state <> 'removed'",
    tally: ["task open", "task completed", "task replaced"],
  },
  open: inState("open"),
  completed: inState("completed"),
  replaced: inState("replaced"),
  attention: mattersOf("task", "attention"),
};

export function listTasks(database: DatabaseSync, list: TaskList): Listing<TaskSummary> {
  const { ids, ...listing } = isPlain(list)
    ? listIds(database, lists[list.query?.show ?? "all"], "task_words", list)
    : findTaskIds(database, list);
  return { items: readSummaries(database, ids), ...listing };
}

/** In the order of the ids. */
export function readSummaries(database: DatabaseSync, ids: readonly number[]): TaskSummary[] {
  return readListed(database, ids, { columns, from: joins, id: "task_id" }).map(summaryOf);
}

export function readTaskSummary(database: DatabaseSync, taskId: number): TaskSummary | undefined {
  const row = database.prepare(`SELECT ${columns} FROM ${joins} WHERE task_id = ?`).get(taskId);
  return row && summaryOf(row);
}

export function readTask(database: DatabaseSync, taskId: number): Task | undefined {
  const row = database.prepare(`SELECT ${columns}, findings, attachments FROM ${joins} WHERE task_id = ?`).get(taskId);
  return row && taskOf(database, row);
}

const refusedFor: Readonly<Record<string, RefusedFor>> = {
  refused: "not-acceptable",
  "refused-by-strictness": "strictness",
  "refused-by-kind": "not-taken",
};

function taskOf(database: DatabaseSync, row: Row): Task {
  const taskId = number(row, "task_id");
  const findings = json(row, "findings") as TaskFinding[];
  const { notices = noticesOf(findings), filing: _, ...summary } = summaryOf(row);
  return {
    ...summary,
    ...(notices.length > 0 && { notices }),
    findings,
    attachments: json(row, "attachments") as TaskAttachment[],
    responses: [
      ...givenResponses(database, text(row, "message_id")),
      ...troubledCopies(database, taskId).flatMap(({ messageId }) =>
        givenResponses(database, messageId, { copy: messageId as MessageId }),
      ),
    ],
    duplicates: duplicatesOf(database, taskId),
    alike: alikeTo(database, taskId),
    acts: actsOf(database, { kind: "task", id: taskId }),
    ...filingsOf(database, taskId),
    ...versionsOf(database, taskId),
    ...present({
      reason: optionalText(row, "reason"),
      headerId: optionalText(row, "header_id"),
      documentId: optionalText(row, "document_id"),
      removed: removedOf(database, taskId),
      replaces: replacedTask(database, taskId),
      replacedBy: (row["replaced_by"] as number | null) ?? undefined,
    }),
  };
}

function summaryOf(row: Row): TaskSummary {
  const summary = json(row, "summary") as MessageSummary;
  return {
    taskId: number(row, "task_id"),
    version: number(row, "version"),
    kind: text(row, "kind") as TaskKind,
    state: text(row, "state") as TaskState,
    subject: text(row, "subject"),
    sender: present({
      mailboxId: optionalText(row, "from_mailbox") as MailboxId | undefined,
      organisation: summary.confidential === true ? undefined : summary.organisation,
      practitioner: summary.confidential === true ? undefined : summary.practitioner,
    }),
    workflowId: text(row, "workflow_id"),
    messageId: text(row, "message_id"),
    receivedAt: time(row, "received_at"),
    patient: patientOf(row, summary),
    flags: flagsIn(row),
    findingCount: number(row, "finding_count"),
    attachmentCount: number(row, "attachment_count"),
    ...present({
      title: summary.title,
      documentDate: summary.documentDate,
      consultedAt: summary.consultedAt,
      completedAt: optionalTime(row, "completed_at"),
      refusedFor: refusedFor[text(row, "received_kind")],
      refusedWith: optionalText(row, "refused_with"),
      refusalRule: summary.refusalRule,
      recipientType: summary.recipientType,
      confidential: summary.confidential,
      notices: summary.notices,
      modified: summary.modified,
      work: workIn(row),
      filing: filingIn(row),
    }),
    ...matterIn(row),
  };
}

function patientOf(row: Row, { patient }: MessageSummary): PatientMatch {
  const decidedAt = optionalTime(row, "decided_at");
  const name = nameOf(patient);
  return {
    outcome: text(row, "match_outcome") as PatientMatch["outcome"],
    ...present({
      nhsNumber: patient?.nhsNumber,
      name,
      dateOfBirth: patient?.dateOfBirth,
      doubt: optionalText(row, "doubt") as MatchDoubt | undefined,
      byHand: decidedAt && {
        at: decidedAt,
        by: { id: text(row, "decided_by_id"), name: text(row, "decided_by") },
      },
    }),
  };
}

interface NameParts {
  prefix?: string | undefined;
  given?: readonly string[] | undefined;
  family?: string | undefined;
}

/** As the NHS writes a patient's name, and as a list is sorted by it: family name first, in capitals. */
export function nameOf({ prefix, given = [], family }: NameParts = {}): string | undefined {
  const names = [family?.toUpperCase(), given.join(" ")].filter((part) => part !== undefined && part !== "").join(", ");
  if (names === "") return prefix;
  return prefix === undefined ? names : `${names} (${prefix})`;
}

/** What is wrong with the answers to the message of a task, and when that is to be asked again if nothing happens. */
export function standingOfAnswers(
  database: DatabaseSync,
  messageId: string,
  deadlines: Deadlines,
): { trouble?: Happened; dueAt?: Date } {
  const responses = givenResponses(database, messageId);
  const late = responses.filter((response) => isLate(response, deadlines));
  const reason = troubleWith(responses, late);
  const waiting = responses.filter((response) => response.state === "built" && !isLate(response, deadlines));
  const dueAt = waiting.map(
    ({ builtAt }) => new Date(builtAt.getTime() + deadlines.tuning.infrastructureOverdueMs + 1),
  )[0];
  if (reason === undefined) return present({ dueAt });
  const happenings = [
    ...late.map(({ headerId }) => `late ${headerId}`),
    ...database
      .prepare(
        "SELECT outgoing.* FROM given_response CROSS JOIN outgoing USING (header_id) WHERE request_message_id = ?",
      )
      .all(messageId)
      .flatMap((row) => happeningsOf(database, row)),
  ];
  return { trouble: { reason, happenings }, ...present({ dueAt }) };
}

/** What is wrong with the answers to the message of a task, and to copies of it that came later; or waits too long for one. */
export function troubleOfTask(database: DatabaseSync, taskId: number, deadlines: Deadlines): Happened | undefined {
  const own = text(database.prepare("SELECT message_id FROM task WHERE task_id = ?").get(taskId) ?? {}, "message_id");
  const copies = troubledCopies(database, taskId).filter(({ over }) => !over);
  const troubles = [
    ...[own, ...copies.map(({ messageId }) => messageId)].flatMap(
      (messageId) => standingOfAnswers(database, messageId, deadlines).trouble ?? [],
    ),
    ...[troubleOfMatch(database, taskId) ?? [], troubleOfFiling(database, taskId) ?? []].flat(),
  ];
  const [first] = troubles;
  return first && { reason: first.reason, happenings: troubles.flatMap(({ happenings }) => happenings) };
}

/** A response that does not leave is as bad as one that comes back: its sender waits for it. */
function troubleWith(responses: readonly GivenResponse[], [late]: readonly GivenResponse[]): string | undefined {
  const troubled = responses.find(({ state }) => ["held", "failed", "returned", "refused"].includes(state));
  if (troubled === undefined) {
    return late && `${named(late)} has not been handed over. ${late.problem ?? ""}`.trim();
  }
  return `${named(troubled)} did not get through. ${troubled.problem ?? ""}`.trim();
}

/** A duplicate's code answers a copy of the message. */
function named({ level, code }: GivenResponse): string {
  return `The ${level} response ${code}${isDuplicate(code) ? " to a copy that came later" : ""}`;
}

/** It should have been handed over by now. */
function isLate({ state, builtAt }: GivenResponse, { now, tuning }: Deadlines): boolean {
  return state === "built" && now.getTime() - builtAt.getTime() > tuning.infrastructureOverdueMs;
}

function removedOf(database: DatabaseSync, taskId: number): Task["removed"] {
  const row = database.prepare("SELECT message_at, task_at FROM removed WHERE task_id = ?").get(taskId);
  return row && { messageAt: time(row, "message_at"), ...present({ at: optionalTime(row, "task_at") }) };
}

function duplicatesOf(database: DatabaseSync, taskId: number): Task["duplicates"] {
  return database
    .prepare(
      `SELECT message_id, received_at, kind FROM copy CROSS JOIN received USING (message_id)
       WHERE task_id = ? ORDER BY received_at LIMIT 50`,
    )
    .all(taskId)
    .map((duplicate) => ({
      messageId: text(duplicate, "message_id") as MessageId,
      receivedAt: time(duplicate, "received_at"),
      code: text(duplicate, "kind") === "duplicate-message" ? "20007" : "20008",
    }));
}

function replacedTask(database: DatabaseSync, taskId: number): number | undefined {
  const row = database.prepare("SELECT max(task_id) AS task_id FROM task WHERE replaced_by = ?").get(taskId);
  return (row?.["task_id"] as number | null) ?? undefined;
}
