import {
  characterCount,
  clientStatuses,
  type ControlElement,
  controlElements,
  type ControlFile,
  ControlFileError,
  headerLimits,
  isChecksumText,
  type MailboxId,
  readControlFile,
  serverCodes,
  type StatusRecord,
} from "@restante/mesh";

/** A control file of OUT that says all that a message needs. */
export type SendableControl = ControlFile & { readonly to: string; readonly workflowId: string };

/** Why a pair cannot be sent. */
export interface PairProblem {
  /** For the report in IN. */
  readonly status: Omit<StatusRecord, "at">;
  /** For an event: safe to show and to log. */
  readonly reason: string;
  /** What the report can repeat. */
  readonly control?: ControlFile | undefined;
}

export type PairControl = { readonly control: SendableControl } | { readonly problem: PairProblem };

/** AddressType, MessageType, WorkflowId, From_DTS and To_DTS must be there, and say what can be sent. */
export function readPairControl(bytes: Uint8Array, mailboxId: MailboxId): PairControl {
  let control: ControlFile;
  try {
    control = readControlFile(bytes);
  } catch (error) {
    if (!(error instanceof ControlFileError)) throw error;
    return { problem: transferFailure(error.message) };
  }
  const { from, to, workflowId, messageType } = control;
  if (from === undefined || to === undefined || workflowId === undefined) {
    const missing = from === undefined ? "From_DTS" : to === undefined ? "To_DTS" : "WorkflowId";
    return { problem: transferFailure(`Control file: ${missing} is missing.`, control) };
  }
  const problem = controlElements.map((element) => problemOf(control, element)).find((found) => found !== undefined);
  if (problem !== undefined) return { problem: transferFailure(`Control file: ${problem}`, control) };
  if (messageType !== "Data") return { problem: serverWould("11", control) };
  // Mailbox ids are upper-cased by the server.
  if (from.toUpperCase() !== mailboxId) return { problem: serverWould("07", control) };
  return { control: { ...control, to, workflowId } };
}

/** What MESH would not take, by the name of the element and without what is in it. Every element becomes a header. */
function problemOf(control: ControlFile, element: ControlElement): string | undefined {
  if (element.kind !== "text") return undefined;
  const { name, property } = element;
  const text = control[property];
  if (text === undefined) return undefined;
  const [characters, most] = [characterCount(text), headerLimits[property]];
  if (most !== undefined && characters > most) {
    return `${name} has ${characters} characters, at most ${most} are allowed.`;
  }
  if (property !== "checksum" || isChecksumText(text)) return undefined;
  return `${name} may have letters, digits, spaces, colons, hyphens and slashes only.`;
}

/** TRANSFER ERROR 06, with the reason in its description. */
export function transferFailure(reason: string, control?: ControlFile): PairProblem {
  const status = clientStatuses.transferFailed;
  return { status: { ...status, description: `${status.description}. ${reason}` }, reason, control };
}

/** What the server would refuse anyway, in its own words. */
function serverWould(code: "07" | "11", control: ControlFile): PairProblem {
  const description = serverCodes[code] ?? "";
  return { status: { event: "SEND", success: false, code, description }, reason: description, control };
}
