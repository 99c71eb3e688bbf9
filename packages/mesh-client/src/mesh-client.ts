import { type Clock, type MailboxId, type MessageId, parseMailboxId, systemClock, tokenSource } from "@restante/mesh";
import { acknowledge } from "./acknowledge.ts";
import { checkNumber, checkOptions, invalid } from "./check-input.ts";
import { createConnection } from "./connection.ts";
import { meshClientDefaults } from "./defaults.ts";
import { type DownloadedMessage, type DownloadOptions, download } from "./download.ts";
import { handshake } from "./handshake.ts";
import { type InboxPage, list, listAll, type ListAllOptions, type ListOptions } from "./list.ts";
import { type FoundMailbox, lookup, workflowSearch } from "./lookup.ts";
import { readRetryPolicy, type RetryPolicy } from "./retries.ts";
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
  /** Needed for `https://`. Absent: the URL is `http://`, as a server for development has it, and everything goes in clear. */
  readonly tls?: ClientTls | undefined;
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
 *   await pipeline(body, createWriteStream(messageFileName(messageId)));
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
  listAll(options?: ListAllOptions): AsyncIterable<MessageId>;
  download(messageId: MessageId, options?: DownloadOptions): Promise<DownloadedMessage>;
  acknowledge(messageId: MessageId, options?: CallOptions): Promise<void>;
  track(messageId: MessageId, options?: CallOptions): Promise<TrackedMessage>;
  trackByLocalId(localId: string, options?: CallOptions): Promise<TrackedMessage[]>;
  lookup(odsCode: string, workflowId: string, options?: CallOptions): Promise<FoundMailbox[]>;
  workflowSearch(workflowId: string, options?: CallOptions): Promise<FoundMailbox[]>;
}

/** Opens no connection yet. Throws `request-invalid` for an option that is wrong, MeshError for a wrong mailbox id. */
export function createMeshClient(options: MeshClientOptions): MeshClient {
  checkClientOptions(options);
  const mailboxId = parseMailboxId(options.mailboxId);
  const transport = createTransport({
    url: options.url,
    tls: options.tls,
    requestTimeoutMs: options.requestTimeoutMs ?? meshClientDefaults.requestTimeoutMs,
    connections: options.connections ?? meshClientDefaults.connections,
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
    retries: readRetryPolicy(options.retries),
  });

  return {
    mailboxId,
    handshake: async (options) => handshake(connection, signalOf(options)),
    send: async (message, options) => send(connection, message, signalOf(options)),
    sendChunk: async (messageId, chunk, options) => sendChunk(connection, messageId, chunk, signalOf(options)),
    list: async (options = {}) => list(connection, options),
    listAll: (options = {}) => listAll(connection, options),
    download: async (messageId, options = {}) => download(connection, messageId, options),
    acknowledge: async (messageId, options) => acknowledge(connection, messageId, signalOf(options)),
    track: async (messageId, options) => track(connection, messageId, signalOf(options)),
    trackByLocalId: async (localId, options) => trackByLocalId(connection, localId, signalOf(options)),
    lookup: async (odsCode, workflowId, options) => lookup(connection, odsCode, workflowId, signalOf(options)),
    workflowSearch: async (workflowId, options) => workflowSearch(connection, workflowId, signalOf(options)),
    [Symbol.asyncDispose]: async () => transport[Symbol.asyncDispose](),
  };
}

function signalOf(options: CallOptions = {}): AbortSignal | undefined {
  checkOptions("options", options);
  return options.signal;
}

function checkClientOptions(options: MeshClientOptions): void {
  checkOptions("options", options);
  const { url, mailboxId, password, sharedKey, tls, requestTimeoutMs, connections } = options;
  for (const [field, text] of Object.entries({ url, mailboxId, password, sharedKey })) {
    if (typeof text !== "string") throw invalid(field, text === undefined ? "is missing" : "text is needed");
  }
  if (tls !== undefined || !url.startsWith("http://")) checkOptions("tls", tls);
  // A Date and setTimeout count no further.
  if (requestTimeoutMs !== undefined) checkNumber("requestTimeoutMs", requestTimeoutMs, { from: 1, to: 2 ** 31 - 1 });
  if (connections !== undefined) checkNumber("connections", connections, { from: 1, to: 10_000 });
}
