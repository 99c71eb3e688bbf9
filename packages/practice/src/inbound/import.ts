import { isResponse, readMessage } from "@restante/itk3";
import { isAckWorkflow } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { importDocument } from "./document.ts";
import { importMeshReport } from "./mesh-report.ts";
import { importResponse } from "./response.ts";
import { announceSetAside, storeSetAside } from "./set-aside.ts";
import { inTransaction } from "../store/database.ts";
import type { Arrival } from "./source.ts";

/**
 * Takes a received message in: one transaction, whatever it is.
 *
 * | it is                                                        | it becomes                                  |
 * | ------------------------------------------------------------ | ------------------------------------------- |
 * | a MESH report                                                | news of what we sent                        |
 * | an ITK008M, or anything on an `_ACK` workflow, readable or not | a response, believed or not; never answered |
 * | no ITK3 message, on a workflow that does not carry ITK3      | a task set aside for a person               |
 * | anything else                                                | a document: checked, answered, a task       |
 */
export function importMessage(context: PracticeContext, arrival: Arrival, content: Uint8Array): void {
  if (arrival.type === "report") {
    importMeshReport(context, arrival);
    return;
  }
  const read = readMessage(content);
  const { message } = read;
  if (isResponse(read) || isAckWorkflow(arrival.workflowId)) {
    importResponse(context, arrival, message, content);
  } else if (message === undefined && !context.tuning.itk3Workflows.includes(arrival.workflowId)) {
    const { messageId, mailboxId, from, workflowId, subject } = arrival;
    const reason = "It is not an ITK3 message, and its workflow is not one that carries them.";
    inTransaction(context.database, () => {
      storeSetAside(context, { messageId, mailboxId, from, workflowId, subject, reason, content });
    });
    announceSetAside(context, messageId, reason);
  } else {
    importDocument(context, arrival, read, content);
  }
}
