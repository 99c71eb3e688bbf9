import { isMessageId, type MessageId } from "@restante/mesh";
import { asRecord, asText, readJson } from "./answers.ts";
import type { Connection } from "./connection.ts";
import { MeshClientError } from "./mesh-client-error.ts";

export interface ListOptions {
  /** 10 to 5000; the server's default is 500. */
  readonly maxResults?: number | undefined;
  /** The `next` of the page before. */
  readonly continueFrom?: string | undefined;
  /** As in the MESH API: `NAME`, `!NAME`, `BEGIN*`, `*PART*` and their opposites with `!`. */
  readonly workflowFilter?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page of an inbox, oldest message first. */
export interface InboxPage {
  readonly messageIds: MessageId[];
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
  readonly approximateCount?: number;
}

/** MESH API, Check an inbox (version 2). */
export async function list(
  connection: Connection,
  { maxResults, continueFrom, workflowFilter, signal }: ListOptions,
): Promise<InboxPage> {
  const answer = await connection.request({
    method: "GET",
    path: `${connection.mailboxPath}/inbox`,
    query: {
      ...(maxResults === undefined ? {} : { max_results: String(maxResults) }),
      ...(continueFrom === undefined ? {} : { continue_from: continueFrom }),
      ...(workflowFilter === undefined ? {} : { workflow_filter: workflowFilter }),
    },
    repeatable: true,
    signal,
  });
  const fields = asRecord(await readJson(answer));
  const ids: unknown = fields["messages"];
  // Ids become file names elsewhere: nothing passes that is not exactly one.
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string" && isMessageId(id))) {
    throw new MeshClientError("unexpected-answer", "The server's listing is not a list of message ids.");
  }
  const next = readNext(asText(asRecord(fields["links"])["next"]));
  const count = fields["approx_inbox_count"];
  return {
    messageIds: ids,
    ...(next === undefined ? {} : { next }),
    ...(typeof count === "number" ? { approximateCount: count } : {}),
  };
}

/** Every message in the inbox, page by page, oldest first. */
export async function* listAll(
  connection: Connection,
  options: Omit<ListOptions, "continueFrom">,
): AsyncGenerator<MessageId, void, undefined> {
  let continueFrom: string | undefined;
  do {
    const page = await list(connection, { ...options, continueFrom });
    yield* page.messageIds;
    if (page.next === continueFrom) return;
    continueFrom = page.next;
  } while (continueFrom !== undefined);
}

/** `links.next` is a path with a query; only its token is taken from it, so that it cannot send us elsewhere. */
function readNext(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  return new URL(link, "https://mesh.invalid").searchParams.get("continue_from") ?? undefined;
}
