import { type MessageId, type MexHeaders, parseChunkRange } from "@restante/mesh";
import { discard } from "./answers.ts";
import { checkMessageId, checkSignal } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { checkAsked, contentTypeOf, encodingOf, messagePath, readHeaders } from "./message-chunk.ts";
import { type MeshReport, readReport } from "./report.ts";

/** What is known of a message without its body. */
export interface MessageHead {
  readonly headers: MexHeaders;
  /** What the message says if it is a report; undefined if it is data. */
  readonly report: MeshReport | undefined;
  /** Of how many chunks it is: a report, which has no body, has 0. Undefined where the server does not say. */
  readonly chunks: number | undefined;
  /** Not every server says it here, nor how the body was sent: `download` does. */
  readonly contentType: string | undefined;
  /** Such as gzip. */
  readonly contentEncoding: string | undefined;
}

/**
 * MESH API, Head Message: of a message in the inbox, or of one that this mailbox sent. Errors: `not-found` (404), `gone`
 * (410). A server has no words for them here: an answer to HEAD has no body.
 */
export async function head(
  connection: Connection,
  messageId: MessageId,
  signal: AbortSignal | undefined,
): Promise<MessageHead> {
  checkMessageId("messageId", messageId);
  checkSignal(signal);
  const answer = await connection.request({
    operation: "head",
    method: "HEAD",
    path: messagePath(connection, messageId),
    repeatable: true,
    // The first chunk of several, as GET has it.
    expected: [200, 206],
    signal,
  });
  checkAsked(answer, messageId);
  const headers = readHeaders(answer);
  await discard(answer);
  return {
    headers,
    report: readReport(headers),
    chunks: chunksOf(headers),
    contentType: contentTypeOf(answer),
    contentEncoding: encodingOf(answer),
  };
}

function chunksOf({ chunkRange = "", totalChunks = "" }: MexHeaders): number | undefined {
  return parseChunkRange(chunkRange)?.total ?? (/^\d{1,9}$/.test(totalChunks) ? Number(totalChunks) : undefined);
}
