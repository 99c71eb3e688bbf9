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
import { failureIn, meshReports, problemOf, receivedResponses, returnedText } from "./responses.ts";
import { json, number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

/** What is needed to say what is overdue. */
export interface Deadlines {
  now: Date;
  tuning: Pick<Tuning, "infrastructureOverdueMs" | "businessOverdueMs">;
}

const columns = `sequence, header_id, document_id, consultation_id, report.kind AS kind, version, attachments, subject,
  workflow_id, to_ods, to_address, step, built_at, handed_over_at, sent_at, message_id, problem`;

/** Not accepted for good: the only ones that can need attention, and few of all that were ever sent. */
const unsettled = `NOT EXISTS (SELECT 1 FROM received_response AS response
    WHERE response.header_id = report.header_id AND level = 'business' AND positive = 1)
  OR EXISTS (SELECT 1 FROM received_response AS response
    WHERE response.header_id = report.header_id AND level = 'infrastructure' AND positive = 0)`;

export function listReports(database: DatabaseSync, filter: ReportFilter, deadlines: Deadlines): SentReport[] {
  const { limit = 100, attention } = filter;
  const found: SentReport[] = [];
  // Whether a report needs attention is worked out, not stored: read on until there are enough.
  for (let before = filter.before ?? null; found.length < limit;) {
    const rows = database
      .prepare(
        `SELECT ${columns} FROM report JOIN outgoing USING (header_id)
         WHERE (:before IS NULL OR sequence < :before) AND (:unsettled = 0 OR ${unsettled})
         ORDER BY sequence DESC LIMIT :limit`,
      )
      .all({ before, limit, unsettled: attention === true ? 1 : 0 });
    for (const row of rows) {
      const report = reportOf(database, row, deadlines);
      if (found.length < limit && (attention === undefined || attention === (report.attention !== undefined))) {
        found.push(report);
      }
      before = report.sequence;
    }
    if (rows.length < limit) break;
  }
  return found;
}

export function readReport(
  database: DatabaseSync,
  headerId: string,
  deadlines: Deadlines,
): SentReportDetail | undefined {
  const row = database
    .prepare(`SELECT ${columns} FROM report JOIN outgoing USING (header_id) WHERE header_id = ?`)
    .get(headerId);
  if (row === undefined) return undefined;
  const report = reportOf(database, row, deadlines);
  return {
    ...report,
    attachments: json(row, "attachments") as TaskAttachment[],
    meshReports: meshReports(database, report.messageId),
    versions: versionsOf(database, report.consultationId, headerId, deadlines),
  };
}

function reportOf(database: DatabaseSync, row: Row, deadlines: Deadlines): SentReport {
  const headerId = text(row, "header_id");
  const messageId = optionalText(row, "message_id");
  const { infrastructure, business } = receivedResponses(database, headerId);
  const returned = failureIn(meshReports(database, messageId));
  const state = reportState(text(row, "step") as Step, {
    returned: returned !== undefined,
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
      messageId: messageId as MessageId | undefined,
      infrastructure,
      business,
    }),
  };
  const overdue = isOverdue(report, deadlines);
  return {
    ...report,
    overdue,
    ...present({ attention: attentionFor(report, overdue, returned, problemOf(database, row)) }),
  };
}

/** A routed report's mailbox is known by who answers it. */
function recipientOf(row: Row, answeredFrom: MailboxId | undefined): ReportRecipient {
  const odsCode = optionalText(row, "to_ods") as OdsCode | undefined;
  if (odsCode === undefined) return { kind: "registered-practice", ...present({ mailboxId: answeredFrom }) };
  const mailboxId = optionalText(row, "to_address") as MailboxId | undefined;
  return { kind: "organisation", odsCode, ...present({ mailboxId }) };
}

/** Counted from when it was built: a report that cannot be handed over is late too. */
function isOverdue({ state, builtAt, infrastructure }: SentReport, { now, tuning }: Deadlines): boolean {
  switch (state) {
    case "built":
    case "handed-over":
    case "sent":
      return now.getTime() - builtAt.getTime() > tuning.infrastructureOverdueMs;
    case "received":
      return now.getTime() - (infrastructure?.receivedAt ?? builtAt).getTime() > tuning.businessOverdueMs;
    case "accepted":
    case "held":
    case "failed":
    case "returned":
    case "refused":
      return false;
  }
}

function attentionFor(
  { state, infrastructure, business }: SentReport,
  overdue: boolean,
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
      return `The recipient refused it: ${refusal?.code} ${refusal?.text}`;
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
      `SELECT ${columns} FROM report JOIN outgoing USING (header_id)
       WHERE consultation_id = ? AND header_id <> ? ORDER BY version, sequence`,
    )
    .all(consultationId, headerId)
    .map((row) => {
      const { headerId, version, state } = reportOf(database, row, deadlines);
      return { headerId, version, state };
    });
}
