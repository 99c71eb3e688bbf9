import type { InjectedReport } from "@restante/control";
import { reportStatuses } from "@restante/mesh";
import { object, oneOf, optional, type Schema, text } from "@restante/settings";

import { subjectInSandbox } from "../../message.ts";

/** A report that is asked for, in the words of the stand-in. */
export interface ReportRequest {
  mailbox_id: string;
  code: string;
  description: string;
  workflow_id: string;
  subject?: string;
  local_id?: string;
  status?: "undeliverable" | "error";
  file_name?: string;
  linked_message_id?: string;
}

const needed = (description: string) => text({ description });
const words = (description: string) => optional(text({ description }));

export const reportSchema: Schema<ReportRequest> = object<ReportRequest>(
  {
    mailbox_id: needed("The mailbox it is put into."),
    code: needed("Its code; of an undeliverable one it is always 14."),
    description: needed("What the code means; likewise."),
    workflow_id: needed("The workflow of the message it is about."),
    subject: words("The subject of that message."),
    local_id: words("The local id of that message."),
    status: optional(oneOf(["undeliverable", "error"], { description: "What it tells of.", default: "undeliverable" })),
    file_name: words("The file name of that message."),
    linked_message_id: words("That message."),
  },
  { description: "A report." },
);

/** An undeliverable one is that of a message which nobody collected, worded as the stand-in does whatever was asked for. */
export function reportOf(request: ReportRequest): InjectedReport {
  const { subject, local_id: localId, file_name: fileName, linked_message_id: linkedMessageId } = request;
  const common = {
    mailbox: request.mailbox_id,
    workflowId: request.workflow_id,
    ...(localId !== undefined && { localId }),
    ...(linkedMessageId !== undefined && { linkedMessageId }),
  };
  if (request.status === "error") {
    return {
      ...common,
      event: "TRANSFER",
      code: request.code,
      description: request.description,
      ...(subject !== undefined && { subject }),
      ...(fileName !== undefined && { fileName }),
    };
  }
  const { event, code, description } = reportStatuses["14"];
  return { ...common, event, code, description, subject: subjectInSandbox(subject) };
}
