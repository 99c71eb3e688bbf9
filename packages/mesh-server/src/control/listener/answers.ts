// What the listener answers instead of what was asked for: in one shape, whatever refused it.

import { ControlError, type ErrorAnswer, errorStatuses, type SentErrorCode } from "@restante/control";
import type { FastifyError, FastifyReply } from "fastify";

import type { Socket } from "node:net";

/** Before any verb: who may not ask, or what is no request for one. */
export class NotServed extends Error {
  readonly status: number;
  readonly code: SentErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: SentErrorCode, words: string, headers: Readonly<Record<string, string>> = {}) {
    super(words);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface Failure {
  readonly status: number;
  readonly error: ErrorAnswer["error"];
  readonly headers?: Readonly<Record<string, string>>;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof NotServed) {
    const { status, code, message, headers } = error;
    return { status, error: { code, message }, headers };
  }
  if (error instanceof ControlError) {
    const { code, message } = error;
    // The server ends: who asked can only start again.
    if (code === "unreachable") return { status: 503, error: { code: "failed", message } };
    return { status: errorStatuses[code], error: { code, message } };
  }
  const status = (error as FastifyError | undefined)?.statusCode ?? 500;
  if (status >= 500) return { status: 500, error: { code: "failed", message: "It failed inside." } };
  const message = refusals[status] ?? "This cannot be read as a request.";
  return { status, error: { code: "input-invalid", message } };
}

/** Those of the HTTP library. Its own words may repeat what came. */
const refusals: Readonly<Record<number, string>> = {
  413: "The body is too large.",
  415: "The input is JSON, and is sent as application/json.",
};

export function sendFailure(reply: FastifyReply, { status, error, headers = {} }: Failure): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, "cache-control": "no-store" })
    .send({ error });
}

const unreadable: Readonly<Record<string, { title: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: { title: "431 Request Header Fields Too Large", message: "The headers are too large." },
  ERR_HTTP_REQUEST_TIMEOUT: { title: "408 Request Timeout", message: "The request did not come to its end in time." },
};

/** What cannot be read as a request: it is not HTTP, too large, or too slow. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { title, message } = unreadable[error.code ?? ""] ?? { title: "400 Bad Request", message: "This is not HTTP." };
  const answer: ErrorAnswer = { error: { code: "input-invalid", message } };
  const body = JSON.stringify(answer);
  socket.end(
    `HTTP/1.1 ${title}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
