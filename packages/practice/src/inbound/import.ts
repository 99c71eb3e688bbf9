import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import type { Content } from "./content.ts";
import { importDocument } from "./document.ts";
import { eventId } from "./event-id.ts";
import { importMeshReport } from "./mesh-report.ts";
import { importResponse } from "./response.ts";
import { announceSetAside, storeSetAside } from "./set-aside.ts";
import type { Arrival } from "./source.ts";

/**
 * Takes a received message in: read first, a long one in another thread; then one transaction, whatever it is.
 *
 * | it is                                                        | it becomes                                  |
 * | ------------------------------------------------------------ | ------------------------------------------- |
 * | a MESH report                                                | news of what we sent                        |
 * | an ITK008M, or anything on an `_ACK` workflow, readable or not | a response, believed or not; never answered |
 * | no ITK3 message, on a workflow that does not carry ITK3      | a task set aside for a person               |
 * | anything else                                                | a document: checked, answered, a task       |
 */
export async function importMessage(context: PracticeContext, arrival: Arrival, signal?: AbortSignal): Promise<void> {
  if (arrival.type === "report") {
    importMeshReport(context, arrival);
    return;
  }
  const content = await arrival.content();
  const { strictness, doesNotTake } = context;
  const reading = await context.reader.read(
    { ...headOf(arrival), content: content.bytes, damage: content.damage, strictness, doesNotTake },
    { signal },
  );
  const { document } = reading;
  if (document === undefined) {
    importResponse(context, arrival, reading, content.bytes);
  } else if (!document.isMessage && !context.tuning.itk3Workflows.includes(arrival.workflowId)) {
    importNoMessage(context, arrival, content);
  } else {
    importDocument(context, arrival, { ...reading, document }, content.bytes);
  }
  if (content.damage !== undefined) announceDamage(context, arrival.messageId, content.damage);
}

function importNoMessage(context: PracticeContext, arrival: Arrival, { bytes, damage }: Content): void {
  const { messageId, mailboxId, from, workflowId, subject } = arrival;
  const reason = damage ?? "It is not an ITK3 message, and its workflow is not one that carries them.";
  inTransaction(context.database, () => {
    storeSetAside(context, { messageId, mailboxId, from, workflowId, subject, reason, content: bytes });
  });
  announceSetAside(context, messageId, reason);
}

/** What MESH says of it that it may be held against. */
function headOf({ from, localId, workflowId, subject }: Arrival): Pick<Arrival, "from" | "localId"> & {
  workflowId: string;
  subject: string;
} {
  return { from, localId, workflowId, subject };
}

function announceDamage({ emit, organisation }: PracticeContext, messageId: string, reason: string): void {
  emit({ event: "message-damaged", odsCode: organisation.odsCode, messageId: eventId(messageId), reason });
}
