import type { MeshReport, ReceivedResponse, SentReportDetail } from "@restante/practice";
import { recipientLine } from "./words.ts";

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

/**
 * What happened to a report, then what is still awaited. Leaving comes before what came back, in whatever order they were
 * noted: an acknowledgement may be read before the note in SENT that the message has left.
 */
export function timelineOf(report: SentReportDetail): TimelineEntry[] {
  const { builtAt, handedOverAt, sentAt, messageId, infrastructure, business, recipient, meshReports, via } = report;
  const cameBack = [
    ...(infrastructure ? [responseEntry("Infrastructure acknowledgement: did it arrive whole?", infrastructure)] : []),
    ...(business ? [responseEntry("Business acknowledgement: is it for them?", business)] : []),
    ...meshReports.map(meshEntry),
  ];
  return [
    { title: "Report made", at: builtAt, text: `To: ${recipientLine(recipient)}`, outcome: "plain" },
    ...(handedOverAt ? [handedOver(handedOverAt, via)] : []),
    ...(sentAt
      ? [{ title: "Accepted by MESH", at: sentAt, outcome: "plain" as const, ...(messageId && { messageId }) }]
      : []),
    ...cameBack.sort((a, b) => a.at.getTime() - b.at.getTime()),
    ...awaited(report),
  ];
}

/** By API there is no client in between: what hands it over is what MESH accepts. */
function handedOver(at: Date, via: SentReportDetail["via"]): TimelineEntry {
  return via === "api"
    ? { title: "Handed to MESH", text: "Sent through the MESH API.", at, outcome: "plain" }
    : { title: "Handed to the MESH client", at, outcome: "plain" };
}

function meshEntry({ success, receivedAt, code, text, messageId }: MeshReport): TimelineEntry & { at: Date } {
  return {
    title: success ? "MESH report" : "Returned by MESH",
    at: receivedAt,
    code,
    text,
    messageId,
    outcome: success ? "plain" : "bad",
  };
}

function responseEntry(title: string, response: ReceivedResponse): TimelineEntry & { at: Date } {
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
