import type { DatabaseSync } from "node:sqlite";
import type { AcknowledgementLevel, MailboxId, MessageId } from "@restante/mesh";
import { handOverState, type Step } from "../hand-over/states.ts";
import { undoableUntil } from "../store/undoable.ts";
import type { GivenResponse, HandOverState, MeshReport, ReceivedResponse, UnusedAnswer } from "../worklist.ts";
import { number, optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

/** What was received and believed about a message of ours, by level. */
export function receivedResponses(
  database: DatabaseSync,
  headerId: string,
): Partial<Record<AcknowledgementLevel, ReceivedResponse>> {
  const rows = database
    .prepare(
      `SELECT level, code, text, diagnostics, positive, message_id, received_at, from_mailbox
       FROM received_response JOIN received USING (message_id) WHERE received_response.header_id = ?`,
    )
    .all(headerId);
  return Object.fromEntries(
    rows.map((row) => [
      text(row, "level"),
      present({
        code: text(row, "code"),
        text: text(row, "text"),
        diagnostics: optionalText(row, "diagnostics"),
        positive: number(row, "positive") === 1,
        receivedAt: time(row, "received_at"),
        from: optionalText(row, "from_mailbox") as MailboxId | undefined,
        messageId: text(row, "message_id"),
      }),
    ]),
  );
}

/** What named a message of ours and was not used, oldest first. */
export function unusedAnswers(database: DatabaseSync, headerId: string): UnusedAnswer[] {
  return database
    .prepare(
      `SELECT message_id, received_at, from_mailbox, code, text, stray_id
       FROM unbelieved CROSS JOIN received USING (message_id) LEFT JOIN stray USING (message_id)
       WHERE answers = ? ORDER BY received_at, message_id LIMIT 50`,
    )
    .all(headerId)
    .map((row) => {
      const code = text(row, "code");
      return present({
        messageId: text(row, "message_id"),
        receivedAt: time(row, "received_at"),
        level: code.startsWith("3") ? "business" : "infrastructure",
        code,
        text: text(row, "text"),
        from: optionalText(row, "from_mailbox") as MailboxId | undefined,
        strayId: (row["stray_id"] as number | null) ?? undefined,
      });
    });
}

/** What MESH said of the message that it gave this id, oldest first; of very many, what failed. */
export function meshReports(database: DatabaseSync, messageId: string | undefined): MeshReport[] {
  if (messageId === undefined) return [];
  return database
    .prepare(
      `SELECT message_id, received_at, event, success, code, text
       FROM mesh_report CROSS JOIN received USING (message_id) WHERE linked_message_id = ?
       ORDER BY success, received_at, message_id LIMIT 50`,
    )
    .all(messageId)
    .map((row) => ({
      messageId: text(row, "message_id"),
      receivedAt: time(row, "received_at"),
      event: text(row, "event"),
      success: number(row, "success") === 1,
      code: text(row, "code"),
      text: text(row, "text"),
    }))
    .toSorted((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || (a.messageId < b.messageId ? -1 : 1));
}

/** The answers given to a received message, in the order in which they were decided on. */
export function givenResponses(
  database: DatabaseSync,
  requestMessageId: string,
  about: Pick<GivenResponse, "copy"> = {},
): GivenResponse[] {
  return database
    .prepare(
      `SELECT * FROM given_response JOIN outgoing USING (header_id) WHERE request_message_id = ? ORDER BY sequence`,
    )
    .all(requestMessageId)
    .map((row) => readGiven(database, row, about));
}

function readGiven(database: DatabaseSync, row: Row, about: Pick<GivenResponse, "copy">): GivenResponse {
  const messageId = optionalText(row, "message_id");
  const { state, problem } = whatBecameOf(database, row);
  return {
    ...about,
    headerId: text(row, "header_id"),
    level: text(row, "level") as AcknowledgementLevel,
    code: text(row, "code"),
    text: text(row, "text"),
    positive: number(row, "positive") === 1,
    to: text(row, "to_address") as MailboxId,
    state,
    builtAt: time(row, "built_at"),
    ...present({
      sentAt: optionalTime(row, "sent_at"),
      messageId: messageId as MessageId | undefined,
      problem,
      undoableUntil: text(row, "step") === "due" ? undoableUntil(database, text(row, "header_id")) : undefined,
    }),
  };
}

/**
 * What became of one of our responses. It is never answered by right; a recipient that refuses it with a negative
 * response says that something is wrong all the same, and so does a MESH report.
 */
function whatBecameOf(database: DatabaseSync, row: Row): { state: HandOverState; problem: string | undefined } {
  const answers = Object.values(receivedResponses(database, text(row, "header_id")));
  const refusal = answers.find(({ positive }) => !positive);
  if (refusal !== undefined) {
    return { state: "refused", problem: `The recipient refused it: ${refusal.code} ${refusal.text}` };
  }
  const returned = failureIn(meshReports(database, optionalText(row, "message_id")));
  if (returned !== undefined) return { state: "returned", problem: returnedText(returned) };
  return { state: handOverState(text(row, "step") as Step, false), problem: problemOf(database, row) };
}

/**
 * Why a message is held or was not sent. A pair in FAILED was never given a message id: the report about it in IN is
 * known by carrying the words of the same control file.
 */
export function problemOf(database: DatabaseSync, row: Row): string | undefined {
  const problem = optionalText(row, "problem");
  if (text(row, "step") !== "failed" || problem === undefined) return problem;
  const report = database
    .prepare(
      `SELECT code, text FROM mesh_report JOIN received USING (message_id)
       WHERE linked_message_id IS NULL AND success = 0 AND to_address IS ? AND workflow_id = ? AND subject = ?
       ORDER BY received_at DESC LIMIT 1`,
    )
    .get(row["to_address"] ?? null, text(row, "workflow_id"), text(row, "subject"));
  return report === undefined ? problem : `${problem} ${text(report, "code")} ${text(report, "text")}`;
}

/**
 * What went wrong with a message of ours, by keys that stay the same: what is not among those that a person has dealt
 * with is something new. Held again after it was sent again is another thing, with a time of its own.
 */
export function happeningsOf(database: DatabaseSync, row: Row): string[] {
  const headerId = text(row, "header_id");
  const step = text(row, "step") as Step;
  const refusals = Object.values(receivedResponses(database, headerId)).filter(({ positive }) => !positive);
  const returns = meshReports(database, optionalText(row, "message_id")).filter(({ success }) => !success);
  return [
    ...(step === "held" ? [`held ${headerId} ${text(row, "due_at")}`] : []),
    ...(step === "failed" ? [`failed ${headerId}`] : []),
    ...returns.map(({ messageId }) => `returned ${messageId}`),
    ...refusals.map(({ messageId }) => `refused ${messageId}`),
  ];
}

/** A MESH report of an error, if there is one. Reports of success tell of the way, not of the end. */
export function failureIn(reports: readonly MeshReport[]): MeshReport | undefined {
  return reports.find(({ success }) => !success);
}

export function returnedText({ code, text }: MeshReport): string {
  return `MESH could not deliver it: ${code} ${text}`;
}
