import type { DatabaseSync } from "node:sqlite";
import type { MailboxId, MessageId } from "@restante/mesh";
import type { MessageSummary } from "../store/tasks.ts";
import type {
  GivenResponse,
  PatientMatch,
  Task,
  TaskAttachment,
  TaskFilter,
  TaskFinding,
  TaskKind,
  TaskState,
  TaskSummary,
} from "../worklist.ts";
import type { Deadlines } from "./reports.ts";
import { givenResponses } from "./responses.ts";
import { json, number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

const columns = `task_id, task.kind AS kind, state, completed_at, summary, findings, attachments, match_outcome, replaced_by,
  message_id, received_at, from_mailbox, workflow_id, subject, header_id, document_id, reason`;

export function listTasks(
  database: DatabaseSync,
  { state, limit = 100, before }: TaskFilter,
  deadlines: Deadlines,
): TaskSummary[] {
  return database
    .prepare(
      `SELECT ${columns} FROM task JOIN received USING (message_id)
       WHERE ${state === undefined ? "" : "state = :state AND"} task_id < :before
       ORDER BY task_id DESC LIMIT :limit`,
    )
    .all({ ...(state && { state }), before: before ?? Number.MAX_SAFE_INTEGER, limit })
    .map((row) => summaryOf(row, givenResponses(database, text(row, "message_id")), deadlines));
}

export function readTask(database: DatabaseSync, taskId: number, deadlines: Deadlines): Task | undefined {
  const row = database
    .prepare(`SELECT ${columns} FROM task JOIN received USING (message_id) WHERE task_id = ?`)
    .get(taskId);
  return row && taskOf(database, row, deadlines);
}

function taskOf(database: DatabaseSync, row: Row, deadlines: Deadlines): Task {
  const taskId = number(row, "task_id");
  const { title, documentDate } = json(row, "summary") as MessageSummary;
  const responses = givenResponses(database, text(row, "message_id"));
  return {
    ...summaryOf(row, responses, deadlines),
    findings: json(row, "findings") as TaskFinding[],
    attachments: json(row, "attachments") as TaskAttachment[],
    responses,
    duplicates: duplicatesOf(database, row),
    ...present({
      reason: optionalText(row, "reason"),
      headerId: optionalText(row, "header_id"),
      documentId: optionalText(row, "document_id"),
      title,
      documentDate,
      replaces: replacedTask(database, taskId),
      replacedBy: (row["replaced_by"] as number | null) ?? undefined,
    }),
  };
}

function summaryOf(row: Row, responses: readonly GivenResponse[], deadlines: Deadlines): TaskSummary {
  const summary = json(row, "summary") as MessageSummary;
  return {
    taskId: number(row, "task_id"),
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
    findingCount: (json(row, "findings") as TaskFinding[]).length,
    attachmentCount: (json(row, "attachments") as TaskAttachment[]).length,
    ...present({
      completedAt: optionalTime(row, "completed_at"),
      recipientType: summary.recipientType,
      confidential: summary.confidential,
      attention: troubleWith(responses, deadlines),
    }),
  };
}

function patientOf(row: Row, { patient }: MessageSummary): PatientMatch {
  const name = [patient?.prefix, ...(patient?.given ?? []), patient?.family].filter((part) => part !== undefined);
  return {
    outcome: text(row, "match_outcome") as PatientMatch["outcome"],
    ...present({
      nhsNumber: patient?.nhsNumber,
      name: name.length === 0 ? undefined : name.join(" "),
      dateOfBirth: patient?.dateOfBirth,
    }),
  };
}

/** A response that does not leave is as bad as one that comes back: its sender waits for it. */
function troubleWith(responses: readonly GivenResponse[], deadlines: Deadlines): string | undefined {
  const troubled = responses.find(({ state }) => ["held", "failed", "returned", "refused"].includes(state));
  if (troubled === undefined) {
    const late = responses.find(({ state, builtAt }) => state === "built" && builtAt < lateSince(deadlines));
    return late && `The ${late.level} response ${late.code} has not been handed over. ${late.problem ?? ""}`.trim();
  }
  return `The ${troubled.level} response ${troubled.code} did not get through. ${troubled.problem ?? ""}`.trim();
}

function duplicatesOf(database: DatabaseSync, row: Row): Task["duplicates"] {
  return database
    .prepare(
      `SELECT message_id, received_at, kind FROM received
       WHERE (kind = 'duplicate-message' AND header_id = :header) OR (kind = 'duplicate-document' AND document_id = :document)
       ORDER BY received_at`,
    )
    .all({ header: row["header_id"] ?? null, document: row["document_id"] ?? null })
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

/** Tasks not completed yet, one of whose responses did not get through. */
export function countTroubled(database: DatabaseSync, deadlines: Deadlines): number {
  const row = database
    .prepare(
      `SELECT count(DISTINCT task_id) AS tasks
       FROM task
       CROSS JOIN given_response ON request_message_id = task.message_id
       CROSS JOIN outgoing USING (header_id)
       WHERE state IN ('open', 'replaced') AND (
         step IN ('held', 'failed')
         OR (step IN ('due', 'staged', 'sending') AND outgoing.built_at < :late_since)
         OR EXISTS (SELECT 1 FROM mesh_report WHERE linked_message_id = outgoing.message_id AND success = 0)
         OR EXISTS (SELECT 1 FROM received_response AS answer WHERE answer.header_id = outgoing.header_id AND answer.positive = 0))`,
    )
    .get({ late_since: lateSince(deadlines).toISOString() });
  return row?.["tasks"] as number;
}

/** What was built before this should have been handed over by now. */
function lateSince({ now, tuning }: Deadlines): Date {
  return new Date(now.getTime() - tuning.infrastructureOverdueMs);
}
