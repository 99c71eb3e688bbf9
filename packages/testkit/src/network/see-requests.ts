// Where the network sees requests: it ends the client's HTTP and TLS, and begins both anew with the server. Each request has
// a connection of its own to the server, so that one that was kept open, and is closed just then, is no lie that nobody asked for.

import {
  createServer as createHttpServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { finished, pipeline } from "node:stream/promises";
import { buffer } from "node:stream/consumers";

import type { Script } from "./script.ts";

/** How the network ends TLS: it is the server to the client, and a client to the server. PEM. */
export interface NetworkTls {
  /** Whom it trusts on both sides. */
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** What is delivered twice is kept meanwhile; a larger body is delivered once. */
export const mostKeptBytes: number = 64 * 1024 * 1024;

const MOST_HEAD_BYTES = 64 * 1024;

/** A server that hands each request on to the one behind it, as the script says. Not listening yet. */
export function seeRequests(to: URL, tls: NetworkTls | undefined, script: Script): Server {
  const options = { maxHeaderSize: MOST_HEAD_BYTES, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    handOn(to, tls, script, request, response).catch(() => request.socket.destroy());
  };
  const asServer = { ...tls?.server, ca: tls?.ca, requestCert: true, rejectUnauthorized: false };
  const server =
    tls === undefined ? createHttpServer(options, handler) : createHttpsServer({ ...options, ...asServer }, handler);
  // A network has no words of its own: half a request is answered by nobody.
  return server.on("clientError", (_, socket) => socket.destroy());
}

async function handOn(
  to: URL,
  tls: NetworkTls | undefined,
  script: Script,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { lie, did } = script.request(request.method ?? "");
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const ask = (body: IncomingMessage | Buffer): Promise<IncomingMessage> =>
    deliver(to, tls, request, body, gone.signal);

  if (lie?.do === "lose-answer") {
    await finished((await ask(request)).resume());
    did();
    return void request.socket.destroy();
  }
  if (lie?.do === "deliver-twice" && lengthOf(request) <= mostKeptBytes) {
    const body = await buffer(request);
    const first = await ask(body);
    const firstBody = await buffer(first);
    const second = await ask(body);
    const secondBody = await buffer(second);
    did();
    const [answer, content] = lie.answer === "second" ? [second, secondBody] : [first, firstBody];
    writeHead(response, answer);
    response.end(content);
    return;
  }
  const answer = await ask(request);
  writeHead(response, answer);
  await pipeline(answer, response);
}

function lengthOf({ headers }: IncomingMessage): number {
  if (headers["transfer-encoding"] !== undefined) return Infinity;
  return Number(headers["content-length"] ?? 0);
}

/** Resolves with the head of the answer. */
function deliver(
  to: URL,
  tls: NetworkTls | undefined,
  { method, url, rawHeaders, socket }: IncomingMessage,
  body: IncomingMessage | Buffer,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = [...withoutHopByHop(rawHeaders), "connection", "close"];
  const where = { host: to.hostname, port: to.port, method, path: url, headers };
  const options = { ...where, agent: false, maxHeaderSize: MOST_HEAD_BYTES, signal };
  const sending =
    tls === undefined
      ? httpRequest(options, resolve)
      : httpsRequest({ ...options, ...(isKnown(socket) && tls.client), ca: tls.ca }, resolve);
  sending.once("error", reject);
  if (Buffer.isBuffer(body)) sending.end(body);
  // An answer may come before the end of the request: then that is what counts.
  else pipeline(body, sending).catch(reject);
  return promise;
}

/** Whether it has shown a certificate. Without one the network has none to show for it. */
function isKnown(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.authorized;
}

function writeHead(response: ServerResponse, { statusCode = 502, statusMessage, rawHeaders }: IncomingMessage): void {
  response.writeHead(statusCode, statusMessage, withoutHopByHop(rawHeaders));
}

/** Of one connection alone (RFC 9110, 7.6.1); how a body is framed stays as it is. The network invites a body by itself. */
const hopByHop: ReadonlySet<string> = new Set(["connection", "keep-alive", "expect"]);

function withoutHopByHop(raw: readonly string[]): string[] {
  return raw.filter((_, index) => !hopByHop.has((raw[index - (index % 2)] ?? "").toLowerCase()));
}
