import type { ReceivedResponse, SentReportDetail } from "../worklist.ts";
import { recipientWords } from "./words.ts";

/** One thing that happened to a report, or that is still awaited. */
export interface TimelineEntry {
  title: string;
  /** Absent: still awaited. */
  at?: Date;
  code?: string;
  text?: string;
  diagnostics?: string;
  messageId?: string;
  outcome: "good" | "bad" | "plain" | "awaited";
}

/** What happened to a report in the order of time, then what is still awaited. */
export function timelineOf(report: SentReportDetail): TimelineEntry[] {
  const happened: TimelineEntry[] = [
    { title: "Report made", at: report.builtAt, text: `To: ${recipientWords(report.recipient)}`, outcome: "plain" },
    ...(report.handedOverAt
      ? [{ title: "Handed to the MESH client", at: report.handedOverAt, outcome: "plain" as const }]
      : []),
    ...(report.sentAt
      ? [
          {
            title: "Accepted by MESH",
            at: report.sentAt,
            outcome: "plain" as const,
            ...(report.messageId && { messageId: report.messageId }),
          },
        ]
      : []),
    ...(report.infrastructure
      ? [responseEntry("Infrastructure acknowledgement: did it arrive whole?", report.infrastructure)]
      : []),
    ...(report.business ? [responseEntry("Business acknowledgement: is it for them?", report.business)] : []),
    ...report.meshReports.map((mesh): TimelineEntry => ({
      title: mesh.success ? "MESH report" : "Returned by MESH",
      at: mesh.receivedAt,
      code: mesh.code,
      text: mesh.text,
      messageId: mesh.messageId,
      outcome: mesh.success ? "plain" : "bad",
    })),
  ];
  return [...happened.sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0)), ...awaited(report)];
}

function responseEntry(title: string, response: ReceivedResponse): TimelineEntry {
  return {
    title,
    at: response.receivedAt,
    code: response.code,
    text: response.text,
    messageId: response.messageId,
    outcome: response.positive ? "good" : "bad",
    ...(response.diagnostics !== undefined && { diagnostics: response.diagnostics }),
  };
}

/** A negative answer, a return or a refusal by MESH ends it: nothing more will come. */
function awaited({ state, infrastructure, business, overdue }: SentReportDetail): TimelineEntry[] {
  if (["failed", "returned", "refused", "accepted", "held"].includes(state)) return [];
  const late = overdue ? "Overdue." : undefined;
  const entry = (title: string): TimelineEntry => ({ title, outcome: "awaited", ...(late && { text: late }) });
  return [
    ...(infrastructure === undefined ? [entry("Infrastructure acknowledgement awaited")] : []),
    ...(business === undefined ? [entry("Business acknowledgement awaited")] : []),
  ];
}
