import { type MailboxId, type MessageId, parseMailboxId } from "@restante/mesh";
import type { SentReportDetail, Task } from "@restante/practice";

export const mailbox = (text: string): MailboxId => parseMailboxId(text);
export const at = (time: string): Date => new Date(`2026-11-23T${time}Z`);
export const messageId = (last: number): MessageId => `2026112307412200000${last}_0A1B2C` as MessageId;

export function response(level: "infrastructure" | "business", code: string, text: string): Task["responses"][number] {
  return {
    headerId: `${level}-${code}`,
    level,
    code,
    text,
    positive: true,
    to: mailbox("Y99001OT001"),
    state: "sent",
    builtAt: at("07:41:23"),
    sentAt: at("07:41:24"),
    messageId: messageId(7),
  };
}

export function sentReport(sequence: number, headerId: string): SentReportDetail {
  return {
    sequence,
    version: 1,
    headerId,
    documentId: "5f1d2c3b-0000-4000-8000-000000000003",
    consultationId: "6f0d7c52-3e1b-4a7e-9d54-0b8f2a61c3de",
    kind: "consultation-summary",
    documentVersion: 1,
    subject: "Consultation report for WIŚNIEWSKI, Łukasz (Mr), NHS Number 9912609131, Version 1",
    recipient: { kind: "registered-practice", mailboxId: mailbox("Y99002OT001") },
    workflowId: "GPFED_CONSULT_REPORT",
    state: "sent",
    builtAt: at("07:40:00"),
    handedOverAt: at("07:40:01"),
    sentAt: at("07:40:03"),
    messageId: messageId(1),
    overdue: false,
    attachments: [],
    meshReports: [],
    unused: [],
    versions: [{ headerId, documentVersion: 1, state: "sent" }],
    acts: [],
  };
}
