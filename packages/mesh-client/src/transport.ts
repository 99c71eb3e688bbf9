import type { Readable } from "node:stream";
import { createSecureContext } from "node:tls";
import { type Dispatcher, Pool } from "undici";
import { atPace } from "./at-pace.ts";
import { codeOf } from "./error-code.ts";
import { failureOf, maxHeadBytes, mayHaveArrived, type Progress } from "./failures.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type RequestBody, UnreadableBody } from "./outgoing-body.ts";

/** PEM texts: whom to trust, and who we are. */
export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface TransportOptions {
  /** `https://`, or without `tls` `http://`. A path is kept as a prefix. */
  readonly url: string;
  readonly tls: ClientTls | undefined;
  /** For connecting, for the answer's head, and between any two pieces of its body. */
  readonly requestTimeoutMs: number;
  /** At most this many requests at once; more wait their turn. */
  readonly connections: number;
}

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** Below the base URL, beginning with `/`, already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  /** Whether the same request may be made twice without harm. A lost answer is `ambiguous` if not. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Whoever gets an answer must read its body to the end or destroy it: it holds a connection. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Fails with a MeshClientError. */
  readonly body: Readable;
  /** The body, read piece by piece; fails if it comes too slowly. */
  readonly pieces: () => AsyncIterable<Buffer>;
  /** What it means if the body breaks off. */
  readonly failureOf: (cause: unknown) => MeshClientError;
}

/** One HTTP exchange, over mutual TLS but for a server for development. No retries, no meaning. */
export interface Transport extends AsyncDisposable {
  exchange(request: TransportRequest): Promise<Answer>;
}

export function createTransport({ url, tls, requestTimeoutMs, connections }: TransportOptions): Transport {
  const base = parseBase(url, tls === undefined ? "http:" : "https:");
  if (tls !== undefined) checkTls(tls);
  const pool = new Pool(base.origin, {
    connections,
    // One request a connection: a broken one then takes no other with it.
    pipelining: 1,
    allowH2: false,
    connect: { ...tls, timeout: requestTimeoutMs },
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    maxHeaderSize: maxHeadBytes,
  });

  async function exchange(request: TransportRequest): Promise<Answer> {
    const progress: Progress = { begun: false, sent: 0, ended: false };
    const { signal, body } = request;
    const length = body === undefined ? 0 : body instanceof Uint8Array ? body.byteLength : body.length;
    let unreadable = false;

    const failure = (cause: unknown): MeshClientError => {
      if (cause instanceof MeshClientError) return cause;
      const lost = request.repeatable || !mayHaveArrived(progress, length) ? "safe" : "ambiguous";
      if (unreadable) {
        // The cause's own words may name a file.
        const because = { cause: new Error(codeOf(cause)), retry: lost } as const;
        return new MeshClientError("body-unreadable", "What was to be sent could not be read.", because);
      }
      return failureOf(cause, { progress, lost, signal });
    };

    const openBody = (): Readable | undefined => {
      if (body === undefined || body instanceof Uint8Array) return undefined;
      unreadable = true;
      const stream = body
        .open()
        .once("error", (error) => (unreadable = error instanceof UnreadableBody && !progress.ended));
      unreadable = false;
      return stream;
    };

    // undici would begin to read the body of a request that is given up already.
    if (signal?.aborted === true) throw failure(signal.reason);
    try {
      const stream = openBody();
      const answer = await pool.compose(watch(progress)).request({
        method: request.method,
        path: base.path + request.path,
        query: request.query ?? {},
        headers: withLength(request.headers, stream === undefined ? undefined : length),
        body: stream ?? (body instanceof Uint8Array ? body : null),
        signal: signal ?? null,
      });
      const { statusCode: status, headers, body: answered } = answer;
      const pieces = (): AsyncIterable<Buffer> => atPace(answered as AsyncIterable<Buffer>, requestTimeoutMs);
      return { status, headers, body: answered, pieces, failureOf: failure };
    } catch (cause) {
      throw failure(cause);
    }
  }

  return {
    exchange,
    [Symbol.asyncDispose]: async () => pool.destroy(),
  };
}

function parseBase(text: string, protocol: "http:" | "https:"): { origin: string; path: string } {
  const url = URL.parse(text);
  if (url === null || url.protocol !== protocol) {
    throw new MeshClientError("request-invalid", `url: the server's address must be an ${protocol}// URL.`, {
      field: "url",
    });
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, "") };
}

/** Now, and not at the first request, where it would look like a server that cannot be reached. */
function checkTls({ ca, cert, key }: ClientTls): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (cause) {
    // The cause's own words stay out, as they may hold a part of the key.
    const code = codeOf(cause) ?? "no code";
    throw new MeshClientError("request-invalid", `tls: the certificates or the key cannot be used (${code}).`, {
      field: "tls",
      cause: new Error(code),
    });
  }
}

function withLength(headers: Readonly<Record<string, string>>, length: number | undefined): Record<string, string> {
  return length === undefined ? { ...headers } : { ...headers, "content-length": String(length) };
}

/** Notes how far the request got: the difference between `safe` and `ambiguous`. */
function watch(progress: Progress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context: unknown) {
        progress.begun = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStarted: () => handler.onResponseStarted?.(),
      onResponseStart: (controller, status, headers, text) =>
        handler.onResponseStart?.(controller, status, headers, text),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      onBodySent(chunk) {
        progress.sent += chunk.byteLength;
        handler.onBodySent?.(chunk);
      },
      onRequestSent() {
        progress.ended = true;
        handler.onRequestSent?.();
      },
    });
}
