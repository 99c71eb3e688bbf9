/** A step of a message's journey, as headers and control files name it. */
export type StatusEvent = "COLLECT" | "TRANSFER" | "SEND" | "RECEIVE";

/**
 * What is said of a step. A code means nothing without its event: 15 to 17 are about polling with RECEIVE and about
 * the message with SEND.
 */
export interface Status {
  readonly event: StatusEvent;
  readonly success: boolean;
  readonly code: string;
  readonly description: string;
}

const ok = (event: StatusEvent, code: string, description: string): Status => ({
  event,
  success: true,
  code,
  description,
});
const failed = (event: StatusEvent, code: string, description: string): Status => ({
  event,
  success: false,
  code,
  description,
});

/** What the directory client records, in SENT, in IN and in its reports. */
export const clientStatuses: Readonly<
  Record<
    | "collected"
    | "controlFileMissing"
    | "dataFileMissing"
    | "sent"
    | "received"
    | "serverNotAuthenticated"
    | "clientNotAuthenticated"
    | "delayed"
    | "transferFailed"
    | "polled"
    | "pollFailed"
    | "pollServerNotAuthenticated"
    | "pollClientNotAuthenticated",
    Status
  >
> = {
  collected: ok("COLLECT", "00", "Data collect success confirmation."),
  controlFileMissing: failed("COLLECT", "01", "Control file is missing or inaccessible"),
  dataFileMissing: failed("COLLECT", "02", "Data file is missing or inaccessible"),
  sent: ok("TRANSFER", "00", "Data Transfer success confirmation."),
  received: ok("TRANSFER", "00", "Transferred to recipient mailbox"),
  serverNotAuthenticated: failed("TRANSFER", "03", "Server authentication failure"),
  clientNotAuthenticated: failed("TRANSFER", "04", "Client authentication failure"),
  delayed: ok("TRANSFER", "05", "Transfer delayed"),
  transferFailed: failed("TRANSFER", "06", "Transfer failure"),
  polled: ok("RECEIVE", "00", "Poll success confirmation"),
  pollFailed: failed("RECEIVE", "15", "Poll failure"),
  pollServerNotAuthenticated: failed("RECEIVE", "16", "Server authentication failure"),
  pollClientNotAuthenticated: failed("RECEIVE", "17", "Client authentication failure"),
};

/** Why a message addressed to a patient's practice could not be placed. */
export type RoutingErrorCode = "EPL-150" | "EPL-151" | "EPL-152" | "EPL-153" | "EPL-154";

/** The reports of the server: always event SEND, always an error. */
export const reportStatuses: Readonly<Record<RoutingErrorCode | "02" | "14", Status>> = {
  "EPL-150": failed("SEND", "EPL-150", "Multiple mailboxes matches"),
  "EPL-151": failed("SEND", "EPL-151", "No mailbox matched"),
  "EPL-152": failed("SEND", "EPL-152", "Invalid NHS Number"),
  "EPL-153": failed("SEND", "EPL-153", "NHS Number not found"),
  "EPL-154": failed("SEND", "EPL-154", "NHS Number supplied does not match the demographics"),
  "02": failed("SEND", "02", "Data file is missing or inaccessible"),
  "14": failed("SEND", "14", "Message not collected by recipient after 5 days"),
};

/** The codes of the MESH API's own table ("Error codes"), with their typical descriptions. */
export const serverCodes: Readonly<Record<string, string>> = {
  "02": "Data file is missing or inaccessible",
  "06": "Malformed headers",
  "07": "Invalid From Address, the mailbox does not match the authorization header",
  "08": "Missing Mex-To header",
  "11": "Invalid Message Type for the transfer, should be DATA",
  "12": "Unregistered to address",
  "14": "Undelivered message",
  "15": "Bad 'Child Protection - Information Sharing' (CP-IS) File",
  "16": "Sender is not allowed to send messages of this type",
  "17": "Workflow ID not registered for mailbox",
};

/** What a failed step's code says, in the words of the tables here; undefined for a pair of the two that is in none. */
export function statusWords(event: StatusEvent, code: string): string | undefined {
  const ofClient = Object.values(clientStatuses).find((status) => status.event === event && status.code === code);
  if (event !== "SEND") return ofClient?.success === false ? ofClient.description : undefined;
  const ofServer = Object.values(reportStatuses).find((status) => status.code === code);
  return ofServer?.description ?? (Object.hasOwn(serverCodes, code) ? serverCodes[code] : undefined);
}

/**
 * Who made a report: one without a message id is the MESH client's own, but for those that MESH itself makes
 * (`reportStatuses`). What it is about never became a message of MESH's.
 */
export function reportMaker({
  linkedMessageId,
  event,
  code,
}: {
  linkedMessageId?: string | undefined;
  event?: StatusEvent | undefined;
  code?: string | undefined;
}): "mesh" | "mesh-client" {
  if (linkedMessageId !== undefined || event === undefined) return "mesh";
  return event === "SEND" && Object.hasOwn(reportStatuses, code ?? "") ? "mesh" : "mesh-client";
}

const events: readonly StatusEvent[] = ["COLLECT", "TRANSFER", "SEND", "RECEIVE"];

/** The event that a control file or a header names, if it is one of the four. */
export function statusEventOf(text: string): StatusEvent | undefined {
  return events.find((event) => event === text.toUpperCase());
}
