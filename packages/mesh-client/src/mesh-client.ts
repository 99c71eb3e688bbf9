import { type Clock, type MailboxId, type MessageId, parseMailboxId, systemClock, tokenSource } from "@restante/mesh";
import { acknowledge } from "./acknowledge.ts";
import { createConnection } from "./connection.ts";
import { type DownloadedMessage, type DownloadOptions, download } from "./download.ts";
import { handshake } from "./handshake.ts";
import { type InboxPage, list, listAll, type ListOptions } from "./list.ts";
import { type FoundMailbox, lookup, workflowSearch } from "./lookup.ts";
import { defaultRetryPolicy, type RetryPolicy } from "./retries.ts";
import { type OutgoingChunk, type OutgoingMessage, send, sendChunk } from "./send.ts";
import { track, trackByLocalId, type TrackedMessage } from "./track.ts";
import { type ClientTls, createTransport } from "./transport.ts";

export interface MeshClientOptions {
  /** Such as `https://mesh-sync.spineservices.nhs.uk`. */
  readonly url: string;
  readonly mailboxId: string;
  readonly password: string;
  /** The secret of the environment, shared by all mailboxes. */
  readonly sharedKey: string;
  readonly tls: ClientTls;
  readonly clock?: Clock | undefined;
  /** For connecting, for the answer's head, and between any two pieces of its body. 60 s if absent. */
  readonly requestTimeoutMs?: number | undefined;
  /** Requests at once; more wait their turn. 8 if absent. A download holds one until it is read. */
  readonly connections?: number | undefined;
  /** For calls that may be made twice: all but `send`. */
  readonly retries?: Partial<RetryPolicy> | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * One mailbox of a MESH server. Every call fails with a {@link MeshClientError} only.
 *
 * @example
 * await using client = createMeshClient({ url, mailboxId: "X26HC005", password, sharedKey, tls });
 * for await (const messageId of client.listAll()) {
 *   const { body } = await client.download(messageId);
 *   await pipeline(body, createWriteStream(messageId));
 *   await client.acknowledge(messageId);
 * }
 */
export interface MeshClient extends AsyncDisposable {
  readonly mailboxId: MailboxId;
  /** Shows that the server can be reached and that it knows us. */
  handshake(options?: CallOptions): Promise<void>;
  /** Never repeated by itself. See `retry` of the error before sending again. */
  send(message: OutgoingMessage, options?: CallOptions): Promise<{ messageId: MessageId }>;
  /** After `send` with `totalChunks`, for each chunk after the first. */
  sendChunk(messageId: MessageId, chunk: OutgoingChunk, options?: CallOptions): Promise<void>;
  list(options?: ListOptions): Promise<InboxPage>;
  listAll(options?: Omit<ListOptions, "continueFrom">): AsyncIterable<MessageId>;
  download(messageId: MessageId, options?: DownloadOptions): Promise<DownloadedMessage>;
  acknowledge(messageId: MessageId, options?: CallOptions): Promise<void>;
  track(messageId: MessageId, options?: CallOptions): Promise<TrackedMessage>;
  trackByLocalId(localId: string, options?: CallOptions): Promise<TrackedMessage[]>;
  lookup(odsCode: string, workflowId: string, options?: CallOptions): Promise<FoundMailbox[]>;
  workflowSearch(workflowId: string, options?: CallOptions): Promise<FoundMailbox[]>;
}

/** Opens no connection yet. Throws `request-invalid` for an address that is not https, MeshError for a wrong mailbox id. */
export function createMeshClient(options: MeshClientOptions): MeshClient {
  const mailboxId = parseMailboxId(options.mailboxId);
  const transport = createTransport({
    url: options.url,
    tls: options.tls,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    connections: options.connections ?? 8,
  });
  const connection = createConnection({
    transport,
    mailboxId,
    nextToken: tokenSource({
      mailboxId,
      password: options.password,
      sharedKey: options.sharedKey,
      clock: options.clock ?? systemClock,
    }),
    retries: { ...defaultRetryPolicy, ...options.retries },
  });

  return {
    mailboxId,
    handshake: async ({ signal } = {}) => handshake(connection, signal),
    send: async (message, { signal } = {}) => send(connection, message, signal),
    sendChunk: async (messageId, chunk, { signal } = {}) => sendChunk(connection, messageId, chunk, signal),
    list: async (options = {}) => list(connection, options),
    listAll: (options = {}) => listAll(connection, options),
    download: async (messageId, options = {}) => download(connection, messageId, options),
    acknowledge: async (messageId, { signal } = {}) => acknowledge(connection, messageId, signal),
    track: async (messageId, { signal } = {}) => track(connection, messageId, signal),
    trackByLocalId: async (localId, { signal } = {}) => trackByLocalId(connection, localId, signal),
    lookup: async (odsCode, workflowId, { signal } = {}) => lookup(connection, odsCode, workflowId, signal),
    workflowSearch: async (workflowId, { signal } = {}) => workflowSearch(connection, workflowId, signal),
    [Symbol.asyncDispose]: async () => transport[Symbol.asyncDispose](),
  };
}
