import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Dispatcher, errors } from "undici";
import { atPace } from "./at-pace.ts";
import { checkTls, type ClientTls } from "./client-tls.ts";
import { codeOf } from "./error-code.ts";
import { type Connections, inside } from "./connections.ts";
import { destroy, type GivingUp, givingUp } from "./giving-up.ts";
import { failureOf, mayHaveArrived, type Progress } from "./failures.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type RequestBody, UnreadableBody } from "./outgoing-body.ts";
import { type ProxyOptions, readProxy } from "./proxy/proxy.ts";
import type { Timeouts } from "./timeouts.ts";

export interface TransportOptions {
  /** `https://`, or without `tls` `http://`. A path is kept as a prefix. */
  readonly url: string;
  readonly tls: ClientTls | undefined;
  readonly timeouts: Timeouts;
  readonly proxy: ProxyOptions | "environment" | undefined;
  /** Stay the caller's: they are not closed here. */
  readonly connections: Connections;
  /** Whose requests they are: in whose turn they are made. */
  readonly mailbox: string;
}

export interface TransportRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** Below the base URL, beginning with `/`, already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody | undefined;
  /** Whether the same request may be made twice without harm. A lost answer is `ambiguous` if not. */
  readonly repeatable: boolean;
  /** Its answer may take hours to be read. False if absent. */
  readonly isDownload?: boolean;
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

export function createTransport({ url, tls, timeouts, proxy, connections, mailbox }: TransportOptions): Transport {
  const base = parseBase(url, tls === undefined ? "http:" : "https:");
  if (tls !== undefined) checkTls(tls);
  const shared = connections[inside];
  const lease = shared.lease({ origin: base.url.origin, tls, timeouts, proxy: readProxy(proxy, base.url) });
  /** Gives up each exchange that is under way. */
  const underWay = new Set<(reason: unknown) => void>();
  let isClosed = false;

  async function exchange(request: TransportRequest): Promise<Answer> {
    const progress: Progress = { begun: false, sent: 0, ended: false };
    const { signal, body } = request;
    const length = body === undefined ? 0 : body instanceof Uint8Array ? body.byteLength : body.length;
    const up = givingUp();
    let unreadable = false;

    const failure = (cause: unknown): MeshClientError => {
      const lost = request.repeatable || !mayHaveArrived(progress, length) ? "safe" : "ambiguous";
      if (isClosed && signal?.aborted !== true) {
        return new MeshClientError("closed", "The client was closed.", { retry: lost });
      }
      if (cause instanceof MeshClientError) return cause;
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

    const place = shared.places.ask(mailbox, request.isDownload);
    const abort = (): void => up.give(signal?.reason);
    const end = (): void => {
      underWay.delete(up.give);
      signal?.removeEventListener("abort", abort);
      place.leave();
    };
    const ask = async (): Promise<Dispatcher.ResponseData> => {
      const stream = openBody();
      return lease.dispatcher.compose(watch({ progress, up, end, headersMs: timeouts.headersMs })).request({
        method: request.method,
        path: base.path + request.path,
        query: request.query ?? {},
        headers: withLength(request.headers, stream === undefined ? undefined : length),
        body: stream ?? (body instanceof Uint8Array ? body : null),
      });
    };

    underWay.add(up.give);
    signal?.addEventListener("abort", abort, { once: true });
    if (isClosed || signal?.aborted === true) abort();
    try {
      await Promise.race([place.had, up.given]);
      // A connection whose answer has just been read is free when this turn of the event loop is over: a request made
      // before would open another beside it.
      await Promise.race([nextTurn(), up.given]);
    } catch (cause) {
      end();
      throw failure(cause);
    }
    const asked = ask();
    void untilRead(asked).finally(end);
    try {
      // A request that has no connection yet fails no sooner than that does: nobody need wait for it.
      const { statusCode: status, headers, body: answered } = await Promise.race([asked, up.given]);
      up.answered(answered);
      const pieces = (): AsyncIterable<Buffer> => atPace(answered as AsyncIterable<Buffer>, timeouts.bodyIdleMs);
      return { status, headers, body: answered, pieces, failureOf: failure };
    } catch (cause) {
      // An answer that came as it was given up: nobody else will read it.
      void asked.then(({ body: unread }) => destroy(unread)).catch(() => undefined);
      throw failure(cause);
    }
  }

  return {
    exchange,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const giveUp of underWay) giveUp(new MeshClientError("closed", "The client was closed."));
      await lease.release();
    },
  };
}

/** Until the body of an answer has been read to its end, or destroyed; or there is none. */
async function untilRead(asked: Promise<Dispatcher.ResponseData>): Promise<void> {
  const body = await asked.then(
    (answer) => answer.body,
    () => undefined,
  );
  if (body === undefined || body.closed) return;
  await new Promise<void>((resolve) => void body.once("close", resolve));
}

function parseBase(text: string, protocol: "http:" | "https:"): { url: URL; path: string } {
  const url = URL.parse(text);
  if (url === null || url.protocol !== protocol) {
    throw new MeshClientError("request-invalid", `url: the server's address must be an ${protocol}// URL.`, {
      field: "url",
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (/\/messageexchange$/i.test(path)) {
    throw new MeshClientError("request-invalid", "url: leave out /messageexchange at its end, which is added.", {
      field: "url",
    });
  }
  return { url, path };
}

function withLength(headers: Readonly<Record<string, string>>, length: number | undefined): Record<string, string> {
  return length === undefined ? { ...headers } : { ...headers, "content-length": String(length) };
}

interface Watched {
  readonly progress: Progress;
  readonly up: GivingUp;
  readonly end: () => void;
  readonly headersMs: number;
}

/**
 * Notes how far the request got: the difference between `safe` and `ambiguous`.
 *
 * @param watched `end`: the answer has come whole, and the connection is free: also if nobody reads it, as of a report, which has
 * no body
 */
function watch({ progress, up, end, headersMs }: Watched): Dispatcher.DispatcherComposeInterceptor {
  let announcedAt: number | undefined;
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context: unknown) {
        if (!up.begins(controller)) return;
        progress.begun = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStarted: () => handler.onResponseStarted?.(),
      onResponseStart(controller, status, headers, text) {
        // A 1xx announces the answer, and begins the time-out for it anew: without end, if they have none.
        announcedAt ??= performance.now();
        if (status < 200 && performance.now() - announcedAt > headersMs) {
          controller.abort(new errors.HeadersTimeoutError());
          return;
        }
        handler.onResponseStart?.(controller, status, headers, text);
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd(controller, trailers) {
        end();
        handler.onResponseEnd?.(controller, trailers);
      },
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
