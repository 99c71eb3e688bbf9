import { apiErrors, serverCodes } from "@restante/mesh";
import type { MeshClientError } from "../mesh-client-error.ts";
import type { OutgoingMessage } from "../send.ts";
import type { DirectoryContext } from "./context.ts";
import { type PairProblem, transferFailure } from "./pair-control.ts";
import type { Pair } from "./pair-files.ts";

/** What the control file and, unless it is to be left out, the name of the data become. */
export function headersOf(
  { settings }: DirectoryContext,
  { control, dataName }: Pair,
  compressed: boolean,
): Omit<OutgoingMessage, "body"> {
  return {
    to: control.to,
    from: control.from,
    workflowId: control.workflowId,
    subject: control.subject,
    localId: control.localId,
    fileName: settings.sendFileName ? dataName : undefined,
    partnerId: control.partnerId,
    processId: control.processId,
    fromSmtp: control.fromSmtp,
    toSmtp: control.toSmtp,
    addressType: control.addressType,
    version: control.version,
    compress: control.compress === false ? "N" : "Y",
    compressed: compressed ? "Y" : undefined,
    encrypted: control.encrypted === true ? "Y" : undefined,
    checksum: control.checksum,
  };
}

/** The statuses by which the server refuses this message; by any other it refuses us. */
const refusals: ReadonlySet<number> = new Set([400, 406, 413, 417, 422]);

export function isRefusal({ status, code }: MeshClientError): boolean {
  return refusals.has(status ?? 0) || code === "request-invalid";
}

/**
 * The server's words go into the status record and the report, with the field that they are about; an event has ours,
 * and the field, because the server's may quote what was sent. (What the client refuses itself is in our words.)
 */
export function refusal(error: MeshClientError, { control }: Pair): PairProblem {
  const { status, event, meshCode, description, field } = error;
  if (status === undefined) return transferFailure(error.message, control);
  const answered = `The server answered ${status}${field === undefined ? "" : ` about ${field}`}.`;
  if (meshCode === undefined) return { ...transferFailure(error.message, control), reason: answered };
  const known = serverCodes[meshCode] ?? Object.values(apiErrors).find(({ code }) => code === meshCode)?.text;
  const reason = known ?? answered;
  return {
    status: { event: event ?? "SEND", success: false, code: meshCode, description: description ?? reason },
    reason,
    control,
  };
}
