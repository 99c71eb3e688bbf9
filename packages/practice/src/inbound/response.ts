import { inTransaction } from "@restante/durable";
import { idKey, type ResponseContent, responseCodes } from "@restante/itk3";
import type { PracticeContext } from "../context.ts";
import { isDuplicate } from "../hand-over/states.ts";
import { addReceived, addUnbelieved, type Unbelieved } from "../store/received.ts";
import type { StrayReason } from "../worklist.ts";
import { eventId } from "./event-id.ts";
import type { Reading } from "./reading.ts";
import { readMailbox } from "./respond.ts";
import type { Arrival } from "./source.ts";

/**
 * Takes in an answer to something we sent, or what came on a workflow for answers. It is never answered itself.
 *
 * Believed only if it names a MessageHeader.id of ours, a UUID in whatever letters, and comes from the mailbox that message
 * went to: of a routed report that is known once it has answered. It needs nothing else to have happened: it may be here before
 * SENT is written. The first at each level counts; only 20013 after 20007 or 20008 replaces it, because then the copy was
 * the second one and this is the answer to the first. One whose meaning something unknown may change is not believed
 * either. What is not believed is kept, and shown to a person; what repeats an answer is kept, and what says otherwise than the
 * first is not believed over it, and shown (docs/decisions/286-answers-that-contradict.md).
 */
export function importResponse(
  context: PracticeContext,
  arrival: Arrival,
  { headerId, response: written }: Pick<Reading, "headerId" | "response">,
  content: Uint8Array,
): void {
  const { database, clock, emit, organisation } = context;
  const { messageId, mailboxId, from, workflowId, subject } = arrival;
  const { odsCode } = organisation;
  // The ids of ours are UUIDs in small letters: their own keys.
  const response = written && { ...written, requestHeaderId: idKey(written.requestHeaderId) };
  const doubt = inTransaction(database, () => {
    const doubt = response === undefined ? unreadable : doubtAbout(context, response, from);
    const kind = doubt?.kind ?? "response";
    addReceived(
      database,
      { messageId, mailboxId, from, workflowId, subject, kind, headerId, reason: doubt?.reason, content },
      clock.now(),
    );
    if (response !== undefined && doubt === undefined) storeBelieved(context, messageId, response);
    if (response !== undefined && doubt !== undefined)
      addUnbelieved(database, messageId, { ...saidBy(response), why: doubt.why });
    return doubt;
  });
  if (doubt !== undefined) {
    emit({ event: "response-ignored", odsCode, messageId: eventId(messageId), reason: doubt.reason });
  } else if (response !== undefined) {
    const { requestHeaderId, level, code } = response;
    emit({ event: "response-received", odsCode, requestHeaderId, level, code });
  }
}

/** Why a response is not believed. A repeated one that tells nothing new no person need see. */
interface Doubt {
  kind: "stray-response" | "repeated-response";
  reason: string;
  /** Of a stray. */
  why?: StrayReason;
}

const stray = (why: StrayReason, reason: string): Doubt => ({ kind: "stray-response", why, reason });

const unreadable = stray("unreadable", "It cannot be read as a response.");

function doubtAbout(
  { database }: PracticeContext,
  response: ResponseContent,
  from: string | undefined,
): Doubt | undefined {
  const { requestHeaderId, level, code, modified } = response;
  const sent = database.prepare("SELECT to_address FROM outgoing WHERE header_id = ?").get(requestHeaderId);
  if (sent === undefined) return stray("not-sent-here", "It answers a message that was not sent from here.");
  const address = sent["to_address"] as string | null;
  const isRouted = address === null || address.startsWith("GPPROVIDER");
  const wentTo = isRouted ? answeredFrom(database, requestHeaderId) : address;
  if (wentTo !== undefined && wentTo !== readMailbox(from)) {
    return stray("other-mailbox", "It does not come from the mailbox that the message went to.");
  }
  if (modified === true) {
    return stray("modified", "What it says may be changed by something that is not known here.");
  }
  const earlier = database
    .prepare("SELECT code FROM received_response WHERE header_id = ? AND level = ?")
    .get(requestHeaderId, level)?.["code"] as string | undefined;
  if (earlier === undefined || (isDuplicate(earlier) && code === "20013")) return undefined;
  return saysOtherwise(earlier, code)
    ? stray("says-otherwise", `The message was answered ${earlier} before, and this says otherwise.`)
    : { kind: "repeated-response", reason: "The message was already answered at this level." };
}

/** MESH took it to one mailbox: what another says of it, also at the other level, is not of who has it. */
function answeredFrom(database: PracticeContext["database"], headerId: string): string | undefined {
  const row = database
    .prepare(
      `SELECT from_mailbox FROM received_response CROSS JOIN received USING (message_id)
       WHERE received_response.header_id = ? LIMIT 1`,
    )
    .get(headerId);
  return readMailbox((row?.["from_mailbox"] as string | null | undefined) ?? undefined);
}

/** A second no is no news, and a copy has answers of its own. */
function saysOtherwise(earlier: string, code: string): boolean {
  if (code === earlier || isDuplicate(code)) return false;
  const isYes = (of: string): boolean => responseCodes.get(of)?.positive === true;
  return isYes(earlier) || isYes(code);
}

/** What is shown of a response that was not believed. */
export function saidBy({ code, requestHeaderId }: ResponseContent): Unbelieved {
  return { code, text: responseCodes.get(code)?.display ?? "", answers: idKey(requestHeaderId) };
}

function storeBelieved({ database }: PracticeContext, messageId: string, response: ResponseContent): void {
  database
    .prepare(
      `INSERT OR REPLACE INTO received_response (header_id, level, message_id, code, text, diagnostics, positive)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      response.requestHeaderId,
      response.level,
      messageId,
      response.code,
      responseCodes.get(response.code)?.display ?? "",
      response.diagnostics ?? null,
      response.positive ? 1 : 0,
    );
}
