import type { DatabaseSync } from "node:sqlite";
import type { RefusalRule } from "@restante/itk3";
import type { StoredAttachment } from "./attachments.ts";
import { archiveReplaced } from "./replacements.ts";
import type { ModifiedPart, PatientMatch, Sender, TaskFinding, TaskNotice } from "../worklist.ts";
import type { TaskKind } from "../task-facts.ts";

/** What a message says of itself, stored with its task so that a list needs no message to be read again. */
export interface MessageSummary {
  organisation?: NonNullable<Sender["organisation"]>;
  practitioner?: string;
  recipientType?: "FA" | "FI";
  senderReference?: string;
  title?: string;
  documentDate?: string;
  consultedAt?: string;
  confidential?: boolean;
  patient?: PatientSummary;
  notices?: TaskNotice[];
  modified?: ModifiedPart[];
  /** Of a message that is not acceptable. Absent of one that was taken in before this was kept, too. */
  refusalRule?: RefusalRule;
}

/** As the document has it: neither checked nor complete. */
export interface PatientSummary {
  nhsNumber?: string;
  prefix?: string;
  given?: string[];
  family?: string;
  /** ISO date, possibly partial. */
  dateOfBirth?: string;
}

export interface NewTask {
  messageId: string;
  kind: TaskKind;
  summary: MessageSummary;
  findings: readonly TaskFinding[];
  attachments: readonly StoredAttachment[];
  matchOutcome: PatientMatch["outcome"];
  businessAsked: boolean;
  /** The keys of the ids by which a later document may name this one as the one it replaces. */
  ids: readonly string[];
  /** The keys of the ids of earlier documents that this one replaces. */
  replaces: readonly string[];
}

/**
 * In how many places a message departs from the requirements. What a person must look at is no departure, nor is an entry that
 * cannot be shown: no requirement limits the resources of a document, and a notice tells of it.
 */
export function departures(findings: readonly Pick<TaskFinding, "id" | "severity">[]): number {
  return findings.filter(({ id, severity }) => severity !== "look" && id !== "STU3:unknown-resource").length;
}

/** Returns the new task's id. Part of the transaction that stores the message. */
export function addTask(database: DatabaseSync, task: NewTask): number {
  const { task_id: taskId } = database
    .prepare(
      `INSERT INTO task (message_id, kind, state, summary, finding_count, findings, attachment_count, attachments,
         match_outcome, match_due, business_asked)
       VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?) RETURNING task_id`,
    )
    .get(
      task.messageId,
      task.kind,
      JSON.stringify(task.summary),
      departures(task.findings),
      JSON.stringify(task.findings),
      task.attachments.length,
      JSON.stringify(task.attachments),
      task.matchOutcome,
      task.matchOutcome === "waiting" ? 1 : 0,
      task.businessAsked ? 1 : 0,
    ) as { task_id: number };
  addKeys(database, taskId, task);
  return taskId;
}

function addKeys(database: DatabaseSync, taskId: number, { ids, replaces }: Pick<NewTask, "ids" | "replaces">): void {
  const named = database.prepare("INSERT OR IGNORE INTO document_id (id, task_id) VALUES (?, ?)");
  for (const id of ids) named.run(id, taskId);
  const replaced = database.prepare("INSERT OR IGNORE INTO replaces (target, task_id) VALUES (?, ?)");
  for (const target of replaces) replaced.run(target, taskId);
  archiveReplaced(database, taskId);
}

/** Part of a transaction. What else is known of the task, and of its documents, stays as it was. */
export function noteNotices(
  database: DatabaseSync,
  messageId: string,
  { notices, modified }: MessageSummary,
  attachments: readonly Pick<StoredAttachment, "modified">[],
): void {
  const mark = database.prepare(
    `UPDATE task SET attachments = json_set(attachments, :path, json('true'))
     WHERE message_id = :messageId AND json_extract(attachments, :place) IS NOT NULL`,
  );
  for (const [index, attachment] of attachments.entries()) {
    if (attachment.modified) mark.run({ path: `$[${index}].modified`, place: `$[${index}]`, messageId });
  }
  database
    .prepare("UPDATE task SET summary = json_patch(summary, ?) WHERE message_id = ?")
    .run(JSON.stringify({ notices, modified }), messageId);
}

/** Part of a transaction. What was archived by the keys of before stays archived: a person may have gone by it. */
export function replaceKeys(database: DatabaseSync, messageId: string, keys: Pick<NewTask, "ids" | "replaces">): void {
  const row = database.prepare("SELECT task_id FROM task WHERE message_id = ?").get(messageId);
  if (row === undefined) return;
  const taskId = row["task_id"] as number;
  database.prepare("DELETE FROM document_id WHERE task_id = ?").run(taskId);
  database.prepare("DELETE FROM replaces WHERE task_id = ?").run(taskId);
  addKeys(database, taskId, keys);
}
