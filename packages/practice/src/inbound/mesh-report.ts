import { inTransaction } from "@restante/durable";
import { type StatusEvent, statusEventOf } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { addReceived } from "../store/received.ts";
import { eventId } from "./event-id.ts";
import type { Arrival } from "./source.ts";

/**
 * Stores what MESH itself says of a message. It is found by the message id that MESH gave, which may become known here
 * only later; so the two are joined when read, and a report that names none of ours is shown as a stray.
 */
export function importMeshReport(context: PracticeContext, arrival: Arrival): void {
  const { database, clock, emit, organisation } = context;
  const { messageId, mailboxId, from, workflowId, subject, status, linkedMessageId, to } = arrival;
  inTransaction(database, () => {
    addReceived(database, { messageId, mailboxId, from, workflowId, subject, kind: "mesh-report" }, clock.now());
    database
      .prepare(
        "INSERT INTO mesh_report (message_id, linked_message_id, to_address, event, success, code, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        messageId,
        linkedMessageId ?? null,
        to ?? null,
        status?.event ?? "",
        status?.success ? 1 : 0,
        status?.code ?? "",
        status?.description ?? "",
      );
  });
  // One that does not say that all is well, or of what message it speaks, is told all the same: it may be about a letter.
  if (status?.success !== true) {
    const linked = linkedMessageId !== undefined && { linkedMessageId: eventId(linkedMessageId) };
    emit({ event: "report-returned", odsCode: organisation.odsCode, ...linked, ...toldOf(status) });
  }
}

/** The words of a report are whoever's who wrote it: an event has none but those that MESH defines, and a code's form. */
function toldOf(status: Arrival["status"]): { step?: StatusEvent; code: string } {
  const step = statusEventOf(status?.event ?? "");
  const code = status?.code ?? "";
  return { ...(step !== undefined && { step }), code: /^[A-Z0-9-]{1,10}$/i.test(code) ? code : "" };
}
