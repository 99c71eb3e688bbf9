import { gunzipSync } from "node:zlib";
import { ControlError } from "../control-error.ts";
import type { Control, WholeMessage } from "../control.ts";
import { LARGEST_BODY } from "../operations/kinds.ts";
import type { AnswerInput } from "./scenario.ts";

// Control knows nothing of ITK3. What an answer says is made by a function that whoever runs the scenario gives:
// `answerAsTold` of @restante/itk3 is one. Here is found what is answered, and the answer put where it belongs.

/** @throws {CodedError} where the message cannot be answered so */
export type Answers = (
  message: { body: Uint8Array; workflowId: string },
  told: {
    level: "infrastructure" | "business";
    verdict?: "positive" | "negative" | undefined;
    code?: string | undefined;
    unreadable?: boolean | undefined;
  },
  by: { responder: { odsCode: string; mailboxId: string }; now: Date },
) => { body: Uint8Array; workflowId: string; localId: string; subject: string };

/** Answers a message as the system behind its mailbox would: to the mailbox that MESH says sent it, whatever it says itself. */
export async function answerMessage(
  control: Control,
  input: AnswerInput,
  answers: Answers | undefined,
): Promise<{ messages: { messageId: string }[] }> {
  if (answers === undefined) {
    throw new ControlError(
      "not-possible",
      "Whoever runs this scenario gives no ITK3 answers: run it with `restante control run`, or give runScenario `answers`.",
    );
  }
  const { level, verdict, code, unreadable } = input;
  const asked = await find(control, input);
  const { from, mailbox, workflowId } = asked;
  if (from === undefined || mailbox === undefined) {
    throw new ControlError("not-possible", "The message is in no mailbox, or is a report: neither is answered.");
  }
  const body = unpacked(asked);
  const [{ mailboxes }, { now }] = await Promise.all([control.mailboxes.list(), control.clock.read()]);
  const odsCode = mailboxes.find((known) => known.mailbox === mailbox)?.odsCode;
  if (odsCode === undefined) throw new ControlError("mailbox-unknown", `There is no mailbox ${mailbox} any more.`);
  const by = { responder: { odsCode, mailboxId: mailbox }, now: new Date(now) };
  const messages: { messageId: string }[] = [];
  for (const each of level === "both" ? (["infrastructure", "business"] as const) : [level]) {
    const { body: answer, ...head } = answers({ body, workflowId }, { level: each, verdict, code, unreadable }, by);
    const text = Buffer.from(answer).toString("base64");
    messages.push(await control.messages.inject({ mailbox: from, from: mailbox, ...head, body: text }));
  }
  return { messages };
}

function find(control: Control, { message: messageId, mailbox }: AnswerInput): Promise<WholeMessage> {
  return control.messages.peek({ messageId, ...(mailbox !== undefined && { filter: { mailbox, type: "DATA" } }) });
}

function unpacked({ body, isWhole, headers }: WholeMessage): Uint8Array {
  if (!isWhole) throw new ControlError("not-possible", `The message is larger than ${LARGEST_BODY} bytes.`);
  const bytes = Buffer.from(body, "base64");
  // By the header (API), or by its first bytes (a client that compresses the file itself).
  const isPacked = headers["content-encoding"] === "gzip" || (bytes[0] === 0x1f && bytes[1] === 0x8b);
  if (!isPacked) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 10 * LARGEST_BODY });
  } catch (cause) {
    throw new ControlError("not-possible", "The message says that it is packed with gzip, and cannot be unpacked.", {
      cause,
    });
  }
}
