import type { DatabaseSync } from "node:sqlite";
import type { MailboxId, MessageId, OdsCode } from "@restante/mesh";
import { reportState, type Step } from "../hand-over/states.ts";
import type { Tuning } from "../options.ts";
import type { Listing, ReportList } from "../lists.ts";
import type {
  AwaitedAnswer,
  MeshReport,
  ReportRecipient,
  SentReport,
  SentReportDetail,
  TaskAttachment,
} from "../worklist.ts";
import type { Happened } from "../store/matters.ts";
import { undoableUntil } from "../store/undoable.ts";
import { listIds, readListed } from "./listing.ts";
import { actsOf, matterColumns, matterIn } from "./matters.ts";
import { planOf } from "./report-lists.ts";
import {
  failureIn,
  happeningsOf,
  meshReports,
  problemOf,
  receivedResponses,
  returnedText,
  unusedAnswers,
} from "./responses.ts";
import { json, number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

/** What is needed to say what is overdue. */
export interface Deadlines {
  now: Date;
  tuning: Pick<Tuning, "infrastructureOverdueMs" | "businessOverdueMs">;
}

const columns = `sequence, outgoing.header_id AS header_id, document_id, consultation_id, report.kind AS kind, report.version AS document_version, subject,
  workflow_id, to_ods, to_address, to_name, step, via, due_at, built_at, handed_over_at, sent_at, message_id, problem,
  coalesce(thing_version.version, 1) AS version, ${matterColumns}`;

const aside = `LEFT JOIN matter ON matter.kind = 'report' AND matter.id = outgoing.sequence
  LEFT JOIN thing_version ON thing_version.kind = 'report' AND thing_version.id = outgoing.sequence`;

const one = `outgoing CROSS JOIN report USING (header_id) ${aside}`;

export function listReports(database: DatabaseSync, list: ReportList, deadlines: Deadlines): Listing<SentReport> {
  const { ids, ...listing } = listIds(database, planOf(list.query), "report_words", list);
  const rows = readListed(database, ids, { columns, from: one, id: "sequence" });
  return { items: rows.map((row) => reportOf(database, row, deadlines)), ...listing };
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
    unused: unusedAnswers(database, headerId),
    versions: versionsOf(database, report.consultationId, headerId, deadlines),
    acts: actsOf(database, { kind: "report", id: report.sequence }),
    ...present({ problem: problemOf(database, row) }),
  };
}

/** How a report stands, what is wrong with it, and when that is to be asked again if nothing happens. */
export function standingOf(
  database: DatabaseSync,
  sequence: number,
  deadlines: Deadlines,
): { report?: SentReport; trouble?: Happened; dueAt?: Date } {
  const row = database.prepare(`SELECT ${columns} FROM ${one} WHERE sequence = ?`).get(sequence);
  if (row === undefined) return {};
  const report = reportOf(database, row, deadlines);
  const returned = failureIn(meshReports(database, report.messageId));
  const reason = troubleWith(report, returned, problemOf(database, row));
  if (reason === undefined) {
    const { awaits } = report;
    return { report, ...present({ dueAt: awaits && new Date(awaits.by.getTime() + 1) }) };
  }
  const happenings = [
    ...(report.overdue ? [`overdue ${report.awaits?.level}`] : []),
    ...happeningsOf(database, row),
    ...(acceptedAfterAll(report) ? [`accepted ${report.business?.messageId}`] : []),
  ];
  return { report, trouble: { reason, happenings } };
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
    version: number(row, "version"),
    headerId,
    documentId: text(row, "document_id"),
    consultationId: text(row, "consultation_id"),
    kind: text(row, "kind") as SentReport["kind"],
    documentVersion: number(row, "document_version"),
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
      undoableUntil: state === "built" ? undoableUntil(database, headerId) : undefined,
    }),
    ...matterIn(row),
  };
  const awaits = awaitedBy(report, deadlines);
  return { ...report, ...present({ awaits }), overdue: awaits !== undefined && awaits.by < deadlines.now };
}

/** A routed report's mailbox is known by who answers it. */
function recipientOf(row: Row, answeredFrom: MailboxId | undefined): ReportRecipient {
  const odsCode = optionalText(row, "to_ods") as OdsCode | undefined;
  if (odsCode === undefined) return { kind: "registered-practice", ...present({ mailboxId: answeredFrom }) };
  const mailboxId = optionalText(row, "to_address") as MailboxId | undefined;
  return { kind: "organisation", odsCode, ...present({ mailboxId, name: optionalText(row, "to_name") }) };
}

/** Counted from when it was built: a report that cannot be handed over is late too. */
function awaitedBy({ state, builtAt, infrastructure }: SentReport, { tuning }: Deadlines): AwaitedAnswer | undefined {
  const from = (level: AwaitedAnswer["level"], since: Date, afterMs: number): AwaitedAnswer => ({
    level,
    since,
    by: new Date(since.getTime() + afterMs),
  });
  switch (state) {
    case "built":
    case "handed-over":
    case "sent":
      return from("infrastructure", builtAt, tuning.infrastructureOverdueMs);
    case "received":
      return from("business", infrastructure?.receivedAt ?? builtAt, tuning.businessOverdueMs);
    case "accepted":
    case "held":
    case "failed":
    case "returned":
    case "refused":
      return undefined;
  }
}

/** Refused as a message, and yet taken as one for them: a person must ask which holds. */
function acceptedAfterAll({ state, business }: Pick<SentReport, "state" | "business">): boolean {
  return state === "refused" && business?.positive === true;
}

function troubleWith(
  report: SentReport,
  returned: MeshReport | undefined,
  problem: string | undefined,
): string | undefined {
  const { state, overdue, infrastructure, business } = report;
  switch (state) {
    case "held":
      return `It may or may not have been sent. ${problem ?? ""} Ask the recipient before sending it again.`;
    case "failed":
      return `It was not sent. ${problem ?? ""}`.trim();
    case "returned":
      return returned && returnedText(returned);
    case "refused": {
      const refusal = business?.positive === false ? business : infrastructure;
      const yes = acceptedAfterAll(report) ? `. And it accepted it: ${business?.code} ${business?.text}` : "";
      const told = `The recipient refused it: ${refusal?.code} ${refusal?.text}${yes}`;
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
): SentReportDetail["versions"] {
  return database
    .prepare(
      `SELECT ${columns} FROM report CROSS JOIN outgoing USING (header_id) ${aside}
       WHERE consultation_id = ? AND report.header_id <> ? ORDER BY report.version, sequence LIMIT 50`,
    )
    .all(consultationId, headerId)
    .map((row) => {
      const { headerId, documentVersion, state } = reportOf(database, row, deadlines);
      return { headerId, documentVersion, state };
    });
}
