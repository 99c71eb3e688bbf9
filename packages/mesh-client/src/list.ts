import { hasControlCharacter, isMessageId, type MessageId } from "@restante/mesh";
import { asRecord, asText, readJson } from "./answers.ts";
import { checkNumber, checkOptionalText, checkOptions, checkSignal } from "./check-input.ts";
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

export interface ListAllOptions extends Omit<ListOptions, "continueFrom"> {
  /** Told of each page on which the server listed what cannot be message ids, and how many: those are passed over. */
  readonly onUnusableIds?: ((count: number) => void) | undefined;
}

/** A page of an inbox, oldest message first. */
export interface InboxPage {
  readonly messageIds: MessageId[];
  /** How many entries of the page cannot be message ids, so that nobody can ask for what they name. Absent if none. */
  readonly unusableIds?: number;
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
  readonly approximateCount?: number;
}

/** Of a `continue_from`, which is the server's and opaque. */
export const longestPlace = 4000;
/** At 5,000 messages a page, more than any mailbox holds. */
const mostPages = 10_000;

/** MESH API, Check an inbox (version 2). */
export async function list(connection: Connection, options: ListOptions): Promise<InboxPage> {
  checkOptions("options", options);
  const { maxResults, continueFrom, workflowFilter, signal } = options;
  checkPage({ maxResults, workflowFilter, signal });
  checkOptionalText("continueFrom", continueFrom, { atLeast: 1, atMost: longestPlace });
  const answer = await connection.request({
    operation: "list",
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
  const entries: unknown = fields["messages"];
  if (!Array.isArray(entries)) {
    throw new MeshClientError("unexpected-answer", "The server's listing is not a list of message ids.");
  }
  const messageIds = entries.filter((entry) => typeof entry === "string" && isMessageId(entry));
  const unusableIds = entries.length - messageIds.length;
  const next = readNext(asText(asRecord(fields["links"])["next"]));
  const count = fields["approx_inbox_count"];
  return {
    messageIds,
    ...(unusableIds === 0 ? {} : { unusableIds }),
    ...(next === undefined ? {} : { next }),
    ...(typeof count === "number" ? { approximateCount: count } : {}),
  };
}

/** Every message in the inbox, page by page, oldest first. Ends at a page that was there before. */
export async function* listAll(
  connection: Connection,
  options: ListAllOptions,
): AsyncGenerator<MessageId, void, undefined> {
  checkOptions("options", options);
  const { onUnusableIds, ...each } = options;
  const places = new Set<string | undefined>();
  let continueFrom: string | undefined;
  do {
    places.add(continueFrom);
    if (places.size > mostPages) {
      throw new MeshClientError("unexpected-answer", `The server's listing has no end after ${mostPages} pages.`);
    }
    const page = await list(connection, { ...each, continueFrom });
    if (page.unusableIds !== undefined) onUnusableIds?.(page.unusableIds);
    yield* page.messageIds;
    continueFrom = page.next;
  } while (continueFrom !== undefined && !places.has(continueFrom));
}

function checkPage({ maxResults, workflowFilter, signal }: ListOptions): void {
  if (maxResults !== undefined) checkNumber("maxResults", maxResults, { from: 10, to: 5000 });
  checkOptionalText("workflowFilter", workflowFilter, { atLeast: 1, atMost: 500 });
  checkSignal(signal);
}

/** `links.next` is a path with a query; only its token is taken from it, so that it cannot send us elsewhere. */
export function readNext(link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  const next = URL.parse(link, "https://mesh.invalid")?.searchParams.get("continue_from") ?? undefined;
  if (next === undefined || next === "") return undefined;
  if (next.length <= longestPlace && next.isWellFormed() && !hasControlCharacter(next)) return next;
  throw new MeshClientError("unexpected-answer", "The server's listing goes on at a place that cannot be asked for.");
}
