import { isMessageId, type MessageId } from "@restante/mesh";
import { asRecord, asText, readJson } from "./answers.ts";
import { checkNumber, checkOptionalText, checkOptions, checkSignal, invalid } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { longestPlace, readNext } from "./list.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { readTime } from "./read-time.ts";

export interface RichListOptions {
  /** Only what came, or was sent, at this time or later. 30 days ago if absent. */
  readonly since?: Date | undefined;
  /** 1 to 2000 of what was received, 10 to 5000 of what was sent; the server's default is 100. It may give fewer and a `next`. */
  readonly maxResults?: number | undefined;
  /** The `next` of the page before. */
  readonly continueFrom?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a rich listing says of a message. `localId` may name a patient. */
export interface ListedMessage {
  readonly messageId: MessageId;
  /** `DATA` or `REPORT`. */
  readonly messageType: string | undefined;
  /** Lower case: `accepted`, `acknowledged`, `undeliverable`, `error`, `uploading`. */
  readonly status: string;
  readonly statusCode?: string | undefined;
  readonly workflowId?: string | undefined;
  readonly localId?: string | undefined;
  /** Mailbox id. A report has none. */
  readonly sender?: string | undefined;
  readonly senderName?: string | undefined;
  readonly recipient?: string | undefined;
  readonly recipientName?: string | undefined;
  readonly sentAt?: Date | undefined;
  readonly expiresAt?: Date | undefined;
  readonly totalChunks?: number | undefined;
}

/** A page of what a mailbox received or sent, newest message first. */
export interface RichPage {
  readonly messages: ListedMessage[];
  /** How many entries have an id that cannot be one. Absent if none. */
  readonly unusableIds?: number;
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
  /** When the server looked. */
  readonly validAt?: Date;
}

/** As the NHS's stand-in has them. */
const mostResults = { inbox: { from: 1, to: 2000 }, outbox: { from: 10, to: 5000 } } as const;

/**
 * The rich inbox or outbox. The description of the MESH API leaves both out, and not every server has them: `not-found`
 * then. The inbox has what was acknowledged, too: it is for people who look, `list` for programs that collect.
 */
export async function listRich(
  connection: Connection,
  box: "inbox" | "outbox",
  options: RichListOptions,
): Promise<RichPage> {
  checkOptions("options", options);
  const { since, maxResults, continueFrom, signal } = options;
  if (since !== undefined && !(since instanceof Date && !Number.isNaN(since.getTime()))) {
    throw invalid("since", "a Date is needed");
  }
  if (maxResults !== undefined) checkNumber("maxResults", maxResults, mostResults[box]);
  checkOptionalText("continueFrom", continueFrom, { atLeast: 1, atMost: longestPlace });
  checkSignal(signal);
  const answer = await connection.request({
    operation: box === "inbox" ? "listReceived" : "listSent",
    method: "GET",
    path: `${connection.mailboxPath}/${box}/rich`,
    query: {
      ...(since === undefined ? {} : { start_time: since.toISOString() }),
      ...(maxResults === undefined ? {} : { max_results: String(maxResults) }),
      ...(continueFrom === undefined ? {} : { continue_from: continueFrom }),
    },
    repeatable: true,
    signal,
  });
  const fields = asRecord(await readJson(answer));
  const entries: unknown = fields["messages"];
  if (!Array.isArray(entries)) {
    throw new MeshClientError("unexpected-answer", "The server's listing is not a list of messages.");
  }
  const messages = entries.map(readEntry).filter((message) => message !== undefined);
  const unusableIds = entries.length - messages.length;
  const next = readNext(asText(asRecord(fields["links"])["next"]));
  const validAt = readTime(asText(fields["valid_at"]));
  return {
    messages,
    ...(unusableIds === 0 ? {} : { unusableIds }),
    ...(next === undefined ? {} : { next }),
    ...(validAt === undefined ? {} : { validAt }),
  };
}

function readEntry(entry: unknown): ListedMessage | undefined {
  const fields = asRecord(entry);
  const text = (name: string): string | undefined => asText(fields[name]);
  const messageId = text("message_id");
  if (messageId === undefined || !isMessageId(messageId)) return undefined;
  const totalChunks = fields["total_chunks"];
  return {
    messageId,
    messageType: text("message_type")?.toUpperCase(),
    status: text("status")?.toLowerCase() ?? "",
    statusCode: text("status_code"),
    workflowId: text("workflow_id"),
    localId: text("local_id"),
    sender: text("sender"),
    senderName: text("sender_name"),
    recipient: text("recipient"),
    recipientName: text("recipient_name"),
    sentAt: readTime(text("sent_date")),
    expiresAt: readTime(text("expiry_timestamp")),
    totalChunks: typeof totalChunks === "number" ? totalChunks : undefined,
  };
}
