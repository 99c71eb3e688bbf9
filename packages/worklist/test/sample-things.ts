import { readFileSync } from "node:fs";
import { fileTypeOf } from "@restante/itk3";
import type {
  AttachmentContent,
  Matter,
  SentReportDetail,
  StrayDetail,
  Task,
  TaskAttachment,
} from "@restante/practice";
export { noReports } from "./sample-reports.ts";
import { at, mailbox, messageId, response, sentReport } from "./sample-messages.ts";

/** What a sender may put into a subject or a title, for the pages to show and never to run. */
export const hostile = `<script>alert("x")</script>'"&{{7*1111111}}`;

export const headerIds = {
  accepted: "0b6a5f0e-5d0f-4c5e-9a51-000000000001",
  overdue: "0b6a5f0e-5d0f-4c5e-9a51-000000000002",
  returned: "0b6a5f0e-5d0f-4c5e-9a51-000000000003",
  held: "0b6a5f0e-5d0f-4c5e-9a51-000000000004",
  heldResponse: "0b6a5f0e-5d0f-4c5e-9a51-000000000005",
} as const;

export const original: AttachmentContent = {
  title: "x",
  contentType: "application/xml",
  bytes: Buffer.from("<Bundle/>"),
  fileType: "other",
};

/** One thing in every state, for the pages to show. */
export function fill(
  all: Task[],
  sent: SentReportDetail[],
  contents: Map<string, AttachmentContent>,
  strays: StrayDetail[],
  report: Uint8Array,
): void {
  const picture = readFileSync(new URL("../../../examples/ecg-rhythm-strip.png", import.meta.url));
  const put = (key: string, list: readonly (TaskAttachment & { content: Uint8Array })[]): TaskAttachment[] =>
    list.map(({ content, ...attachment }, index) => {
      const { title, contentType } = attachment;
      contents.set(`${key} ${index}`, { title, contentType, bytes: content, fileType: fileTypeOf(content) ?? "other" });
      return attachment;
    });
  const pdf = {
    title: "Consultation report",
    contentType: "application/pdf",
    bytes: report.length,
    primary: true,
    content: report,
  };
  const png = {
    title: "ECG rhythm strip, lead II",
    contentType: "image/png",
    bytes: picture.length,
    primary: false,
    content: picture,
  };
  const html = Buffer.from("<script>alert(1)</script>");

  all.push(
    {
      ...document(
        1,
        "Consultation report for WIŚNIEWSKI, Łukasz (Mr), NHS Number 9912609131, seen at Exampleton GP Federation, ODS Code Y99001, Version 1",
      ),
      flags: ["duplicate", "potential-duplicate"],
      alike: [5],
      patient: {
        outcome: "known",
        nhsNumber: "9912609131",
        name: "WIŚNIEWSKI, Łukasz (Mr)",
        dateOfBirth: "1991-07-23",
      },
      findings: [
        {
          id: "GPCM-SD-CS-027",
          severity: "warning",
          location: "Bundle.entry[1]",
          text: "The report does not say which one it replaces.",
        },
        {
          id: "FHIR-DOC-12",
          severity: "warning",
          location: "Composition.text",
          text: "The summary text is in another form than asked for.",
        },
      ],
      findingCount: 2,
      attachments: put("task 1", [
        pdf,
        png,
        { title: hostile, contentType: "image/png", bytes: html.length, primary: false, content: html },
        { title: "Letter", contentType: "application/octet-stream", bytes: html.length, primary: false, content: html },
      ]),
      attachmentCount: 4,
      responses: [
        response("infrastructure", "20013", "Success"),
        response("business", "30001", "Patient known here and registered with practice"),
      ],
      duplicates: [{ messageId: messageId(9), receivedAt: at("09:00:00"), code: "20007" }],
    },
    {
      ...document(2, hostile),
      patient: { outcome: "not-known", name: hostile, nhsNumber: "9912830164", dateOfBirth: "1988-12" },
      sender: {
        mailboxId: mailbox("X99OT001"),
        organisation: { name: hostile, odsCode: "Y99001" },
        practitioner: hostile,
      },
      responses: [
        {
          ...response("infrastructure", "20013", "Success"),
          headerId: headerIds.heldResponse,
          state: "held",
          problem: "MESH never said whether it has this answer.",
        },
      ],
      ...needing("An answer could not be delivered."),
    },
    {
      ...document(3, ""),
      kind: "refused",
      refusedFor: "not-acceptable",
      refusedWith: "20006",
      reason: "The message header could not be read.",
      patient: { outcome: "not-checked" },
      responses: [{ ...response("infrastructure", "20006", "Invalid message header"), positive: false }],
    },
    {
      ...document(4, "Something else"),
      kind: "set-aside",
      reason: "This is not an ITK3 message.",
      patient: { outcome: "not-checked" },
      sender: {},
    },
    {
      ...document(5, "Consultation report for NG, Noah (Master)"),
      state: "completed",
      completedAt: at("08:00:00"),
      flags: ["replacement", "potential-duplicate"],
      alike: [1],
      patient: { outcome: "recently-deceased", name: "NG, Noah" },
      responses: [
        { ...response("business", "30016", "Referral accepted"), state: "built", undoableUntil: at("07:41:53") },
      ],
    },
    {
      ...document(6, "Consultation report for NG, Noah (Master), Version 1"),
      state: "replaced",
      replacedBy: 5,
      patient: { outcome: "no-longer-here", name: "NG, Noah" },
    },
  );

  const received = (code: string, text: string, time: string) => ({
    code,
    text,
    positive: !code.startsWith("2000"),
    receivedAt: at(time),
    from: mailbox("Y99002OT001"),
    messageId: messageId(2),
  });
  sent.push(
    {
      ...sentReport(1, headerIds.accepted),
      state: "accepted",
      infrastructure: received("20013", "Success", "07:41:30"),
      business: received("30001", "Patient known here and registered with practice", "07:41:31"),
      attachments: put(`report ${headerIds.accepted}`, [pdf, png]),
      versions: [
        { headerId: headerIds.accepted, documentVersion: 1, state: "accepted" },
        { headerId: headerIds.overdue, documentVersion: 2, state: "sent" },
      ],
    },
    {
      ...sentReport(2, headerIds.overdue),
      documentVersion: 2,
      overdue: true,
      awaits: {
        level: "infrastructure",
        since: at("07:40:00"),
        by: new Date("2026-11-24T07:40:00Z"),
      },
      ...needing("The acknowledgements are overdue."),
    },
    {
      ...sentReport(3, headerIds.returned),
      state: "returned",
      ...needing("MESH could not deliver it: No mailbox matched."),
      meshReports: [
        {
          messageId: messageId(3),
          receivedAt: at("07:42:00"),
          event: "SEND",
          success: false,
          code: "EPL-151",
          text: "No mailbox matched",
        },
      ],
    },
    { ...sentReport(4, headerIds.held), subject: hostile, state: "held", ...needing("MESH never answered.") },
  );
  contents.set("stray 1", original);
  strays.push({
    strayId: 1,
    version: 1,
    mailboxId: mailbox("Y99002OT001"),
    acts: [],
    ...needing("It answers a message that this organisation never sent."),
    messageId: messageId(4),
    receivedAt: at("06:00:00"),
    kind: "response",
    from: mailbox("X26OT999"),
    workflowId: "GPFED_CONSULT_REPORT_ACK",
    reason: "It answers a message that this organisation never sent.",
    why: "not-sent-here",
    code: "20013",
    text: hostile,
  });
}

/** Something that nobody has looked at yet. */
function needing(reason: string): { matter: Matter; attention: string } {
  return { matter: { state: "new", reason, raisedAt: at("07:50:00") }, attention: reason };
}

function document(taskId: number, subject: string): Task {
  return {
    taskId,
    version: 1,
    kind: "document",
    state: "open",
    subject,
    sender: {
      mailboxId: mailbox("Y99001OT001"),
      organisation: { odsCode: "Y99001", name: "Exampleton GP Federation" },
      practitioner: "Dr Priya Raman",
    },
    workflowId: "GPFED_CONSULT_REPORT",
    messageId: messageId(taskId),
    receivedAt: at(`07:4${taskId}:22`),
    recipientType: "FA",
    patient: { outcome: "waiting" },
    flags: [],
    findingCount: 0,
    attachmentCount: 0,
    headerId: "5f1d2c3b-0000-4000-8000-000000000001",
    documentId: "5f1d2c3b-0000-4000-8000-000000000002",
    title: "Consultation report",
    documentDate: "2026-11-23T07:40:00+00:00",
    consultedAt: "2026-11-19T18:40:00+00:00",
    findings: [],
    attachments: [],
    responses: [],
    duplicates: [],
    alike: [],
    versions: [],
    acts: [],
  };
}
