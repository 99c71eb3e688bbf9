import type { Readable } from "node:stream";
import { isMessageId, type MessageId, type MexHeaders, writeMexHeaders } from "@restante/mesh";
import { asRecord, readJson } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import type { Answer } from "./transport.ts";

type SentHeader =
  | "from"
  | "fromSmtp"
  | "toSmtp"
  | "subject"
  | "localId"
  | "fileName"
  | "partnerId"
  | "processId"
  | "messageType"
  | "addressType"
  | "version"
  | "compress"
  | "compressed"
  | "encrypted"
  | "checksum";

/** A message to be sent. For lengths and characters allowed see `headerLimits` of @restante/mesh: the server checks. */
export interface OutgoingMessage extends Pick<MexHeaders, SentHeader> {
  /** A mailbox id or a routing address `GPPROVIDER_...`. */
  readonly to: string;
  readonly workflowId: string;
  /** Of the data when decoded. `application/octet-stream` if absent. */
  readonly contentType?: string | undefined;
  /** How `body` is encoded: the server knows `gzip` alone. */
  readonly contentEncoding?: "gzip" | undefined;
  /** At most 100 MB a request. A function is called once, when the request is made. */
  readonly body: Uint8Array | (() => Readable);
  /** In bytes, if `body` is a function and its length is known: the server can then tell a whole body from a broken one. */
  readonly bodyLength?: number | undefined;
}

/**
 * MESH API, Send message: one request, never repeated. An error's `retry` is `ambiguous` if the message may have been
 * accepted all the same.
 */
export async function send(
  connection: Connection,
  { body, bodyLength, contentType, contentEncoding, ...headers }: OutgoingMessage,
  signal: AbortSignal | undefined,
): Promise<{ messageId: MessageId }> {
  const answer = await connection.request({
    method: "POST",
    path: `${connection.mailboxPath}/outbox`,
    headers: {
      ...writeMexHeaders({ from: connection.mailboxId, messageType: "DATA", ...headers }),
      "content-type": contentType ?? "application/octet-stream",
      ...(contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }),
    },
    body: body instanceof Uint8Array ? body : { open: body, length: bodyLength },
    repeatable: false,
    expected: [200, 202],
    signal,
  });
  return { messageId: await readMessageId(answer) };
}

async function readMessageId(answer: Answer): Promise<MessageId> {
  const fields = asRecord(await readJson(answer));
  const id = fields["message_id"] ?? fields["messageID"];
  if (typeof id === "string" && isMessageId(id)) return id;
  throw new MeshClientError("unexpected-answer", "The server accepted the message but gave no message id.", {
    retry: "ambiguous",
    answer: { status: answer.status },
  });
}
