import { type Clock, type MailboxId, type MessageId, parseMailboxId, systemClock, tokenSource } from "@restante/mesh";
import { acknowledge } from "./acknowledge.ts";
import { checkNumber, checkOptions, invalid } from "./check-input.ts";
import type { ClientTls } from "./client-tls.ts";
import { createConnection } from "./connection.ts";
import { type Connections, createConnections, isConnections } from "./connections.ts";
import { meshClientDefaults } from "./defaults.ts";
import { type DownloadedMessage, type DownloadOptions, download } from "./download.ts";
import { handshake } from "./handshake.ts";
import { type InboxPage, list, listAll, type ListAllOptions, type ListOptions } from "./list.ts";
import { type FoundMailbox, lookup, workflowSearch } from "./lookup.ts";
import type { ProxyOptions } from "./proxy/proxy.ts";
import { readRetryPolicy, type RetryPolicy } from "./retries.ts";
import { type OutgoingChunk, type OutgoingMessage, send, sendChunk } from "./send.ts";
import { readTimeouts, type Timeouts } from "./timeouts.ts";
import { track, trackByLocalId, type TrackedMessage } from "./track.ts";
import { createTransport } from "./transport.ts";

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
    timeouts: readTimeouts(options),
    proxy: options.proxy,
    connections: connectionsOf(options),
    mailbox: mailboxId,
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

function connectionsOf({ connections = meshClientDefaults.connections }: MeshClientOptions): Connections {
  return isConnections(connections) ? connections : createConnections({ most: connections, mostOfOne: connections });
}

function signalOf(options: CallOptions = {}): AbortSignal | undefined {
  checkOptions("options", options);
  return options.signal;
}

function checkClientOptions(options: MeshClientOptions): void {
  checkOptions("options", options);
  const { url, mailboxId, password, sharedKey, tls, connections } = options;
  for (const [field, text] of Object.entries({ url, mailboxId, password, sharedKey })) {
    if (typeof text !== "string") throw invalid(field, text === undefined ? "is missing" : "text is needed");
  }
  if (tls !== undefined || !url.startsWith("http://")) checkOptions("tls", tls);
  if (connections !== undefined && !isConnections(connections)) {
    checkNumber("connections", connections, { from: 1, to: 10_000 });
  }
}
