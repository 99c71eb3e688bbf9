import type { DatabaseSync } from "node:sqlite";
import type { MailboxId, MessageId, OdsCode } from "@restante/mesh";
import { reportState, type Step } from "../hand-over/states.ts";
import type { Tuning } from "../options.ts";
import type {
  MeshReport,
  ReportFilter,
  ReportRecipient,
  ReportState,
  SentReport,
  SentReportDetail,
  TaskAttachment,
} from "../worklist.ts";
import type { Happened } from "../store/matters.ts";
import { actsOf, matterColumns, matterIn } from "./matters.ts";
import { failureIn, happeningsOf, meshReports, problemOf, receivedResponses, returnedText } from "./responses.ts";
import { json, number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

/** What is needed to say what is overdue. */
export interface Deadlines {
  now: Date;
  tuning: Pick<Tuning, "infrastructureOverdueMs" | "businessOverdueMs">;
}

const columns = `sequence, outgoing.header_id AS header_id, document_id, consultation_id, report.kind AS kind, version, subject,
  workflow_id, to_ods, to_address, to_name, step, via, due_at, built_at, handed_over_at, sent_at, message_id, problem, ${matterColumns}`;

/** The newest first by their sequence: as many rows are read as are listed, however many there are. */
const lists = {
  all: `outgoing CROSS JOIN report USING (header_id)
    LEFT JOIN matter ON matter.kind = 'report' AND matter.id = outgoing.sequence
    WHERE outgoing.kind = 'report' AND sequence < :before ORDER BY sequence DESC`,
  attention: ofMatters("matter.state IN ('new', 'seen')"),
  dealtWith: ofMatters("matter.state = 'dealt-with'"),
} as const;

function ofMatters(state: string): string {
  return `matter CROSS JOIN outgoing ON sequence = matter.id CROSS JOIN report USING (header_id)
    WHERE matter.kind = 'report' AND ${state} AND matter.id < :before ORDER BY matter.id DESC`;
}

const one = `outgoing CROSS JOIN report USING (header_id)
  LEFT JOIN matter ON matter.kind = 'report' AND matter.id = outgoing.sequence`;

export function listReports(database: DatabaseSync, filter: ReportFilter, deadlines: Deadlines): SentReport[] {
  const { limit = 100, before = Number.MAX_SAFE_INTEGER, attention, dealtWith } = filter;
  const list = attention ? lists.attention : dealtWith ? lists.dealtWith : lists.all;
  return database
    .prepare(`SELECT ${columns} FROM ${list} LIMIT :limit`)
    .all({ before, limit })
    .map((row) => reportOf(database, row, deadlines));
}

export function readReport(
  database: DatabaseSync,
  headerId: string,
  deadlines: Deadlines,
): SentReportDetail | undefined {
  const row = database.prepare(`SELECT ${columns}, attachments FROM ${one} WHERE outgoing.header_id = ?`).get(headerId);
  if (row === undefined) return undefined;
  const report = reportOf(database, row, deadlines);
  return {
    ...report,
    attachments: json(row, "attachments") as TaskAttachment[],
    meshReports: meshReports(database, report.messageId),
    versions: versionsOf(database, report.consultationId, headerId, deadlines),
    acts: actsOf(database, { kind: "report", id: report.sequence }),
  };
}

/** What is wrong with a report, and when that is to be asked again if nothing happens. */
export function standingOf(
  database: DatabaseSync,
  sequence: number,
  deadlines: Deadlines,
): { trouble?: Happened; dueAt?: Date } {
  const row = database.prepare(`SELECT ${columns} FROM ${one} WHERE sequence = ?`).get(sequence);
  if (row === undefined) return {};
  const report = reportOf(database, row, deadlines);
  const returned = failureIn(meshReports(database, report.messageId));
  const reason = troubleWith(report, returned, problemOf(database, row));
  if (reason === undefined) return present({ dueAt: deadlineOf(report, deadlines) });
  const overdue = report.overdue
    ? [`overdue ${report.infrastructure === undefined ? "infrastructure" : "business"}`]
    : [];
  return { trouble: { reason, happenings: [...overdue, ...happeningsOf(database, row)] } };
}

function reportOf(database: DatabaseSync, row: Row, deadlines: Deadlines): SentReport {
  const headerId = text(row, "header_id");
  const messageId = optionalText(row, "message_id");
  const { infrastructure, business } = receivedResponses(database, headerId);
  const state = reportState(text(row, "step") as Step, {
    returned: failureIn(meshReports(database, messageId)) !== undefined,
    ...(infrastructure && { infrastructure }),
    ...(business && { business }),
  });
  const report: SentReport = {
    sequence: number(row, "sequence"),
    headerId,
    documentId: text(row, "document_id"),
    consultationId: text(row, "consultation_id"),
    kind: text(row, "kind") as SentReport["kind"],
    version: number(row, "version"),
    subject: text(row, "subject"),
    recipient: recipientOf(row, (infrastructure ?? business)?.from),
    workflowId: text(row, "workflow_id"),
    state,
    builtAt: time(row, "built_at"),
    overdue: false,
    ...present({
      handedOverAt: optionalTime(row, "handed_over_at"),
      sentAt: optionalTime(row, "sent_at"),
      via: optionalText(row, "via") as SentReport["via"],
      messageId: messageId as MessageId | undefined,
      infrastructure,
      business,
    }),
    ...matterIn(row),
  };
  const deadline = deadlineOf(report, deadlines);
  return { ...report, overdue: deadline !== undefined && deadline <= deadlines.now };
}

/** A routed report's mailbox is known by who answers it. */
function recipientOf(row: Row, answeredFrom: MailboxId | undefined): ReportRecipient {
  const odsCode = optionalText(row, "to_ods") as OdsCode | undefined;
  if (odsCode === undefined) return { kind: "registered-practice", ...present({ mailboxId: answeredFrom }) };
  const mailboxId = optionalText(row, "to_address") as MailboxId | undefined;
  return { kind: "organisation", odsCode, ...present({ mailboxId, name: optionalText(row, "to_name") }) };
}

/** From when its next answer is overdue, counted from when it was built: a report that cannot be handed over is late too. */
function deadlineOf({ state, builtAt, infrastructure }: SentReport, { tuning }: Deadlines): Date | undefined {
  switch (state) {
    case "built":
    case "handed-over":
    case "sent":
      return new Date(builtAt.getTime() + tuning.infrastructureOverdueMs + 1);
    case "received":
      return new Date((infrastructure?.receivedAt ?? builtAt).getTime() + tuning.businessOverdueMs + 1);
    case "accepted":
    case "held":
    case "failed":
    case "returned":
    case "refused":
      return undefined;
  }
}

function troubleWith(
  { state, overdue, infrastructure, business }: SentReport,
  returned: MeshReport | undefined,
  problem: string | undefined,
): string | undefined {
  switch (state) {
    case "held":
      return `It may or may not have been sent. ${problem ?? ""} Ask the recipient before sending it again.`;
    case "failed":
      return `It was not sent. ${problem ?? ""}`.trim();
    case "returned":
      return returned && returnedText(returned);
    case "refused": {
      const refusal = business?.positive === false ? business : infrastructure;
      const told = `The recipient refused it: ${refusal?.code} ${refusal?.text}`;
      return returned === undefined ? told : `${told}. ${returnedText(returned)}`;
    }
    case "built":
      return overdue ? `It has not been handed over. ${problem ?? ""}`.trim() : undefined;
    case "handed-over":
    case "sent":
      return overdue ? "It has not been acknowledged in time." : undefined;
    case "received":
      return overdue ? "The recipient has it, but has not answered in time whether it is for them." : undefined;
    case "accepted":
      return undefined;
  }
}

function versionsOf(
  database: DatabaseSync,
  consultationId: string,
  headerId: string,
  deadlines: Deadlines,
): { headerId: string; version: number; state: ReportState }[] {
  return database
    .prepare(
      `SELECT ${columns} FROM report CROSS JOIN outgoing USING (header_id)
         LEFT JOIN matter ON matter.kind = 'report' AND matter.id = outgoing.sequence
       WHERE consultation_id = ? AND report.header_id <> ? ORDER BY version, sequence LIMIT 50`,
    )
    .all(consultationId, headerId)
    .map((row) => {
      const { headerId, version, state } = reportOf(database, row, deadlines);
      return { headerId, version, state };
    });
}
