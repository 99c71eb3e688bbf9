import { type Clock, type MailboxId, type MessageId, parseMailboxId, systemClock, tokenSource } from "@restante/mesh";
import { acknowledge } from "./acknowledge.ts";
import { checkNumber, checkOptions, invalid } from "./check-input.ts";
import type { ClientTls } from "./client-tls.ts";
import { createConnection } from "./connection.ts";
import { type Connections, createConnections, isConnections } from "./connections.ts";
import { count, type InboxCount } from "./count.ts";
import { meshClientDefaults } from "./defaults.ts";
import { type DownloadedMessage, type DownloadOptions, download } from "./download.ts";
import { type DownloadedFile, downloadToFile } from "./download-to-file.ts";
import { handshake } from "./handshake.ts";
import { head, type MessageHead } from "./head.ts";
import { type InboxPage, list, listAll, type ListAllOptions, type ListOptions } from "./list.ts";
import { listRich, type RichListOptions, type RichPage } from "./list-rich.ts";
import { type FoundMailbox, lookup, workflowSearch } from "./lookup.ts";
import type { ProxyOptions } from "./proxy/proxy.ts";
import { type OnRetry, readRetryPolicy, type RetryPolicy } from "./retries.ts";
import { type OutgoingChunk, type OutgoingMessage, send, sendChunk } from "./send.ts";
import { readTimeouts, type Timeouts } from "./timeouts.ts";
import { track, trackByLocalId, type TrackedMessage } from "./track.ts";
import { createTransport } from "./transport.ts";
import { createUploads, type Uploaded, type UploadMessage, type UploadOptions } from "./upload.ts";

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
  /** Each of these by itself. `requestTimeoutMs` if absent. */
  readonly timeouts?: Partial<Timeouts> | undefined;
  /**
   * The HTTP proxy through which the server is reached, or `"environment"` for what HTTPS_PROXY and NO_PROXY say as the
   * client is made. Absent: none, whatever the environment says.
   */
  readonly proxy?: ProxyOptions | "environment" | undefined;
  /**
   * Requests at once; more wait their turn. 8 if absent. A download holds one until it is read. Or a set of connections
   * that this client shares with those of other mailboxes: it stays the caller's.
   */
  readonly connections?: number | Connections | undefined;
  /** For calls that may be made twice: all but `send`. */
  readonly retries?: Partial<RetryPolicy> | undefined;
  /** Told of each attempt that failed and will be followed by another. Told nowhere if absent: the call's own error is the last. */
  readonly onRetry?: OnRetry | undefined;
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
  /** How many messages wait. Deprecated by the MESH API, which would rather have `list`. */
  count(options?: CallOptions): Promise<InboxCount>;
  /**
   * Sends a message of any size, in chunks where it does not fit into one request: a file, bytes or a stream. With a state that
   * was kept by `onState` it goes on from where it was, also in another process.
   */
  upload(message: UploadMessage, options?: UploadOptions): Promise<Uploaded>;
  list(options?: ListOptions): Promise<InboxPage>;
  listAll(options?: ListAllOptions): AsyncIterable<MessageId>;
  /** Whole pages of what this mailbox received, acknowledged or not, newest first. Not every server has it. */
  listReceived(options?: RichListOptions): Promise<RichPage>;
  /** Likewise of what it sent. */
  listSent(options?: RichListOptions): Promise<RichPage>;
  /** The headers of a message, without its body. */
  head(messageId: MessageId, options?: CallOptions): Promise<MessageHead>;
  download(messageId: MessageId, options?: DownloadOptions): Promise<DownloadedMessage>;
  /**
   * Downloads a message to a file, which is there whole, synced and for its owner alone, or not at all. Called again, after
   * whatever failed, it does not fetch the whole chunks that are there. The folder must be there. While another process downloads
   * the same message to it, it is `file-unusable`.
   */
  downloadToFile(messageId: MessageId, path: string, options?: DownloadOptions): Promise<DownloadedFile>;
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
    timeouts: readTimeouts(options),
    proxy: options.proxy,
    connections: connectionsOf(options),
    mailbox: mailboxId,
  });
  const clock = options.clock ?? systemClock;
  const connection = createConnection({
    transport,
    mailboxId,
    nextToken: tokenSource({
      mailboxId,
      password: options.password,
      sharedKey: options.sharedKey,
      clock,
    }),
    retries: readRetryPolicy(options.retries),
    onRetry: options.onRetry,
  });

  const upload = createUploads(connection, clock);
  return {
    mailboxId,
    handshake: async (options) => handshake(connection, signalOf(options)),
    send: async (message, options) => send(connection, message, signalOf(options)),
    sendChunk: async (messageId, chunk, options) => sendChunk(connection, messageId, chunk, signalOf(options)),
    upload: async (message, options = {}) => upload(message, options),
    count: async (options) => count(connection, signalOf(options)),
    list: async (options = {}) => list(connection, options),
    listAll: (options = {}) => listAll(connection, options),
    listReceived: async (options = {}) => listRich(connection, "inbox", options),
    listSent: async (options = {}) => listRich(connection, "outbox", options),
    head: async (messageId, options) => head(connection, messageId, signalOf(options)),
    download: async (messageId, options = {}) => download(connection, messageId, options),
    downloadToFile: async (messageId, path, options = {}) => downloadToFile(connection, messageId, path, options),
    acknowledge: async (messageId, options) => acknowledge(connection, messageId, signalOf(options)),
    track: async (messageId, options) => track(connection, messageId, signalOf(options)),
    trackByLocalId: async (localId, options) => trackByLocalId(connection, localId, signalOf(options)),
    lookup: async (odsCode, workflowId, options) => lookup(connection, odsCode, workflowId, signalOf(options)),
    workflowSearch: async (workflowId, options) => workflowSearch(connection, workflowId, signalOf(options)),
    [Symbol.asyncDispose]: async () => transport[Symbol.asyncDispose](),
  };
}

function connectionsOf({ connections = meshClientDefaults.connections }: MeshClientOptions): Connections {
  return isConnections(connections) ? connections : createConnections({ most: connections, mostOfOne: connections });
}

function signalOf(options: CallOptions = {}): AbortSignal | undefined {
  checkOptions("options", options);
  return options.signal;
}

function checkClientOptions(options: MeshClientOptions): void {
  checkOptions("options", options);
  const { url, mailboxId, password, sharedKey, tls, connections, onRetry } = options;
  for (const [field, text] of Object.entries({ url, mailboxId, password, sharedKey })) {
    if (typeof text !== "string") throw invalid(field, text === undefined ? "is missing" : "text is needed");
  }
  if (tls !== undefined || !url.startsWith("http://")) checkOptions("tls", tls);
  if (onRetry !== undefined && typeof onRetry !== "function") throw invalid("onRetry", "a function is needed");
  if (connections !== undefined && !isConnections(connections)) {
    checkNumber("connections", connections, { from: 1, to: 10_000 });
  }
}
